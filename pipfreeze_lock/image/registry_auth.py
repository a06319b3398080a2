"""How a registry wants to know who asks: its challenge, and the token that answers it.

Sources: RFC 9110, 11.6.1 (challenges); distribution's ``docs/spec/auth/token.md`` and ``oauth.md``.
"""

from __future__ import annotations

import base64
import re
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlencode

import msgspec

from pipfreeze_lock.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipfreeze_lock.http.interface import HttpResponse, StreamingClient
    from pipfreeze_lock.image.docker_credentials import DockerCredentials, RegistryLogin

__all__ = ["Challenge", "RegistryAuthorization", "parse_challenges"]

_CLIENT = "pipfreeze-lock"
_SHORTEST_LIFE = 60.0
"""Seconds that a token lives where its server does not say, or says less: the specification's own number."""
_EARLY = 5.0
"""Seconds before its end in which a token is not used any more."""
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  RFC 9110's word for a word
_NEXT = re.compile(
    rf"\s*,?\s*(?:(?P<name>{_TOKEN})\s*=\s*(?:\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|(?P<plain>{_TOKEN}))"
    rf"|(?P<scheme>{_TOKEN})(?=\s|,|$))"
)


@dataclass(frozen=True, slots=True)
class Challenge:
    """One of the ways in which a registry can be told who asks."""

    scheme: str
    """In lower case: ``bearer``, ``basic``."""
    parameters: Mapping[str, str]
    """Names in lower case."""


class _Token(msgspec.Struct):
    token: str = ""
    access_token: str = ""
    expires_in: float | None = None


def parse_challenges(header: str) -> list[Challenge]:
    """Read ``WWW-Authenticate``; what cannot be read ends it."""
    challenges: list[Challenge] = []
    parameters: dict[str, str] = {}
    position = 0
    while match := _NEXT.match(header, position):
        position = match.end()
        if match["scheme"]:
            parameters = {}
            challenges.append(Challenge(match["scheme"].lower(), parameters))
        else:
            quoted = match["quoted"]
            value = match["plain"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            parameters[match["name"].lower()] = value
    return challenges


class RegistryAuthorization:
    """The ``Authorization`` of requests for one repository; may be asked from any thread.

    :param subject: The image, as a person names it, for errors.
    :param clock: Seconds that only ever grow.
    """

    def __init__(
        self,
        client: StreamingClient,
        credentials: DockerCredentials,
        *,
        host: str,
        repository: str,
        subject: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._credentials = credentials
        self._host = host
        self._repository = repository
        self._subject = subject
        self._clock = clock
        self._lock = threading.Lock()
        self._challenge: Challenge | None = None
        self._header: str | None = None
        self._ends = 0.0

    def header(self) -> str | None:
        """Give what to send; None as long as nobody has asked for anything."""
        with self._lock:
            if self._challenge is not None and self._clock() > self._ends:
                self._renew(self._challenge)
            return self._header

    def challenged(self, response: Mapping[str, str], sent: str | None) -> None:
        """Answer a 401, so that `header` gives something else after: a first token, or another one than has expired.

        :param response: The headers of the answer.
        :param sent: What the request was sent with.
        :raises NetworkError: when there is nothing else to send.
        """
        with self._lock:
            if self._header != sent:
                return  # another thread has answered meanwhile
            self._renew(self._chosen(parse_challenges(response.get("www-authenticate", ""))))
            if self._header == sent:
                self._refuse()

    def refusal(self) -> NetworkError:
        """Give the error for a registry that answers that one may not."""
        login = self._credentials.login(self._host, self._repository)
        if login is None:
            message = f"`{self._host}` gives it to nobody without credentials, or does not have it"
            hints = [f"Log in: `docker login {self._host}` or `skopeo login {self._host}`."]
        else:
            message = f"`{self._host}` refuses the credentials that it was given"
            hints = [f"May this account read it? Log in anew: `docker login {self._host}`."]
        if self._credentials.problem:
            hints.append(f"{self._credentials.problem[:1].upper()}{self._credentials.problem[1:]}.")
        return NetworkError(message, context=self._subject, hints=hints)

    def _refuse(self) -> NoReturn:
        raise self.refusal()

    def _chosen(self, challenges: list[Challenge]) -> Challenge:
        """Take the token where there is a choice: it is for this repository alone."""
        for scheme in ("bearer", "basic"):
            for challenge in challenges:
                if challenge.scheme == scheme:
                    return challenge
        asked = ", ".join(f"`{one.scheme}`" for one in challenges) or "nothing that is known"
        message = f"`{self._host}` asks for credentials by {asked}"
        raise NetworkError(message, context=self._subject, hints=["Only Basic and Bearer authentication are spoken."])

    def _renew(self, challenge: Challenge) -> None:
        login = self._credentials.login(self._host, self._repository)
        self._challenge = challenge
        if challenge.scheme == "basic":
            if login is None or not login.username:
                self._refuse()
            self._header, self._ends = _basic(login), float("inf")
        elif login is not None and login.registry_token:
            self._header, self._ends = f"Bearer {login.registry_token}", float("inf")
        else:
            began = self._clock()
            token = self._fetched(challenge, login)
            self._header = f"Bearer {token.token or token.access_token}"
            self._ends = began + max(token.expires_in or 0.0, _SHORTEST_LIFE) - _EARLY

    def _fetched(self, challenge: Challenge, login: RegistryLogin | None) -> _Token:
        """Ask the token server that the challenge names."""
        realm = challenge.parameters.get("realm", "")
        scope = challenge.parameters.get("scope") or f"repository:{self._repository}:pull"
        asked = {"scope": scope}
        if service := challenge.parameters.get("service"):
            asked["service"] = service
        if login is not None and login.identity_token:
            grant = {"grant_type": "refresh_token", "refresh_token": login.identity_token, "client_id": _CLIENT}
            response = self._client.post_form(realm, asked | grant)
        else:
            headers = {"Authorization": _basic(login)} if login is not None and login.username else {}
            response = self._client.get(f"{realm}{'&' if '?' in realm else '?'}{urlencode(asked)}", headers)
        return self._token(response)

    def _token(self, response: HttpResponse) -> _Token:
        if response.status in {400, 401, 403}:
            self._refuse()
        if response.status == 200:
            try:
                token = msgspec.json.decode(response.body, type=_Token)
            except (msgspec.MsgspecError, UnicodeDecodeError):  # its words could quote the token
                token = _Token()
            if _is_sendable(token.token or token.access_token):
                return token
        message = f"the token server of `{self._host}` answers with no token ({response.status})"
        raise NetworkError(message, context=self._subject)


def _is_sendable(token: str) -> bool:
    return bool(token) and token.isascii() and token.isprintable()


def _basic(login: RegistryLogin) -> str:
    """Give Basic authentication (RFC 7617), in UTF-8."""
    return "Basic " + base64.b64encode(f"{login.username}:{login.password}".encode()).decode()
