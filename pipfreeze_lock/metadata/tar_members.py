"""The members of a tar archive in memory, found by their headers alone.

``tarfile`` makes an object of some forty attributes of each member and copies what it reads; an sdist with ten thousand
files keeps it busy for a second, with the interpreter locked. Here an archive is decompressed in one call, its headers
are skipped through, and contents are views. What this does not know (sparse files) is `UnusualTarError`, and
``tarfile``'s to read.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

from pipfreeze_lock.tar_headers import (
    BLOCK,
    REGULAR,
    ZERO_BLOCK,
    TarHeaderError,
    decimal,
    header_name,
    number,
    pax_records,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["TarMember", "UnusualTarError", "gunzipped", "tar_members"]

_GZIP = 31
_PIECE = 2**20
_NAMED_BY_ITSELF = frozenset(b"0\x00712345 6")

UnusualTarError = TarHeaderError
"""Something that is not read here."""


class TarMember(NamedTuple):
    """A file, folder or link of an archive."""

    name: str
    content: memoryview
    is_file: bool


def gunzipped(data: bytes | memoryview, most: int) -> bytearray:
    """Decompress a gzip file, of one member or several, into one piece of memory.

    :param most: Bytes; more than that is a ValueError.
    :raises EOFError: when it is cut short.
    :raises zlib.error: when it is damaged.
    """
    view = memoryview(data)
    unpacked = bytearray()
    rest: bytes | memoryview = view
    while rest:
        stream = zlib.decompressobj(_GZIP)
        position = 0
        while not stream.eof:
            piece = stream.unconsumed_tail or rest[position : position + _PIECE]
            if not piece:
                msg = "it is cut short"
                raise EOFError(msg)
            if not stream.unconsumed_tail:
                position += len(piece)
            unpacked += stream.decompress(piece, _PIECE * 8)
            if len(unpacked) > most:
                msg = f"it unpacks to more than {most} bytes"
                raise ValueError(msg)
        rest = bytes(rest[position - len(stream.unused_data) :]).lstrip(b"\x00")
    return unpacked


def tar_members(data: bytes | bytearray) -> Iterator[TarMember]:
    """Give the members in the archive's order.

    :raises UnusualTarError: for what only ``tarfile`` reads, and for what may be damage.
    """
    view = memoryview(data)
    position, end = 0, len(data)
    long_name: str | None = None
    long_size: int | None = None
    while position + BLOCK <= end:
        header = data[position : position + BLOCK]
        if header == ZERO_BLOCK:
            return
        flag = header[156]
        size = number(header[124:136]) if long_size is None else long_size
        start = position + BLOCK
        if start + size > end:
            msg = "a member is cut short"
            raise UnusualTarError(msg)
        position = start + -(-size // BLOCK) * BLOCK if flag not in b"123456" else start
        if flag == 0x4C:  # L: GNU's long name, of the next member
            long_name = text(data[start : start + size])
        elif flag == 0x78:  # x: a pax header, for the next member
            records = pax_records(data[start : start + size])
            long_name = records.get("path", long_name)
            long_size = decimal(records["size"]) if "size" in records else None
        elif flag in b"gK":  # a pax header for all members; GNU's long link target
            continue
        elif flag in _NAMED_BY_ITSELF:
            name = long_name if long_name is not None else header_name(header)
            yield TarMember(name, view[start : start + size], flag in REGULAR and not name.endswith("/"))
            long_name = long_size = None
        else:
            msg = f"a member is of type {chr(flag)!r}"
            raise UnusualTarError(msg)
    if position < end or not data:
        msg = "it does not end in whole blocks"
        raise UnusualTarError(msg)
