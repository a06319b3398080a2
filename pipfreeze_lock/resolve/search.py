"""One search with resolvelib, and what goes into it: the steps that a lock and a plan have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from resolvelib.reporters import BaseReporter
from resolvelib.resolvers import ResolutionImpossible, ResolutionTooDeep, Resolver

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.resolve.explain import explain
from pipfreeze_lock.resolve.needs import Candidate, Need, needs_of
from pipfreeze_lock.resolve.preference import requested_identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.requirement import Requirement
    from pipfreeze_lock.resolve.interface import ResolutionReporter
    from pipfreeze_lock.resolve.provider import PipProvider
    from pipfreeze_lock.target.extra_names import ExtraNames
    from pipfreeze_lock.target.pip_capabilities import PipCapabilities

__all__ = ["bounds_base", "search", "that_hold", "user_requested", "with_extras_as_asked"]

_MAX_ROUNDS = 200_000
"""``limit_how_complex_resolution_can_be`` in pip's resolvelib/resolver.py."""


def that_hold(
    requirements: Iterable[Requirement], holds: Callable[[Marker, Collection[NormalizedName]], bool]
) -> list[Requirement]:
    """Give those whose marker holds on the target."""
    return [one for one in requirements if one.marker is None or holds(one.marker, ())]


def with_extras_as_asked(requirement: Requirement, extra_names: ExtraNames) -> Requirement:
    """Spell the extras of an input as this pip does."""
    if not requirement.extras_as_written or extra_names.spelling == "normalised":
        return requirement
    written, is_bounded = requirement.extras_as_written, bool(requirement.specifier)
    return replace(requirement, extras=extra_names.asked(written, is_bounded=is_bounded))


def bounds_base(known: PipCapabilities) -> bool:
    """Whether ``a[x]<2`` bounds ``a``; pips before 20.3 have no search of their own: the newest answers for them."""
    return known.extras_bound_base or known.resolver != "resolvelib"


def user_requested(pip: str, roots: Iterable[Requirement], *, bound_base: bool) -> dict[str, int]:
    """Give the node of each requirement of the inputs with its place: ``user_requested`` in pip's factory.py."""
    requested: dict[str, int] = {}
    for place, root in enumerate(roots):
        identifier = needs_of(root, bound_base=bound_base)[0].identifier
        requested.setdefault(requested_identifier(pip, identifier), place)
    return requested


def search(provider: PipProvider, roots: Iterable[Requirement], reporter: ResolutionReporter) -> list[Candidate]:
    """Give a candidate for each node of the answer.

    :raises ResolutionError: when there is none; told in sentences.
    """
    # pip puts needs with extras last, so that what bounds their base is known first (collect_root_requirements).
    needs = _distinct_needs(roots, bound_base=provider.bound_base)
    needs.sort(key=lambda need: bool(need.extras))
    told = _Reporter(reporter)
    resolver: Resolver[Need, Candidate, str] = Resolver(provider, told)
    try:
        result = resolver.resolve(needs, max_rounds=_MAX_ROUNDS)
    except ResolutionImpossible as impossible:
        raise explain(impossible.causes, told.asked, provider) from None
    except ResolutionTooDeep:
        message = f"no answer after {_MAX_ROUNDS:,} steps"
        raise ResolutionError(message, hints=["Narrow the requirements, so that fewer versions fit."]) from None
    return list(result.mapping.values())


def _distinct_needs(roots: Iterable[Requirement], *, bound_base: bool) -> list[Need]:
    """Give the needs of the inputs; of several that say the same, as the many files of a large repository do, one.

    The search looks at all needs of a name anew with each one, so that 4,000 of them took it three minutes.
    """
    distinct: dict[tuple[object, ...], Need] = {}
    for root in roots:
        for need in needs_of(root, bound_base=bound_base):
            distinct.setdefault((need.identifier, str(need.specifier), need.url, root.hashes), need)
    return list(distinct.values())


class _Reporter(BaseReporter[Need, Candidate, str]):
    """Passes on what a person may want to see, and keeps who asked for what, for the explanation of a conflict."""

    def __init__(self, reporter: ResolutionReporter) -> None:
        self._reporter = reporter
        self._pinned: set[str] = set()
        self.asked: dict[str, tuple[Need, Candidate | None]] = {}

    def adding_requirement(self, requirement: Need, parent: Candidate | None) -> None:
        self.asked[requirement.identifier] = (requirement, parent)

    def pinning(self, candidate: Candidate) -> None:
        self._pinned.add(candidate.identifier)
        self._reporter.pinned(candidate.name, str(candidate.version), len(self._pinned))

    def resolving_conflicts(self, causes: Collection[Any]) -> None:
        self._reporter.backtracking(tuple(sorted({cause.requirement.name for cause in causes})))
