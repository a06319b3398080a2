"""IMAGE on the command line: skopeo's transports (containers-transports(5)) and our own; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.model.url import redact
from pipfreeze_lock.target.image_references import ImageReference, parse_image_reference, shown_reference

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "ArchiveReference",
    "BareReference",
    "DaemonReference",
    "InstalledReference",
    "InterpreterReference",
    "LayoutReference",
    "ParsedReference",
    "RegistryReference",
    "RootFileSystemReference",
    "full_name",
    "parse_reference",
]

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_HUB = "docker.io"
_HUB_NAMES = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})
_CONTAINERS_STORAGE = "containers-storage"
_OTHERS_OF_SKOPEO = ("dir", "ostree", "sif", "tarball", "atomic", "docker-tarfile")
_ARCHIVE_ENDINGS = (".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz", ".tar.bz2")
_IMAGE_ID = re.compile(r"(?:sha256:)?[0-9a-f]{64}")
_HINT = (
    "Write IMAGE as `docker-archive:FILE[:NAME:TAG]`, `oci:FOLDER[:TAG]`, `oci-archive:FILE[:TAG]`, "
    "`docker-daemon:NAME:TAG`, `docker://HOST/NAME:TAG`, `rootfs:FOLDER`, `python:PATH` or `installed:FILE`."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveReference:
    """``docker-archive:FILE[:NAME:TAG|:@N]``: what ``docker save`` and ``podman save`` write."""

    path: str
    name: str | None = None
    """Whole: ``docker.io/library/app:latest``; None where none was chosen."""
    index: int | None = None
    """From 0."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LayoutReference:
    """``oci:FOLDER[:TAG]`` or ``oci-archive:FILE[:TAG]``: an OCI image layout; ``:@N`` takes the N-th."""

    path: str
    is_archive: bool
    name: str | None = None
    """As ``org.opencontainers.image.ref.name`` has it; None where none was chosen."""
    index: int | None = None
    """From 0."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DaemonReference:
    """``docker-daemon:NAME:TAG``, ``docker-daemon:NAME@DIGEST`` or ``docker-daemon:sha256:ID``."""

    name: str
    """As the daemon's API takes it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryReference:
    """``docker://HOST/NAME[:TAG][@DIGEST]``."""

    host: str
    """With a port where there is one; ``docker.io`` is Docker Hub."""
    repository: str
    tag: str | None
    """``latest`` where neither a tag nor a digest was given."""
    digest: str | None

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.host}/{self.repository}{tag}{digest}"


