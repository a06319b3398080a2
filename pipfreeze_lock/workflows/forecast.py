"""What a ``pip install`` would do, and by how much the layer grows: the plan, the bytes fetched, the bytes written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from pipfreeze_lock.footprint.growth import growth
from pipfreeze_lock.footprint.interface import GrowthRequest
from pipfreeze_lock.model.forecast import Forecast
from pipfreeze_lock.model.layer_growth import LayerGrowth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packaging.utils import NormalizedName

    from pipfreeze_lock.footprint.interface import Compiler, InstallPlaces, PipCache, WheelFiles
    from pipfreeze_lock.image.layers import FileTree
    from pipfreeze_lock.index.cache import Cache
    from pipfreeze_lock.model.forecast import ForecastBase, InstallCall
    from pipfreeze_lock.model.lock import Via
    from pipfreeze_lock.model.plan import Action, Fetched, Plan
    from pipfreeze_lock.resolve.planning.interface import PlanRequest

__all__ = ["ForecastRequest", "PlanMaker", "forecast"]

_WORKERS = 8
_NOTHING = LayerGrowth(
    distributions=(),
    unknown=(),
    removed=0,
    removals_tar=0,
    folders_tar=0,
    cache=0,
    cache_tar=0,
    tar=0,
    is_estimated=False,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ForecastRequest:
    """One call of pip, and where."""

    base: ForecastBase
    call: InstallCall
    plan: PlanRequest
    places: InstallPlaces
    tree: FileTree | None
    """Of the image; None where none was read."""
    cache: PipCache | None
    """That pip leaves in the layer."""
    is_bytecode_written: bool = True
    """Whether the image's Python keeps the ``.pyc`` of what it imports, pip itself for instance."""
    via: Mapping[NormalizedName, tuple[Via, ...]] = field(default_factory=dict)
    """Who asks for each pin, by a lock's own account."""


class PlanMaker(Protocol):
    """`resolve.planning.planner.Planner`."""

    def plan(self, request: PlanRequest) -> Plan:
        """Say what pip would do; raises as `Planner.plan` does."""
        ...  # pragma: no cover


def forecast(
    request: ForecastRequest,
    *,
    planner: PlanMaker,
    wheels: WheelFiles,
    find_compiler: Callable[[], Compiler | None],
    cache: Cache | None,
) -> Forecast:
    """Say it.

    :param find_compiler: Gives one of the target's series; None: sizes of ``.pyc`` are estimated.
    :param cache: Ours, that keeps those sizes.
    :raises ResolutionError: where pip would end without having installed anything.
    :raises NetworkError: when an index cannot be asked, or a file not be read.
    """
    plan = planner.plan(request.plan)
    if request.via:
        plan = replace(plan, actions=tuple(_with_via(action, request.via) for action in plan.actions))
    compiler = find_compiler() if request.call.is_compiled and not plan.is_empty else None
    grown = _NOTHING
    if not plan.is_empty:
        grown = growth(
            GrowthRequest(
                plan=plan,
                target=request.plan.target,
                places=request.places,
                tree=request.tree,
                is_compiled=request.call.is_compiled,
                cache=request.cache,
                is_bytecode_written=request.is_bytecode_written,
            ),
            wheels=wheels,
            compiler=compiler,
            cache=cache,
        )
    return Forecast(
        base=request.base,
        call=request.call,
        plan=plan,
        written=frozenset(one.name for one in request.plan.requirements.requirements),
        sizes=_sizes(plan, wheels),
        growth=grown,
        compiled_by=compiler.identity if compiler is not None else None,
    )


def _with_via(action: Action, via: Mapping[NormalizedName, tuple[Via, ...]]) -> Action:
    """Put before the lock's line, which only repeats the pin, who asked for it when the lock was made."""
    return replace(action, causes=tuple(dict.fromkeys((*via.get(action.name, ()), *action.causes))))


def _sizes(plan: Plan, wheels: WheelFiles) -> dict[str, int]:
    """Give bytes of each file that is fetched: by the index, else by the server of the file."""

    def size(fetched: Fetched) -> int:
        if fetched.file.size is not None:
            return fetched.file.size
        return wheels.answer(fetched.url, is_page=False, accept="*/*").size

    with ThreadPoolExecutor(_WORKERS, "sizes") as workers:
        return dict(zip((one.url for one in plan.fetched), workers.map(size, plan.fetched), strict=True))
