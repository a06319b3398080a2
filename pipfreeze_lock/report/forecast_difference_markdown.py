"""What moved between two days as Markdown: a table for an issue, a page, a pull request; no place is named in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.report.dates import day
from pipfreeze_lock.report.forecast_difference_words import days, outcome, reasons
from pipfreeze_lock.report.forecast_text import size_in_layer
from pipfreeze_lock.report.forecast_words import layer_size
from pipfreeze_lock.report.markdown_text import code, row
from pipfreeze_lock.report.sizes import readable_size, size_difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.model.forecast import Forecast
    from pipfreeze_lock.model.plan import Action
    from pipfreeze_lock.report.forecast_difference import ForecastDifference, ForecastMove

__all__ = ["render"]


def render(difference: ForecastDifference) -> str:
    """Give it, each line with its end."""
    base, call = difference.later.base, difference.later.call
    since, until = days(difference)
    lines = [
        f"{code(call.command)} in {code(base.subject)} (Python {base.python}, pip {base.pip}), {since} and {until}:",
        "",
        f"**{outcome(difference)}**",
        "",
    ]
    if difference.moves:
        lines += [row(["distribution", "", since, until, "fetched", "layer", "why"]), "|---|---|---|---|---|---|---|"]
        lines += [_row(move, difference) for move in difference.moves] + [""]
    lines += [row(["", since, until, "difference"]), "|---|---|---|---|", *_totals(difference)]
    return "".join(f"{line}\n" for line in lines)


def _row(move: ForecastMove, difference: ForecastDifference) -> str:
    earlier, later = difference.earlier, difference.later
    name = code(move.change.name)
    return row(
        [
            f"{name} (written)" if move.is_written else name,
            move.change.kind,
            _version(move.old),
            _version(move.new),
            _arrow(*(readable_size(of.size_fetched(one)) for one, of in _sides(move, earlier, later))),
            _arrow(*(size_in_layer(of, one) for one, of in _sides(move, earlier, later))),
            "; ".join(reasons(move, difference, lambda via: code(str(via)))),
        ]
    )


def _sides(move: ForecastMove, earlier: Forecast, later: Forecast) -> Iterator[tuple[Action, Forecast]]:
    for action, forecast in ((move.old, earlier), (move.new, later)):
        if action is not None:
            yield action, forecast


def _version(action: Action | None) -> str:
    if action is None:
        return ""
    date = day(action.file.upload_time) if action.file is not None else ""
    return f"{code(action.version)}<br>{date}" if date else code(action.version)


def _arrow(*texts: str) -> str:
    return " → ".join(dict.fromkeys(texts))


def _totals(difference: ForecastDifference) -> Iterator[str]:
    earlier, later = difference.earlier, difference.later
    yield _sizes("fetched", earlier.fetched, later.fetched)
    yield _sizes("of it what moved", *difference.moved_fetched)
    grown = size_difference(earlier.growth.tar, later.growth.tar)
    yield row(["layer", layer_size(earlier), layer_size(later), grown])
    yield _sizes("of it what moved", *difference.moved_layer)
    yield _sizes("of it `.pyc`", earlier.bytecode, later.bytecode)


def _sizes(words: str, old: int, new: int) -> str:
    return row([words, readable_size(old), readable_size(new), size_difference(old, new)])
