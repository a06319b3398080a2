"""What a plan is asked with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from pipfreeze_lock.index.rank import SelectionRules
    from pipfreeze_lock.metadata.build_requirements import BuildRequirements
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.core_metadata import CoreMetadata
    from pipfreeze_lock.model.installed import InstalledDistribution
    from pipfreeze_lock.model.requirement import RequirementSet
    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.resolve.catalogue import Catalogue
    from pipfreeze_lock.resolve.interface import ResolutionReporter
    from pipfreeze_lock.resolve.needs import FileCandidate, Need

__all__ = ["BuildSource", "InstalledState", "PlanParts", "PlanRequest", "UpgradeStrategy"]

UpgradeStrategy = Literal["eager", "only-if-needed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalledState:
    """One installed distribution as pip sees it."""

    distribution: InstalledDistribution
    metadata: CoreMetadata
    """From the files beside it: `pipfreeze_lock.metadata.installed.installed_metadata`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanRequest:
    """A ``pip install``, with where it runs. The options bear pip's names."""

    requirements: RequirementSet
    """Of a lock: its pins as requirements with hashes. A hash on any line makes hash mode, as it does in pip."""
    target: Target
    installed: Mapping[NormalizedName, InstalledState]
    """All that is installed, the target's pip too: the first of each name on ``sys.path``. `Target.base` must say the
    same, since what a build finds is read from there."""
    upgrade: bool = False
    upgrade_strategy: UpgradeStrategy | None = None
    """None: that pip's default, eager before 10.0 and only-if-needed since."""
    force_reinstall: bool = False
    no_deps: bool = False
    require_hashes: bool = False


class BuildSource(Protocol):
    """Knows what building an sdist fetches."""

    def build_requirements(self, file: IndexFile, url: str) -> BuildRequirements:
        """See `pipfreeze_lock.metadata.source.LayeredMetadata.build_requirements`.

        :raises NetworkError: when the sdist could not be fetched.
        :raises MetadataError: when it cannot be unpacked.
        """
        ...  # pragma: no cover


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanParts:
    """What a plan is made with; every part is one of `pipfreeze_lock.cli.wiring.Wiring`."""

    catalogue: Catalogue
    rules: SelectionRules
    holds: Callable[[Marker, Collection[str]], bool]
    """Whether a marker holds on the target, with these extras asked for."""
    explicit: Callable[[Need], FileCandidate]
    """Makes the candidate of a direct URL: `DirectFiles.candidate`."""
    digest: Callable[[ProjectPage, IndexFile, str], str]
    """Fetches a file and gives its hex digest by an algorithm: `DirectFiles.digest`."""
    builds: BuildSource
    """`LayeredMetadata`."""
    reporter: ResolutionReporter
