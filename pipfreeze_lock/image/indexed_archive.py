"""A tar without compression in a file: what is in it is found by its headers, and read where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.image.archive_files import absent, check_document_size, damaged, followed, is_compressed
from pipfreeze_lock.image.byte_sources import FilePart, file_pieces
from pipfreeze_lock.image.layer_scan import DAMAGE, cleaned_path
from pipfreeze_lock.image.stored_layers import StoredLayer, scan_stored_layers
from pipfreeze_lock.image.tar_stream import TarReader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipfreeze_lock.image.interface import ImageReporter, ScannedLayer, Want
    from pipfreeze_lock.model.image import LayerInfo

__all__ = ["IndexedArchive"]


@dataclass(frozen=True, slots=True)
class _Part:
    """Where in the archive a file's content is."""

    start: int
    size: int


class IndexedArchive:
    """A tar without compression in a file."""

    def __init__(self, file: int, size: int, *, subject: str) -> None:
        """Find all that is in it, by the headers alone.

        :raises ImageError: when it is no tar, or cut short.
        """
        self._file = file
        self._subject = subject
        self._parts: dict[str, _Part] = {}
        self._links: dict[str, str] = {}
        source = FilePart(file, 0, size)
        reader = TarReader(source)
        try:
            for entry in reader:
                path = cleaned_path(entry.name)
                if entry.kind == "file" and not entry.is_sparse:
                    self._parts[path] = _Part(entry.start, entry.size)
                elif entry.link:
                    self._links[path] = entry.link if entry.kind == "symlink" else f"/{entry.link}"
        except DAMAGE as error:
            raise damaged(error, reader.last_name, subject=subject) from None
        self._bytes_read = source.bytes_read

    @property
    def bytes_read(self) -> int:
        """Of all that was read so far."""
        return self._bytes_read

    def document(self, path: str) -> bytes | None:
        """Give a document."""
        part = self._parts.get(followed(path, self._links))
        if part is None:
            return None
        check_document_size(path, part.size, subject=self._subject)
        self._bytes_read += part.size
        return b"".join(file_pieces(self._file, part.start, part.size))

    def stored_size(self, path: str) -> int | None:
        """Give how large a file is."""
        part = self._parts.get(followed(path, self._links))
        return None if part is None else part.size

    def is_compressed(self, path: str) -> bool:
        """Whether a file begins as a compressed one does."""
        part = self._parts.get(followed(path, self._links))
        return part is not None and is_compressed(self._file, part.start, part.size)

    def layers(
        self,
        layers: Sequence[tuple[str, LayerInfo]],
        interest: Callable[[str], Want],
        reporter: ImageReporter,
        *,
        is_verified: bool,
    ) -> tuple[ScannedLayer, ...]:
        """Read layers, the lowest first."""
        stored = []
        for path, info in layers:
            part = self._parts.get(followed(path, self._links))
            if part is None:
                raise absent(path, info, subject=self._subject)
            stored.append(StoredLayer(info, self._file, part.start, part.size))
        scanned, read = scan_stored_layers(stored, interest, reporter, subject=self._subject, is_verified=is_verified)
        self._bytes_read += read
        return scanned
