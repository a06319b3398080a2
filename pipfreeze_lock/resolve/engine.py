"""The engine over resolvelib: faithful to the target's pip, and needing nothing of the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from pipfreeze_lock.resolve.allowed_hashes import check_hashes
from pipfreeze_lock.resolve.base_set import base_candidates
from pipfreeze_lock.resolve.direct import supported
from pipfreeze_lock.resolve.interface import KeptDistribution, Resolution, ResolvedDistribution
from pipfreeze_lock.resolve.needs import BaseCandidate, FileCandidate
from pipfreeze_lock.resolve.preference import search_order
from pipfreeze_lock.resolve.prefetch import Prefetcher
from pipfreeze_lock.resolve.provider import PipProvider, bounds_of
from pipfreeze_lock.resolve.search import bounds_base, search, that_hold, user_requested, with_extras_as_asked
from pipfreeze_lock.resolve.spelling import spellings
from pipfreeze_lock.resolve.via import edges

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from pipfreeze_lock.index.rank import SelectionRules
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.lock import Via
    from pipfreeze_lock.model.requirement import Requirement
    from pipfreeze_lock.resolve.catalogue import Catalogue
    from pipfreeze_lock.resolve.interface import ResolutionReporter, ResolveRequest
    from pipfreeze_lock.resolve.needs import Candidate, Need

__all__ = ["ResolvelibEngine"]


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
        written = that_hold(request.requirements.requirements, self.holds)
        roots = [with_extras_as_asked(one, self.catalogue.extra_names) for one in written]
        constraints = that_hold((*request.requirements.constraints, *request.moved), self.holds)
        base = base_candidates(request.target.base, self.catalogue)
        prefetcher = Prefetcher(
            catalogue=self.catalogue, holds=self.holds, left_out=frozenset(base), preferred=request.preferred
        )
        prefetcher.start(roots, constraints)
        provider = self._provider(request, base, roots, constraints)
        try:
            settled = search(provider, roots, self.reporter)
        finally:
            prefetcher.stop()
        vias = edges(settled, written, bounds_of(that_hold(request.requirements.constraints, self.holds)), provider)
        warnings = _warnings(settled, provider, self.catalogue)
        resolution = _resolution(settled, vias, warnings, spellings(settled, provider))
        check_hashes(resolution.distributions, (*roots, *constraints), self.digest)
        return resolution

    def _provider(
        self,
        request: ResolveRequest,
        base: Mapping[NormalizedName, BaseCandidate],
        roots: list[Requirement],
        constraints: list[Requirement],
    ) -> PipProvider:
        bound_base = bounds_base(self.rules.capabilities)
        requested = user_requested(request.target.pip, roots, bound_base=bound_base)
        return PipProvider(
            catalogue=self.catalogue,
            order=search_order(request.target.pip, requested),
            rules=self.rules,
            holds=self.holds,
            bounds=bounds_of(constraints),
            base=base,
            preferred=request.preferred,
            explicit=supported(self.explicit, self.rules),
            bound_base=bound_base,
        )


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
