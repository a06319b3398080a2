"""What savings are told by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.weigh.overlaps import by_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pipfreeze_lock.image.environments import Environment
    from pipfreeze_lock.image.interface import ImageConfig, ScannedLayer
    from pipfreeze_lock.model.image import LayerInfo
    from pipfreeze_lock.model.weight import HiddenFile, LayerWeight
    from pipfreeze_lock.weigh.owners import Owners
    from pipfreeze_lock.weigh.weighed_file import WeighedFile

__all__ = ["Evidence"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """An image that has been weighed."""

    layers: tuple[LayerWeight, ...]
    scanned: Sequence[ScannedLayer]
    notable: Sequence[WeighedFile]
    """Bytecode, tests, caches, headers, static libraries."""
    hidden: Sequence[HiddenFile]
    owners: Owners
    suites: frozenset[str]
    """Folders that are test suites and not called ``tests``."""
    environments: Sequence[Environment]
    config: ImageConfig

    def layers_of(self, files: Iterable[WeighedFile]) -> tuple[tuple[LayerInfo, int], ...]:
        """Give the bytes of files by their layers, most first."""
        return by_layer((self.layers[one.layer].info, one.size) for one in files)

    def files(self, is_meant: Callable[[WeighedFile], bool]) -> list[WeighedFile]:
        """Give some of the notable ones."""
        return [one for one in self.notable if is_meant(one)]
