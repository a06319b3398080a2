"""What is asked for a layer's growth, and what the answer is worked out from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipfreeze_lock.image.layers import FileTree
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.plan import Plan
    from pipfreeze_lock.model.target import Target

__all__ = [
    "Compiler",
    "GrowthRequest",
    "InstallPlaces",
    "PipCache",
    "ServedAnswer",
    "TarWriter",
    "WheelFiles",
    "WheelMember",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class InstallPlaces:
    """Where pip puts the files of a wheel: absolute paths in the image, without ``/`` at their end."""

    executable: str
    """``sys.executable`` of the pip that runs: it stands in the first line of scripts. ``/usr/local/bin/python``."""
    purelib: str
    """``/usr/local/lib/python3.6/site-packages``."""
    platlib: str
    scripts: str
    headers: str
    """Of all distributions; each has a folder of its own in it: ``/usr/local/include/python3.6m``."""
    data: str
    """``sys.prefix``: ``/usr/local``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PipCache:
    """A cache that pip writes into the layer."""

    folder: str
    """``~/.cache/pip``, whole."""
    is_version_checked: bool = True
    """Whether pip looks for a newer pip and notes that there: not with ``--disable-pip-version-check``."""
    is_hash_mode: bool = False
    """Whether pip checks hashes, and so reads no metadata but that of files it fetched."""
    trusted_hosts: frozenset[str] = frozenset()
    """Of ``--trusted-host``, whose answers are kept though they do not come by TLS."""


class WheelMember(NamedTuple):
    """One file in a wheel."""

    name: str
    """Its path there; of a folder with ``/`` at its end."""
    size: int
    """Bytes, unpacked."""


class ServedAnswer(NamedTuple):
    """How a server answers a GET."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    size: int
    """Bytes of the body as it is sent, compressed or not."""


TarWriter = Literal["docker", "buildah"]
"""What writes the layer; they differ in names of more than 100 bytes. ``docker``: Docker, BuildKit: a pax header
for each. ``buildah``: buildah, podman: POSIX's prefix field where the name fits in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GrowthRequest:
    """What pip would do, and where."""

    plan: Plan
    target: Target
    places: InstallPlaces
    """`places.places_of_environment`, or `places.places_of_official_image` where no image was read."""
    tree: FileTree | None
    """Of the image, read with `image.interest.with_growth` (sizes of all files of environments, contents of RECORDs);
    None: unknown, so that folders are taken to be there or not by what an official image has, and nothing of a
    distribution that is replaced is known."""
    is_compiled: bool = True
    """Whether pip compiles what it installs: not with ``--no-compile``."""
    cache: PipCache | None
    """None where pip keeps nothing: ``--no-cache-dir``."""
    is_bytecode_written: bool = True
    """Whether the interpreter keeps the ``.pyc`` of what it imports: not with PYTHONDONTWRITEBYTECODE."""
    writer: TarWriter = "docker"
    """`layer_tar.tar_writer` tells it of an image."""


class WheelFiles(Protocol):
    """What is in wheels, and how their server hands them out; may be called from any thread.

    Every method raises MetadataError for a wheel that is none, and NetworkError where it cannot be read.
    """

    def members(self, page: ProjectPage, file: IndexFile) -> Sequence[WheelMember]:
        """Give all that is in a wheel, in the order of its directory."""
        ...  # pragma: no cover

    def contents(self, page: ProjectPage, file: IndexFile, names: Sequence[str]) -> Mapping[str, bytes]:
        """Give what some members hold."""
        ...  # pragma: no cover

    def answer(self, url: str, *, is_page: bool, accept: str) -> ServedAnswer:
        """Give how a URL is answered: what pip's cache decides by, and keeps.

        :param is_page: Whether pip asks for it as it asks for pages: compressed on the way.
        :param accept: The header that pip asks with.
        """
        ...  # pragma: no cover


class Compiler(Protocol):
    """A Python of the target's series that compiles here as it would there."""

    @property
    def identity(self) -> str:
        """What decides the size of what it writes: ``cpython-3.6.15``."""
        ...  # pragma: no cover

    def sizes(self, sources: Sequence[tuple[str, bytes]]) -> Sequence[int | None]:
        """Compile sources, each under the path that it has in the image.

        :returns: Bytes of each ``.pyc``; 0 for what does not compile; None where that could not be told.
        """
        ...  # pragma: no cover
