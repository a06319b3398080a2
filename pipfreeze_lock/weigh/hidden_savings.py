"""What one layer writes and another one takes away, or writes anew: it ships, and no container sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.model.weight import Saving
from pipfreeze_lock.report.sentences import counted
from pipfreeze_lock.weigh.overlaps import by_layer, largest, sentences, share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.model.image import LayerInfo
    from pipfreeze_lock.model.weight import HiddenFile
    from pipfreeze_lock.weigh.evidence import Evidence

__all__ = ["hidden_bytes"]

_MOST_PAIRS = 5
"""Of layers, each told alone."""
_LEAST_OF_A_PAIR = 100_000
"""Bytes."""
_WORDS = 40
"""Characters of an instruction that are told."""
_NEW_STAGE = "COPY --from=build …"


def hidden_bytes(evidence: Evidence) -> Iterator[Saving]:
    """Give it for each two layers, and what is left of it in one."""
    pairs: dict[tuple[int, int], list[HiddenFile]] = {}
    for one in evidence.hidden:
        pairs.setdefault((one.layer.index, one.hidden_by.index), []).append(one)
    ordered = sorted(pairs.values(), key=lambda files: -_size(files))
    told = [files for files in ordered[:_MOST_PAIRS] if _size(files) >= _LEAST_OF_A_PAIR]
    for files in told:
        yield _of_pair(files)
    rest = [one for files in ordered[len(told) :] for one in files]
    yield Saving(
        id="hidden",
        what="what other layers replace or take away" if told else "what layers replace or take away of those below",
        size=_size(rest),
        how=_NEW_STAGE,
        note="mostly small files that each step changes",
        paths=_paths(rest),
        layers=_layers(rest),
    )


def _of_pair(files: list[HiddenFile]) -> Saving:
    layer, by = files[0].layer, files[0].hidden_by
    replaced = [one for one in files if one.is_replaced]
    equal = [one for one in files if one.is_equal]
    verb = "replaces" if len(replaced) == len(files) else "takes away" if not replaced else "replaces or takes away"
    is_of_owners = len(equal) * 2 > len(files)
    return Saving(
        id="hidden",
        what=f"what layer {layer.index + 1} writes and layer {by.index + 1} {verb}",
        size=_size(files),
        how="COPY --chown=USER --chmod=MODE …" if is_of_owners else _in_one(layer, by),
        note=sentences(
            counted(len(files), "file"),
            share(_size(equal), "has the same contents above: only owner, mode or time changed"),
            f"where layer {layer.index + 1} is of the base image, copy what you need into a stage of its own",
        ),
        paths=_paths(files),
        layers=_layers(files),
    )


def _in_one(layer: LayerInfo, by: LayerInfo) -> str:
    """Give the RUN that does both; what is not made by RUN is made in another stage."""
    words = [(one.instruction or "").partition("RUN ")[2] for one in (layer, by)]
    return f"RUN {' && '.join(map(_shortened, words))}" if all(words) else _NEW_STAGE


def _shortened(command: str) -> str:
    return command if len(command) <= _WORDS else f"{command[:_WORDS].rpartition(' ')[0] or command[:_WORDS]} …"


def _size(files: list[HiddenFile]) -> int:
    return sum(one.size for one in files)


def _layers(files: list[HiddenFile]) -> tuple[tuple[LayerInfo, int], ...]:
    return by_layer((one.layer, one.size) for one in files)


def _paths(files: list[HiddenFile]) -> tuple[str, ...]:
    return largest((one.path, one.size) for one in files)
