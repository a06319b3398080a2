"""Where the bytes of an image are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.image import LayerInfo

__all__ = [
    "KINDS",
    "DistributionWeight",
    "FileKindOfWeight",
    "HiddenFile",
    "ImageWeight",
    "LayerWeight",
    "Owner",
    "Part",
    "Saving",
]

FileKindOfWeight = Literal["code", "shared libraries", "pyc", "tests", "caches", "headers", "data", "metadata"]
"""Of a file, by its path, the first of these that it is: ``caches`` (pip's, apt's, …), ``tests`` (code, data and
``.pyc`` of test suites), ``pyc``, ``shared libraries``, ``code`` (``.py``, ``.pyi``, scripts), ``headers``,
``metadata`` (``.dist-info``), else ``data``."""

KINDS: tuple[FileKindOfWeight, ...] = get_args(FileKindOfWeight)


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """To whom files belong."""

    category: Literal["distribution", "interpreter", "system", "cache", "other"]
    """``interpreter``: Python itself and its standard library; ``system``: what dpkg, apk or rpm installed, and the
    system's folders; ``other``: the application, and what nobody lists."""
    name: str
    """Normalised name of a distribution; ``Python 3.6``; a system package, ``libssl1.1``, where that can be told, else
    the top folder, ``usr/share``."""
    version: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What one owner has in one layer."""

    owner: Owner
    kinds: Mapping[FileKindOfWeight, int]
    """Bytes of contents; kinds without any are left out."""
    files: int
    """How many."""
    hidden: int = 0
    """Bytes of those that no container sees, since a later layer replaces them or takes them away: counted above,
    too."""

    @property
    def total(self) -> int:
        """Bytes."""
        return sum(self.kinds.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerWeight:
    """One layer."""

    info: LayerInfo
    parts: tuple[Part, ...]
    """The largest first."""
    entries: int
    """Of its tar."""

    @property
    def total(self) -> int:
        """Bytes of contents."""
        return sum(part.total for part in self.parts)

    @property
    def hidden(self) -> int:
        """Bytes of those that no container sees."""
        return sum(part.hidden for part in self.parts)


@dataclass(frozen=True, kw_only=True, slots=True)
class DistributionWeight:
    """One installed distribution, over all layers."""

    name: NormalizedName
    version: str
    environment: str
    """``sys.prefix`` of the Python that it is for."""
    layer: LayerInfo | None
    """The topmost that changed its metadata."""
    kinds: Mapping[FileKindOfWeight, int]
    """Bytes of contents that a container sees."""
    files: int
    largest: tuple[tuple[str, int], ...] = ()
    """Its few largest files, with their bytes."""

    @property
    def total(self) -> int:
        """Bytes."""
        return sum(self.kinds.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class HiddenFile:
    """What still ships though no container sees it."""

    path: str
    size: int
    layer: LayerInfo
    """That has it."""
    hidden_by: LayerInfo
    """That replaces it, or takes it away."""
    is_replaced: bool
    """Whether there is something in its place, and it is not just gone."""
    owner: Owner


@dataclass(frozen=True, kw_only=True, slots=True)
class Saving:
    """What somebody could do, and what that would spare."""

    what: str
    """``pip install --no-compile``."""
    size: int
    """Bytes; an upper bound where `note` says so. Savings overlap, so that their sum means nothing."""
    how: str
    """What to write, one line of a Dockerfile as a rule."""
    note: str = ""
    """What it costs, or what is not sure."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageWeight:
    """All of an image."""

    subject: str
    digest: str | None
    layers: tuple[LayerWeight, ...]
    """Lowest first."""
    distributions: tuple[DistributionWeight, ...]
    """The largest first."""
    hidden: tuple[HiddenFile, ...] = ()
    """The largest first."""
    repeated: tuple[tuple[str, int, tuple[str, ...]], ...] = ()
    """Contents that a container sees more than once, where digests were taken: (sha256, bytes of one, paths)."""
    savings: tuple[Saving, ...] = ()
    """The largest first."""
    unchecked: tuple[str, ...] = field(default=())
    """What could not be told, for a person."""

    @property
    def total(self) -> int:
        """Bytes of contents of all layers, hidden ones too: what ships, uncompressed."""
        return sum(layer.total for layer in self.layers)
