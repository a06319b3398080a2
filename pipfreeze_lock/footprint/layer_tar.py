"""How many bytes an entry of a layer's tar takes (POSIX.1-1988 and POSIX.1-2001, as Go's ``archive/tar`` writes them).

Looked up in layers that buildah 1.28 and 1.33 committed: a header of 512 bytes for each file, folder and whiteout, the
content padded to 512 bytes, two blocks of zeros at the end, no access times and no extended attributes; times without
fractions. Docker and BuildKit ask for the pax format (``hdr.Format = tar.FormatPAX``), so that a name of more than 100
bytes gets a pax header of its own; containers/storage leaves the choice to Go, which takes POSIX's prefix field first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.tar_headers import BLOCK

if TYPE_CHECKING:
    from pipfreeze_lock.footprint.interface import TarWriter
    from pipfreeze_lock.image.interface import ImageConfig

__all__ = ["END_OF_ARCHIVE", "entry_size", "tar_writer"]

END_OF_ARCHIVE = 2 * BLOCK
_BUILDAH = "io.buildah.version"
_NAME = 100
_PREFIX = 155


def tar_writer(config: ImageConfig) -> TarWriter:
    """Give what would write the next layer of an image: what wrote it, where that left its label."""
    return "buildah" if _BUILDAH in config.labels else "docker"


def entry_size(name: str, size: int, writer: TarWriter) -> int:
    """Give the bytes of an entry.

    :param name: From the root; of a folder with ``/`` at its end.
    :param size: Bytes of content.
    """
    return BLOCK + _padded(size) + (0 if _fits(name, writer) else BLOCK + _padded(_record_size(name)))


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _fits(name: str, writer: TarWriter) -> bool:
    if name.isascii() and len(name) <= _NAME:
        return True
    return writer == "buildah" and name.isascii() and _can_be_split(name)


def _can_be_split(name: str) -> bool:
    """Whether POSIX's two fields hold it (``splitUSTARPath``)."""
    length = min(len(name), _PREFIX + 1) if len(name) > _PREFIX + 1 else len(name.removesuffix("/"))
    slash = name.rfind("/", 0, length)
    return 0 < slash <= _PREFIX and 0 < len(name) - slash - 1 <= _NAME


def _record_size(name: str) -> int:
    r"""Give the bytes of ``LENGTH path=NAME\n``, where LENGTH counts itself."""
    rest = len(name.encode("utf-8", "surrogateescape")) + len(" path=\n")
    length = rest
    while length != rest + len(str(length)):
        length = rest + len(str(length))
    return length
