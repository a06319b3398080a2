"""The text of a `Via`, both ways.

::

    via     = parent [" (" detail ")"]
    parent  = "-r " path | "-c " path | name ["[" extra "]"]
    detail  = ["[" extra *("," extra) "]"] [constraint] ["; " marker]
    constraint = specifiers, without spaces | "@ " url      (before the semicolon, a URL is followed by a space)
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from pipfreeze_lock.lockfile.comments import escape, unescape
from pipfreeze_lock.model.lock import Via

if TYPE_CHECKING:
    from typing import Literal

__all__ = ["parse_via", "render_via"]

_VIA = re.compile(
    r"(?:(-[rc])\ (.+?)|([^-\ \[(][^\ \[(]*)(?:\[([^\]\ ]+)\])?)"
    r"(?:\ \((?:\[([^\]]*)\]\ ?)?(@\ \S+|[^;]*?)(?:\ ?;\ (.*))?\))?",
    re.VERBOSE,
)


def render_via(via: Via) -> str:
    """Give the text as it stands in a lock: `str` of it, with what is unsafe in a comment escaped."""
    text = str(via)
    if escape(text) == text and " (" not in via.parent:
        return text
    # A path may hold what separates it from its detail.
    parent = escape(via.parent).replace(" (", "\\x20(")
    marker = escape(via.marker) if via.marker else via.marker
    return str(replace(via, parent=parent, constraint=escape(via.constraint), marker=marker))


def parse_via(text: str) -> Via | None:
    """Read what `render_via` wrote; None where it is no such text."""
    match = _VIA.fullmatch(text)
    if match is None:
        return None
    option, path, name, extra, extras, constraint, marker = match.groups()
    if "\\" in text:
        path, constraint, marker = (part and unescape(part) for part in (path, constraint, marker))
    kind = cast("Literal['-c', '-r', 'distribution']", option or "distribution")
    return Via(kind, path or name, extra, constraint or "", marker, tuple(extras.split(",")) if extras else ())
