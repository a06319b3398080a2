"""Which characters may stand where: messages quote files that anybody may have written."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["encodable", "visible", "visible_line", "xml_text"]

_SURROGATES = re.compile("[\ud800-\udfff]")
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls but the line end, what turns the direction of writing (CVE-2021-42574), lone surrogates."""


def encodable(text: str) -> str:
    """Put U+FFFD for each lone surrogate, which file names that are no UTF-8 have; UTF-8 cannot hold one."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def visible(text: str) -> str:
    r"""Escape what a terminal would obey or hide: ``\x1b`` for the character. Line ends stay."""
    return text if text.isprintable() else _UNSEEN.sub(_escaped, text)


def visible_line(text: str) -> str:
    """Do as `visible` does, and escape line ends too."""
    return visible(text).replace("\n", "\\n")


def xml_text(text: str) -> str:
    """Put U+FFFD for what no XML document may hold, not even as a character reference."""
    return _not_xml().sub("\ufffd", text)


@cache
def _not_xml() -> re.Pattern[str]:
    """Give what matches all but XML 1.0, production 2 (Char); it takes 4 ms to compile, and one format needs it."""
    return re.compile("[^\x09\x0a\x0d\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
