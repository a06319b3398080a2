"""The files of releases, as freezing asks for them, and what is found of one distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pipfreeze_lock.model.artifact import IndexFile, ProjectPage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.lock import UnpinnedReason
    from pipfreeze_lock.verify.deep import LockedRecord

__all__ = ["FoundFiles", "NotFound", "Offered", "ReleaseFiles"]

Offered = tuple[ProjectPage, IndexFile]


class ReleaseFiles(Protocol):
    """What the index has; may be called from any thread."""

    def files(self, name: NormalizedName, version: str) -> Sequence[Offered]:
        """Give all files of a release: first those that the target's pip takes, the best first.

        :raises NetworkError: when an index could not be asked.
        """
        ...  # pragma: no cover

    def record(self, page: ProjectPage, file: IndexFile) -> LockedRecord:
        """Read what a wheel says of its own files.

        :raises MetadataError: when it has no RECORD.
        :raises NetworkError: when it cannot be read.
        """
        ...  # pragma: no cover

    def digests(self, page: ProjectPage, file: IndexFile) -> frozenset[str]:
        """Give the SHA-256 of what an sdist holds.

        :raises MetadataError: when it cannot be unpacked.
        :raises NetworkError: when it cannot be read.
        """
        ...  # pragma: no cover


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundFiles:
    """The files whose hashes a pin has; more than one where all fit."""

    files: tuple[Offered, ...]
    url: str | None = None
    """Of a direct reference, without fragment."""
    proof: str
    """What makes it so: a clause."""
    notes: tuple[str, ...] = ()
    """To stand at the pin."""
    doubts: tuple[str, ...] = ()
    """Those of the notes that a reader has to be told: not all could be proven."""

    @property
    def is_built(self) -> bool:
        """Whether it was built from an sdist."""
        return not any(file.filename.endswith(".whl") for _, file in self.files)


@dataclass(frozen=True, kw_only=True, slots=True)
class NotFound:
    """Why there is no file that a lock could allow."""

    reason: UnpinnedReason
    words: str
    """A clause: ``the index has no such release``."""
