"""What is said of a plan and of its bytes, the same in each format that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.report.characters import visible_line
from pipfreeze_lock.report.sentences import counted
from pipfreeze_lock.report.sizes import readable_size

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pipfreeze_lock.model.forecast import Forecast, ForecastBase
    from pipfreeze_lock.model.lock import Via
    from pipfreeze_lock.model.plan import Action

__all__ = ["COMPILED", "asking", "at_most", "instant", "layer_size", "names_of", "place", "summary", "versions"]

COMPILED = "compiled"
"""Stands for a size that nobody knows before it is built."""
_FIRST = ("install", "upgrade", "downgrade", "reinstall")


def summary(forecast: Forecast) -> str:
    """Say it in one line: ``57 to install, 1 to upgrade: 212.3 MB fetched, 713.2 MB in the layer``."""
    if forecast.plan.is_empty:
        kept = counted(len(forecast.kept), "distribution")
        return f"0 B: nothing to do, {kept} as asked for" if forecast.kept else "0 B: nothing to do"
    counts = {kind: sum(one.kind == kind for one in forecast.changes) for kind in _FIRST}
    told = ", ".join(f"{count} to {kind}" for kind, count in counts.items() if count)
    return f"{told}: {readable_size(forecast.fetched)} fetched, {layer_size(forecast)} in the layer"


def layer_size(forecast: Forecast) -> str:
    """Give the bytes of the layer's tar, as far as they are known."""
    size = readable_size(forecast.growth.tar)
    if forecast.growth.unknown:
        return f"{size} and more"
    return f"about {size}" if forecast.growth.is_estimated else size


def place(base: ForecastBase) -> str:
    """Say where: ``python:3.6.8 (Python 3.6.8, pip 19.1.1)``."""
    if base.subject == base.target:
        return visible_line(base.target)
    where = base.subject if base.environment is None else f"{base.subject}, {base.environment}"
    return f"{visible_line(where)} (Python {base.python}, pip {base.pip})"


def at_most(forecast: Forecast) -> str:
    """Say as of when it is: ``, as of 2021-01-16``; nothing for now."""
    moment = forecast.call.uploaded_prior_to
    return f", as of {instant(moment)}" if moment is not None else ""


def instant(moment: datetime) -> str:
    """Give a day, and the time where it is not its beginning (UTC)."""
    is_midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return f"{moment:%Y-%m-%d}" if is_midnight else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def versions(action: Action) -> str:
    """``1.34.1``, ``1.31.0 -> 1.34.1``, ``1.34.1 again``."""
    new = visible_line(action.version)
    if action.old is None or action.kind == "keep":
        return new
    if action.kind == "reinstall":
        return f"{new} again"
    return f"{visible_line(action.old.version) or '?'} -> {new}"


def asking(vias: Sequence[Via], most: int | None = None) -> str:
    """Name who asks: ``tensorboard (>=1.24.3) and 2 more``.

    :param most: How many of them; None for all.
    """
    shown = [visible_line(str(via)) for via in vias[:most]]
    rest = len(vias) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def names_of(vias: Sequence[Via]) -> str:
    """Name who asks first, without the words: ``tensorboard +2``."""
    if not vias:
        return ""
    first = vias[0]
    name = first.parent if first.kind == "distribution" else f"{first.kind} {first.parent}"
    return visible_line(name) + (f" +{len(vias) - 1}" if len(vias) > 1 else "")
