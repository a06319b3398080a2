"""The engine over resolvelib: faithful to the target's pip, and needing nothing of the target."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name
from resolvelib.reporters import BaseReporter
from resolvelib.resolvers import ResolutionImpossible, ResolutionTooDeep, Resolver

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.resolve.allowed_hashes import check_hashes
from pipfreeze_lock.resolve.base_set import base_candidates
from pipfreeze_lock.resolve.direct import supported
from pipfreeze_lock.resolve.explain import explain
from pipfreeze_lock.resolve.interface import KeptDistribution, Resolution, ResolvedDistribution
from pipfreeze_lock.resolve.needs import BaseCandidate, Candidate, FileCandidate, Need, needs_of
from pipfreeze_lock.resolve.preference import requested_identifier, search_order
from pipfreeze_lock.resolve.prefetch import Prefetcher
from pipfreeze_lock.resolve.provider import PipProvider, bounds_of
from pipfreeze_lock.resolve.spelling import spellings
from pipfreeze_lock.resolve.via import edges

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from pipfreeze_lock.index.rank import SelectionRules
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.lock import Via
    from pipfreeze_lock.model.requirement import Requirement
    from pipfreeze_lock.resolve.catalogue import Catalogue
    from pipfreeze_lock.resolve.interface import ResolutionReporter, ResolveRequest

__all__ = ["ResolvelibEngine"]

_MAX_ROUNDS = 200_000
"""``limit_how_complex_resolution_can_be`` in pip's resolvelib/resolver.py."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolvelibEngine:
    """Resolves by pip's rules."""

    catalogue: Catalogue
    rules: SelectionRules
    holds: Callable[[Marker, Collection[NormalizedName]], bool]
    """Whether a marker holds on the target, with these extras asked for."""
    explicit: Callable[[Need], FileCandidate]
    """Makes the candidate of a direct URL."""
    digest: Callable[[ProjectPage, IndexFile, str], str]
    """Fetches a file and gives its hex digest by an algorithm."""
    reporter: ResolutionReporter

    def resolve(self, request: ResolveRequest) -> Resolution:
        """Find the answer; see `pipfreeze_lock.resolve.interface.Resolver`."""
        written = self._that_hold(request.requirements.requirements)
        roots = list(map(self._with_extras_as_asked, written))
        constraints = self._that_hold((*request.requirements.constraints, *request.moved))
        base = base_candidates(request.target.base, self.catalogue)
        prefetcher = Prefetcher(
            catalogue=self.catalogue, holds=self.holds, left_out=frozenset(base), preferred=request.preferred
        )
        prefetcher.start(roots, constraints)
        provider = self._provider(request, base, roots, constraints)
        try:
            settled = self._search(provider, roots)
        finally:
            prefetcher.stop()
        vias = edges(settled, written, bounds_of(self._that_hold(request.requirements.constraints)), provider)
        warnings = _warnings(settled, provider, self.catalogue)
        resolution = _resolution(settled, vias, warnings, spellings(settled, provider))
        check_hashes(resolution.distributions, (*roots, *constraints), self.digest)
        return resolution

    def _that_hold(self, requirements: Iterable[Requirement]) -> list[Requirement]:
        return [one for one in requirements if one.marker is None or self.holds(one.marker, ())]

    def _with_extras_as_asked(self, requirement: Requirement) -> Requirement:
        """Spell the extras of an input as this pip does."""
        if not requirement.extras_as_written or self.catalogue.extra_names.spelling == "normalised":
            return requirement
        written, is_bounded = requirement.extras_as_written, bool(requirement.specifier)
        return replace(requirement, extras=self.catalogue.extra_names.asked(written, is_bounded=is_bounded))

    @property
    def _bound_base(self) -> bool:
        # pips before 20.3 have no search of their own: the newest answers for them.
        known = self.rules.capabilities
        return known.extras_bound_base or known.resolver != "resolvelib"

    def _provider(
        self,
        request: ResolveRequest,
        base: Mapping[NormalizedName, BaseCandidate],
        roots: list[Requirement],
        constraints: list[Requirement],
    ) -> PipProvider:
        user_requested: dict[str, int] = {}
        for place, root in enumerate(roots):
            identifier = needs_of(root, bound_base=self._bound_base)[0].identifier
            user_requested.setdefault(requested_identifier(request.target.pip, identifier), place)
        return PipProvider(
            catalogue=self.catalogue,
            order=search_order(request.target.pip, user_requested),
            rules=self.rules,
            holds=self.holds,
            bounds=bounds_of(constraints),
            base=base,
            preferred=request.preferred,
            explicit=supported(self.explicit, self.rules),
            bound_base=self._bound_base,
        )

    def _distinct_needs(self, roots: list[Requirement]) -> list[Need]:
        """Give the needs of the inputs; of several that say the same, as the many files of a large repository do, one.

        The search looks at all needs of a name anew with each one, so that 4,000 of them took it three minutes.
        """
        distinct: dict[tuple[object, ...], Need] = {}
        for root in roots:
            for need in needs_of(root, bound_base=self._bound_base):
                distinct.setdefault((need.identifier, str(need.specifier), need.url, root.hashes), need)
        return list(distinct.values())

    def _search(self, provider: PipProvider, roots: list[Requirement]) -> list[Candidate]:
        # pip puts needs with extras last, so that what bounds their base is known first (collect_root_requirements).
        needs = self._distinct_needs(roots)
        needs.sort(key=lambda need: bool(need.extras))
        reporter = _Reporter(self.reporter)
        resolver: Resolver[Need, Candidate, str] = Resolver(provider, reporter)
        try:
            result = resolver.resolve(needs, max_rounds=_MAX_ROUNDS)
        except ResolutionImpossible as impossible:
            raise explain(impossible.causes, reporter.asked, provider) from None
        except ResolutionTooDeep:
            message = f"no answer after {_MAX_ROUNDS:,} steps"
            raise ResolutionError(message, hints=["Narrow the requirements, so that fewer versions fit."]) from None
        return list(result.mapping.values())


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


