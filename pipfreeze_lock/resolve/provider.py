"""pip's rules, in the words of resolvelib.

Source: ``pip/_internal/resolution/resolvelib/{provider,factory,candidates,requirements}.py``, pip 26.3; what other
pips do otherwise is in `pipfreeze_lock.target.pip_capabilities` and `pipfreeze_lock.resolve.preference`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from packaging.specifiers import SpecifierSet
from resolvelib.providers import AbstractProvider

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.model.legacy_version import read_version
from pipfreeze_lock.resolve.dependencies import DependencyReader
from pipfreeze_lock.resolve.needs import (
    PYTHON,
    BaseCandidate,
    Candidate,
    Dependency,
    ExtrasCandidate,
    FileCandidate,
    Need,
    name_and_extras,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from packaging.markers import Marker
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from pipfreeze_lock.index.rank import SelectionRules
    from pipfreeze_lock.model.requirement import Requirement
    from pipfreeze_lock.resolve.catalogue import Catalogue, Hashes
    from pipfreeze_lock.resolve.interface import Preferred
    from pipfreeze_lock.resolve.preference import SearchOrder

__all__ = ["Bounds", "PipProvider", "PythonNeed", "bounds_of"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """All constraints on one project, taken together."""

    specifier: SpecifierSet
    hashes: Hashes = frozenset()
    sources: tuple[Requirement, ...] = ()

    @property
    def direct(self) -> tuple[Requirement, ...]:
        """Those that name a URL: the project then comes from there, once somebody asks for it."""
        return tuple(source for source in self.sources if source.url is not None)


_ANY = SpecifierSet()
_NO_BOUNDS = Bounds(_ANY)


def bounds_of(constraints: Iterable[Requirement]) -> dict[NormalizedName, Bounds]:
    """Take constraints together by project."""
    bounds: dict[NormalizedName, Bounds] = {}
    for constraint in constraints:
        before = bounds.get(constraint.name, _NO_BOUNDS)
        bounds[constraint.name] = Bounds(
            before.specifier & constraint.specifier,
            _allowed_by_both(before.hashes, frozenset(constraint.hashes)),
            (*before.sources, constraint),
        )
    return bounds


def _allowed_by_both(one: Hashes, other: Hashes) -> Hashes:
    """``Hashes.__and__`` in pip's ``utils/hashes.py``: no hashes at all allow any file."""
    if not one or not other:
        return one or other
    return one & other or frozenset({("sha256", "no file has both")})


