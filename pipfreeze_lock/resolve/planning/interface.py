"""What a plan is asked with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from pipfreeze_lock.metadata.build_requirements import BuildRequirements
    from pipfreeze_lock.model.artifact import IndexFile
    from pipfreeze_lock.model.core_metadata import CoreMetadata
    from pipfreeze_lock.model.installed import InstalledDistribution
    from pipfreeze_lock.model.requirement import RequirementSet
    from pipfreeze_lock.model.target import Target

__all__ = ["BuildSource", "InstalledState", "PlanRequest", "UpgradeStrategy"]

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
    """All that is installed, the target's pip too: the first of each name on ``sys.path``. `Target.base` is not read."""
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
