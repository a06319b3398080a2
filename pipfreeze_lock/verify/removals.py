"""What layers of an image take away from those below them, so that what is missing is told with who did it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipfreeze_lock.model.image import LayerInfo

__all__ = ["Removals"]

_METADATA = (".dist-info", ".egg-info", ".egg", ".egg-link")


class Removals:
    """Paths that layers take away.

    :param layers: Each layer with its whiteouts and opaque directories, as paths from the root without a slash before
        them, the lowest layer first.
    """

    def __init__(self, layers: Iterable[tuple[LayerInfo, Iterable[str]]]) -> None:
        self._paths: dict[str, LayerInfo] = {path: layer for layer, paths in layers for path in paths}

    def of_path(self, path: str) -> LayerInfo | None:
        """Give the topmost layer that takes away a path or a folder above it; None where none does."""
        at = path.strip("/")
        found = []
        while at:
            if at in self._paths:
                found.append(self._paths[at])
            at = at.rpartition("/")[0]
        return max(found, key=lambda layer: layer.index, default=None)

    def of_distribution(self, name: str, version: str) -> tuple[str, LayerInfo] | None:
        """Give the metadata of a distribution that is taken away, of this version before others, and by which layer."""
        others = None
        for path, layer in self._paths.items():
            stem, dot, suffix = path.rpartition("/")[2].rpartition(".")
            if f"{dot}{suffix}" not in _METADATA or canonical_name(stem.partition("-")[0]) != name:
                continue
            if stem.partition("-")[2].partition("-")[0] == version:
                return f"/{path}", layer
            others = (f"/{path}", layer)
        return others
