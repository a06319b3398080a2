"""The grammar of tar headers, for sdists and for layers of images: pure functions over the bytes of one.

Formats: POSIX.1-1988 (ustar), POSIX.1-2001 (pax), GNU tar.
"""

from __future__ import annotations

import zlib

__all__ = [
    "BLOCK",
    "REGULAR",
    "ZERO_BLOCK",
    "TarHeaderError",
    "checksum_holds",
    "decimal",
    "header_name",
    "number",
    "pax_records",
    "text",
]

BLOCK = 512
ZERO_BLOCK = bytes(BLOCK)
REGULAR = frozenset(b"0\x007")
"""Type flags of a file: POSIX's, that of tars before POSIX, and "contiguous", which everyone takes for a file."""
_ADLER_BASE = 65521
_CHECKSUM = slice(148, 156)


class TarHeaderError(ValueError):
    """A header that says what cannot be, or that is damaged."""


def header_name(header: bytes | bytearray) -> str:
    """Give the name that a header has in itself; POSIX's may be in two parts, GNU's has other things in the second."""
    name = header[:100].partition(b"\x00")[0].decode("utf-8", "surrogateescape")
    if header[345] and header[257:263] == b"ustar\x00":
        return f"{text(header[345:500])}/{name}"
    return name


def text(field: bytes | bytearray) -> str:
    """Decode a text that ends at its first NUL; what is no UTF-8 comes as surrogates (PEP 383)."""
    return field.partition(b"\x00")[0].decode("utf-8", "surrogateescape")


def number(field: bytes | bytearray) -> int:
    """Read octal digits, or GNU's base 256, whose first bit is set.

    :raises TarHeaderError: for anything else, and for what is below zero.
    """
    digits = field.strip(b" \x00")
    if digits.isdigit():
        try:
            return int(digits, 8)
        except ValueError:
            pass
    elif not digits:
        return 0
    elif field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    elif field[0] > 0x80:
        message = "a size is below zero"
        raise TarHeaderError(message)
    message = "a size is not an octal number"
    raise TarHeaderError(message)


def decimal(value: str) -> int:
    """Read a number of a pax record.

    :raises TarHeaderError: when it is none.
    """
    if value.isascii() and value.isdigit():
        return int(value)
    message = "a number in a pax header is none"
    raise TarHeaderError(message)


def checksum_holds(header: bytes | bytearray) -> bool:
    """Whether the header's checksum is that of its bytes, its own field taken for blanks.

    The low half of Adler-32 is one more than the sum of the bytes (RFC 1950, 9), and fifty times as fast as `sum`.
    """
    field = header[_CHECKSUM]
    try:
        recorded = number(field)
    except TarHeaderError:
        return False
    counted = (zlib.adler32(header) & 0xFFFF) - (zlib.adler32(field) & 0xFFFF) + 8 * 0x20
    if (recorded - counted) % _ADLER_BASE == 0:
        return True
    blank = header[:148] + b" " * 8 + header[156:]
    return recorded == sum(blank) - 256 * sum(byte >= 0x80 for byte in blank)  # tars of old that counted signed bytes


def pax_records(block: bytes | bytearray) -> dict[str, str]:
    r"""Read ``LENGTH KEYWORD=VALUE\n`` records (POSIX.1-2001, pax).

    :raises TarHeaderError: when they are damaged.
    """
    records: dict[str, str] = {}
    position = 0
    while position < len(block) and block[position]:
        digits, space, _ = block[position : position + 20].partition(b" ")
        length = int(digits) if space and digits.isdigit() else 0
        if length <= len(digits) + 1 or position + length > len(block):
            message = "a pax header is damaged"
            raise TarHeaderError(message)
        record = block[position + len(digits) + 1 : position + length - 1]
        keyword, _, value = record.partition(b"=")
        records[keyword.decode("utf-8", "replace")] = value.decode("utf-8", "surrogateescape")
        position += length
    return records
