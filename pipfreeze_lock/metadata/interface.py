"""What the resolver may know of core metadata."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.core_metadata import CoreMetadata

__all__ = ["BuildInterpreter", "ContentStore", "MetadataReporter", "MetadataSource"]


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildInterpreter:
    """A Python on this machine under which an sdist's metadata can be built."""

    path: str
    version: str
    """Full: ``3.6.15``."""
    exact: bool
    """Whether its major and minor version are the target's, so that no warning is due."""


class ContentStore(Protocol):
    """Keeps bytes from one run to the next; shared by threads and processes."""

    def get(self, kind: str, key: str) -> bytes | None:
        """Give what was put under this kind and key, or None. A store that cannot be read holds nothing."""
        ...  # pragma: no cover

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Keep data. ``kind`` is a word of our own; ``key`` any text, of any length."""
        ...  # pragma: no cover


class MetadataSource(Protocol):
    """Reads core metadata; may be called from any thread."""

    def metadata(self, page: ProjectPage, file: IndexFile) -> CoreMetadata:
        """Give the core metadata of a file: from the cache, or by the tiers of DESIGN.md.

        Blocks until known. A second call for the same file costs nothing.

        :raises MetadataError: when the file has none that can be read, so that the target's pip would fail on it too.
        :raises BuildError: when it would have to be built, and that is not allowed or failed.
        :raises NetworkError: when it could not be fetched.
        """
        ...  # pragma: no cover

    def static_metadata(self, page: ProjectPage, file: IndexFile) -> CoreMetadata | None:
        """Give what `metadata` gives, or None where that would have to build.

        Blocks until known; what was fetched for it is kept for `metadata`.

        :raises MetadataError: as `metadata` does.
        :raises NetworkError: as `metadata` does.
        """
        ...  # pragma: no cover

    def prefetch(self, page: ProjectPage, file: IndexFile) -> None:
        """Say that `metadata` will be called soon. Never builds. Returns at once; an error is kept for `metadata`."""
        ...  # pragma: no cover


class MetadataReporter:
    """Told of what takes long; this one does nothing, the command line's shows it."""

    def building(self, filename: str, interpreter: str, reason: str) -> None:
        """Building an sdist's metadata starts: under which interpreter, and why no cheaper way would do."""

    def built(self, filename: str) -> None:
        """It ended, well or not."""
