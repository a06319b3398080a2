"""The members of a tar archive in memory, found by their headers alone.

``tarfile`` makes an object of some forty attributes of each member and copies what it reads; an sdist with ten thousand
files keeps it busy for a second, with the interpreter locked. Here an archive is decompressed in one call, its headers
are skipped through, and contents are views. What this does not know (sparse files, numbers beyond octal) is
`UnusualTarError`, and ``tarfile``'s to read.

Formats: POSIX.1-1988 (ustar), POSIX.1-2001 (pax), GNU tar.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["TarMember", "UnusualTarError", "gunzipped", "tar_members"]

_BLOCK = 512
_GZIP = 31
_PIECE = 2**20
_REGULAR = frozenset(b"0\x007")
"""Type flags of a file: POSIX's, that of tars before POSIX, and "contiguous", which everyone takes for a file."""
_NAMED_BY_ITSELF = frozenset(b"0\x00712345 6")
_ZERO = bytes(_BLOCK)


class UnusualTarError(ValueError):
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
    while position + _BLOCK <= end:
        header = data[position : position + _BLOCK]
        if header == _ZERO:
            return
        flag = header[156]
        size = _number(header[124:136]) if long_size is None else long_size
        start = position + _BLOCK
        if start + size > end:
            msg = "a member is cut short"
            raise UnusualTarError(msg)
        position = start + -(-size // _BLOCK) * _BLOCK if flag not in b"123456" else start
        if flag == 0x4C:  # L: GNU's long name, of the next member
            long_name = _text(data[start : start + size])
        elif flag == 0x78:  # x: a pax header, for the next member
            records = _pax_records(data[start : start + size])
            long_name = records.get("path", long_name)
            long_size = _number(records["size"].encode(), 10) if "size" in records else None
        elif flag in b"gK":  # a pax header for all members; GNU's long link target
            continue
        elif flag in _NAMED_BY_ITSELF:
            name = long_name if long_name is not None else _name(header)
            yield TarMember(name, view[start : start + size], flag in _REGULAR and not name.endswith("/"))
            long_name = long_size = None
        else:
            msg = f"a member is of type {chr(flag)!r}"
            raise UnusualTarError(msg)
    if position < end or not data:
        msg = "it does not end in whole blocks"
        raise UnusualTarError(msg)


def _name(header: bytes | bytearray) -> str:
    name = _text(header[:100])
    if header[257:263] == b"ustar\x00" and header[345]:
        return f"{_text(header[345:500])}/{name}"
    return name


def _text(field: bytes | bytearray) -> str:
    return field.partition(b"\x00")[0].decode("utf-8", "surrogateescape")


def _number(field: bytes | bytearray, base: int = 8) -> int:
    digits = field.strip(b" \x00") or b"0"
    if not digits.isdigit():
        msg = "a member's size is not a number"
        raise UnusualTarError(msg)
    try:
        return int(digits, base)
    except ValueError:
        msg = "a member's size is not octal"
        raise UnusualTarError(msg) from None


def _pax_records(block: bytes | bytearray) -> dict[str, str]:
    r"""Read ``LENGTH KEYWORD=VALUE\n`` records (POSIX.1-2001, pax)."""
    records: dict[str, str] = {}
    position = 0
    while position < len(block) and block[position]:
        digits, space, _ = block[position : position + 20].partition(b" ")
        if not space or not digits.isdigit():
            msg = "a pax header is damaged"
            raise UnusualTarError(msg)
        record = block[position + len(digits) + 1 : position + int(digits) - 1]
        keyword, _, value = record.partition(b"=")
        records[keyword.decode("utf-8", "replace")] = value.decode("utf-8", "surrogateescape")
        position += int(digits)
    return records
