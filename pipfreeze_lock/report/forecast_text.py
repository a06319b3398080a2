"""A forecast for people, in a terminal or a pipe."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.report.characters import visible_line
from pipfreeze_lock.report.forecast_table import TableLine, lines_of
from pipfreeze_lock.report.forecast_words import COMPILED, asking, at_most, names_of, place, summary, versions
from pipfreeze_lock.report.interface import plain
from pipfreeze_lock.report.sentences import counted
from pipfreeze_lock.report.sizes import readable_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.model.forecast import Forecast
    from pipfreeze_lock.model.layer_growth import LayerGrowth
    from pipfreeze_lock.model.plan import Action, FetchedFor
    from pipfreeze_lock.report.interface import Paint

__all__ = ["ForecastPresentation", "render", "size_in_layer"]

_HEADS = ("action", "distribution", "version", "fetched", "layer", "asked for by")
_SIZE = 9
_FETCHED_TOO: dict[FetchedFor, str] = {
    "search": "of it for {} that pip only looks into, for what it needs",
    "build": "of it for {} that sdists are built with",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ForecastPresentation:
    """What a reader wants of it."""

    paint: Paint = plain
    width: int = 80
    """Characters of a line."""
    verbose: bool = False
    """Whether to list what is kept, too, and all who ask."""


def render(forecast: Forecast, presentation: ForecastPresentation) -> str:
    """Give it, each line with its end."""
    sections = [
        _heading(forecast, presentation),
        list(_table(forecast, presentation)),
        [line for total in _totals(forecast) for line in _wrapped(total, presentation.width)],
    ]
    return "\n".join("".join(f"{line.rstrip()}\n" for line in lines) for lines in sections if lines)


def _heading(forecast: Forecast, presentation: ForecastPresentation) -> list[str]:
    """Say what would be called where, and the answer."""
    return [
        visible_line(forecast.call.command),
        f"in {place(forecast.base)}{at_most(forecast)}:",
        *(presentation.paint(line, "bold") for line in _in_two(summary(forecast), presentation.width)),
    ]


def _in_two(text: str, width: int) -> list[str]:
    """Break a line that is too long behind its colon."""
    first, colon, second = text.partition(": ")
    return [text] if len(text) <= width or not colon else [f"{first}:", second]


def size_in_layer(forecast: Forecast, action: Action) -> str:
    """Give the bytes of the files of one distribution, as they are in the image."""
    if action.kind == "keep":
        return ""
    if action.is_compiled:
        return COMPILED
    growth = forecast.growth_of(action.name)
    return readable_size(growth.total) if growth is not None else "?"


def _table(forecast: Forecast, presentation: ForecastPresentation) -> Iterator[str]:
    shown = forecast.plan.actions if presentation.verbose else forecast.changes
    if not shown:
        return
    lines = [_line(forecast, action, is_verbose=presentation.verbose) for action in shown]
    yield from lines_of(lines, heads=_HEADS, width=presentation.width, paint=presentation.paint)
    if forecast.kept and not presentation.verbose and forecast.changes:
        yield f"and {len(forecast.kept)} kept, which -v lists"


def _line(forecast: Forecast, action: Action, *, is_verbose: bool) -> TableLine:
    is_whole = is_verbose or action.kind not in ("install", "keep")
    return TableLine(
        word=action.kind,
        name=visible_line(action.name),
        versions=versions(action),
        fetched=readable_size(forecast.size_fetched(action)) if action.kind != "keep" else "",
        layer=size_in_layer(forecast, action),
        cause=asking(action.causes, None if is_verbose else 1),
        short=None if is_whole else names_of(action.causes),
    )


def _totals(forecast: Forecast) -> Iterator[str]:
    plan, growth = forecast.plan, forecast.growth
    if plan.is_empty:
        if plan.fetched:  # for nothing: a file that is looked into for its metadata
            yield _total(forecast.fetched, f"is fetched all the same, in {_files(len(plan.fetched))}")
        return
    yield _total(forecast.fetched, f"fetched, in {_files(len(plan.fetched))}")
    for reason, words in _FETCHED_TOO.items():
        found = forecast.fetched_for(reason)
        if found:
            size = sum(forecast.sizes[one.url] for one in found)
            yield _total(size, words.format(_files(len(found))))
    yield _total(growth.tar, "in the layer, as a tar that is not compressed" + _how_sure(growth))
    yield from _parts(forecast)
    if growth.removed:
        yield _total(growth.removed, "of lower layers is replaced or taken away, and still ships")
    if growth.unknown:
        yield f"{'?':>{_SIZE}}  not counted, since the image compiles it: {visible_line(', '.join(growth.unknown))}"


def _how_sure(growth: LayerGrowth) -> str:
    if growth.unknown:
        return ", without what is compiled"
    return ", estimated in part" if growth.is_estimated else ""


def _parts(forecast: Forecast) -> Iterator[str]:
    growth = forecast.growth
    if forecast.call.is_compiled:
        yield _total(forecast.bytecode, f"of it .pyc, {_how_measured(forecast)}")
    else:
        yield _total(0, f"of it .pyc: {visible_line(forecast.call.compile_reason)}")
    if growth.interpreter:
        yield _total(growth.interpreter, "of it .pyc of pip's own, and of the library's, that running pip leaves")
    reason = visible_line(forecast.call.cache_reason)
    yield _total(growth.cache if forecast.call.has_cache else 0, f"of it pip's cache: {reason}")


def _how_measured(forecast: Forecast) -> str:
    if forecast.compiled_by is None:
        return "estimated by the size of sources"
    is_in_part = any(one.is_estimated for one in forecast.growth.distributions)
    return f"measured with {forecast.compiled_by}" + (", some of it estimated" if is_in_part else "")


def _wrapped(total: str, width: int) -> list[str]:
    """Break a line that is too long, with what follows below its words."""
    return textwrap.wrap(
        total, width, subsequent_indent=" " * (_SIZE + 2), drop_whitespace=True, break_on_hyphens=False
    )


def _total(size: int, words: str) -> str:
    return f"{readable_size(size):>{_SIZE}}  {words}"


def _files(count: int) -> str:
    return counted(count, "file")
