"""What an image is to us: its configuration, and of each layer the files that somebody is interested in.

A transport reads every layer once, from its first byte to its last or seeking over what nobody wants, and gives what an
`interest` asks for; it knows nothing of Python. `pipfreeze_lock.image.layers` lays the layers over each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Literal, Protocol

from pipfreeze_lock.image.path_groups import PathGroups

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipfreeze_lock.model.image import LayerInfo

__all__ = [
    "FileKind",
    "ImageConfig",
    "ImageReporter",
    "ImageSource",
    "LayerContents",
    "LayerFile",
    "ScannedImage",
    "ScannedLayer",
    "Want",
]

FileKind = Literal["file", "directory", "symlink", "hardlink", "other"]


class Want(IntEnum):
    """How much of a file somebody is interested in; each includes what stands before it."""

    NOTHING = 0
    NAME = 1
    """That it is there, its kind, its size, where a link leads."""
    DIGEST = 2
    """Its SHA-256 too."""
    CONTENT = 3
    """All of it; for small files."""


@dataclass(slots=True)
class LayerFile:
    """One file of a layer, as far as it was wanted."""

    kind: FileKind
    size: int = 0
    """Bytes."""
    link: str = ""
    """Of a symlink the text of it; of a hard link the path that it is another name for."""
    sha256: str | None = None
    content: bytes | None = None


@dataclass(slots=True)
class LayerContents:
    """What one layer brings and takes away."""

    files: dict[str, LayerFile] = field(default_factory=dict)
    """By path from the root, without ``/`` before or behind it: what was wanted, and every symbolic link. A hard link
    is the file that it is another name for, but where this layer has not shown that."""
    directories: set[str] = field(default_factory=set)
    """Those that an entry of the layer names, or that are above one; without the root."""
    replaced: PathGroups = field(default_factory=PathGroups)
    """Paths at which there is something now that nobody wanted: what a lower layer had there is gone."""
    whiteouts: set[str] = field(default_factory=set)
    """Paths that the layer takes away, with all below them (``.wh.NAME``)."""
    opaque: set[str] = field(default_factory=set)
    """Directories of which nothing of a lower layer shows (``.wh..wh..opq``)."""
    entries: int = 0
    """How many there are, unwanted ones too."""
    size: int = 0
    """Bytes of the contents of all its files, of those too that a later entry of it replaces, and of a tar those that
    nobody wanted."""
    is_ended: bool = True
    """Whether the tar has the zeros at its end, without which it might be cut short between two files."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScannedLayer:
    """A layer with what was wanted of it."""

    info: LayerInfo
    contents: LayerContents


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageConfig:
    """What the image's configuration says (OCI image-spec ``config.md``, Docker's v1.2 likewise)."""

    operating_system: str = "linux"
    architecture: str = "amd64"
    variant: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    user: str = ""
    working_directory: str = "/"
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScannedImage:
    """An image, read once."""

    name: str
    """As a person gave it, with its transport; without credentials."""
    digest: str | None
    """``sha256:…`` of its manifest, or of its configuration where there is no manifest."""
    config: ImageConfig
    layers: tuple[ScannedLayer, ...]
    """Lowest first; empty layers of the history are none."""
    bytes_read: int = 0
    """From the file or the network."""


class ImageReporter:
    """Told how reading goes; this one does nothing. May be called from any thread."""

    def layers(self, count: int, size: int | None) -> None:
        """So many layers are to be read, 0 where that is not known, of so many bytes in all where that is known."""

    def layer(self, index: int, size: int | None) -> None:
        """A layer is begun."""

    def progress(self, count: int) -> None:
        """So many bytes more were read."""


class ImageSource(Protocol):
    """A transport, and the image in it."""

    def scan(self, interest: Callable[[str], Want], reporter: ImageReporter) -> ScannedImage:
        """Read the image.

        :param interest: Asked for each file and hard link, with its path from the root: ``usr/local/bin/python3``.
            Symbolic links and whiteouts are always kept, and for directories it is never asked. Must be quick: images
            have 100,000 files. May be asked from any thread.
        :raises ImageError: when there is none, it is damaged, or several are there and none was chosen.
        :raises NetworkError: when a registry or daemon cannot be reached.
        """
        ...  # pragma: no cover
