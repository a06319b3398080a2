"""Which contents no container sees though they ship, and which layer hides each.

A file of a layer is seen where the tree of all layers still has it under one of its names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipfreeze_lock.image.interface import LayerFile, ScannedLayer
    from pipfreeze_lock.image.layers import FileTree
    from pipfreeze_lock.model.image import LayerInfo

__all__ = ["Hiding", "HidingLayer", "seen_files"]


class HidingLayer(NamedTuple):
    """How a file was hidden."""

    info: LayerInfo
    is_replaced: bool
    """Whether something is in its place."""
    replacement: LayerFile | None
    """The file that is in its place, where it is one."""


def seen_files(tree: FileTree) -> set[int]:
    """Give the identities (``id``) of all files that a container sees: names of the same file have one."""
    root = tree.find("")
    pending = [root.entry] if root is not None else []
    seen: set[int] = set()
    while pending:
        for child in pending.pop().children.values():
            if child.is_directory:
                pending.append(child)
            elif child.file.kind == "file":
                seen.add(id(child.file))
    return seen


class Hiding:
    """Knows what hides files of lower layers."""

    def __init__(self, layers: Sequence[ScannedLayer]) -> None:
        self._layers = layers
        self._replaced = [frozenset(layer.contents.replaced) for layer in layers]

    def of(self, path: str, index: int) -> HidingLayer:
        """Give what first hides a file, of which it is known that something does.

        :param index: Of its layer.
        """
        for above in range(index + 1, len(self._layers)):
            if (found := self._by(path, above)) is not None:
                return found
        # What the same layer replaces.
        return HidingLayer(self._layers[index].info, is_replaced=True, replacement=None)

    def _by(self, path: str, above: int) -> HidingLayer | None:
        layer = self._layers[above]
        contents = layer.contents
        file = contents.files.get(path)
        if file is not None or path in contents.directories or path in self._replaced[above]:
            return HidingLayer(layer.info, is_replaced=True, replacement=file)
        if path in contents.whiteouts:
            return HidingLayer(layer.info, is_replaced=False, replacement=None)
        at = path
        while at:
            at = at.rpartition("/")[0]
            if at in contents.opaque or (
                at and (at in contents.whiteouts or at in contents.files or at in self._replaced[above])
            ):
                return HidingLayer(layer.info, is_replaced=False, replacement=None)
        return None
