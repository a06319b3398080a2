"""What moved between two days, for people, in a terminal or a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.report.characters import visible_line
from pipfreeze_lock.report.dates import day
from pipfreeze_lock.report.forecast_difference_words import days, outcome, reasons
from pipfreeze_lock.report.forecast_table import TableLine, lines_of
from pipfreeze_lock.report.forecast_text import size_in_layer
from pipfreeze_lock.report.forecast_words import layer_size, place
from pipfreeze_lock.report.sizes import readable_size, size_difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.model.plan import Action
    from pipfreeze_lock.report.forecast_difference import ForecastDifference, ForecastMove
    from pipfreeze_lock.report.forecast_text import ForecastPresentation

__all__ = ["render"]

_HEADS = ("moved", "distribution", "version", "fetched", "layer", "")
_MOST = 2
"""Of those who ask, that are named without ``-v``."""


def render(difference: ForecastDifference, presentation: ForecastPresentation) -> str:
    """Give it, each line with its end."""
    paint, later = presentation.paint, difference.later
    since, until = days(difference)
    lines = [
        visible_line(later.call.command),
        f"in {place(later.base)}, {since} and {until}:",
        paint(outcome(difference), "bold"),
    ]
    if difference.moves:
        told = [_line(one, difference, verbose=presentation.verbose) for one in difference.moves]
        lines += ["", *lines_of(told, heads=_HEADS, width=presentation.width, paint=paint)]
    lines += ["", *_totals(difference)]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _line(move: ForecastMove, difference: ForecastDifference, *, verbose: bool) -> TableLine:
    there, forecast = (move.new, difference.later) if move.new is not None else (move.old, difference.earlier)
    sign = "-" if move.new is None else ""
    why = reasons(move, difference, lambda via: visible_line(str(via)), most=None if verbose else _MOST)
    released = " -> ".join(filter(None, (_released(move.old), _released(move.new))))
    return TableLine(
        word=move.change.kind,
        name=visible_line(move.change.name) + (" *" if move.is_written else ""),
        versions=" -> ".join(dict.fromkeys(visible_line(one.version) for one in (move.old, move.new) if one)),
        fetched=sign + readable_size(forecast.size_fetched(there)) if there is not None else "",
        layer=sign + size_in_layer(forecast, there) if there is not None else "",
        cause=": ".join(filter(None, (released, "; ".join(why)))),
    )


def _released(action: Action | None) -> str:
    return day(action.file.upload_time) if action is not None and action.file is not None else ""


def _totals(difference: ForecastDifference) -> Iterator[str]:
    rows = [("", *days(difference), "difference"), *_sizes(difference)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for words, *cells in rows:
        right = [f"{cell:>{width}}" for cell, width in zip(cells, widths[1:], strict=True)]
        yield "  ".join([f"{words:<{widths[0]}}", *right])
    if any(move.is_written for move in difference.moves):
        yield "* is written in the requirements; the rest moved though nobody wrote it down"


def _sizes(difference: ForecastDifference) -> Iterator[tuple[str, str, str, str]]:
    earlier, later = difference.earlier, difference.later
    yield "fetched", *_pair(earlier.fetched, later.fetched)
    yield "  of it what moved", *_pair(*difference.moved_fetched)
    grown = size_difference(earlier.growth.tar, later.growth.tar)
    yield "layer", layer_size(earlier), layer_size(later), grown
    yield "  of it what moved", *_pair(*difference.moved_layer)
    yield "  of it .pyc", *_pair(earlier.bytecode, later.bytecode)
    yield "  of it pip's cache", *_pair(earlier.growth.cache, later.growth.cache)


def _pair(earlier: int, later: int) -> tuple[str, str, str]:
    return readable_size(earlier), readable_size(later), size_difference(earlier, later)