def _resolution(
    settled: list[Candidate],
    vias: Mapping[NormalizedName, tuple[Via, ...]],
    warnings: tuple[str, ...],
    spelled: Mapping[NormalizedName, str],
) -> Resolution:
    extras: dict[NormalizedName, frozenset[NormalizedName]] = {}
    for candidate in settled:
        normalised = frozenset(map(canonicalize_name, candidate.extras))
        extras[candidate.name] = extras.get(candidate.name, frozenset()) | normalised
    distributions = [
        ResolvedDistribution(
            name=candidate.name,
            version=candidate.found.version_text,
            extras=extras[candidate.name],
            file=candidate.found.file,
            page=candidate.found.page,
            metadata=candidate.metadata,
            via=vias.get(candidate.name, ()),
            direct_url=candidate.direct_url,
            spelling=spelled.get(candidate.name),
        )
        for candidate in settled
        if isinstance(candidate, FileCandidate)
    ]
    kept = [
        KeptDistribution(distribution=candidate.distribution, via=vias.get(candidate.name, ()))
        for candidate in settled
        if isinstance(candidate, BaseCandidate)
    ]
    return Resolution(
        distributions=tuple(sorted(distributions, key=lambda one: one.name)),
        kept=tuple(sorted(kept, key=lambda one: one.distribution)),
        warnings=warnings,
    )


def _warnings(settled: list[Candidate], provider: PipProvider, catalogue: Catalogue) -> tuple[str, ...]:
    unknown = [
        f"`{name}` {version} does not provide the extra `{extra}`"
        for name, version, extra in sorted(provider.unknown_extras)
    ]
    in_the_dark = [
        f"`{one.name}` {one.version} of the base image stays, and what it needs is not known: no index has that release"
        for one in settled
        if isinstance(one, BaseCandidate) and one.is_unknown
    ]
    return (*unknown, *in_the_dark, *catalogue.discarded_builds)
