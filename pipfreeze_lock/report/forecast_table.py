"""The table of a forecast, and of two that are compared: a line for each distribution, as wide as there is room."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.report.interface import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipfreeze_lock.report.interface import Paint

__all__ = ["TableLine", "lines_of"]

_GAP = "  "
_INDENT = 4
_ROOM = 12
"""Characters of a cause that say something."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TableLine:
    """One distribution."""

    word: str
    name: str
    versions: str
    fetched: str
    layer: str
    cause: str
    """Behind the columns, or below them where it is too long."""
    short: str | None = None
    """Stands for a cause that is too long, cut at the end of the line; None: all of the cause has to be there."""


def lines_of(
    lines: Sequence[TableLine], *, heads: tuple[str, str, str, str, str, str], width: int, paint: Paint = plain
) -> Iterator[str]:
    """Give heads and lines, aligned.

    :param heads: Of the columns, in the order of `TableLine`.
    """
    cells = [heads[:5], *((one.word, one.name, one.versions, one.fetched, one.layer) for one in lines)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    room = width - sum(widths) - 5 * len(_GAP)
    yield paint(_joined(heads[:5], widths) + (f"{_GAP}{heads[5]}" if room >= len(heads[5]) else ""), "bold")
    for one in lines:
        start = _joined((one.word, one.name, one.versions, one.fetched, one.layer), widths)
        if not one.cause:
            yield start
        elif len(one.cause) <= room:
            yield f"{start}{_GAP}{one.cause}"
        elif one.short is None:
            yield start
            indent = " " * _INDENT
            yield from textwrap.wrap(
                one.cause, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
            )
        elif room >= _ROOM:
            yield f"{start}{_GAP}{_cut(one.short, room)}"
        else:
            yield start


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1].rstrip()}…"


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Lay words to the left, sizes to the right."""
    words = [f"{cell:<{width}}" for cell, width in zip(cells[:3], widths[:3], strict=True)]
    sizes = [f"{cell:>{width}}" for cell, width in zip(cells[3:], widths[3:], strict=True)]
    return _GAP.join([*words, *sizes])
