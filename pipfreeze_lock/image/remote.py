"""Images that are not in files: which source stands behind a reference, with what this machine knows of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.image.reference import BareReference, DaemonReference, RegistryReference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pipfreeze_lock.http.settings import HttpSettings
    from pipfreeze_lock.image.interface import ImageReporter, ImageSource, ScannedImage, Want
    from pipfreeze_lock.image.manifest import Platform

__all__ = ["RemoteAccess", "remote_image"]


_STREAM_WINDOW = 2 << 20
"""Bytes under way of a layer: 40 MB/s each at 50 ms, and what several layers wait with fits into memory."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteAccess:
    """How daemons and registries are reached from here."""

    http: HttpSettings
    """Proxies, ``--cert``, timeouts, retries."""
    environment: Mapping[str, str]
    """The process's: ``DOCKER_HOST``, ``DOCKER_CONFIG``, ``REGISTRY_AUTH_FILE``, …"""
    home: Path
    platform: Platform | None = None
    """Of one image among those of several platforms."""
    is_insecure: bool = False
    """``--insecure``: the registry's certificate is not verified, and it may have no TLS."""


def remote_image(reference: DaemonReference | RegistryReference | BareReference, access: RemoteAccess) -> ImageSource:
    """Give the source of an image; nothing is reached before it is read.

    :raises UsageError: when ``DOCKER_HOST`` or the context in use cannot be spoken to.
    """
    match reference:
        case RegistryReference():
            return _Registry(reference, access)
        case DaemonReference():
            return _daemon(reference, access)
        case BareReference():
            from pipfreeze_lock.image.daemon_or_registry import DaemonOrRegistry  # noqa: PLC0415  for bare names alone

            return DaemonOrRegistry(_daemon_if_any(reference.daemon, access), _Registry(reference.registry, access))


def _daemon(reference: DaemonReference, access: RemoteAccess) -> ImageSource:
    from pipfreeze_lock.image.daemon import DaemonImage  # noqa: PLC0415  http.client takes 15 ms
    from pipfreeze_lock.image.docker_endpoint import daemon_address  # noqa: PLC0415  likewise

    return DaemonImage(reference, address=daemon_address(access.environment, access.home))


def _daemon_if_any(reference: DaemonReference, access: RemoteAccess) -> ImageSource:
    """Give the daemon's image; a daemon that cannot be spoken to does not keep the registry from being asked."""
    try:
        return _daemon(reference, access)
    except UsageError as error:
        return _NoDaemon(error)


class _NoDaemon:
    """Where a daemon would be."""

    def __init__(self, error: UsageError) -> None:
        self._error = error

    def scan(self, interest: Callable[[str], Want], reporter: ImageReporter) -> ScannedImage:  # noqa: ARG002  the face
        from pipfreeze_lock.image.daemon import NoDaemonError  # noqa: PLC0415  as above

        raise NoDaemonError(self._error.message, context=self._error.context, hints=self._error.hints)


class _Registry:
    """An image at a registry, with a client that lives as long as it is read."""

    def __init__(self, reference: RegistryReference, access: RemoteAccess) -> None:
        self._reference = reference
        self._access = access

    def scan(self, interest: Callable[[str], Want], reporter: ImageReporter) -> ScannedImage:
        """Read it, as `RegistryImage.scan` says."""
        from pipfreeze_lock.http.client import Client  # noqa: PLC0415  pyreqwest takes 10 ms
        from pipfreeze_lock.http.credentials import CredentialStore  # noqa: PLC0415  likewise
        from pipfreeze_lock.image.docker_credentials import DockerCredentials, config_files  # noqa: PLC0415  likewise
        from pipfreeze_lock.image.registry import RegistryImage  # noqa: PLC0415  likewise

        access = self._access
        # Of a netrc file and the index's credentials a registry is shown nothing: Docker knows neither.
        with Client(self._settings(), credentials=CredentialStore()) as client:
            image = RegistryImage(
                self._reference,
                client=client,
                credentials=DockerCredentials(config_files(access.environment, access.home)),
                platform=access.platform,
                is_insecure=access.is_insecure,
            )
            return image.scan(interest, reporter)

    def _settings(self) -> HttpSettings:
        from pipfreeze_lock.image.registry_certificates import (  # noqa: PLC0415  likewise
            RegistryCertificates,
            certificate_folders,
        )
        from pipfreeze_lock.image.registry_session import address_of  # noqa: PLC0415  likewise

        access, host = self._access, self._reference.host
        found = RegistryCertificates.of(host, certificate_folders(access.environment, access.home))
        authorities = (*access.http.authorities, *found.authorities)
        # Some stores call a layer's own gzip an encoding for the way; its digest is that of the bytes as they are sent.
        settings = replace(access.http, authorities=authorities, stream_window=_STREAM_WINDOW, is_raw=True)
        if settings.client_certificate is None and found.certificate is not None:
            settings = replace(settings, client_certificate=found.certificate, client_key=found.key)
        if access.is_insecure:
            settings = replace(settings, trusted_hosts=(*settings.trusted_hosts, address_of(host)))
        return settings
