"""The files in which an image is kept: in a folder, in a tar that can be seeked in, or in one that passes once.

`docker_archive` and `oci` say which of them are documents and which layers; here they are only read.
"""

from __future__ import annotations

import os
import posixpath
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image.byte_sources import pread
from pipfreeze_lock.image.compression import MAGIC_LENGTH, compression_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pipfreeze_lock.image.interface import ImageReporter, ScannedLayer, Want
    from pipfreeze_lock.model.image import LayerInfo

__all__ = [
    "MOST_OF_A_DOCUMENT",
    "ArchiveFiles",
    "absent",
    "check_document_size",
    "damaged",
    "followed",
    "is_compressed",
    "open_descriptor",
    "open_for_reading",
    "unreadable",
]

MOST_OF_A_DOCUMENT = 16 * 2**20
"""Bytes of a manifest or configuration: registries take four MiB at the most."""
_MOST_LINKS = 20


class ArchiveFiles(Protocol):
    """The files of an image, by path: ``manifest.json``, ``blobs/sha256/…``."""

    @property
    def bytes_read(self) -> int:
        """Of all that was read so far."""
        ...  # pragma: no cover

    def document(self, path: str) -> bytes | None:
        """Give a document; None where there is none.

        :raises ImageError: when it is too large for one.
        """
        ...  # pragma: no cover

    def stored_size(self, path: str) -> int | None:
        """Give how large a file is; None where there is none."""
        ...  # pragma: no cover

    def is_compressed(self, path: str) -> bool:
        """Whether a file begins as a compressed one does."""
        ...  # pragma: no cover

    def layers(
        self,
        layers: Sequence[tuple[str, LayerInfo]],
        interest: Callable[[str], Want],
        reporter: ImageReporter,
        *,
        is_verified: bool,
    ) -> tuple[ScannedLayer, ...]:
        """Read layers, the lowest first.

        :param is_verified: Whether to read all of them for their digests, or to seek over what nobody wants.
        :raises ImageError: when one is damaged or not there.
        """
        ...  # pragma: no cover


@contextmanager
def open_for_reading(path: str | Path, *, subject: str) -> Iterator[int]:
    """Open a file, and close it.

    :raises ImageError: when it cannot be.
    """
    file = open_descriptor(path, subject=subject)
    try:
        yield file
    except OSError as error:
        raise unreadable(path, error, subject=subject) from None
    finally:
        os.close(file)


def open_descriptor(path: str | Path, *, subject: str) -> int:
    """Open a file.

    :raises ImageError: when it cannot be, or is a folder.
    """
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise unreadable(path, error, subject=subject) from None
    if stat.S_ISDIR(os.fstat(file).st_mode):
        os.close(file)
        message = f"`{path}` is a folder"
        hints = ["Write `oci:FOLDER` for an OCI image layout, `rootfs:FOLDER` for an unpacked root file system."]
        raise ImageError(message, context=subject, hints=hints)
    return file


def followed(path: str, links: Mapping[str, str]) -> str:
    """Follow the links of an archive; the path is cleaned as `cleaned_path` does with those of the archive."""
    path = posixpath.normpath(f"/{path}").lstrip("/")
    for _ in range(_MOST_LINKS):
        link = links.get(path)
        if link is None:
            break
        folder = path.rpartition("/")[0]
        path = posixpath.normpath(f"/{folder}/{link}" if not link.startswith("/") else link).lstrip("/")
    return path


def check_document_size(path: str, size: int, *, subject: str) -> None:
    """Refuse to read what is too large.

    :raises ImageError: then.
    """
    if size > MOST_OF_A_DOCUMENT:
        message = f"`{path}` has {size} bytes, which is more than a manifest or configuration has"
        raise ImageError(message, context=subject)


def damaged(error: Exception, last_name: str, *, subject: str) -> ImageError:
    """Give the error for an archive that is damaged itself."""
    if not last_name:
        return ImageError(f"it is no tar archive, or damaged at its beginning: {error}", context=subject)
    return ImageError(f"the archive is damaged, in or behind `{last_name}`: {error}", context=subject)


def absent(path: str, info: LayerInfo, *, subject: str) -> ImageError:
    """Give the error for a layer that is not there."""
    return ImageError(f"layer {info.index} is missing: there is no `{path}`", context=subject)


def unreadable(path: str | Path, error: OSError, *, subject: str) -> ImageError:
    """Give the error for a file that cannot be read."""
    return ImageError(f"`{path}` cannot be read: {error.strerror or error}", context=subject)


def is_compressed(file: int, start: int, size: int) -> bool:
    """Whether a part of a file begins as a compressed one does."""
    return compression_of(pread(file, min(size, MAGIC_LENGTH), start)) != "none"
