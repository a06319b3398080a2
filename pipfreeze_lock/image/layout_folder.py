"""A folder with the files of an image in it: an OCI image layout."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.image.archive_files import (
    absent,
    check_document_size,
    is_compressed,
    open_descriptor,
    open_for_reading,
    unreadable,
)
from pipfreeze_lock.image.byte_sources import file_pieces
from pipfreeze_lock.image.stored_layers import StoredLayer, scan_stored_layers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipfreeze_lock.image.interface import ImageReporter, ScannedLayer, Want
    from pipfreeze_lock.model.image import LayerInfo

__all__ = ["FolderFiles"]


class FolderFiles:
    """A folder: an OCI image layout."""

    def __init__(self, path: str, *, subject: str) -> None:
        self._folder = Path(path)
        self._subject = subject
        self._bytes_read = 0

    @property
    def bytes_read(self) -> int:
        """Of all that was read so far."""
        return self._bytes_read

    def document(self, path: str) -> bytes | None:
        """Give a document."""
        size = self.stored_size(path)
        if size is None:
            return None
        check_document_size(path, size, subject=self._subject)
        with open_for_reading(self._folder / path, subject=self._subject) as file:
            self._bytes_read += size
            return b"".join(file_pieces(file, 0, size))

    def stored_size(self, path: str) -> int | None:
        """Give how large a file is."""
        try:
            found = (self._folder / path).stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unreadable(path, error, subject=self._subject) from None
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def is_compressed(self, path: str) -> bool:
        """Whether a file begins as a compressed one does."""
        size = self.stored_size(path)
        if size is None:
            return False
        with open_for_reading(self._folder / path, subject=self._subject) as file:
            return is_compressed(file, 0, size)

    def layers(
        self,
        layers: Sequence[tuple[str, LayerInfo]],
        interest: Callable[[str], Want],
        reporter: ImageReporter,
        *,
        is_verified: bool,
    ) -> tuple[ScannedLayer, ...]:
        """Read layers, the lowest first."""
        stored: list[StoredLayer] = []
        try:
            for path, info in layers:
                size = self.stored_size(path)
                if size is None:
                    raise absent(path, info, subject=self._subject)
                file = open_descriptor(self._folder / path, subject=self._subject)
                stored.append(StoredLayer(info, file, 0, size))
            scanned, read = scan_stored_layers(
                stored, interest, reporter, subject=self._subject, is_verified=is_verified
            )
        finally:
            for layer in stored:
                os.close(layer.file)
        self._bytes_read += read
        return scanned
