"""What pips before 20.3 choose, which do not resolve: the first requirement that is seen for a name decides.

They go through the lines in order, fetch what each asks for, and append what that needs to the end of the same list;
whoever asks for a name that is taken is not heard. Source: ``prepare_files`` in pip 9's ``req/req_set.py``; later
``Resolver`` in ``_internal/resolve.py``, ``legacy_resolve.py`` (19.3) and ``resolution/legacy/resolver.py`` (20.1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.resolve.dependencies import DependencyReader
from pipfreeze_lock.resolve.needs import BaseCandidate, Dependency, FileCandidate
from pipfreeze_lock.resolve.planning.choices import Choice, Choices
from pipfreeze_lock.resolve.planning.fetching import Fetching
from pipfreeze_lock.resolve.planning.hash_mode import is_hash_mode, not_pinned
from pipfreeze_lock.resolve.planning.install_rules import InstallRules
from pipfreeze_lock.resolve.planning.lines import Lines, line_of_dependency, line_of_input
from pipfreeze_lock.resolve.planning.preparing import Preparer
from pipfreeze_lock.resolve.search import that_hold, with_extras_as_asked
from pipfreeze_lock.resolve.via import Ask, ask_of_input, via_of_dependency

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.requirement import Requirement
    from pipfreeze_lock.resolve.planning.interface import PlanParts, PlanRequest
    from pipfreeze_lock.resolve.planning.lines import Line

__all__ = ["Needed", "Order", "choose_first_seen"]


class Needed(NamedTuple):
    """A dependency that holds, and the extra that asks for it."""

    extra: str | None
    dependency: Dependency


Order = Callable[[Sequence[Needed]], Sequence[Needed]]
"""Gives a distribution's dependencies in the order in which they are taken."""


def choose_first_seen(parts: PlanParts, request: PlanRequest, order: Order) -> Choices:
    """Choose.

    :param order: Of what distributions with a ``.dist-info`` need: pips keep that in a set.
    :raises ResolutionError: when some line has no file, two lines of the inputs are for one name, a file is for another
        Python, or hash mode refuses.
    """
    return _Run(parts, request, order).choices()


