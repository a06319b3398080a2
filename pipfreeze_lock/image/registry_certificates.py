"""Certificates for one registry, as Docker and Podman keep them: ``certs.d/HOST[:PORT]/``.

Source: containers-certs.d(5); Docker's "Verify repository client with certificates".
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["RegistryCertificates", "certificate_folders"]


def certificate_folders(environment: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    """Give the folders ``certs.d``, a person's own first."""
    configuration = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    own = [configuration / engine / "certs.d" for engine in ("containers", "docker")]
    return (*own, Path("/etc/containers/certs.d"), Path("/etc/docker/certs.d"))


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryCertificates:
    """PEM files."""

    authorities: tuple[Path, ...] = ()
    """``*.crt``: who may vouch for the registry."""
    certificate: Path | None = None
    """``NAME.cert``: shown to the registry."""
    key: Path | None = None
    """``NAME.key``."""

    @classmethod
    def of(cls, host: str, folders: Sequence[Path]) -> RegistryCertificates:
        """Look for those of a registry; authorities of all folders count, and the first pair.

        :raises UsageError: when a folder may not be read, or a certificate has no key.
        """
        authorities: list[Path] = []
        certificate = None
        for folder in folders:
            files = _files(folder / host)
            authorities += [file for file in files if file.suffix == ".crt"]
            certificate = certificate or next((file for file in files if file.suffix == ".cert"), None)
        key = certificate.with_suffix(".key") if certificate else None
        if key is not None and not key.is_file():
            message = f"`{certificate}` has no key beside it"
            raise UsageError(message, hints=[f"Docker and Podman look for it in `{key}`."])
        return cls(authorities=tuple(authorities), certificate=certificate, key=key)


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        message = f"the certificates in `{folder}` cannot be read: {error.strerror or error}"
        raise UsageError(message) from error
