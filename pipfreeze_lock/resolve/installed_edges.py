"""Who asks for what among installed distributions, by their own metadata, and whether each gets it.

The same edges as `pipfreeze_lock.resolve.via` gives of a search that is over, where nothing was searched: what is there
is there. ``pip check`` asks the same questions (``operations/check.py``), of what is needed without an extra.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.model.legacy_version import read_version
from pipfreeze_lock.model.lock import Inconsistency, Via
from pipfreeze_lock.requirements.recorded import via_of_input
from pipfreeze_lock.resolve.needs import parse_dependency
from pipfreeze_lock.resolve.spelling import spellings_of_needs
from pipfreeze_lock.resolve.via import via_of_dependency
from pipfreeze_lock.target.extra_names import ExtraNames
from pipfreeze_lock.target.pip_capabilities import capabilities
from pipfreeze_lock.target.specifiers import SpecifierRules

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from packaging.markers import Marker
    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.core_metadata import CoreMetadata
    from pipfreeze_lock.model.requirement import Requirement
    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.resolve.needs import Dependency

__all__ = ["InstalledEdges", "installed_edges"]

Node = tuple["NormalizedName", str | None]
"""A distribution, and one of its extras or None for itself."""


@dataclass(kw_only=True, slots=True)
class InstalledEdges:
    """All edges; complete when `installed_edges` gives it."""

    vias: dict[NormalizedName, set[Via]] = field(default_factory=lambda: defaultdict(set))
    """Of what is asked for, whether it is installed or not."""
    extras: dict[NormalizedName, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Those that somebody asks for, as the target's pip passes them on."""
    inconsistent: list[Inconsistency] = field(default_factory=list)
    """What distributions need and do not get."""
    unmet: list[Requirement] = field(default_factory=list)
    """Requirements of the inputs that are not met."""
    unreadable: list[str] = field(default_factory=list)
    """Sentences on metadata that says what cannot be read."""
    dependencies: list[Dependency] = field(default_factory=list)
    """Those that hold."""

    def children(self) -> dict[Node, list[tuple[NormalizedName, Via]]]:
        """Give what each node asks for."""
        found: dict[Node, list[tuple[NormalizedName, Via]]] = defaultdict(list)
        for name, vias in self.vias.items():
            for via in vias:
                if via.kind == "distribution":
                    found[canonicalize_name(via.parent), via.extra].append((name, via))
        return found

    def spellings(self) -> dict[NormalizedName, str]:
        """Give the names that must not stand normalised in a lock, for a pip that keeps dots."""
        return spellings_of_needs(self.dependencies)


def installed_edges(
    installed: Mapping[NormalizedName, CoreMetadata],
    requirements: Iterable[Requirement],
    constraints: Iterable[Requirement],
    *,
    target: Target,
    holds: Callable[[Marker, Collection[str]], bool],
) -> InstalledEdges:
    """Go from each distribution to what it needs, and from extras that are asked for to what those need.

    :param requirements: Of the inputs; those whose marker holds count.
    :param constraints: Likewise.
    :param holds: As `TargetMarkers.holds`.
    :raises ResolutionError: for a marker of the inputs that has no meaning on the target.
    """
    walk = _Walk(installed, target, holds)
    walk.start(one for one in requirements if one.marker is None or holds(one.marker, ()))
    walk.run()
    walk.bound(one for one in constraints if one.marker is None or holds(one.marker, ()))
    return walk.found


class _Walk:
    """One environment."""

    def __init__(
        self,
        installed: Mapping[NormalizedName, CoreMetadata],
        target: Target,
        holds: Callable[[Marker, Collection[str]], bool],
    ) -> None:
        known = capabilities(target.pip, python_major=target.python_release[0])
        self.found = InstalledEdges()
        self._installed = installed
        self._holds = holds
        self._legacy_specifiers = known.legacy_specifiers
        self._specifiers = SpecifierRules(known)
        self._extra_names = ExtraNames.of(known, target.python_release)
        self._parsed: dict[NormalizedName, tuple[Dependency, ...]] = {}
        self._waiting: list[Node] = [(name, None) for name in installed]

    def start(self, requirements: Iterable[Requirement]) -> None:
        """Take in what the inputs ask for."""
        for one in requirements:
            self.found.vias[one.name].add(via_of_input("-r", one))
            written = one.extras_as_written or one.extras
            self._ask(one.name, self._extra_names.asked(written, is_bounded=bool(one.specifier)))
            if not self._is_met(one.name, one.specifier):
                self.found.unmet.append(one)

    def bound(self, constraints: Iterable[Requirement]) -> None:
        """Take in constraints of what is asked for."""
        for one in constraints:
            if one.name in self.found.vias:
                self.found.vias[one.name].add(via_of_input("-c", one))
                if one.name in self._installed and not self._is_met(one.name, one.specifier):
                    self.found.unmet.append(one)

    def run(self) -> None:
        """Follow all edges."""
        while self._waiting:
            name, extra = self._waiting.pop()
            for dependency in self._needs(name, extra):
                via = via_of_dependency(name, extra, dependency)
                self.found.dependencies.append(dependency)
                self.found.vias[dependency.name].add(via)
                self._ask(dependency.name, dependency.extras)
                if not self._is_met(dependency.name, dependency.specifier):
                    there = self._installed.get(dependency.name)
                    version = there.version if there is not None else None
                    self.found.inconsistent.append(Inconsistency(name=dependency.name, version=version, via=via))

    def _ask(self, name: NormalizedName, extras: Iterable[str]) -> None:
        new = set(extras) - self.found.extras[name]
        self.found.extras[name] |= new
        if name in self._installed:
            self._waiting += [(name, extra) for extra in sorted(new)]

    def _is_met(self, name: NormalizedName, specifier: SpecifierSet) -> bool:
        there = self._installed.get(name)
        return there is not None and self._specifiers.contains(specifier, read_version(there.version))

    def _needs(self, name: NormalizedName, extra: str | None) -> Iterator[Dependency]:
        """Give those dependencies that hold: of an extra those that do not hold without it."""
        metadata = self._installed[name]
        asked = frozenset({cast("NormalizedName", extra)}) if extra is not None else frozenset()
        provided = self._extra_names.provided(asked, metadata.provides_extra)
        if extra is not None and not provided:
            return
        for dependency in self._dependencies(name):
            marker = dependency.marker
            try:
                holds = marker is None or self._holds(marker, ())
                if extra is None and holds:
                    yield dependency
                elif extra is not None and marker is not None and not holds:
                    spelled = dependency.extras_in_marker
                    as_asked = self._extra_names.as_in_marker(provided, spelled, metadata.provides_extra)
                    if self._holds(marker, as_asked):
                        yield dependency
            except ResolutionError as error:
                self._unreadable(name, error.message)

    def _dependencies(self, name: NormalizedName) -> tuple[Dependency, ...]:
        if name not in self._parsed:
            self._parsed[name] = tuple(self._read(name))
        return self._parsed[name]

    def _read(self, name: NormalizedName) -> Iterator[Dependency]:
        for text in self._installed[name].requires_dist:
            try:
                yield parse_dependency(text, legacy_specifiers=self._legacy_specifiers, extra_names=self._extra_names)
            except InvalidRequirement:
                self._unreadable(name, f"`{text}` is no requirement")

    def _unreadable(self, name: NormalizedName, reason: str) -> None:
        sentence = f"what `{name}` needs is not known in full: {reason}"
        if sentence not in self.found.unreadable:
            self.found.unreadable.append(sentence)
