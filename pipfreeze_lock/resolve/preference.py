"""Which need a pip settles first: it decides the answer where a search has to backtrack.

Each class is `PipProvider.get_preference` (and ``narrow_requirement_selection``) of the pips from the version in
`search_order` on; source: ``pip/_internal/resolution/resolvelib/provider.py`` of that release. Where only the
algorithm of resolvelib differs between its releases, the newest answers.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Protocol

from packaging.version import Version

from pipfreeze_lock.resolve.needs import PYTHON

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipfreeze_lock.resolve.needs import Candidate, Need

__all__ = ["SearchOrder", "requested_identifier", "search_order"]

Order = tuple[Any, ...]
"""Compared with others of the same class only; the smallest is settled first."""

Information = list[tuple["Need", "Candidate | None"]]
"""The needs for one identifier, each with the candidate that has it (None: the user)."""

_CONFLICTS_UNTIL_PROMOTED = 5
"""``_CONFLICT_PRIORITY_THRESHOLD`` in pip 26.1 and newer."""


class SearchOrder(Protocol):
    """The order of one pip's search; keeps state over one resolution."""

    def narrow(
        self, identifiers: Iterable[str], settled: Mapping[str, Candidate], causes: Sequence[Any]
    ) -> Iterable[str]:
        """Leave only those that come before all others; called once a round."""
        ...  # pragma: no cover

    def preference(self, identifier: str, information: Information, causes: Sequence[Any]) -> Order:
        """Give the sort key of an identifier; called for each one that `narrow` left."""
        ...  # pragma: no cover


def search_order(pip_version: str, user_requested: Mapping[str, int]) -> SearchOrder:
    """Choose by the target's pip; pips that do not resolve at all (before 20.3) get the newest.

    :param user_requested: Identifier of each requirement of the inputs to its place among them.
    """
    version = Version(pip_version)
    if version < Version("20.3"):
        return OrderOf26_1(user_requested)
    for start, order in reversed(_STEPS):
        if version >= Version(start):
            return order(user_requested)
    return OrderOf20_3(user_requested)


def requested_identifier(pip_version: str, identifier: str) -> str:
    """Give the node under which a pip files a requirement of the inputs: in 21.1 alone ``a[x]`` is filed as ``a``.

    ``user_requested`` in ``resolvelib/resolver.py`` there, ``collect_root_requirements`` later.
    """
    if Version("21.1") <= Version(pip_version) < Version("21.2"):
        return identifier.partition("[")[0]
    return identifier


class _Order(ABC):
    def __init__(self, user_requested: Mapping[str, int]) -> None:
        self._user_requested = user_requested

    def narrow(
        self,
        identifiers: Iterable[str],
        settled: Mapping[str, Candidate],  # noqa: ARG002  newer pips look at it
        causes: Sequence[Any],  # noqa: ARG002  likewise
    ) -> Iterable[str]:
        return identifiers

    @abstractmethod
    def preference(self, identifier: str, information: Information, causes: Sequence[Any]) -> Order:
        """See `SearchOrder.preference`."""


class OrderOf20_3(_Order):  # noqa: N801  the version reads best so
    """pip 20.3 and 20.3.1: the user's own before all others, then by name."""

    def preference(self, identifier: str, information: Information, causes: Sequence[Any]) -> Order:  # noqa: ARG002  as the protocol has it
        return all(parent is not None for _, parent in information), identifier


def _restrictiveness(information: Information) -> int:
    """How much the needs leave open: 0 one candidate, 1 one version, 2 some versions, 3 any."""
    if any(need.is_direct for need, _ in information):
        return 0
    operators = [one.operator for need, _ in information for one in need.specifier]
    if any(operator in ("==", "===") for operator in operators):
        return 1
    return 2 if operators else 3


class OrderOf20_3_2(_Order):  # noqa: N801  it bears the version of its pip
    """pip 20.3.2 to 21.0.1: setuptools last, the most restricted first."""

    def preference(self, identifier: str, information: Information, causes: Sequence[Any]) -> Order:  # noqa: ARG002  as the protocol has it
        transitive = all(parent is not None for _, parent in information)
        return identifier == "setuptools", _restrictiveness(information), transitive, identifier


class OrderOf21_1(_Order):  # noqa: N801  it bears the version of its pip
    """pip 21.1: then in the order of the inputs."""

    def preference(self, identifier: str, information: Information, causes: Sequence[Any]) -> Order:  # noqa: ARG002  as the protocol has it
        order = self._user_requested.get(identifier, math.inf)
        return identifier == "setuptools", _restrictiveness(information), order, identifier


def _is_cause(identifier: str, causes: Sequence[Any]) -> bool:
    return any(
        identifier == cause.requirement.identifier
        or (cause.parent is not None and identifier == cause.parent.identifier)
        for cause in causes
    )


