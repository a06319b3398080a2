"""Texts for readers who may not know each place that files come from: a pull request is read by many, and mailed."""

from __future__ import annotations

import re
from urllib.parse import unquote

from pipfreeze_lock.report.characters import visible_line

__all__ = ["public_text"]

_PLACE_OPTIONS = re.compile(
    r"(--(?:index-url|extra-index-url|find-links|trusted-host|index|proxy|cert|client-cert)[ =])('[^']*'|\S+)"
)
_URL = re.compile(r"\b(?:[A-Za-z][A-Za-z0-9+.-]*://|file:)[^\s'\"`<>|;,]*")
_ARCHIVE = re.compile(r"[^/\\@:?#]+\.(?:whl|zip|tar\.(?:gz|bz2|xz)|tgz)")


def public_text(text: str) -> str:
    """Leave out the values of options that name places, and URLs, of which the name of an archive alone stays.

    A URL of an index, a proxy or a direct reference may name a host that is nobody's business, or hold a token in its
    path. What a terminal would obey, and turns of the direction of writing, are escaped.
    """
    text = _PLACE_OPTIONS.sub(r"\1…", text)
    return visible_line(_URL.sub(_shortened, text))


def _shortened(match: re.Match[str]) -> str:
    path = match[0].partition("#")[0].partition("?")[0]
    name = unquote(path.rpartition("/")[2])
    return f"…/{name}" if _ARCHIVE.fullmatch(name) else "…"
