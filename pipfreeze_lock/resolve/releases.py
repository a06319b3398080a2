"""What else there is of a release that was chosen, and why its wheels were not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.version import Version

from pipfreeze_lock.errors import MetadataError
from pipfreeze_lock.index.filenames import parse_wheel_name
from pipfreeze_lock.index.wheel_support import needed_pip
from pipfreeze_lock.model.legacy_version import read_version

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from pipfreeze_lock.index.evaluate import Rejected, SelectionRules
    from pipfreeze_lock.index.rank import ProjectFiles
    from pipfreeze_lock.index.selection import Chosen
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.lock import Pin
    from pipfreeze_lock.model.lock_review import PinnedFile
    from pipfreeze_lock.model.selection import Selection
    from pipfreeze_lock.resolve.catalogue import Catalogue

__all__ = ["IndexReleases"]


class IndexReleases:
    """Answers from what the resolution has sorted already."""

    def __init__(
        self,
        catalogue: Catalogue,
        rules: SelectionRules,
        holds: Callable[[Marker, Collection[NormalizedName]], bool] = lambda *_: True,
    ) -> None:
        """Prepare.

        :param holds: Whether a marker holds on the target, with these extras asked for.
        """
        self._catalogue = catalogue
        self._rules = rules
        self._holds = holds
        self._needed_pips: dict[tuple[NormalizedName, str], str | None] = {}

    def files_of(self, name: NormalizedName, version: str) -> Sequence[tuple[ProjectPage, IndexFile]]:
        """Give every file of a release that this pip may choose on another day or platform: all but yanked ones.

        Where all are yanked, as with a pin of a yanked release, all of them.
        """
        files = self._all_files(name, version)
        return [(page, file) for page, file in files if not file.is_yanked] or files

    def needed_pip(self, name: NormalizedName, version: str) -> str | None:
        """Give the lowest pip that would take one of the release's wheels on this target; None where none would."""
        key = (name, version)
        if key not in self._needed_pips:
            files = [one.file.filename for one in self._wheels(name, version) if one.cause == "tags"]
            wheels = [parse_wheel_name(file, self._rules.capabilities.wheel_names) for file in files]
            pips = [needed_pip(wheel.tags, self._rules.target) for wheel in wheels if wheel is not None]
            self._needed_pips[key] = min((pip for pip in pips if pip is not None), key=Version, default=None)
        return self._needed_pips[key]

    def why_no_wheel(self, name: NormalizedName, version: str) -> str | None:
        """Say why no wheel of a release is taken, in words; None where it has no wheel at all."""
        wheels = self._wheels(name, version)
        if not wheels:
            return None
        pip = self.needed_pip(name, version)
        starts = (
            [f"it needs pip >= {pip} "] if pip is not None else ["it needs glibc", "it needs musl", "wheels of it are"]
        )
        for start in starts:
            matching = [one.reason for one in wheels if one.reason.startswith(start)]
            if matching:
                return min(matching).replace("it needs", "its wheel needs", 1)
        return "none of its wheels is for this Python and platform"

    def has_wheel_in_reach(self, name: NormalizedName) -> bool:
        """Whether some release of a project has a wheel that this pip takes, so that ``--prefer-binary`` could help."""
        project = self._project(name)
        return any(one.is_wheel for version in project.versions() for one in project.candidates(version))

    def selection(self, name: NormalizedName, chosen: Chosen, *, newer_only: bool = False) -> Selection:
        """Say what became of each file of a project; blocks until its pages are there.

        :param chosen: What its metadata ruled out is added to it.
        :param newer_only: Whether releases that are older than the chosen one are left out.
        :raises NetworkError: when an index could not be asked.
        """
        from pipfreeze_lock.index.selection import selection_of  # noqa: PLC0415  only where somebody asks for it

        ruled_out = {**chosen.ruled_out, **self._catalogue.rejected.get(name, {})}
        return selection_of(
            self._project(name), self._rules, replace(chosen, ruled_out=ruled_out), newer_only=newer_only
        )

    def pinned_file(self, pin: Pin) -> PinnedFile:
        """Find what is offered now of the file that a pin stands for; blocks until the project's pages are there.

        :raises NetworkError: when an index could not be asked.
        """
        from pipfreeze_lock.index.pinned_files import pinned_file  # noqa: PLC0415  only where somebody asks for it

        return pinned_file(self._project(pin.name), pin)

    def obstacles(
        self,
        name: NormalizedName,
        version: str,
        locked: Mapping[str, str],
        extras: Collection[NormalizedName],
        *,
        fetch: bool,
    ) -> list[str] | None:
        """Say what of a release's own metadata keeps it out of a lock; None where that is not known without a build.

        :param locked: Version of each distribution that the lock or the base image has.
        :param fetch: Whether its metadata may be fetched; else that of the search alone is looked at.
        :raises NetworkError: when it could not be fetched.
        """
        from pipfreeze_lock.resolve.obstacles import obstacles  # noqa: PLC0415  only where somebody asks for it

        for found in self._project(name).candidates(read_version(version)):
            made = self._catalogue.made(found)
            metadata = made.metadata if made is not None else None
            if metadata is None and fetch:
                try:
                    metadata = self._catalogue.static_metadata(found)
                except MetadataError as error:
                    return [error.message]
            if metadata is not None:
                return obstacles(metadata, locked, extras=extras, rules=self._rules, holds=self._holds)
        return None

    def _wheels(self, name: NormalizedName, version: str) -> list[Rejected]:
        rejections = self._project(name).rejections(read_version(version))
        return [one for one in rejections if one.file.filename.endswith(".whl")]

    def _all_files(self, name: NormalizedName, version: str) -> list[tuple[ProjectPage, IndexFile]]:
        project, parsed = self._project(name), read_version(version)
        considered = [(one.page, one.file) for one in project.candidates(parsed)]
        return considered + [(one.page, one.file) for one in project.rejections(parsed)]

    def _project(self, name: NormalizedName) -> ProjectFiles:
        return self._catalogue.project(name)
