"""The plan of a ``pip install``, made by the way in which the target's pip would choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from pipfreeze_lock.index.rank import SelectionRules
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.plan import Plan
    from pipfreeze_lock.resolve.catalogue import Catalogue
    from pipfreeze_lock.resolve.interface import ResolutionReporter
    from pipfreeze_lock.resolve.needs import FileCandidate, Need
    from pipfreeze_lock.resolve.planning.interface import BuildSource, PlanRequest

__all__ = ["Planner"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Planner:
    """Says what a ``pip install`` would do; every part is one of `pipfreeze_lock.cli.wiring.Wiring`."""

    catalogue: Catalogue
    rules: SelectionRules
    holds: Callable[[Marker, Collection[NormalizedName]], bool]
    """Whether a marker holds on the target, with these extras asked for."""
    explicit: Callable[[Need], FileCandidate]
    """Makes the candidate of a direct URL: `DirectFiles.candidate`."""
    digest: Callable[[ProjectPage, IndexFile, str], str]
    """Fetches a file and gives its hex digest by an algorithm: `DirectFiles.digest`."""
    builds: BuildSource
    """`LayeredMetadata`."""
    reporter: ResolutionReporter

    def plan(self, request: PlanRequest) -> Plan:
        """Say it.

        :raises ResolutionError: where pip would end without having installed anything: requirements that conflict, a
            double requirement, a file that the hashes do not allow, a line that hash mode wants pinned.
        :raises NetworkError: when an index could not be asked.
        """
        raise NotImplementedError
