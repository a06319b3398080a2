"""An archive in a file or pipe, compressed as a whole or not, opened the way it can be."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipfreeze_lock.image.archive_files import is_compressed, open_for_reading
from pipfreeze_lock.image.byte_sources import file_pieces
from pipfreeze_lock.image.indexed_archive import IndexedArchive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipfreeze_lock.image.archive_files import ArchiveFiles
    from pipfreeze_lock.image.interface import ImageReporter, Want

__all__ = ["opened"]


@contextmanager
def opened(
    path: str, interest: Callable[[str], Want], reporter: ImageReporter, *, subject: str
) -> Iterator[ArchiveFiles]:
    """Open an archive: seekable or not, compressed as a whole or not.

    :raises ImageError: when it cannot be read.
    """
    with open_for_reading(path, subject=subject) as file:
        found = os.fstat(file)
        is_file = stat.S_ISREG(found.st_mode)
        size = found.st_size if is_file else None
        if is_file and not is_compressed(file, 0, found.st_size):
            yield IndexedArchive(file, found.st_size, subject=subject)
            return
        from pipfreeze_lock.image.passing_archive import PassingArchive  # noqa: PLC0415  rarely needed

        def pieces() -> Iterator[bytes]:
            return file_pieces(file, 0, found.st_size) if is_file else _pipe_pieces(file)

        yield PassingArchive(pieces, interest, reporter, subject=subject, is_repeatable=is_file, size=size)


def _pipe_pieces(file: int) -> Iterator[bytes]:
    while piece := os.read(file, 2**20):
        yield piece
