"""What an installation of one day has otherwise than that of another day, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipfreeze_lock.model.lock import Pin
from pipfreeze_lock.report.changes import pin_changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.forecast import Forecast
    from pipfreeze_lock.model.lock import Via
    from pipfreeze_lock.model.plan import Action
    from pipfreeze_lock.report.changes import PinChange

__all__ = ["ForecastDifference", "ForecastMove", "forecast_difference"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ForecastMove:
    """One distribution that the two have otherwise."""

    change: PinChange
    """What changed, and who asks newly or no longer for what the other side is not."""
    old: Action | None
    new: Action | None
    is_written: bool
    """Whether an input names it: else it moved though nobody wrote it down."""
    is_new_release: bool
    """Whether its file was not there on the earlier day."""
    let_in_by: tuple[Via, ...]
    """Where a newer release alone is the reason: whose constraints it satisfies."""
    brought_by: tuple[NormalizedName, ...]
    """Whose own move brought this one; sorted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ForecastDifference:
    """Two forecasts of the same call in the same place, as of two days."""

    since: datetime
    """UTC; what was uploaded then or later is not there for the earlier one."""
    earlier: Forecast
    later: Forecast
    moves: tuple[ForecastMove, ...]
    """By name."""

    @property
    def distributions(self) -> int:
        """How many there are on either day."""
        return len({action.name for side in (self.earlier, self.later) for action in side.plan.actions})

    @property
    def moved_fetched(self) -> tuple[int, int]:
        """Bytes fetched of what moved, on each day."""
        return (
            sum(self.earlier.size_fetched(one.old) for one in self.moves if one.old is not None),
            sum(self.later.size_fetched(one.new) for one in self.moves if one.new is not None),
        )

    @property
    def moved_layer(self) -> tuple[int, int]:
        """Bytes in the layer's tar of what moved, on each day; without what is compiled."""
        return _tar_of(self.earlier, self.moves), _tar_of(self.later, self.moves)

    @property
    def unwritten(self) -> int:
        """How many of the moves no input names."""
        return sum(not one.is_written for one in self.moves)


def _tar_of(forecast: Forecast, moves: tuple[ForecastMove, ...]) -> int:
    names = {one.change.name for one in moves}
    return sum(one.tar for one in forecast.growth.distributions if one.name in names)


def forecast_difference(earlier: Forecast, later: Forecast, *, since: datetime) -> ForecastDifference:
    """Compare them."""
    old = {action.name: action for action in earlier.plan.actions}
    new = {action.name: action for action in later.plan.actions}
    found = [one for one in pin_changes(_pins(old), _pins(new)) if one.kind != "via"]
    moved = {one.name for one in found}
    return ForecastDifference(
        since=since,
        earlier=earlier,
        later=later,
        moves=tuple(
            _move(
                change,
                old.get(change.name),
                new.get(change.name),
                is_written=change.name in later.written,
                moved=moved,
                since=since,
            )
            for change in found
        ),
    )


def _move(
    change: PinChange,
    old: Action | None,
    new: Action | None,
    *,
    is_written: bool,
    moved: set[NormalizedName],
    since: datetime,
) -> ForecastMove:
    asking = (*change.causes, *change.freed_by)
    is_new = new is not None and _is_uploaded_since(new, since)
    is_alone = old is not None and new is not None and not asking
    return ForecastMove(
        change=change,
        old=old,
        new=new,
        is_written=is_written,
        is_new_release=is_new,
        let_in_by=new.causes if new is not None and is_alone and is_new else (),
        brought_by=tuple(sorted(name for name in moved if any(_is_of(via, name) for via in asking))),
    )


def _is_of(via: Via, name: NormalizedName) -> bool:
    return via.kind == "distribution" and via.parent == name


def _pins(actions: Mapping[NormalizedName, Action]) -> Iterator[Pin]:
    """Write what will be there as a lock would."""
    for name, action in actions.items():
        digests = action.file.hashes if action.file is not None else {}
        yield Pin(
            name=name,
            version=action.version,
            hashes=tuple(f"{algorithm}:{digest}" for algorithm, digest in sorted(digests.items())),
            via=action.causes,
        )


def _is_uploaded_since(action: Action, since: datetime) -> bool:
    told = action.file.upload_time if action.file is not None else None
    if told is None:
        return False
    uploaded = datetime.fromisoformat(told)
    return (uploaded if uploaded.tzinfo else uploaded.replace(tzinfo=UTC)) >= since
