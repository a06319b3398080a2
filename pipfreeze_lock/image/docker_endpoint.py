"""Where the daemon listens: ``DOCKER_HOST``, the context that is in use, or the usual sockets.

Source: Docker's ``cli/context`` and "Protect the Docker daemon socket".
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

import msgspec

from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.http.unix_socket import SocketAddress

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

__all__ = ["daemon_address"]

_DEFAULT = Path("/var/run/docker.sock")
_PORT, _TLS_PORT = 2375, 2376


class _Config(msgspec.Struct, rename="camel"):
    current_context: str = ""


class _Endpoint(msgspec.Struct):
    host: str = msgspec.field(name="Host", default="")
    is_unverified: bool = msgspec.field(name="SkipTLSVerify", default=False)


class _Context(msgspec.Struct):
    endpoints: dict[str, _Endpoint] = msgspec.field(name="Endpoints", default_factory=dict)


def daemon_address(environment: Mapping[str, str], home: Path) -> SocketAddress:
    """Give where the daemon listens.

    :raises UsageError: when what is set cannot be used.
    """
    folder = Path(environment.get("DOCKER_CONFIG") or home / ".docker")
    if host := environment.get("DOCKER_HOST"):
        verifies = bool(environment.get("DOCKER_TLS_VERIFY"))
        certificates = Path(environment.get("DOCKER_CERT_PATH") or folder)
        has_tls = verifies or bool(environment.get("DOCKER_TLS"))
        return _address(host, certificates if has_tls else None, verifies=verifies, named="DOCKER_HOST")
    name = environment.get("DOCKER_CONTEXT") or _current_context(folder)
    if name and name != "default":
        return _of_context(folder, name)
    return SocketAddress(path=str(_usual_socket(environment, home)))


def _usual_socket(environment: Mapping[str, str], home: Path) -> Path:
    """Give the first socket that is there: Docker's, Docker's without root, Docker Desktop's, Podman's."""
    runtime = environment.get("XDG_RUNTIME_DIR")
    sockets = [_DEFAULT]
    if runtime:
        sockets.append(Path(runtime, "docker.sock"))
    sockets.append(home / ".docker" / "run" / "docker.sock")
    if runtime:
        sockets.append(Path(runtime, "podman", "podman.sock"))
    sockets.append(Path("/run/podman/podman.sock"))
    return next((one for one in sockets if _is_there(one)), _DEFAULT)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a folder that one may not look into
        return False


def _current_context(folder: Path) -> str:
    try:
        return msgspec.json.decode((folder / "config.json").read_bytes(), type=_Config).current_context
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return ""  # whoever needs the file for more says what is wrong with it


def _of_context(folder: Path, name: str) -> SocketAddress:
    """Read a context as ``docker context create`` keeps it."""
    key = hashlib.sha256(name.encode()).hexdigest()
    file = folder / "contexts" / "meta" / key / "meta.json"
    try:
        endpoint = msgspec.json.decode(file.read_bytes(), type=_Context).endpoints.get("docker", _Endpoint())
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        message = f"there is no context `{name}`"
        hints = ["`docker context ls` lists them; DOCKER_HOST goes before them."]
        raise UsageError(message, context=str(file), hints=hints) from None
    if not endpoint.host:
        message = f"the context `{name}` names no Docker"
        raise UsageError(message, context=str(file))
    certificates = folder / "contexts" / "tls" / key / "docker"
    has_tls = endpoint.is_unverified or _is_there(certificates)
    return _address(
        endpoint.host,
        certificates if has_tls else None,
        verifies=not endpoint.is_unverified,
        named=f"the context `{name}`",
    )


def _address(text: str, certificates: Path | None, *, verifies: bool, named: str) -> SocketAddress:
    """Read what ``DOCKER_HOST`` may be.

    :param certificates: The folder of ``ca.pem``, ``cert.pem`` and ``key.pem``; None without TLS.
    """
    scheme, separator, rest = text.partition("://")
    if not separator:
        scheme, rest = "tcp", text
    if scheme == "unix":
        return SocketAddress(path=rest or str(_DEFAULT))
    if scheme not in {"tcp", "http", "https"}:
        _refuse(text, scheme, named)
    try:
        parts = urlsplit(f"//{rest}")
        host, port = parts.hostname or "localhost", parts.port
    except ValueError:
        message = f"{named} is no address of a daemon"
        raise UsageError(message, hints=["Write it as `unix:///var/run/docker.sock` or `tcp://HOST:2376`."]) from None
    tls = None
    if certificates is not None or scheme == "https":
        tls = _tls(certificates, verifies=verifies or scheme == "https")
    return SocketAddress(host=host, port=port or (_TLS_PORT if tls else _PORT), tls=tls)


def _refuse(text: str, scheme: str, named: str) -> NoReturn:
    message = f"{named} is `{scheme}://`, which is not spoken here"
    hints = ["Save the image with `docker save`, and give `docker-archive:FILE`."]
    if scheme == "ssh":
        forward = f"ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock {text.removeprefix('ssh://').rpartition('@')[2]}"
        hints.insert(0, f"Forward the socket, `{forward}`, and set DOCKER_HOST to `unix:///tmp/docker.sock`.")
    raise UsageError(message, hints=hints)


def _tls(certificates: Path | None, *, verifies: bool) -> ssl.SSLContext:
    """Trust ``ca.pem``, and show ``cert.pem``; each where it is there."""
    import ssl  # noqa: PLC0415  most daemons listen on a socket

    try:
        authority = certificates / "ca.pem" if certificates is not None else None
        has_authority = authority is not None and _is_there(authority)
        context = ssl.create_default_context(cafile=str(authority) if has_authority else None)
        if not verifies:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if certificates is not None and _is_there(certificates / "cert.pem"):
            context.load_cert_chain(certificates / "cert.pem", certificates / "key.pem")
    except OSError as error:
        message = f"the certificates in `{certificates}` cannot be used: {error.strerror or error}"
        hints = ["DOCKER_CERT_PATH names a folder with `ca.pem`, `cert.pem` and `key.pem`."]
        raise UsageError(message, hints=hints) from error
    return context
