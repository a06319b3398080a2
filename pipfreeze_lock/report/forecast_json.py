"""Forecasts as JSON, by the schema in docs/forecast.schema.json; docs/forecast.md says what a reader may rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from pipfreeze_lock import __version__
from pipfreeze_lock.model.plan import ActionKind
from pipfreeze_lock.report.changes_json import instant_as_json, vias_as_json
from pipfreeze_lock.report.findings_json import json_text

if TYPE_CHECKING:
    from datetime import datetime

    from pipfreeze_lock.model.artifact import IndexFile
    from pipfreeze_lock.model.forecast import Forecast, ForecastBase, InstallCall
    from pipfreeze_lock.model.layer_growth import DistributionGrowth
    from pipfreeze_lock.model.plan import Action, Fetched
    from pipfreeze_lock.report.forecast_difference import ForecastDifference, ForecastMove

__all__ = ["VERSION", "render", "render_difference"]

VERSION = 1
"""Of the format: counts up when a member goes or means something else; new members may come without."""


def render(forecast: Forecast) -> str:
    """Give one document; members that have no value are null, never left out."""
    return _document({"kind": "forecast", **_forecast(forecast)})


def render_difference(difference: ForecastDifference) -> str:
    """Give one document likewise, with both forecasts in it."""
    return _document(
        {
            "kind": "comparison",
            "since": instant_as_json(difference.since),
            "until": _moment(difference.later.call.uploaded_prior_to),
            "moved": {"fetched": _pair(difference.moved_fetched), "tar": _pair(difference.moved_layer)},
            "moves": [_move(one, difference) for one in difference.moves],
            "earlier": _forecast(difference.earlier),
            "later": _forecast(difference.later),
        }
    )


def _pair(sizes: tuple[int, int]) -> dict[str, int]:
    return {"old": sizes[0], "new": sizes[1]}


def _document(content: dict[str, Any]) -> str:
    return json_text({"version": VERSION, "tool": {"name": "pipfreeze-lock", "version": __version__}, **content})


def _moment(moment: datetime | None) -> str | None:
    return instant_as_json(moment) if moment is not None else None


def _forecast(forecast: Forecast) -> dict[str, Any]:
    plan = forecast.plan
    kinds = [action.kind for action in plan.actions]
    return {
        "base": _base(forecast.base),
        "pip": _call(forecast.call),
        "is_empty": plan.is_empty,
        "counts": {kind: kinds.count(kind) for kind in get_args(ActionKind)},
        "actions": [_action(action, forecast) for action in plan.actions],
        "fetched": {"size": forecast.fetched, "files": [_fetched(one, forecast) for one in plan.fetched]},
        "layer": _layer(forecast),
        "warnings": list(plan.warnings),
        "hints": list(plan.hints),
    }


def _base(base: ForecastBase) -> dict[str, Any]:
    return {
        "subject": base.subject,
        "is_read": base.is_read,
        "digest": base.digest,
        "environment": base.environment,
        "target": base.target,
        "python": base.python,
        "pip": base.pip,
    }


def _call(call: InstallCall) -> dict[str, Any]:
    return {
        "command": call.command,
        "is_hash_mode": call.is_hash_mode,
        "uploaded_prior_to": _moment(call.uploaded_prior_to),
        "is_compiled": call.is_compiled,
        "compile_reason": call.compile_reason,
        "has_cache": call.has_cache,
        "cache_reason": call.cache_reason,
    }


def _action(action: Action, forecast: Forecast) -> dict[str, Any]:
    growth = forecast.growth_of(action.name)
    return {
        "action": action.kind,
        "name": action.name,
        "old_version": action.old.version if action.old is not None else None,
        "version": action.version,
        "is_compiled": action.is_compiled,
        "is_direct": action.is_direct,
        "is_written": action.name in forecast.written,
        "causes": vias_as_json(action.causes),
        "file": _file(action.file) if action.file is not None else None,
        "fetched": forecast.size_fetched(action),
        "layer": _growth(growth) if growth is not None else None,
    }


def _file(file: IndexFile) -> dict[str, Any]:
    return {
        "filename": file.filename,
        "sha256": file.hashes.get("sha256"),
        "uploaded": file.upload_time,
        "yanked": file.yanked_reason if file.is_yanked else None,
    }


def _growth(growth: DistributionGrowth) -> dict[str, Any]:
    return {
        "size": growth.total,
        "files": growth.files,
        "bytecode": growth.compiled,
        "is_estimated": growth.is_estimated,
        "tar": growth.tar,
    }


def _fetched(fetched: Fetched, forecast: Forecast) -> dict[str, Any]:
    return {"filename": fetched.file.filename, "reason": fetched.reason, "size": forecast.sizes[fetched.url]}


def _layer(forecast: Forecast) -> dict[str, Any]:
    growth = forecast.growth
    return {
        "tar": growth.tar,
        "is_estimated": growth.is_estimated,
        "unknown": list(growth.unknown),
        "size": growth.files,
        "bytecode": forecast.bytecode,
        "bytecode_measured_with": forecast.compiled_by,
        "cache": growth.cache,
        "cache_tar": growth.cache_tar,
        "interpreter": growth.interpreter,
        "interpreter_tar": growth.interpreter_tar,
        "replaced": growth.removed,
        "whiteouts_tar": growth.removals_tar,
        "folders_tar": growth.folders_tar,
    }


def _move(move: ForecastMove, difference: ForecastDifference) -> dict[str, Any]:
    change = move.change
    return {
        "kind": change.kind,
        "name": change.name,
        "is_written": move.is_written,
        "is_new_release": move.is_new_release,
        "old": _action(move.old, difference.earlier) if move.old is not None else None,
        "new": _action(move.new, difference.later) if move.new is not None else None,
        "causes": vias_as_json(change.causes),
        "freed_by": vias_as_json(change.freed_by),
        "let_in_by": vias_as_json(move.let_in_by),
        "brought_by": list(move.brought_by),
    }
