r"""Free text inside a comment of a lock, so that no pip and no reader takes it for anything else.

pip splits a requirements file with ``str.splitlines``, which also splits at form feeds, vertical tabs and Unicode line
separators: a marker in somebody's metadata that holds one could put a line of its own, an index say, into the lock.
Such characters are written as ``\xNN``, ``\uNNNN`` or ``\UNNNNNNNN``, and so are invisible and direction-changing ones
(a lock is reviewed), lone surrogates (paths that are no UTF-8), a space at either end, and the backslash (``\x5c``).
"""

from __future__ import annotations

import re

__all__ = ["escape", "unescape"]

_UNSAFE = re.compile(
    r"[\\\x00-\x1f\x7f-\xa0\xad\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e007f]|^ | $"
)
_ESCAPED = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")


def escape(text: str) -> str:
    """Give the text with every unsafe character escaped; most texts have none and are given back as they are."""
    return _UNSAFE.sub(_escaped, text)


def unescape(text: str) -> str:
    """Undo `escape`; what is no escape of ours stays as it is."""
    return _ESCAPED.sub(_character, text) if "\\" in text else text


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _character(match: re.Match[str]) -> str:
    code = int(match[1] or match[2] or match[3], 16)
    return chr(code) if code <= 0x10FFFF else match[0]
