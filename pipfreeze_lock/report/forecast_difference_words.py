"""Why something moved between two days, the same in each format that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.report.forecast_words import instant
from pipfreeze_lock.report.sentences import counted
from pipfreeze_lock.report.sizes import size_difference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pipfreeze_lock.model.lock import Via
    from pipfreeze_lock.report.forecast_difference import ForecastDifference, ForecastMove

__all__ = ["days", "outcome", "reasons"]


def days(difference: ForecastDifference) -> tuple[str, str]:
    """Name the two days: ``2021-01-16``, ``2021-04-16`` or ``now``."""
    until = difference.later.call.uploaded_prior_to
    return instant(difference.since), instant(until) if until is not None else "now"


def outcome(difference: ForecastDifference) -> str:
    """Say how many moved: ``12 of 60 distributions moved, 11 of them unwritten: +173.1 MB in the layer``."""
    moves = difference.moves
    if not moves:
        return f"nothing moved: {counted(difference.distributions, 'distribution')} on both days"
    grown = size_difference(difference.earlier.growth.tar, difference.later.growth.tar)
    return (
        f"{len(moves)} of {counted(difference.distributions, 'distribution')} moved, "
        f"{difference.unwritten} of them unwritten: {grown} in the layer"
    )


def reasons(
    move: ForecastMove, difference: ForecastDifference, named: Callable[[Via], str], *, most: int | None = None
) -> list[str]:
    """Say why, a clause each.

    :param named: Writes who asks.
    :param most: How many to name of those that ask; None for all.
    """
    kinds: dict[str, str] = {one.change.name: one.change.kind for one in difference.moves}

    def listed(vias: Sequence[Via], *, is_cause: bool = True) -> str:
        texts = [_told(via, named(via), kinds if is_cause else {}) for via in vias[:most]]
        return ", ".join(texts) + (f" and {len(vias) - len(texts)} more" if len(vias) > len(texts) else "")

    change = move.change
    if change.kind == "added":
        return [f"for {listed(change.causes)}"] if change.causes else []
    if change.kind == "removed":
        return [f"no longer asked for by {listed(change.causes)}"] if change.causes else []
    if change.kind == "rehashed":
        return ["another file of the same release"]
    found = [f"asked for by {listed(change.causes)}"] if change.causes else []
    if change.freed_by:
        found.append(f"no longer held by {listed(change.freed_by)}")
    if move.let_in_by:
        found.append(f"a newer release, let in by {listed(move.let_in_by, is_cause=False)}")
    asking = listed(move.new.causes if move.new is not None else (), is_cause=False)
    return found or [f"pip comes to another one of those that ask first: {asking}"]


def _told(via: Via, text: str, kinds: Mapping[str, str]) -> str:
    """Say what became of the one who asks, where that moved itself: then this is why."""
    kind = kinds.get(via.parent) if via.kind == "distribution" else None
    return f"{text} ({kind})" if kind is not None else text
