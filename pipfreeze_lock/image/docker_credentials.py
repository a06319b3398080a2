"""Who a person is at a registry: what ``docker login`` and ``podman login`` have left.

Sources: Docker's ``cli/config`` (``config.json``: auths, credsStore, credHelpers), the credential helper protocol of
docker-credential-helpers, and containers-auth.json(5).
"""

from __future__ import annotations

import base64
import binascii
import re
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["HUB_HOST", "DockerCredentials", "RegistryLogin", "config_files"]

HUB_HOST = "index.docker.io"
"""Docker Hub's registry, by the name under which ``docker login`` keeps it (moby's ``registry/config.go``)."""
_HUB_KEYS = (f"https://{HUB_HOST}/v1/", HUB_HOST, "docker.io", "registry-1.docker.io")
_HELPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_TOKEN_USER = "<token>"  # noqa: S105  by which a helper says that the secret is an identity token
_NOT_FOUND = "credentials not found"
_HELPER_TIMEOUT = 120.0
"""Seconds; the person may have to unlock something."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryLogin:
    """What is shown to one registry; the repr shows none of it."""

    username: str = ""
    password: str = ""
    identity_token: str = ""
    """A refresh token of OAuth 2, for which the registry's token server gives others."""
    registry_token: str = ""
    """A bearer token, shown as it is."""

    def __repr__(self) -> str:
        return "RegistryLogin(****)"


class _Auth(msgspec.Struct):
    auth: str = ""
    username: str = ""
    password: str = ""
    identitytoken: str = ""
    registrytoken: str = ""


class _ConfigFile(msgspec.Struct, rename={"creds_store": "credsStore", "cred_helpers": "credHelpers"}):
    auths: dict[str, _Auth] | None = None
    creds_store: str = ""
    cred_helpers: dict[str, str] | None = None


class _HelperAnswer(msgspec.Struct, rename="pascal"):
    username: str = ""
    secret: str = ""


