"""The tables of the case study's page, and the single figures in its sentences, made of the results."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fidelity.case_study.results import Move

from pipfreeze_lock.report.sizes import readable_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fidelity.case_study.results import Comparison, Forecasted, PipResults, Results, Step

__all__ = ["BLOCKS", "figure", "moved_between", "of_pip"]


def figure(pip: PipResults, *words: str) -> str:
    """Give a figure for a sentence: ``plain added``, ``moved plain later-fresh``."""
    match words:
        case ["lock-seconds"]:
            return f"{pip.lock_seconds:.0f} s"
        case ["relocked"]:
            return " and ".join(f"`{pin}`" for pin in pip.relocked)
        case ["moved", left, right]:
            return str(len(moved_between(pip, left, right)))
    step, what = words
    return _FIGURES[what](pip.step(step))


def of_pip(results: Results, pip: str) -> PipResults:
    """Give the results of one pip."""
    return next(one for one in results.pips if one.pip == pip)


def moved_between(pip: PipResults, left: str, right: str) -> list[Move]:
    """Give what a new build has in another version than another new build."""
    old = {move.name: move.new for move in pip.step(left).moves}
    new = {move.name: move for move in pip.step(right).moves}
    gone = [Move(name=name, old=old[name], new=None) for name in sorted(old.keys() - new.keys())]
    moved = [replace(move, old=old.get(name)) for name, move in new.items() if old.get(name) != move.new]
    return sorted([*gone, *moved], key=lambda move: move.name)


def _recipes(results: Results, *names: str) -> str:
    """Tell which RUNs are meant by names."""
    told = (results.pips[0].step(name) for name in names)
    return "\n".join(f"- *{one.name}*: `{one.command}` on *{one.on}*, index before {one.day}" for one in told)


def _steps(results: Results, *names: str) -> str:
    """Tell of each RUN what it did."""
    head = ("RUN", "pip", "time", "moved", "fetched", "layer", "packed", "`verify`")
    rows = [_step_row(pip, pip.step(name)) for name in names for pip in results.pips]
    return f"{_recipes(results, *names)}\n\n{_table(head, rows, right=head[2:7])}"


def _step_row(pip: PipResults, step: Step) -> Sequence[str]:
    made = (
        str(len(step.moves)),
        readable_size(step.fetched_bytes),
        readable_size(step.added),
        readable_size(step.packed),
        _verdict(step),
    )
    is_made = step.verified is not None
    time = f"{step.processor_seconds:.0f} s"
    return (step.name, pip.pip, time, *(made if is_made else ("", "", "", "", "refused: no image")))


def _verdict(step: Step) -> str:
    found = step.verified.findings if step.verified else {}
    return ", ".join(f"{count} `{rule}`" for rule, count in found.items()) or "agrees"


def _deviation(results: Results, kind: str) -> str:
    """Give by how much forecasts of layers are wrong at most, where something is built from an sdist, or nothing is."""
    pairs = [
        (told.tar, step.added)
        for pip in results.pips
        for step in pip.steps
        if (told := step.forecasted) and step.moves and bool(told.unknown) == (kind == "built")
    ]
    return f"{max(abs(said - real) / real for said, real in pairs):.1%}".replace("%", " %")


def _forecasts(results: Results) -> str:
    """Hold each forecast against what the real pip then did."""
    head = ("RUN", "pip", "moves", "fetched", "layer, foretold", "layer, real", "built")
    rows = [_forecast_row(pip, step, step.forecasted) for pip in results.pips for step in pip.steps if step.forecasted]
    return _table(head, rows, right=head[2:])


def _forecast_row(pip: PipResults, step: Step, told: Forecasted) -> Sequence[str]:
    place = (step.name, pip.pip)
    if step.failure or told.refused:
        return (*place, _agreement("refused", bool(told.refused), bool(step.failure)), "", "", "", "")
    said = f"{told.moves}"
    if told.wrong or told.missed:
        said += f", {len(told.wrong)} wrong, {len(told.missed)} missed"
    return (
        *place,
        said,
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
        for move in moved_between(pip, left, right):
            told = (move.uploaded or "", readable_size(move.bytes) if move.bytes else "")
            rows.setdefault((move.name, move.old or "", move.new or "", *told), []).append(pip.pip)
    conditions = results.conditions
    head = ("distribution", f"before {conditions.day}", f"before {conditions.later}", "uploaded", "file", "with pip")
    return _table(head, [(*key, ", ".join(pips)) for key, pips in sorted(rows.items())], right=["file"])


def _quarters(results: Results) -> str:
    """Tell what each quarter moved."""
    head = ("since", "until", "moved", "their files", "their part of a layer", "all files of a new build")
    rows = [
        (
            one.since,
            one.until,
            str(len(one.moves)),
            readable_size(one.moved_fetched),
            readable_size(one.moved_tar),
            readable_size(one.all_fetched),
        )
        for one in results.quarters
    ]
    return _table(head, rows, right=head[2:])


def _largest(results: Results, pip: str, step: str) -> str:
    """Tell what most of an image's bytes are."""
    weighed = of_pip(results, pip).step(step).weighed
    rows = [(f"{one.name} {one.version}", readable_size(one.bytes)) for one in weighed.largest] if weighed else []
    return _table(("distribution", "installed"), rows, right=["installed"])


