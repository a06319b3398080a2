"""A tar of any size, read by its headers: contents are passed over unless somebody asks for them.

Knows ustar, pax (path, linkpath, size, and GNU's sparse files in each of its three forms) and GNU's own headers (long
names, sizes in base 256, sparse files). Each header's checksum is held against it: damage is never passed over.
Sources: POSIX.1-2001 ``pax``; the GNU tar manual, "Basic Tar Format" and "Storing Sparse Files"; Go's ``archive/tar``,
with which Docker, Podman and skopeo read layers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipfreeze_lock.tar_headers import (
    BLOCK,
    REGULAR,
    ZERO_BLOCK,
    TarHeaderError,
    checksum_holds,
    decimal,
    header_name,
    number,
    pax_records,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipfreeze_lock.image.byte_sources import ByteSource
    from pipfreeze_lock.image.interface import FileKind

__all__ = ["TarEntry", "TarReader"]

_MOST_OF_A_HEADER = 2**20
"""Bytes of a pax header or a long name, as in Go's ``archive/tar``: more than that is no name."""
_HARD_LINK, _SYMBOLIC_LINK, _CHARACTER_DEVICE, _DIRECTORY = b"1235"
_LINKS = frozenset(b"12")
_WITHOUT_CONTENT = frozenset(b"123456")
_PAX, _PAX_SOLARIS, _PAX_GLOBAL = b"xXg"
_GNU_LONG_NAME, _GNU_LONG_LINK, _GNU_SPARSE, _GNU_DIRECTORY, _GNU_VOLUME = b"LKSDV"
_AHEAD = frozenset(b"xXgLK")
"""Those that say something of the next entry."""
_KINDS: dict[int, FileKind] = {
    _HARD_LINK: "hardlink",
    _SYMBOLIC_LINK: "symlink",
    _CHARACTER_DEVICE: "other",
    ord("4"): "other",
    _DIRECTORY: "directory",
    ord("6"): "other",
    _GNU_DIRECTORY: "directory",
}
"""What is not here is a file, as POSIX asks of readers that do not know a type."""


class TarEntry(NamedTuple):
    """A file, folder or link of the archive."""

    name: str
    """As the archive has it."""
    kind: FileKind
    size: int
    """Bytes of the file; of its content in the archive, but for a sparse one."""
    link: str
    """Where a symbolic or hard link leads."""
    start: int
    """Where its content begins in the archive."""
    is_sparse: bool
    """Whether the content in the archive lacks the file's holes."""
    is_whiteout: bool
    """Whether it is a character device 0:0, by which overlayfs itself takes something away."""


class TarReader:
    """Iterate over it to get the entries; between two of them, the content of the last one can be had."""

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self.last_name = ""
        """Of the entry that was given last: where damage shows."""
        self.is_ended = False
        """Whether the block of zeros that ends an archive was seen."""

    def __iter__(self) -> Iterator[TarEntry]:
        """Give the entries in their order.

        :raises TarHeaderError: when it is damaged.
        :raises CutShortError: when its end is missing.
        """
        source = self._source
        ahead: dict[str, str] = {}
        while header := source.block():
            if header == ZERO_BLOCK:
                self._check_end()
                return
            if not checksum_holds(header):
                message = "a header is damaged"
                raise TarHeaderError(message)
            flag = header[156]
            size = 0 if flag in _WITHOUT_CONTENT else number(header[124:136])
            if flag in _AHEAD:
                self._read_ahead(flag, size, ahead)
            elif flag == _GNU_VOLUME:
                source.skip_to(_padded(source.position + size))
            else:
                entry, end = self._entry(header, size, ahead)
                self.last_name = entry.name
                yield entry
                source.skip_to(_padded(end))
                ahead = {}

    def pieces(self, entry: TarEntry) -> Iterator[bytes]:
        """Give the content of the entry that was given last.

        :raises TarHeaderError: when that is not the whole file.
        """
        if entry.is_sparse:
            message = "it is stored as a sparse file, of which the content is not read"
            raise TarHeaderError(message)
        return self._source.pieces(entry.size)

    def _check_end(self) -> None:
        """See that nothing stands behind the zeros: one block of them may be all, and engines read nothing after them.

        :raises TarHeaderError: when something does, as Go's ``archive/tar`` does.
        """
        if self._source.block() not in {b"", ZERO_BLOCK}:
            message = "there are zeros in place of a header"
            raise TarHeaderError(message)
        self.is_ended = True

    def _read_ahead(self, flag: int, size: int, ahead: dict[str, str]) -> None:
        """Read what a header of its own says of the next entry; what pax says outweighs GNU's."""
        if size > _MOST_OF_A_HEADER:
            message = f"a header of {size} bytes is no header"
            raise TarHeaderError(message)
        start = self._source.position
        block = b"".join(self._source.pieces(size))
        if flag in {_PAX, _PAX_SOLARIS}:
            ahead.update(pax_records(block))
        elif flag != _PAX_GLOBAL:
            ahead.setdefault("path" if flag == _GNU_LONG_NAME else "linkpath", text(block))
        self._source.skip_to(_padded(start + size))

    def _entry(self, header: bytes, size: int, ahead: Mapping[str, str]) -> tuple[TarEntry, int]:
        """Give the entry of a header, and where its content ends."""
        flag = header[156]
        start = self._source.position
        name = ahead.get("path") or header_name(header) if ahead else header_name(header)
        is_sparse = flag == _GNU_SPARSE
        link = (ahead.get("linkpath") or text(header[157:257])) if flag in _LINKS else ""
        if ahead and flag not in _WITHOUT_CONTENT:
            size = decimal(ahead["size"]) if "size" in ahead else size
            name = ahead.get("GNU.sparse.name", name)
            is_sparse = is_sparse or any(keyword.startswith("GNU.sparse.") for keyword in ahead)
        if "\x00" in name or "\x00" in link:
            message = "a name has a NUL in it"
            raise TarHeaderError(message)
        end = start + size
        if is_sparse:
            end, size = self._sparse(header, start, size, ahead)
        kind = _KINDS.get(flag, "file")
        if kind == "file" and flag in REGULAR and name.endswith("/"):
            kind = "directory"  # as tars before POSIX have it
        is_whiteout = flag == _CHARACTER_DEVICE and not header[329:345].strip(b"0 \x00")
        return TarEntry(name, kind, size, link, start, is_sparse, is_whiteout), end

    def _sparse(self, header: bytes, start: int, size: int, ahead: Mapping[str, str]) -> tuple[int, int]:
        """Give where a sparse file's content ends in the archive, and how large it is with its holes."""
        if header[156] != _GNU_SPARSE:
            real = ahead.get("GNU.sparse.realsize") or ahead.get("GNU.sparse.size")
            return start + size, decimal(real) if real else size
        is_extended = header[482]
        while is_extended:
            block = self._source.block()
            start += BLOCK
            if not block:
                message = "a sparse file's map is cut short"
                raise TarHeaderError(message)
            is_extended = block[504]
        return start + size, number(header[483:495])


def _padded(position: int) -> int:
    """Give the end of the block; archives begin at 0."""
    return -(-position // BLOCK) * BLOCK
