"""The search's questions, answered where something is installed, and with what each answer makes pip fetch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from pipfreeze_lock.resolve.catalogue import Replayable
from pipfreeze_lock.resolve.needs import name_and_extras
from pipfreeze_lock.resolve.provider import Bounds, PipProvider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from pipfreeze_lock.index.rank import Candidate as IndexCandidate
    from pipfreeze_lock.resolve.catalogue import Hashes
    from pipfreeze_lock.resolve.needs import BaseCandidate, Candidate, FileCandidate, Need
    from pipfreeze_lock.resolve.planning.fetching import Fetching
    from pipfreeze_lock.resolve.planning.install_rules import InstallRules

__all__ = ["PlanProvider"]


@dataclass(kw_only=True)
class PlanProvider(PipProvider):
    """Answers as `PipProvider` does, with the installed set as its base."""

    fetching: Fetching
    """Is told of every candidate that pip makes."""
    may_upgrade: Callable[[str], bool]
    """Whether a node may move though what is installed would do."""
    install_rules: InstallRules
    no_deps: bool
    _ranked: dict[tuple[NormalizedName, str, Hashes], Replayable[IndexCandidate]] = field(default_factory=dict)

    def needs_of(self, candidate: Candidate) -> Iterator[Need]:
        """Give what a candidate needs, in the order in which this pip adds it to the search."""
        of_metadata = iter(()) if self.no_deps else self.needs_of_metadata(candidate)
        if self.install_rules.python_first or candidate.extras:
            yield from self.own_needs(candidate)
            yield from of_metadata
        else:
            yield from of_metadata
            yield from self.own_needs(candidate)

    def bound_of(self, identifier: str) -> Bounds:
        """Give the constraints on a node; those on ``a`` may count for ``a[x]`` only once that needs its ``a``."""
        if "[" in identifier and not self.install_rules.bounds_extras:
            return Bounds(SpecifierSet())
        return super().bound_of(identifier)

    def iterate_bases(
        self, identifier: str, specifier: SpecifierSet, hashes: Hashes, excluded: set[int]
    ) -> Iterator[FileCandidate | BaseCandidate]:
        """Give the candidates of a node, best first, each made when it is reached: ``FoundCandidates`` in pip."""
        found = self._found(identifier, specifier, hashes, excluded)
        return iter(list(found)) if excluded and self.install_rules.step_back_makes_all else found

    def _found(
        self, identifier: str, specifier: SpecifierSet, hashes: Hashes, excluded: set[int]
    ) -> Iterator[FileCandidate | BaseCandidate]:
        name, _ = name_and_extras(identifier)
        ranked = self._ranked_files(name, specifier, hashes)
        installed = self._installed(identifier, specifier, excluded)
        if installed is None:
            return self._made(name, ranked, set())
        if not self.may_upgrade(identifier):
            return self._after(installed, name, ranked)
        match self.install_rules.insertion:
            case "by version":
                return self._inserted(installed, name, ranked)
            case "one ahead":
                return self._inserted_one_ahead(installed, self._made(name, ranked, set()))
            case "all first":
                return self._sorted_in(installed, self._made(name, ranked, set()))

    def _installed(self, identifier: str, specifier: SpecifierSet, excluded: set[int]) -> BaseCandidate | None:
        name, extras = name_and_extras(identifier)
        installed = self.base.get(name)
        if installed is None or not self.rules.specifiers.contains(specifier, installed.version):
            return None
        node = self.with_extras(installed, extras) if extras else installed
        # Those that step back by making all leave it in the list, and resolvelib takes it out of that.
        return None if id(node) in excluded and not self.install_rules.step_back_makes_all else installed

    def _ranked_files(
        self, name: NormalizedName, specifier: SpecifierSet, hashes: Hashes
    ) -> Replayable[IndexCandidate]:
        key = (name, str(specifier), hashes)
        if key not in self._ranked:
            ranked = self.catalogue.project(name).ranked(specifier=specifier, hashes=hashes)
            self._ranked[key] = Replayable(ranked)
        return self._ranked[key]

    def _make(self, name: NormalizedName, found: IndexCandidate) -> FileCandidate | None:
        self.fetching.look_at(name, found)
        return self.catalogue.from_file(name, found)

    def _made(
        self, name: NormalizedName, ranked: Iterable[IndexCandidate], given: set[Version]
    ) -> Iterator[FileCandidate]:
        """One for each version that is not yet given: ``_iter_built``."""
        for found in ranked:
            if found.version in given:
                continue
            candidate = self._make(name, found)
            if candidate is not None:
                yield candidate
                given.add(found.version)
            elif self.catalogue.is_invalid(name, found):
                given.add(found.version)

    def _after(
        self, installed: BaseCandidate, name: NormalizedName, ranked: Iterable[IndexCandidate]
    ) -> Iterator[FileCandidate | BaseCandidate]:
        """What is installed, then the others: ``_iter_built_with_prepended``."""
        yield installed
        if self.install_rules.insertion == "by version":
            yield from self._made(name, ranked, {installed.version})
        else:
            made = self._made(name, ranked, set())
            yield from (candidate for candidate in made if candidate.version != installed.version)

    def _inserted(
        self, installed: BaseCandidate, name: NormalizedName, ranked: Iterable[IndexCandidate]
    ) -> Iterator[FileCandidate | BaseCandidate]:
        """``_iter_built_with_inserted``: before the first that is not newer, and again before each after it."""
        given: set[Version] = set()
        for found in ranked:
            if found.version in given:
                continue
            if installed.version >= found.version:
                yield installed
                given.add(installed.version)
            candidate = self._make(name, found)
            if candidate is not None:
                yield candidate
                given.add(found.version)
        if installed.version not in given:
            yield installed

    def _inserted_one_ahead(
        self, installed: BaseCandidate, made: Iterator[FileCandidate]
    ) -> Iterator[FileCandidate | BaseCandidate]:
        """``_insert_installed`` of pip 20.3.2 to 20.3.4: the next one is made before the two are compared."""
        is_given = False
        for candidate in made:
            if candidate.version == installed.version:
                continue
            if not is_given and installed.version >= candidate.version:
                yield installed
                is_given = True
            yield candidate
        if not is_given:
            yield installed

    def _sorted_in(
        self, installed: BaseCandidate, made: Iterator[FileCandidate]
    ) -> Iterator[FileCandidate | BaseCandidate]:
        """``_insert_installed`` of pip 20.3: all are made, and of one version what is installed comes first."""
        given: set[Version] = set()
        candidates: list[FileCandidate | BaseCandidate] = [installed, *made]
        for candidate in sorted(candidates, key=lambda one: one.version, reverse=True):
            if candidate.version not in given:
                given.add(candidate.version)
                yield candidate