class _Run:
    """One run of such a pip."""

    def __init__(self, parts: PlanParts, request: PlanRequest, order: Order) -> None:
        self._parts = parts
        self._request = request
        self._order = order
        self._known = parts.rules.capabilities
        self._rules = InstallRules.of(request.target.pip)
        self._reader = DependencyReader(parts.rules, parts.holds)
        self._lines = Lines(self._known)
        self._asks: list[Ask] = []
        self._warnings: list[str] = []
        self._choices: dict[NormalizedName, Choice] = {}
        self._take_inputs()
        hash_mode = is_hash_mode(request, self._lines_that_may_hash())
        self._fetching = Fetching(self._known, hash_mode=hash_mode)
        self._preparer = Preparer(parts, request, self._fetching, hash_mode=hash_mode)

    def choices(self) -> Choices:
        discovered: list[Line] = []
        for line in chain([*self._lines.unnamed, *self._lines], discovered):  # which grows on the way
            discovered += self._resolve(line)
        if self._preparer.refused:
            raise not_pinned(self._preparer.refused, self._known.version)
        return Choices(
            choices=tuple(self._choices.values()),
            asks=(*self._asks, *self._asks_of_constraints()),
            fetching=self._fetching,
            warnings=(*dict.fromkeys(self._warnings), *self._parts.catalogue.discarded_builds),
        )

    # --- the inputs -------------------------------------------------------------------------------------------------

    def _take_inputs(self) -> None:
        """Constraints first: ``populate_requirement_set``."""
        inputs = self._request.requirements
        for one in that_hold(inputs.constraints, self._parts.holds):
            line = line_of_input(one, self._known, self._rules)
            line.is_constraint, line.is_asked_by_user = True, self._rules.constraints_ask
            self._lines.add(line, by_user=True)
        for one in that_hold(inputs.requirements, self._parts.holds):
            line = line_of_input(with_extras_as_asked(one, self._parts.catalogue.extra_names), self._known, self._rules)
            line.is_asked_by_user = True
            self._asks.append(ask_of_input("-r", one))
            self._lines.add(line, by_user=True)

    def _lines_that_may_hash(self) -> Iterable[Requirement]:
        inputs = self._request.requirements
        if self._rules.replaced_hashes_count:
            return (*inputs.requirements, *inputs.constraints)
        written = ((line, line.origin) for line in (*self._lines.unnamed, *self._lines))
        return [replace(origin, hashes=line.hashes) for line, origin in written if not isinstance(origin, Dependency)]

    def _asks_of_constraints(self) -> Iterator[Ask]:
        for one in that_hold(self._request.requirements.constraints, self._parts.holds):
            if one.name in self._choices:
                yield ask_of_input("-c", one)

    # --- one line ---------------------------------------------------------------------------------------------------

    def _resolve(self, line: Line) -> list[Line]:
        """Settle a line, and give those to look at later: ``_resolve_one``."""
        if line.is_constraint or line.is_prepared:
            return []
        line.is_prepared = True
        base = self._preparer.prepare(line)
        if base is None:
            return []
        self._check_python(base)
        if line.is_unnamed:
            if self._lines.has(line):  # fetched in vain: another line has the name
                return []
            line.is_unnamed = False
            self._lines.add(line, by_user=True)
        self._note_choice(base)
        return [] if self._request.no_deps else list(self._discovered(line, base))

    def _note_choice(self, base: FileCandidate | BaseCandidate) -> None:
        """Two spellings may be two lines to pip; what one of them installs is then installed."""
        candidate = base if isinstance(base, FileCandidate) else None
        before = self._choices.get(base.name)
        if before is None or before.candidate is None:
            self._choices[base.name] = Choice(base.name, candidate)

    def _discovered(self, line: Line, base: FileCandidate | BaseCandidate) -> Iterator[Line]:
        for unknown in sorted(line.extras - base.provided(line.extras)):
            self._warnings.append(f"`{base.name}` {base.version} does not provide the extra `{unknown}`")
        for extra, dependency in self._needs(line, base):
            self._reader.check_url(base, dependency)
            new = line_of_dependency(dependency, self._known)
            via = via_of_dependency(base.name, extra, dependency)
            self._asks.append(Ask(dependency.name, via, dependency.specifier, new.url is not None))
            found = self._lines.add(new, by_user=False)
            if found is not None:
                yield found

    def _needs(self, line: Line, base: FileCandidate | BaseCandidate) -> Iterator[Needed]:
        """Those without extra first, then by extra, each part in an order of its own: ``requires`` in pkg_resources."""
        plain = list(self._reader.that_hold(base, frozenset()))
        yield from self._ordered(base, [Needed(None, one) for one in plain])
        for extra in sorted(base.provided(line.extras)):
            more = [one for one in self._reader.that_hold(base, frozenset({extra})) if one not in plain]
            yield from self._ordered(base, [Needed(extra, one) for one in more])

    def _ordered(self, base: FileCandidate | BaseCandidate, needed: list[Needed]) -> Sequence[Needed]:
        """An ``.egg-info`` is read from top to bottom; of a ``.dist-info`` pkg_resources makes a set."""
        state = self._request.installed.get(base.name) if isinstance(base, BaseCandidate) else None
        is_set = state is None or state.distribution.path.endswith(".dist-info")
        return self._order(needed) if is_set else needed

    def _check_python(self, base: FileCandidate | BaseCandidate) -> None:
        """``check_dist_requires_python``, of what is installed too."""
        release = base if isinstance(base, FileCandidate) else base.release
        wanted = release.metadata.requires_python if release is not None else None
        rules = self._parts.rules
        if wanted and rules.specifiers.allows_python(wanted, rules.python) is False:
            ends = f"the target has {rules.python}: pip {self._known.version} ends there"
            message = f"`{base}` needs Python {wanted}, and {ends}"
            raise ResolutionError(message, hints=[f"Name another version: `{base.name}!={base.version}`."])
