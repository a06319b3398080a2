"""The tables of the case study's page, and the single figures in its sentences, made of the results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.report.sizes import readable_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fidelity.case_study.results import Comparison, Forecasted, PipResults, Results, Step

__all__ = ["figure", "table"]


def table(results: Results, name: str, *arguments: str) -> str:
    """Give a table in Markdown: ``steps plain again``, ``moved plain later-fresh``, ``compared lock lock-fresh``."""
    match name, arguments:
        case "steps", names:
            return _steps(results, *names)
        case "forecasts", ():
            return _forecasts(results)
        case "moved", (left, right):
            return _moved(results, left, right)
        case "compared", (left, right):
            return _compared(results, left, right)
    message = f"there is no table {name}"
    raise ValueError(message)


def figure(results: Results, pip: str, step: str, what: str) -> str:
    """Give a figure for a sentence: ``19.1.1 plain tar``."""
    return _FIGURES[what](next(one for one in results.pips if one.pip == pip).step(step))


def _steps(results: Results, *names: str) -> str:
    head = ("RUN", "on", "index before", "pip", "time", "moved", "fetched", "layer", "packed", "`verify`")
    rows = [_step_row(pip, pip.step(name)) for name in names for pip in results.pips]
    return _table(head, rows, right=["time", "moved", "fetched", "layer", "packed"])


def _step_row(pip: PipResults, step: Step) -> Sequence[str]:
    return (
        f"`{step.command}`",
        step.on,
        step.day,
        pip.pip,
        f"{step.seconds:.0f} s",
        str(len(step.moves)),
        readable_size(step.fetched_bytes),
        readable_size(step.added),
        readable_size(step.packed),
        _verdict(step),
    )


def _verdict(step: Step) -> str:
    if step.verified is None:
        return "pip refuses a hash: no image"
    found = step.verified.findings
    return ", ".join(f"{count} {rule.replace('-', ' ')}" for rule, count in found.items()) or "agrees"


def _forecasts(results: Results) -> str:
    """Hold each forecast against what the real pip then did."""
    head = (
        "RUN",
        "on",
        "index before",
        "pip",
        "moves",
        "fetched",
        "layer, foretold",
        "layer, real",
        "built: not foretold",
    )
    rows = [_forecast_row(pip, step, step.forecasted) for pip in results.pips for step in pip.steps if step.forecasted]
    return _table(head, rows, right=head[4:])


def _forecast_row(pip: PipResults, step: Step, told: Forecasted) -> Sequence[str]:
    place = (f"`{step.command}`", step.on, step.day, pip.pip)
    if step.failure or told.refused:
        return (*place, _agreement("refused", bool(told.refused), bool(step.failure)), "", "", "", "")
    real = {(move.name, move.old, move.new) for move in step.moves}
    said = {(move.name, move.old, move.new) for move in told.moves}
    return (
        *place,
        f"{len(said)}" if said == real else f"{len(said & real)} of {len(real)}, {len(said - real)} wrong",
        _agreement("", told.fetched_bytes, step.fetched_bytes),
        readable_size(told.tar if told.moves else 0),
        readable_size(step.added),
        str(len(told.unknown)),
    )


def _agreement(word: str, said: int, real: int) -> str:
    """``refused``, ``174.2 MB``; both where they differ."""
    if said == real:
        return word or readable_size(real)
    return f"{said:,}, really {real:,}"


def _moved(results: Results, left: str, right: str) -> str:
    """Tell which distributions two new builds have in different versions."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for pip in results.pips:
        old = {move.name: move.new for move in pip.step(left).moves}
        sizes = {(one.name, one.version): one.bytes for one in pip.step(right).fetched}
        for move in pip.step(right).moves:
            if old.get(move.name) != move.new:
                size = sizes[move.name, str(move.new)]
                key = (move.name, old.get(move.name) or "", move.new or "", move.uploaded or "", readable_size(size))
                rows.setdefault(key, []).append(pip.pip)
    conditions = results.conditions
    head = ("distribution", f"before {conditions.day}", f"before {conditions.later}", "released", "file", "with pip")
    return _table(head, [(*key, ", ".join(pips)) for key, pips in sorted(rows.items())], right=["file"])


def _compared(results: Results, left: str, right: str) -> str:
    """Tell what two layers have in common."""
    head = ("pip", "same files", "same but for times", "different", "only in one", "layer")
    found = [(pip.pip, compared) for pip in results.pips if (compared := pip.comparison(left, right))]
    return _table(head, [_compared_row(*one) for one in found], right=head[1:5])


def _compared_row(pip: str, compared: Comparison) -> Sequence[str]:
    timed = compared.other_times + compared.other_records
    return (
        pip,
        f"{compared.same_files:,} ({readable_size(compared.same_bytes)})",
        f"{timed:,} ({readable_size(compared.timed_bytes)})" if timed else "0",
        str(len(compared.others)),
        str(len(compared.only_left) + len(compared.only_right)),
        "the same" if compared.is_same_layer else "another",
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()) -> str:
    marks = ["---:" if name in right else "---" for name in head]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, marks, *rows))


def _layer_figure(step: Step, what: str) -> str:
    if step.layer is None:
        message = f"{step.name} has no layer"
        raise ValueError(message)
    return readable_size(getattr(step.layer, what))


_FIGURES: dict[str, Callable[[Step], str]] = {
    "added": lambda step: readable_size(step.added),
    "packed": lambda step: readable_size(step.packed),
    "fetched": lambda step: readable_size(step.fetched_bytes),
    "content": lambda step: _layer_figure(step, "content"),
    "compiled": lambda step: _layer_figure(step, "compiled"),
    "cache": lambda step: _layer_figure(step, "cache"),
    "moves": lambda step: str(len(step.moves)),
    "processor": lambda step: f"{step.processor_seconds:.0f} s",
}
