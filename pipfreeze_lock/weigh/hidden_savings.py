"""What one layer writes and another one takes away, or writes anew: it ships, and no container sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.model.weight import Saving
from pipfreeze_lock.report.sentences import counted
from pipfreeze_lock.weigh.overlaps import largest, sentences, share

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
    where = "other layers" if told else "several layers"
    yield Saving(
        id="hidden",
        what=f"what {where} replace or take away of those below",
        size=_size(rest),
        how="FROM …  # a stage of its own; COPY --from=build what it should have",
        note="mostly small files that each step changes, which nobody can spare" if rest else "",
        paths=_paths(rest),
    )


def _of_pair(files: list[HiddenFile]) -> Saving:
    layer, by = files[0].layer, files[0].hidden_by
    replaced = [one for one in files if one.is_replaced]
    equal = [one for one in files if one.is_equal]
    verb = "replaces" if len(replaced) == len(files) else "takes away" if not replaced else "replaces or takes away"
    if layer == by:
        verb, how = "writes twice", f"RUN …  # write each file once in {_named(layer)}"
    elif equal and len(equal) * 2 > len(files):
        how = "COPY --chown=USER …  # own and mode as the files are written, not in a layer above"
    else:
        how = f"RUN …  # in one: {_named(layer)} and {_named(by)}"
    return Saving(
        id="hidden",
        what=f"what layer {layer.index + 1} writes and layer {by.index + 1} {verb}",
        size=_size(files),
        how=how,
        note=sentences(
            counted(len(files), "file"),
            share(_size(equal), "has the same contents above: only owner, mode or time changed"),
            "or copy the result into a new stage, where the layer below is of the base image",
        ),
        paths=_paths(files),
    )


def _named(layer: LayerInfo) -> str:
    """``layer 3``, with the words that made it as far as a line has room."""
    return f"layer {layer.index + 1}"


def _size(files: list[HiddenFile]) -> int:
    return sum(one.size for one in files)


def _paths(files: list[HiddenFile]) -> tuple[str, ...]:
    return largest((one.path, one.size) for one in files)
