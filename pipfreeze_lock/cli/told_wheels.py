"""What is in wheels, with a word for who waits: which of them is being read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipfreeze_lock.cli.progress import Progress
    from pipfreeze_lock.footprint.interface import ServedAnswer, WheelFiles, WheelMember
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage

__all__ = ["ToldWheels"]


@dataclass(frozen=True, slots=True)
class ToldWheels:
    """A `WheelFiles` that tells of each wheel that it is asked for."""

    wheels: WheelFiles
    progress: Progress

    def members(self, page: ProjectPage, file: IndexFile) -> Sequence[WheelMember]:
        """See `WheelFiles.members`."""
        self.progress.waiting(file.filename, None)
        return self.wheels.members(page, file)

    def contents(self, page: ProjectPage, file: IndexFile, names: Sequence[str]) -> Mapping[str, bytes]:
        """See `WheelFiles.contents`."""
        self.progress.waiting(file.filename, None)
        return self.wheels.contents(page, file, names)

    def answer(self, url: str, *, is_page: bool, accept: str) -> ServedAnswer:
        """See `WheelFiles.answer`."""
        return self.wheels.answer(url, is_page=is_page, accept=accept)
