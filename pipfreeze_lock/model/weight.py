"""Where the bytes of an image are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.image import LayerInfo

__all__ = [
    "CATEGORIES",
    "KINDS",
    "DistributionWeight",
    "FileKindOfWeight",
    "HiddenFile",
    "ImageWeight",
    "LayerWeight",
    "Owner",
    "OwnerCategory",
    "Part",
    "RepeatedContents",
    "Saving",
]

FileKindOfWeight = Literal[
    "code",
    "shared libraries",
    "programs",
    "pyc",
    "tests",
    "metadata",
    "headers",
    "static libraries",
    "documentation",
    "caches",
    "data",
]
"""Of a file, told by its path alone; the first of these that it is: ``caches`` (pip's, apt's, …), ``tests`` (all of a
test suite: code, data and ``.pyc``), ``pyc``, ``shared libraries``, ``static libraries`` (``.a``, ``.o``), ``metadata``
(``.dist-info``), ``headers``, ``documentation`` (``usr/share/doc``, manual pages), ``code`` (``.py``, ``.pyi``, other
sources), ``programs`` (what lies in ``bin`` or ``libexec``), else ``data``."""

KINDS: tuple[FileKindOfWeight, ...] = get_args(FileKindOfWeight)
"""In the order in which they are shown."""

OwnerCategory = Literal["distribution", "interpreter", "system", "cache", "other"]
"""``interpreter``: Python itself and its standard library; ``system``: what dpkg, apk, conda or rpm installed, and the
system's folders; ``other``: the application, and what nobody lists."""

CATEGORIES: tuple[OwnerCategory, ...] = get_args(OwnerCategory)
"""Likewise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """To whom files belong."""

    category: OwnerCategory
    name: str
    """Normalised name of a distribution; ``Python 3.6``; a system package, ``libssl1.1``, or a program that keeps a
    cache, ``pip``; where that cannot be told, a folder: ``/usr/share``."""
    version: str = ""
    environment: str = ""
    """Of a distribution: ``sys.prefix`` of the Python that it is for, else the folder that it was put into. Of an
    interpreter: its prefix."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What one owner has in one layer."""

    owner: Owner
    kinds: Mapping[FileKindOfWeight, int]
    """Bytes of contents; kinds without any are left out."""
    files: int
    """How many; names of the same file count once."""
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
    """As `Owner.environment`."""
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
    is_equal: bool | None = None
    """Whether what is in its place has the same contents, as after ``chown``; None where digests were not taken, or
    nothing is in its place."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RepeatedContents:
    """The same contents under several paths, each stored for itself."""

    sha256: str
    size: int
    """Bytes of one."""
    paths: tuple[str, ...]
    """Sorted; of those that a container sees."""

    @property
    def spare(self) -> int:
        """Bytes that would not ship if they were one file."""
        return self.size * (len(self.paths) - 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Saving:
    """What somebody could do, and what that would spare."""

    id: str
    """For machines: ``no-compile``; of several layers there may be several of one."""
    what: str
    """``bytecode that pip compiles``."""
    size: int
    """Bytes of contents; exact but where `is_estimated`. Savings overlap, so that their sum means nothing: `note` says
    how much of it another one has, too."""
    how: str
    """What to write, one line of a Dockerfile as a rule."""
    note: str = ""
    """What it costs, what is not sure, and what overlaps."""
    is_estimated: bool = False
    """Whether `size` rests on what is usual, and not on this image alone."""
    paths: tuple[str, ...] = ()
    """The largest of what would be gone: files, or folders with all in them."""
    layers: tuple[tuple[LayerInfo, int], ...] = ()
    """In which layers it is, with the bytes of each, most first: those of a base image are not one's own to change."""


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
    repeated: tuple[RepeatedContents, ...] | None = None
    """What most could be spared of first; None where digests were not taken."""
    savings: tuple[Saving, ...] = ()
    """The largest first."""
    unchecked: tuple[str, ...] = ()
    """What could not be told, for a person."""

    @property
    def total(self) -> int:
        """Bytes of contents of all layers, hidden ones too: what ships, uncompressed."""
        return sum(layer.total for layer in self.layers)

    @property
    def hidden_size(self) -> int:
        """Bytes of those that no container sees."""
        return sum(layer.hidden for layer in self.layers)

    @property
    def stored(self) -> int | None:
        """Bytes as stored or sent, compressed or not; None where that is not known of each layer."""
        sizes = [layer.info.size for layer in self.layers]
        known = [size for size in sizes if size is not None]
        return sum(known) if known and len(known) == len(sizes) else None
