"""Just enough of the zip format to find one member from a file's end. Pure: bytes in, values out.

Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.14 and 4.3.15
(zip64), 4.3.16 (end of central directory). The standard library's zipfile wants a seekable file, so that reading a
remote one costs a round trip for each of its seeks.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["BadZipError", "Directory", "Member", "find_directory", "read_member", "read_members"]

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_MAXIMUM_16 = 0xFFFF
_MAXIMUM_32 = 0xFFFFFFFF
_MAXIMUM_SIZE = 64 * 2**20
"""No metadata file is larger; a directory that says so is broken, or a bomb."""


class BadZipError(ValueError):
    """These bytes are not the end of a zip file, or what they say cannot be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Directory:
    """Where the central directory lies, as offsets from the start of the file."""

    start: int
    size: int
    shift: int
    """Bytes before the zip proper (a self-extracting head): to be added to every member's offset."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One entry of the central directory."""

    name: str
    method: int
    crc: int
    compressed_size: int
    size: int
    offset: int
    """Of its local header from the start of the file."""
    end: int
    """Upper bound of where its data ends: the next member's local header, or the central directory."""
    encrypted: bool


def find_directory(tail: bytes | memoryview, file_size: int) -> Directory:
    """Find the central directory from the last bytes of a file.

    :param tail: The last `len(tail)` bytes.
    :raises BadZipError: when no end record is in them.
    """
    tail = bytes(tail)
    base = file_size - len(tail)
    position = _find_end(tail)
    _, disk, start_disk, _, _, size, offset, _ = _END.unpack_from(tail, position)
    end = base + position
    if disk != start_disk:
        msg = "it spans several disks"
        raise BadZipError(msg)
    if _MAXIMUM_32 in (size, offset) or _has_locator(tail, position):
        size, offset, end = _read_zip64(tail, position, base) or (size, offset, end)
    start = end - size
    if start < 0 or start < offset:
        msg = "its central directory would start before the file"
        raise BadZipError(msg)
    return Directory(start=start, size=size, shift=start - offset)


def read_members(central: bytes | memoryview, directory: Directory) -> list[Member]:
    """Read the central directory.

    :raises BadZipError: when it is cut or garbled.
    """
    entries: list[tuple[str, int, int, int, int, int, bool]] = []
    position = 0
    while position + _CENTRAL.size <= len(central) and position < directory.size:
        values = _CENTRAL.unpack_from(central, position)
        if values[0] != b"PK\x01\x02":
            msg = "its central directory is garbled"
            raise BadZipError(msg)
        flags, method, crc, compressed, size = values[3], values[4], values[7], values[8], values[9]
        name_length, extra_length, comment_length, offset = values[10], values[11], values[12], values[16]
        name_start = position + _CENTRAL.size
        extra_start = name_start + name_length
        raw_name = bytes(central[name_start:extra_start])
        extra = bytes(central[extra_start : extra_start + extra_length])
        size, compressed, offset = _widen(extra, size, compressed, offset)
        name = raw_name.decode("utf-8" if flags & 0x800 else "cp437", "replace")
        entries.append((name, method, crc, compressed, size, offset + directory.shift, bool(flags & 1)))
        position = extra_start + extra_length + comment_length
    if position < directory.size:
        msg = "its central directory is cut short"
        raise BadZipError(msg)
    offsets = sorted({entry[5] for entry in entries} | {directory.start})
    following = dict(pairwise(offsets))
    return [
        Member(
            name=name,
            method=method,
            crc=crc,
            compressed_size=compressed,
            size=size,
            offset=offset,
            end=following.get(offset, directory.start),
            encrypted=encrypted,
        )
        for name, method, crc, compressed, size, offset, encrypted in entries
    ]


def read_member(data: bytes | memoryview, member: Member) -> bytes:
    """Decompress a member.

    :param data: The file's bytes from `Member.offset` on, at least to the end of the member's data.
    :raises BadZipError: when it is cut, garbled, encrypted, or does not match its checksum.
    """
    if member.encrypted:
        msg = f"`{member.name}` is encrypted"
        raise BadZipError(msg)
    if member.size > _MAXIMUM_SIZE:
        msg = f"`{member.name}` is said to have {member.size} bytes"
        raise BadZipError(msg)
    if len(data) < _LOCAL.size or bytes(data[:4]) != b"PK\x03\x04":
        msg = f"`{member.name}` has no local header"
        raise BadZipError(msg)
    values = _LOCAL.unpack_from(data, 0)
    start = _LOCAL.size + values[9] + values[10]
    compressed = bytes(data[start : start + member.compressed_size])
    if len(compressed) < member.compressed_size:
        msg = f"`{member.name}` is cut short"
        raise BadZipError(msg)
    content = _decompress(compressed, member)
    if len(content) != member.size or zlib.crc32(content) != member.crc:
        msg = f"`{member.name}` does not match its checksum"
        raise BadZipError(msg)
    return content


def _decompress(compressed: bytes, member: Member) -> bytes:
    match member.method:
        case 0:
            return compressed
        case 8:
            try:
                return zlib.decompressobj(-15).decompress(compressed, member.size + 1)
            except zlib.error as error:
                msg = f"`{member.name}` cannot be decompressed"
                raise BadZipError(msg) from error
        case 12:
            import bz2  # noqa: PLC0415  allowed in a zip, never seen in a wheel

            return bz2.BZ2Decompressor().decompress(compressed, member.size + 1)
        case _:
            msg = f"`{member.name}` is compressed by method {member.method}, which is not known"
            raise BadZipError(msg)


def _find_end(tail: bytes) -> int:
    """Give the end record's position: the last one whose comment fits the rest, as zipfile has it."""
    position = tail.rfind(b"PK\x05\x06")
    while position >= 0:
        if position + _END.size <= len(tail):
            comment = _END.unpack_from(tail, position)[7]
            if position + _END.size + comment <= len(tail):
                return position
        position = tail.rfind(b"PK\x05\x06", 0, position)
    msg = "it has no end record"
    raise BadZipError(msg)


def _has_locator(tail: bytes, end_position: int) -> bool:
    start = end_position - _END64_LOCATOR.size
    return start >= 0 and tail[start : start + 4] == b"PK\x06\x07"


def _read_zip64(tail: bytes, end_position: int, base: int) -> tuple[int, int, int] | None:
    """Give (size, offset, where the directory ends) of a zip64 archive; None when it is none after all."""
    if not _has_locator(tail, end_position):
        return None
    # The record stands right before its locator, unless it has an extensible data sector.
    position = end_position - _END64_LOCATOR.size - _END64.size
    if position < 0 or tail[position : position + 4] != b"PK\x06\x06":
        position = tail.rfind(b"PK\x06\x06", 0, end_position)
    if position < 0:
        msg = "its zip64 end record is not where it should be"
        raise BadZipError(msg)
    values = _END64.unpack_from(tail, position)
    return values[8], values[9], base + position


def _widen(extra: bytes, size: int, compressed: int, offset: int) -> tuple[int, int, int]:
    """Take the 64-bit values of the zip64 extra field for those that the entry leaves at their maximum (4.5.3)."""
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, position)
        field = extra[position + 4 : position + 4 + length]
        position += 4 + length
        if kind != 1:
            continue
        numbers = iter(struct.unpack(f"<{len(field) // 8}Q", field[: len(field) // 8 * 8]))
        size = next(numbers, size) if size == _MAXIMUM_32 else size
        compressed = next(numbers, compressed) if compressed == _MAXIMUM_32 else compressed
        offset = next(numbers, offset) if offset == _MAXIMUM_32 else offset
    return size, compressed, offset
