"""Versions that PEP 440 does not know, such as ``2011k`` of pytz: pips below 24.1 take them.

They compare as setuptools once did, part by part as text, and sort below all others.
Source: ``LegacyVersion`` of packaging below 22.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LegacyVersion", "comparison_key", "read_version"]


class LegacyVersion(Version):
    """Stands among versions of PEP 440, and never counts as a pre-release.

    It is a `Version` by type alone, so that what passes versions on need not know it: nothing of what that class keeps
    is set, and all that may be asked of it is answered here.
    """

    __slots__ = ("_legacy_key", "_text")

    def __init__(self, text: str) -> None:
        """Take any text."""
        self._text = text
        self._legacy_key = comparison_key(text)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<LegacyVersion({self._text!r})>"

    def __hash__(self) -> int:
        return hash(self._legacy_key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LegacyVersion) and other._legacy_key == self._legacy_key

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: object) -> bool:
        return not isinstance(other, LegacyVersion) or self._legacy_key < other._legacy_key

    def __le__(self, other: object) -> bool:
        return not isinstance(other, LegacyVersion) or self._legacy_key <= other._legacy_key

    def __gt__(self, other: object) -> bool:
        return isinstance(other, LegacyVersion) and self._legacy_key > other._legacy_key

    def __ge__(self, other: object) -> bool:
        return isinstance(other, LegacyVersion) and self._legacy_key >= other._legacy_key

    epoch = property(lambda _: -1)
    release = property(lambda _: ())
    pre = post = dev = local = property(lambda _: None)
    public = base_version = property(str)
    is_prerelease = is_postrelease = is_devrelease = property(lambda _: False)
    major = minor = micro = property(lambda _: 0)


def read_version(text: str) -> Version:
    """Read any text: a version by PEP 440 where it is one."""
    try:
        return Version(text)
    except InvalidVersion:
        return LegacyVersion(text)


_PART = re.compile(r"(\d+|[a-z]+|\.|-)")
_WORDS = {"pre": "c", "preview": "c", "-": "final-", "rc": "c", "dev": "@"}


def comparison_key(version: str) -> tuple[str, ...]:
    """``_legacy_cmpkey``, once ``pkg_resources.parse_version``."""
    key: list[str] = []
    for part in _parts(version.lower()):
        if part.startswith("*"):
            if part < "*final":
                while key and key[-1] == "*final-":
                    key.pop()
            while key and key[-1] == "00000000":
                key.pop()
        key.append(part)
    return tuple(key)


def _parts(version: str) -> Iterator[str]:
    for part in _PART.split(version):
        word = _WORDS.get(part, part)
        if not word or word == ".":
            continue
        yield word.zfill(8) if word[0] in "0123456789" else f"*{word}"
    yield "*final"
