"""What ``freeze`` asks of the index: the files of a release, what they hold, which of them the image's pip takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from pipfreeze_lock.index.evaluate import SelectionRules
from pipfreeze_lock.index.rank import ProjectFiles
from pipfreeze_lock.metadata.file_contents import FileContents
from pipfreeze_lock.model.legacy_version import read_version

if TYPE_CHECKING:
    from collections.abc import Collection

    from packaging.utils import NormalizedName

    from pipfreeze_lock.cli.progress import Progress
    from pipfreeze_lock.cli.wiring import Wiring
    from pipfreeze_lock.index.interface import FileIndex
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.requirement import IndexOptions
    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.verify.deep import LockedRecord

__all__ = ["FrozenReleases"]


@dataclass(kw_only=True, slots=True)
class FrozenReleases:
    """The `Releases` of a run; may be called from any thread."""

    index: FileIndex
    contents: FileContents
    rules: SelectionRules
    progress: Progress
    _projects: dict[NormalizedName, ProjectFiles] = field(default_factory=dict)

    @classmethod
    def of(cls, wiring: Wiring, target: Target, options: IndexOptions, progress: Progress) -> FrozenReleases:
        """Take the parts of a run.

        :param options: In force, `--no-binary` of the inputs among them.
        """
        return cls(
            index=wiring.index,
            contents=FileContents(wiring.client, wiring.cache),
            rules=SelectionRules.of(target, options),
            progress=progress,
        )

    def files(self, name: NormalizedName, version: str) -> list[tuple[ProjectPage, IndexFile]]:
        """See `ReleaseFiles.files`."""
        project, wanted = self._project(name), read_version(version)
        taken = [(one.page, one.file) for one in project.candidates(wanted)]
        return taken + [(one.page, one.file) for one in project.rejections(wanted)]

    def record(self, page: ProjectPage, file: IndexFile) -> LockedRecord:
        """See `ReleaseFiles.record`."""
        return self.contents.record(page, file)

    def digests(self, page: ProjectPage, file: IndexFile) -> frozenset[str]:
        """See `ReleaseFiles.digests`."""
        self.progress.waiting(file.filename, file.size)
        return self.contents.digests(page, file)

    def first_choice(self, name: NormalizedName, version: str, hashes: Collection[str]) -> IndexFile | None:
        """See `Releases.first_choice`."""
        allowed = [(algorithm, digest) for algorithm, _, digest in (text.partition(":") for text in hashes)]
        ranked = self._project(name).ranked(specifier=_exactly(version), hashes=allowed)
        best = next(iter(ranked), None)
        return best.file if best is not None else None

    def _project(self, name: NormalizedName) -> ProjectFiles:
        project = self._projects.get(name)
        if project is None:
            self.progress.fetching(name)
            shown = partial(self.index.filenames_shown_to, self.rules.target.pip)
            found = ProjectFiles(name, self.index.pages(name), self.rules, filenames_shown=shown)
            project = self._projects.setdefault(name, found)
        return project


def _exactly(version: str) -> SpecifierSet:
    try:
        return SpecifierSet(f"=={Version(version)}")
    except InvalidVersion:
        return SpecifierSet(f"==={version}")
