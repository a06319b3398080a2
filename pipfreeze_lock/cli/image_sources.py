"""IMAGE on the command line, opened: which transport reads it. Each is imported when it is asked for."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image import reference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipfreeze_lock.cli.settings import Settings
    from pipfreeze_lock.image.interface import ImageSource
    from pipfreeze_lock.image.manifest import Platform
    from pipfreeze_lock.model.installed import InstalledSet

__all__ = ["Listing", "SourceOptions", "open_image", "registry_network"]


@dataclass(frozen=True, slots=True)
class Listing:
    """What says itself what is installed, so that no files are read: an interpreter, or what one printed."""

    installed: Callable[[], InstalledSet]


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceOptions:
    """How an image is reached."""

    platform: str | None = None
    """``linux/arm64``, of an image for several."""
    network: Mapping[str, Any] = field(default_factory=dict)
    """``cert``, ``client_cert``, ``proxy``, ``timeout``, ``retries``: those that were given."""
    is_insecure: bool = False
    """Whether to read from a registry whose TLS certificate is not valid, or that has no TLS."""


def registry_network(given: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Give how a registry is reached: as the command line says, else the configuration.

    :param given: What `network_of` gives.
    """
    return {
        "cert": settings.place("cert", given.get("cert")),
        "client_cert": settings.place("client-cert", given.get("client_cert")),
        "proxy": settings.text("proxy", given.get("proxy")),
        "timeout": settings.number("timeout", given.get("timeout"), 15),
        "retries": given.get("retries", settings.values.get("retries")),
    }


def open_image(text: str, options: SourceOptions) -> ImageSource | Listing:
    """Give what reads an image; nothing is read yet.

    :raises UsageError: for text that names no image, or one of a transport that is not read.
    """
    match _parsed(text):
        case reference.ArchiveReference() as archive:
            from pipfreeze_lock.image.docker_archive import DockerArchive  # noqa: PLC0415  a transport is imported late

            return DockerArchive(archive.path, name=archive.name, index=archive.index)
        case reference.LayoutReference() as layout:
            from pipfreeze_lock.image.oci import OciLayout  # noqa: PLC0415  only where it is needed

            return OciLayout(
                layout.path,
                is_archive=layout.is_archive,
                name=layout.name,
                index=layout.index,
                platform=_platform(options.platform),
            )
        case reference.RootFileSystemReference() as folder:
            from pipfreeze_lock.image.rootfs import RootFolder  # noqa: PLC0415  only where it is needed

            return RootFolder(folder.path)
        case reference.InterpreterReference() as interpreter:
            return Listing(lambda: _ask(interpreter.path))
        case reference.InstalledReference() as listing:
            return Listing(lambda: _read_listing(listing.path))
        case reference.DaemonReference() | reference.RegistryReference() | reference.BareReference() as remote:
            return _remote(remote, options)
        case other:
            assert_never(other)


def _parsed(text: str) -> reference.ParsedReference:
    """Read it; ``python:env`` is an interpreter where ``env`` lies here, else the image of that name."""
    path = text.removeprefix("python:")
    if path != text and Path(path).exists():
        return reference.InterpreterReference(path=path)
    return reference.parse_reference(text)


def _remote(
    remote: reference.DaemonReference | reference.RegistryReference | reference.BareReference, options: SourceOptions
) -> ImageSource:
    from pipfreeze_lock.http.settings import HttpSettings  # noqa: PLC0415  it brings the network
    from pipfreeze_lock.image.remote import RemoteAccess, remote_image  # noqa: PLC0415  likewise

    given = options.network
    http = HttpSettings.from_environment(
        os.environ,
        proxy=given.get("proxy"),
        ca_bundle=Path(given["cert"]) if given.get("cert") else None,
        client_certificate=Path(given["client_cert"]) if given.get("client_cert") else None,
        timeout=given.get("timeout"),
        retries=given.get("retries"),
    )
    access = RemoteAccess(
        http=http,
        environment=os.environ,
        home=Path.home(),
        platform=_platform(options.platform),
        is_insecure=options.is_insecure,
    )
    return remote_image(remote, access)


def _platform(text: str | None) -> Platform | None:
    if text is None:
        return None
    from pipfreeze_lock.image.manifest import Platform  # noqa: PLC0415  it imports msgspec

    return Platform.parse(text)


def _ask(path: str) -> InstalledSet:
    from pipfreeze_lock.image.probe import ask_interpreter, clean_environment  # noqa: PLC0415  only where it is needed

    return ask_interpreter(path, environment=clean_environment(os.environ), subject=f"python:{path}")


def _read_listing(path: str) -> InstalledSet:
    from pipfreeze_lock.image.listings import read_listing  # noqa: PLC0415  only where it is needed

    if path == "-":
        return read_listing(sys.stdin.buffer.read(), place="stdin")
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        message = f"it cannot be read: {(error.strerror or type(error).__name__).lower()}"
        raise ImageError(message, context=path) from None
    return read_listing(data, place=path)
