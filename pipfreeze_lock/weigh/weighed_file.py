"""One file on the balance."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pipfreeze_lock.image.interface import LayerFile
    from pipfreeze_lock.model.weight import FileKindOfWeight, Owner

__all__ = ["WeighedFile"]

_NOTABLE = frozenset({"pyc", "tests", "caches", "headers", "static libraries"})


class WeighedFile(NamedTuple):
    """Contents that one layer has; under several names once."""

    paths: tuple[str, ...]
    """From the root; the first is that by which owner and kind were told."""
    file: LayerFile
    layer: int
    """Its index."""
    owner: Owner
    kind: FileKindOfWeight
    is_hidden: bool
    """Whether no container sees it."""

    @property
    def path(self) -> str:
        """The first of its names."""
        return self.paths[0]

    @property
    def size(self) -> int:
        """Bytes."""
        return self.file.size

    @property
    def is_notable(self) -> bool:
        """Whether somebody may want to be without it."""
        return self.kind in _NOTABLE