@dataclass(frozen=True, kw_only=True, slots=True)
class BareReference:
    """A name alone: the daemon is asked first, then the registry."""

    name: str
    """As a person wrote it."""
    registry: RegistryReference

    @property
    def daemon(self) -> DaemonReference:
        """The same, at the daemon."""
        return DaemonReference(name=self.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class RootFileSystemReference:
    """``rootfs:FOLDER``."""

    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InterpreterReference:
    """``python:PATH``, an interpreter on this machine."""

    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalledReference:
    """``installed:FILE``, or ``installed:-`` for what comes on stdin: what the probe or a pip printed."""

    path: str


ParsedReference = (
    ArchiveReference
    | LayoutReference
    | DaemonReference
    | RegistryReference
    | BareReference
    | RootFileSystemReference
    | InterpreterReference
    | InstalledReference
)


def parse_reference(text: str) -> ParsedReference:
    """Read IMAGE.

    ``python:3.6.8`` is the image of that name, and ``python:./python3`` an interpreter: a path has a slash in it.

    :raises UsageError: for what is none, and for the transports that are not read, with the command that helps.
    """
    text = text.strip()
    transport, colon, rest = text.partition(":")
    if transport == "docker" and rest.startswith("//"):
        return _registry(rest.removeprefix("//"))
    if transport == "python" and ("/" in rest or "\\" in rest):
        return InterpreterReference(path=rest)
    if colon and transport in _TRANSPORTS:
        if not rest:
            _refuse(f"`{text}` names nothing behind `{transport}:`")
        return _TRANSPORTS[transport](rest)
    if colon and (transport == _CONTAINERS_STORAGE or transport in _OTHERS_OF_SKOPEO):
        _refuse_transport(transport, text, rest)
    return _bare(text)


def full_name(name: str) -> str:
    """Give a name with its registry and tag: ``app`` is ``docker.io/library/app:latest``.

    :raises UsageError: for text that is no name of an image.
    """
    return str(_registry(name))


def _archive(rest: str) -> ArchiveReference:
    path, choice = _divided(rest)
    if choice is None:
        return ArchiveReference(path=path)
    if choice.startswith("@"):
        return ArchiveReference(path=path, index=_index(choice))
    return ArchiveReference(path=path, name=full_name(choice))


def _layout(rest: str, *, is_archive: bool) -> LayoutReference:
    path, choice = _divided(rest)
    if choice is not None and choice.startswith("@"):
        return LayoutReference(path=path, is_archive=is_archive, index=_index(choice))
    return LayoutReference(path=path, is_archive=is_archive, name=choice)


def _divided(rest: str) -> tuple[str, str | None]:
    """Take apart ``PATH[:CHOICE]``: the first colon counts, as with skopeo, but for that of a drive of Windows."""
    start = 2 if _DRIVE.match(rest) else 0
    path, _, choice = rest[start:].partition(":")
    return rest[:start] + path, choice or None


def _index(choice: str) -> int:
    if not (choice[1:].isascii() and choice[1:].isdigit()):
        _refuse(f"`{choice}` is no number of an image", hint="Write `:@0` for the first image of an archive.")
    return int(choice[1:])


def _daemon(rest: str) -> DaemonReference:
    if not _IMAGE_ID.fullmatch(rest):
        parsed = parse_image_reference(rest)
        if not parsed.tag and not parsed.digest:
            return DaemonReference(name=f"{rest}:latest")
    return DaemonReference(name=rest)


def _registry(name: str) -> RegistryReference:
    parsed: ImageReference = parse_image_reference(name)
    host = (parsed.registry or _HUB).lower()
    host = _HUB if host in _HUB_NAMES else host
    is_official = host == _HUB and "/" not in parsed.repository
    return RegistryReference(
        host=host,
        repository=f"library/{parsed.repository}" if is_official else parsed.repository,
        tag=parsed.tag or (None if parsed.digest else "latest"),
        digest=parsed.digest,
    )


def _bare(text: str) -> BareReference:
    looks_like_a_path = text.startswith(("/", ".", "~", "\\")) or _DRIVE.match(text)
    if text.lower().endswith(_ARCHIVE_ENDINGS):
        file = redact(text)
        hint = f"Write `docker-archive:{file}` for what `docker save` wrote, or `oci-archive:{file}`."
        _refuse(f"`{file}` is a file, and not the name of an image", hint=hint)
    if looks_like_a_path:
        hint = f"Write `rootfs:{text}`, `oci:{text}` or `python:{text}`, whichever it is."
        _refuse(f"`{text}` is a path, and not the name of an image", hint=hint)
    try:
        registry = _registry(text)
    except UsageError:
        _refuse(f"`{shown_reference(text)}` is not an image")
    return BareReference(name=text, registry=registry)


def _refuse_transport(transport: str, text: str, rest: str) -> NoReturn:
    """Refuse what only skopeo reads, with the line by which it helps."""
    name = rest.rpartition("]")[2] if transport == _CONTAINERS_STORAGE else ""
    target = "docker-archive:image.tar" + (f":{name}" if name and "@" not in name else "")
    _refuse(
        f"images in `{transport}:` are not read",
        hint=f"Copy it first: `skopeo copy {text} {target}`, then give `docker-archive:image.tar`.",
    )


def _refuse(message: str, *, hint: str = _HINT) -> NoReturn:
    raise UsageError(message, hints=[hint])


_TRANSPORTS: dict[str, Callable[[str], ParsedReference]] = {
    "docker-archive": _archive,
    "oci": lambda rest: _layout(rest, is_archive=False),
    "oci-archive": lambda rest: _layout(rest, is_archive=True),
    "docker-daemon": _daemon,
    "rootfs": lambda rest: RootFileSystemReference(path=rest),
    "installed": lambda rest: InstalledReference(path=rest),
}
