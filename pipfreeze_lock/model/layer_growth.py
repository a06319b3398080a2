"""By how many bytes a layer grows, and of what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

__all__ = ["DistributionGrowth", "LayerGrowth"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DistributionGrowth:
    """What one distribution adds; bytes of file contents, no headers."""

    name: NormalizedName
    files: int
    """Bytes of what is unpacked and written by pip (scripts, INSTALLER, RECORD, …), without ``.pyc``."""
    compiled: int
    """Bytes of ``.pyc`` files."""
    is_estimated: bool
    """Whether `compiled` is estimated, and not measured by compiling."""
    tar: int
    """Bytes of its entries in the layer's tar: headers and padding counted, its ``.pyc`` files too."""

    @property
    def total(self) -> int:
        """Bytes of all its files."""
        return self.files + self.compiled


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerGrowth:
    """One layer: what a ``RUN pip install`` would leave in it."""

    distributions: tuple[DistributionGrowth, ...]
    """Those that are installed from wheels, sorted by name."""
    unknown: tuple[NormalizedName, ...]
    """Those built from sdists: their size is in no total."""
    removed: int
    """Bytes of files of lower layers that are replaced or taken away: they still ship."""
    removals_tar: int
    """Bytes of the whiteouts for those."""
    folders_tar: int
    """Bytes of the entries of folders that are there already, and change."""
    cache: int
    """Bytes of the files in pip's own cache; 0 with ``--no-cache-dir``."""
    cache_tar: int
    """Bytes of the cache's entries in the tar."""
    interpreter: int = 0
    """Bytes of ``.pyc`` of the standard library and of pip itself, that running pip leaves where there were none."""
    interpreter_tar: int = 0
    """Bytes of their entries in the tar."""
    tar: int
    """Bytes of the layer's tar, uncompressed, as far as it is known."""
    is_estimated: bool
    """Whether any part is estimated."""

    @property
    def files(self) -> int:
        """Bytes of all files: distributions, cache, and what the interpreter keeps."""
        return sum(one.total for one in self.distributions) + self.cache + self.interpreter