@dataclass(kw_only=True)
class PipProvider(AbstractProvider[Need, Candidate, str]):
    """Answers the resolver's questions as the target's pip does."""

    catalogue: Catalogue
    order: SearchOrder
    rules: SelectionRules
    holds: Callable[[Marker, Collection[NormalizedName]], bool]
    """Whether a marker holds on the target, with these extras asked for."""
    bounds: Mapping[NormalizedName, Bounds]
    base: Mapping[NormalizedName, BaseCandidate]
    preferred: Mapping[NormalizedName, Preferred]
    explicit: Callable[[Need], FileCandidate]
    """Makes the candidate of a direct URL."""
    bound_base: bool = True
    """Whether ``a[x]<2`` bounds ``a``: see `pipfreeze_lock.resolve.needs.needs_of`."""
    _extras: dict[tuple[FileCandidate | BaseCandidate, frozenset[NormalizedName]], ExtrasCandidate] = field(
        default_factory=dict
    )
    _dependencies: dict[Candidate, list[Need]] = field(default_factory=dict)
    _satisfied: dict[tuple[Need, Candidate], bool] = field(default_factory=dict)
    unknown_extras: set[tuple[str, str, str]] = field(default_factory=set)
    """(name, version, extra) that was asked for and is not provided."""
    _reader: DependencyReader = field(init=False)

    def __post_init__(self) -> None:
        """Make what reads metadata, by the same rules."""
        self._reader = DependencyReader(self.rules, self.holds)

    def identify(self, requirement_or_candidate: Need | Candidate) -> str:
        """Give the node."""
        return requirement_or_candidate.identifier

    def narrow_requirement_selection(
        self,
        identifiers: Iterable[str],
        resolutions: Mapping[str, Candidate],
        candidates: Mapping[str, Iterator[Candidate]],  # noqa: ARG002  resolvelib's signature
        information: Mapping[str, Iterator[Any]],  # noqa: ARG002  resolvelib's signature
        backtrack_causes: Sequence[Any],
    ) -> Iterable[str]:
        """Leave the nodes that this pip would look at before others."""
        return self.order.narrow(identifiers, resolutions, backtrack_causes)

    def get_preference(
        self,
        identifier: str,
        resolutions: Mapping[str, Candidate],  # noqa: ARG002  resolvelib's signature
        candidates: Mapping[str, Iterator[Candidate]],  # noqa: ARG002  resolvelib's signature
        information: Mapping[str, Iterator[Any]],
        backtrack_causes: Sequence[Any],
    ) -> Any:
        """Give the sort key of a node."""
        return self.order.preference(identifier, list(information[identifier]), backtrack_causes)

    def is_satisfied_by(self, requirement: Need, candidate: Candidate) -> bool:
        """Whether a candidate meets a need of the same node."""
        answer = self._satisfied.get((requirement, candidate))
        if answer is None:  # asked some twenty times for each pair
            answer = self._satisfied[requirement, candidate] = self._is_satisfied_by(requirement, candidate)
        return answer

    def _is_satisfied_by(self, requirement: Need, candidate: Candidate) -> bool:
        if requirement.exact is not None:
            return requirement.exact is candidate
        if requirement.url is not None:
            base = candidate.base if isinstance(candidate, ExtrasCandidate) else candidate
            return base is self.explicit(requirement)
        return self.rules.specifiers.contains(requirement.specifier, candidate.version)

    def find_matches(
        self,
        identifier: str,
        requirements: Mapping[str, Iterator[Need]],
        incompatibilities: Mapping[str, Iterator[Candidate]],
    ) -> Callable[[], Iterator[Candidate]] | list[Candidate]:
        """Give the candidates of a node, best first: ``find_candidates`` in pip's factory.py."""
        if identifier == PYTHON:
            return []  # asked for only where the target's Python is not what a candidate requires
        # Nobody may need it any more: resolvelib asks again when it goes back behind all who did.
        own = list(requirements[identifier])
        name, extras = name_and_extras(identifier)
        of_base = list(requirements[name]) if extras and name in requirements else []
        needs = own + of_base if self.bound_base else own
        excluded = {id(candidate) for candidate in incompatibilities[identifier]}
        explicit = self._explicit_candidates(own + of_base + self._needs_of_constraints(name))
        if explicit:
            return self._agreeing(explicit, extras, own, excluded)
        if not needs:
            return []
        bases = self._bases(identifier, needs, excluded)
        if not extras:
            return lambda: (base for base in bases() if id(base) not in excluded)
        return lambda: (
            candidate
            for candidate in (self.with_extras(base, extras) for base in bases())
            if id(candidate) not in excluded
        )

    def get_dependencies(self, candidate: Candidate) -> list[Need]:
        """Give what a candidate needs on the target: ``iter_dependencies`` in pip's candidates.py."""
        needs = self._dependencies.get(candidate)
        if needs is None:
            needs = self._dependencies[candidate] = list(self.needs_of(candidate))
        return needs

    def dependencies_that_hold(self, candidate: Candidate) -> Iterator[Dependency]:
        """Give those ``Requires-Dist`` whose marker holds on the target with the candidate's extras."""
        base = candidate.base if isinstance(candidate, ExtrasCandidate) else candidate
        return self._reader.that_hold(base, candidate.extras)

    def needs_of(self, candidate: Candidate) -> Iterator[Need]:
        """Give what `get_dependencies` gives; called once for each candidate."""
        yield from self.own_needs(candidate)
        yield from self.needs_of_metadata(candidate)

    def own_needs(self, candidate: Candidate) -> Iterator[Need]:
        """Give what a candidate needs whatever it depends on: the base of its extras, another Python."""
        if isinstance(candidate, ExtrasCandidate):
            base = candidate.base
            yield Need(name=base.name, extras=frozenset(), specifier=_ANY, origin=None, exact=base)
            for extra in sorted(candidate.extras - base.provided(candidate.extras)):
                self.unknown_extras.add((base.name, str(base.version), extra))
        elif isinstance(candidate, FileCandidate):
            requires_python = candidate.metadata.requires_python
            # An invalid one (None) is overlooked: `dist.requires_python` in pip's metadata/base.py.
            if requires_python and self.rules.specifiers.allows_python(requires_python, self.rules.python) is False:
                yield PythonNeed(requires_python)

    def needs_of_metadata(self, candidate: Candidate) -> Iterator[Need]:
        """Give what its ``Requires-Dist`` asks for."""
        for dependency in self.dependencies_that_hold(candidate):
            self._reader.check_url(candidate, dependency)
            yield from dependency.needs(bound_base=self.bound_base)

    def _needs_of_constraints(self, name: NormalizedName) -> list[Need]:
        """Give the URLs that constraints name: ``_iter_explicit_candidates_from_base`` and others in pip's factory.py.

        :raises ResolutionError: for pips whose new resolver does not know them yet, before 21.1.
        """
        direct = self.bounds.get(name, _NO_BOUNDS).direct
        known = self.rules.capabilities
        if direct and known.resolver == "resolvelib" and not known.url_constraints:
            message = f"`{direct[0].text}` is a constraint, and pip {known.version} takes no URL as one"
            hints = ["Write it in the requirements, or use pip 21.1 or newer in the image."]
            raise ResolutionError(message, context=str(direct[0].source), hints=hints)
        return [Need(name=name, extras=frozenset(), specifier=_ANY, origin=one, url=one.url) for one in direct]

    def _explicit_candidates(self, needs: list[Need]) -> list[FileCandidate | BaseCandidate]:
        explicit: list[FileCandidate | BaseCandidate] = []
        for need in needs:
            candidate = need.exact if need.exact is not None else self.explicit(need) if need.url is not None else None
            if candidate is not None and candidate not in explicit:
                explicit.append(candidate)
        return explicit

    def _agreeing(
        self,
        explicit: list[FileCandidate | BaseCandidate],
        extras: frozenset[NormalizedName],
        needs: list[Need],
        excluded: set[int],
    ) -> list[Candidate]:
        candidates = [self.with_extras(base, extras) if extras else base for base in explicit]
        bounds = self.bounds.get(explicit[0].name, _NO_BOUNDS)
        return [
            candidate
            for candidate in candidates
            if id(candidate) not in excluded
            and self.rules.specifiers.contains(bounds.specifier, candidate.version)
            and all(self.is_satisfied_by(need, candidate) for need in needs)
        ]

    def _bases(
        self, identifier: str, needs: list[Need], excluded: set[int]
    ) -> Callable[[], Iterator[FileCandidate | BaseCandidate]]:
        bounds = self.bound_of(identifier)
        specifier, hashes = bounds.specifier, bounds.hashes
        for need in needs:
            if need.specifier:
                specifier = specifier & need.specifier
            if need.origin is not None and not isinstance(need.origin, Dependency) and need.origin.hashes:
                hashes = _allowed_by_both(hashes, frozenset(need.origin.hashes))
        return lambda: self.iterate_bases(identifier, specifier, hashes, excluded)

    def bound_of(self, identifier: str) -> Bounds:
        """Give the constraints on a node, which are those on its project."""
        return self.bounds.get(name_and_extras(identifier)[0], _NO_BOUNDS)

    def iterate_bases(
        self,
        identifier: str,
        specifier: SpecifierSet,
        hashes: Hashes,
        excluded: set[int],  # noqa: ARG002  a plan looks at it
    ) -> Iterator[FileCandidate | BaseCandidate]:
        """Give the candidates of a node without its extras, best first; called each time that somebody looks at them.

        Installed first, for without ``--upgrade`` pip keeps what satisfies; then a locked pin; then the best.

        :param excluded: The `id` of each candidate of the node that is known not to do; it may be among them.
        """
        name, _ = name_and_extras(identifier)
        given: set[Version] = set()
        installed = self.base.get(name)
        if installed is not None and self.rules.specifiers.contains(specifier, installed.version):
            given.add(installed.version)
            yield installed
        for candidate in self._locked(name, specifier, hashes):
            if candidate.version not in given:
                given.add(candidate.version)
                yield candidate
        for candidate in self.catalogue.candidates(name, specifier, hashes):
            if candidate.version not in given:
                yield candidate

    def _locked(self, name: NormalizedName, specifier: SpecifierSet, hashes: Hashes) -> Iterator[FileCandidate]:
        """Give the candidate of an existing lock's pin, where the requirements still allow it."""
        preferred = self.preferred.get(name)
        if preferred is None:
            return
        version = read_version(preferred.version)
        if not self._may_stay(name, version, specifier):
            return
        exactly = specifier & SpecifierSet(f"==={version}")
        if self.rules.capabilities.prefers_allowed_hash and not hashes and preferred.hashes:
            locked: Hashes = frozenset(
                (algorithm, digest) for algorithm, _, digest in (one.partition(":") for one in preferred.hashes)
            )
            for candidate in self.catalogue.candidates(name, exactly, locked):
                yield candidate
                return
        yield from self.catalogue.candidates(name, exactly, hashes)

    def _may_stay(self, name: NormalizedName, version: Version, specifier: SpecifierSet) -> bool:
        """Whether a pin is still within the requirements; one that is a pre-release, whether such are still wanted."""
        specifiers = self.rules.specifiers
        if not specifiers.contains(specifier, version):
            return False
        allowed = self.rules.prereleases(name)
        if not version.is_prerelease or allowed or (allowed is None and specifiers.admits_prereleases(specifier)):
            return True
        best = next(iter(self.catalogue.project(name).ranked(specifier=specifier)), None)
        return best is not None and best.version.is_prerelease

    def with_extras(self, base: FileCandidate | BaseCandidate, extras: frozenset[NormalizedName]) -> ExtrasCandidate:
        """Give a candidate seen through extras: the same object each time."""
        key = (base, extras)
        candidate = self._extras.get(key)
        if candidate is None:
            candidate = self._extras[key] = ExtrasCandidate(base, extras)
        return candidate


class PythonNeed(Need):
    """A ``Requires-Python`` that the target does not meet."""

    __slots__ = ("requires_python",)

    def __init__(self, requires_python: str) -> None:
        super().__init__(name=cast("NormalizedName", PYTHON), extras=frozenset(), specifier=_ANY, origin=None)
        self.requires_python = requires_python