def config_files(environment: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    """Give the files that may hold logins, the first one first: what is named, podman's, Docker's.

    ``REGISTRY_AUTH_FILE`` is the only one where it is set, as skopeo and podman have it.
    """
    if named := environment.get("REGISTRY_AUTH_FILE"):
        return (Path(named),)
    files = []
    if folder := environment.get("DOCKER_CONFIG"):
        files.append(Path(folder, "config.json"))
    if runtime := environment.get("XDG_RUNTIME_DIR"):
        files.append(Path(runtime, "containers", "auth.json"))
    configuration = environment.get("XDG_CONFIG_HOME") or home / ".config"
    files.append(Path(configuration, "containers", "auth.json"))
    if not folder:
        files.append(home / ".docker" / "config.json")
    return tuple(files)


class DockerCredentials:
    """Finds logins; may be asked from any thread.

    :param files: Of the kind of ``config.json``, earlier ones go first; those that do not exist are none.
    """

    def __init__(self, files: Sequence[Path] = ()) -> None:
        self._files = files
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], RegistryLogin | None] = {}
        self.problem: str | None = None
        """Why a source of logins could not be used, for the person who wonders; None when all could."""

    def login(self, host: str, repository: str) -> RegistryLogin | None:
        """Give what is known of a registry; None where that is nothing, so that one is nobody there.

        :param host: With a port where there is one; ``docker.io`` is Docker Hub.
        :param repository: Podman's files may tell several accounts at one host apart.
        """
        with self._lock:  # one helper at a time: it may talk to the person
            if (host, repository) not in self._known:
                self._known[host, repository] = self._find(host, repository)
            return self._known[host, repository]

    def _find(self, host: str, repository: str) -> RegistryLogin | None:
        for file in self._files:
            config = self._read(file)
            if config is not None:
                found = self._from_helper(config, host) or self._from_file(config, host, repository, file)
                if found is not None:
                    return found
        return None

    def _read(self, file: Path) -> _ConfigFile | None:
        try:
            return msgspec.json.decode(file.read_bytes(), type=_ConfigFile)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            self.problem = f"`{file}` was not used: {error.strerror or type(error).__name__}"
        except (msgspec.MsgspecError, UnicodeDecodeError):  # its words could quote the file
            self.problem = f"`{file}` was not used: it is not what `docker login` writes"
        return None

    def _from_helper(self, config: _ConfigFile, host: str) -> RegistryLogin | None:
        keys = _HUB_KEYS if _is_hub(host) else (host,)
        helpers = config.cred_helpers or {}
        for key in keys:
            if key in helpers:
                return self._ask(helpers[key], keys[0])
        return self._ask(config.creds_store, keys[0]) if config.creds_store else None

    def _from_file(self, config: _ConfigFile, host: str, repository: str, file: Path) -> RegistryLogin | None:
        auths = {_normalized(key): auth for key, auth in (config.auths or {}).items()}
        for key in _names(host, repository):
            auth = auths.get(key)
            if auth is not None:
                return self._decoded(auth, key, file)
        return None

    def _decoded(self, auth: _Auth, key: str, file: Path) -> RegistryLogin | None:
        """Take an entry apart; an empty one says only that a helper has it."""
        username, password = auth.username, auth.password
        if auth.auth:
            try:
                text = base64.b64decode(auth.auth, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                self.problem = f"`{file}` has an entry for `{key}` that is not in base64"
                return None
            username, _, password = text.partition(":")
            password = password.rstrip("\x00")  # Docker pads it so
        if not (password or auth.identitytoken or auth.registrytoken):
            return None
        return RegistryLogin(
            username=username,
            password=password,
            identity_token=auth.identitytoken,
            registry_token=auth.registrytoken,
        )

    def _ask(self, helper: str, server: str) -> RegistryLogin | None:
        """Run ``docker-credential-HELPER get``, with the registry on its stdin."""
        program = f"docker-credential-{helper}"
        if not _HELPER.fullmatch(helper):
            self.problem = "a credential helper's name is none of a program"
            return None
        try:
            ended = subprocess.run(  # noqa: S603  the program that the person's configuration names
                [program, "get"],
                input=server.encode(),
                capture_output=True,
                check=False,
                timeout=_HELPER_TIMEOUT,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            self.problem = f"`{program}` could not be asked: {_reason(error)}"
            return None
        if ended.returncode:
            if _NOT_FOUND not in ended.stdout.decode(errors="replace").lower():
                self.problem = f"`{program}` ended with {ended.returncode}"
            return None
        return self._answer(program, ended.stdout)

    def _answer(self, program: str, output: bytes) -> RegistryLogin | None:
        try:
            answer = msgspec.json.decode(output, type=_HelperAnswer)
        except (msgspec.MsgspecError, UnicodeDecodeError):  # its words could quote the secret
            self.problem = f"`{program}` answered with something else than credentials"
            return None
        if not answer.secret:
            return None
        if answer.username == _TOKEN_USER:
            return RegistryLogin(identity_token=answer.secret)
        return RegistryLogin(username=answer.username, password=answer.secret)


def _is_hub(host: str) -> bool:
    return host == "docker.io" or host in _HUB_KEYS


def _normalized(key: str) -> str:
    """Give an entry's name without scheme and Docker's old ends: ``https://HOST/v1/`` is ``HOST``."""
    name = key.partition("://")[2] or key
    name = name.rstrip("/")
    return re.sub(r"/v[12]$", "", name)


def _names(host: str, repository: str) -> Iterator[str]:
    """Give the names that an entry may have, the most exact first (containers-auth.json(5))."""
    hosts = [_normalized(key) for key in _HUB_KEYS] if _is_hub(host) else [host]
    parts = repository.split("/")
    for length in range(len(parts), 0, -1):
        for one in hosts:
            yield "/".join([one, *parts[:length]])
    yield from hosts


def _reason(error: OSError | subprocess.TimeoutExpired) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such program"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"no answer within {_HELPER_TIMEOUT:g} seconds"
    return error.strerror or type(error).__name__