def _frozen(results: Results, *names: str) -> str:
    """Tell how images that were not made from a lock were frozen."""
    head = ("image", "pip", "pins", "warnings", "`verify` of it")
    rows = [
        (name, pip.pip, str(frozen.pins), str(len(frozen.warnings)), "agrees" if not frozen.exit else "differs")
        for name in names
        for pip in results.pips
        if (frozen := pip.step(name).frozen)
    ]
    return _table(head, rows, right=["pins", "warnings"])


def _compared(results: Results, *pairs: str) -> str:
    """Tell what two layers have in common: ``lock/lock-fresh``."""
    head = ("layers", "pip", "same files", "same source, other `.pyc`", "different", "only in one", "layer")
    found = [
        (f"*{left}*, *{right}*", pip.pip, *_compared_row(compared))
        for left, right in (pair.split("/") for pair in pairs)
        for pip in results.pips
        if (compared := pip.comparison(left, right))
    ]
    return _table(head, found, right=head[2:6])


def _compared_row(compared: Comparison) -> Sequence[str]:
    return (
        f"{compared.same_files:,} ({readable_size(compared.same_bytes)})",
        f"{compared.recompiled_files:,} ({readable_size(compared.recompiled_bytes)})",
        str(compared.others),
        str(compared.only_left + compared.only_right),
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


def _refusal(results: Results, pip: str, step: str) -> str:
    """Tell what pip said of a hash."""
    return "\n".join(["```text", *of_pip(results, pip).step(step).failure, "```"])


BLOCKS: dict[str, Callable[..., str]] = {
    "compared": _compared,
    "deviation": _deviation,
    "forecasts": _forecasts,
    "frozen": _frozen,
    "largest": _largest,
    "moved": _moved,
    "quarters": _quarters,
    "refusal": _refusal,
    "steps": _steps,
}
"""What a hole of the page may name, each called with the results and the words behind its name."""
_FIGURES: dict[str, Callable[[Step], str]] = {
    "added": lambda step: readable_size(step.added),
    "packed": lambda step: readable_size(step.packed),
    "fetched": lambda step: readable_size(step.fetched_bytes),
    "content": lambda step: _layer_figure(step, "content"),
    "compiled": lambda step: _layer_figure(step, "compiled"),
    "cache": lambda step: _layer_figure(step, "cache"),
    "hidden": lambda step: readable_size(step.weighed.hidden) if step.weighed else "",
    "image": lambda step: readable_size(step.weighed.bytes) if step.weighed else "",
    "moves": lambda step: str(len(step.moves)),
    "processor": lambda step: f"{step.processor_seconds:.0f} s",
}
