"""How much of a saving another one has, too; and what of it is largest."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipfreeze_lock.report.sizes import readable_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipfreeze_lock.model.image import LayerInfo
    from pipfreeze_lock.weigh.weighed_file import WeighedFile

__all__ = ["by_layer", "hidden_share", "largest", "sentences", "share", "total"]

_MOST_PATHS = 10


def total(files: Iterable[WeighedFile]) -> int:
    """Give the bytes of files."""
    return sum(one.size for one in files)


def by_layer(sizes: Iterable[tuple[LayerInfo, int]]) -> tuple[tuple[LayerInfo, int], ...]:
    """Sum bytes up by layers, most first."""
    infos: dict[int, LayerInfo] = {}
    sums: Counter[int] = Counter()
    for info, size in sizes:
        infos[info.index] = info
        sums[info.index] += size
    return tuple((infos[index], size) for index, size in sorted(sums.items(), key=lambda one: (-one[1], one[0])))


def share(size: int, words: str) -> str:
    """Say that so much of it counts elsewhere; nothing where that is nothing."""
    return f"{readable_size(size)} of it {words}" if size else ""


def hidden_share(files: Sequence[WeighedFile]) -> str:
    """Say how much of it no container sees."""
    return share(total(one for one in files if one.is_hidden), "is hidden bytes, too")


def sentences(*parts: str) -> str:
    """Join what there is to say."""
    return "; ".join(part for part in parts if part)


def largest(sizes: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    """Give the paths with the most bytes, those of the same path summed up."""
    sums: Counter[str] = Counter()
    for path, size in sizes:
        sums[path] += size
    return tuple(sorted(sums, key=lambda path: (-sums[path], path))[:_MOST_PATHS])
