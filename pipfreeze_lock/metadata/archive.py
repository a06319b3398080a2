"""An sdist as a tree of small files, read in one pass over its bytes.

Only what can bear on metadata is kept: large members (data, sources in other languages) are known by name alone and
are read again only if something asks for them.
"""

from __future__ import annotations

import io
import posixpath
import tarfile
import zipfile
import zlib
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

from pipfreeze_lock.errors import MetadataError
from pipfreeze_lock.metadata.tar_members import TarMember, UnusualTarError, gunzipped, tar_members

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["SDIST_SUFFIXES", "SourceTree", "open_sdist"]

SDIST_SUFFIXES = (
    ".tar.gz",
    ".tgz",
    ".tar",
    ".tar.bz2",
    ".tbz",
    ".tar.xz",
    ".txz",
    ".tar.lzma",
    ".tlz",
    ".tar.Z",
    ".zip",
)
"""Those of pip's ``utils/filetypes.py``, and ``.tar.Z``, which nothing can unpack today."""

_KEPT_SIZE = 1 * 2**20
_TOTAL_SIZE = 2 * 2**30
"""An archive that unpacks to more is refused: a bomb, or nothing that metadata should be sought in."""


_GZIPPED = (".tar.gz", ".tgz")


class _Entry(NamedTuple):
    name: str
    size: int
    is_file: bool
    read: Callable[[], bytes | memoryview]


class SourceTree:
    """The files of an unpacked sdist, by POSIX path relative to the folder that pip would build in."""

    def __init__(self, files: Mapping[str, bytes | memoryview | None], *, origin: str) -> None:
        self._files = files
        self.origin = origin
        """The file's name, for messages."""

    def read(self, path: str) -> bytes | None:
        """Give a file's bytes; None when there is no such file or it is too large to bear on metadata."""
        content = self._files.get(_normal(path))
        return bytes(content) if content is not None else None

    def is_file(self, path: str) -> bool:
        """Whether there is a file of this path."""
        return _normal(path) in self._files

    def is_folder(self, path: str) -> bool:
        """Whether some file lies below this path."""
        normal = _normal(path)
        return normal == "." or normal in self._folders

    @cached_property
    def _folders(self) -> set[str]:
        return {folder for path in self._files for folder in _parents(path)}

    def paths(self) -> Iterator[str]:
        """Give the paths of all files, in the archive's order."""
        return iter(self._files)


def open_sdist(data: bytes | memoryview, filename: str) -> SourceTree:
    """Read an sdist.

    :raises MetadataError: when it cannot be unpacked: cut short, of another format than its name says, or too large.
    """
    try:
        files = _files_of(data, filename.lower())
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        msg = f"`{filename}` cannot be unpacked: {error or type(error).__name__}"
        raise MetadataError(msg, hints=["Exclude this release with `!=`; pip cannot unpack it either."]) from error
    return SourceTree(_below_root(files), origin=filename)


def _files_of(data: bytes | memoryview, filename: str) -> dict[str, bytes | memoryview | None]:
    if filename.endswith(".zip"):
        return _collect(_zip_entries(data))
    if filename.endswith(_GZIPPED) and bytes(data[:2]) == b"\x1f\x8b":
        unpacked = gunzipped(data, _TOTAL_SIZE)
        try:
            return _collect(_entries_in_memory(unpacked))
        except UnusualTarError:
            return _collect(_tar_entries(memoryview(unpacked)))
    return _collect(_tar_entries(data))


def _collect(entries: Iterator[_Entry]) -> dict[str, bytes | memoryview | None]:
    files: dict[str, bytes | memoryview | None] = {}
    total = 0
    for entry in entries:
        total += entry.size
        if total > _TOTAL_SIZE:
            msg = f"it unpacks to more than {_TOTAL_SIZE} bytes"
            raise ValueError(msg)
        path = _normal(entry.name)
        if not entry.is_file or path.startswith(("..", "/")):
            continue
        files[path] = entry.read() if entry.size <= _KEPT_SIZE else None
    return files


def _entries_in_memory(unpacked: bytearray) -> Iterator[_Entry]:
    for member in tar_members(unpacked):
        yield _Entry(member.name, len(member.content), member.is_file, partial(_content, member))


def _content(member: TarMember) -> memoryview:
    return member.content


def _tar_entries(data: bytes | memoryview) -> Iterator[_Entry]:
    # `r|*` reads forward only, so that a large archive is decompressed once.
    with tarfile.open(fileobj=io.BytesIO(data), mode="r|*", errorlevel=1) as archive:
        for member in archive:

            def read(member: tarfile.TarInfo = member) -> bytes:
                content = archive.extractfile(member) if member.isreg() else None
                return content.read() if content is not None else b""

            yield _Entry(member.name, member.size, member.isreg(), read)


def _zip_entries(data: bytes | memoryview) -> Iterator[_Entry]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():

            def read(member: zipfile.ZipInfo = member) -> bytes:
                return archive.read(member)

            yield _Entry(member.filename, member.file_size, not member.is_dir(), read)


def _below_root(files: Mapping[str, bytes | memoryview | None]) -> dict[str, bytes | memoryview | None]:
    """Drop the leading folder, if all files share one, as pip's ``has_leading_dir`` in utils/unpacking.py does."""
    roots = {path.partition("/")[0] for path in files}
    if len(roots) != 1 or any("/" not in path for path in files):
        return dict(files)
    cut = len(next(iter(roots))) + 1
    return {path[cut:]: content for path, content in files.items()}


def _normal(path: str) -> str:
    return posixpath.normpath(path.replace("\\", "/"))


def _parents(path: str) -> Iterator[str]:
    parent = posixpath.dirname(path)
    while parent:
        yield parent
        parent = posixpath.dirname(parent)