class OrderOf21_2(_Order):  # noqa: N801  it bears the version of its pip
    """pip 21.2: the inputs first, and what lies under them by a depth that is inferred as the search goes.

    These pips mean to put direct URLs first and test a value that is never None: so all are "direct".
    """

    delays_setuptools = True
    remembers_depth_of_roots = False
    knows_causes = False

    def __init__(self, user_requested: Mapping[str, int]) -> None:
        super().__init__(user_requested)
        self._depths: dict[str, float] = defaultdict(lambda: math.inf)

    def preference(self, identifier: str, information: Information, causes: Sequence[Any]) -> Order:
        pinned = any(one.operator in ("==", "===") for need, _ in information for one in need.specifier)
        unfree = any(len(need.specifier) for need, _ in information)
        return (
            identifier != PYTHON,
            self.delays_setuptools and identifier == "setuptools",
            not pinned,
            self.knows_causes and not _is_cause(identifier, causes),
            self._depth(identifier, information),
            self._user_requested.get(identifier, math.inf),
            not unfree,
            identifier,
        )

    def _depth(self, identifier: str, information: Information) -> float:
        if identifier in self._user_requested:
            depth = 1.0
            if not self.remembers_depth_of_roots:  # so that all but the roots are equally far
                return depth
        else:
            depths = (self._depths[parent.identifier] if parent is not None else 0.0 for _, parent in information)
            depth = min(depths, default=math.inf) + 1.0
        self._depths[identifier] = depth
        return depth


class OrderOf21_3(OrderOf21_2):  # noqa: N801  it bears the version of its pip
    """pip 21.3 to 23.0: what caused the last step back comes early, then what is nearest to the inputs."""

    knows_causes = True
    remembers_depth_of_roots = True


class OrderOf23_1(OrderOf21_3):  # noqa: N801  it bears the version of its pip
    """pip 23.1 to 25.0: setuptools no longer last."""

    delays_setuptools = False


class OrderOf25_1(_Order):  # noqa: N801  it bears the version of its pip
    """pip 25.1 to 26.0: the causes of the last step back alone; then upper bounds before others."""

    def narrow(
        self,
        identifiers: Iterable[str],
        settled: Mapping[str, Candidate],  # noqa: ARG002  newer pips look at it
        causes: Sequence[Any],
    ) -> Iterable[str]:
        names = {cause.requirement.identifier for cause in causes}
        names.update(cause.parent.identifier for cause in causes if cause.parent is not None)
        remaining = list(identifiers)
        if PYTHON in remaining:
            return [PYTHON]
        return [one for one in remaining if one in names] or self._promoted(remaining) or remaining

    def preference(self, identifier: str, information: Information, causes: Sequence[Any]) -> Order:  # noqa: ARG002  as the protocol has it
        direct = pinned = upper_bounded = unfree = False
        for need, _ in information:
            direct = direct or need.is_direct
            pinned = pinned or need.is_pinned
            upper_bounded = upper_bounded or need.is_upper_bounded
            unfree = unfree or len(need.specifier) > 0
        order = self._user_requested.get(identifier, math.inf)
        return not direct, not pinned, not upper_bounded, order, not unfree, identifier

    def _promoted(self, identifiers: list[str]) -> list[str]:  # noqa: ARG002  pip 26.1 and newer promote some
        return []


class OrderOf26_1(OrderOf25_1):  # noqa: N801  it bears the version of its pip
    """pip 26.1 and newer: who conflicts again and again is settled early."""

    def __init__(self, user_requested: Mapping[str, int]) -> None:
        super().__init__(user_requested)
        self._conflicts: dict[str, int] = defaultdict(int)
        self._promotion: set[str] = set()

    def narrow(
        self, identifiers: Iterable[str], settled: Mapping[str, Candidate], causes: Sequence[Any]
    ) -> Iterable[str]:
        for cause in causes:
            names = [cause.requirement.identifier]
            if cause.parent is not None:
                names.append(cause.parent.identifier)
            for name in names:
                if name not in settled:
                    self._conflicts[name] += 1
                    if self._conflicts[name] >= _CONFLICTS_UNTIL_PROMOTED:
                        self._promotion.add(name)
        return super().narrow(identifiers, settled, causes)

    def preference(self, identifier: str, information: Information, causes: Sequence[Any]) -> Order:
        return identifier not in self._promotion, *super().preference(identifier, information, causes)

    def _promoted(self, identifiers: list[str]) -> list[str]:
        return [one for one in identifiers if one in self._promotion]


_STEPS: tuple[tuple[str, type[_Order]], ...] = (
    ("20.3", OrderOf20_3),
    ("20.3.2", OrderOf20_3_2),
    ("21.1", OrderOf21_1),
    ("21.2", OrderOf21_2),
    ("21.3", OrderOf21_3),
    ("23.1", OrderOf23_1),
    ("25.1", OrderOf25_1),
    ("26.1", OrderOf26_1),
)
