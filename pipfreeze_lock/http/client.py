"""The one HTTP client of a run: what is retried, followed, refused, and with whose credentials."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, Self, TypeVar
from urllib.parse import urldefrag, urljoin

from pipfreeze_lock import __version__
from pipfreeze_lock.errors import NetworkError
from pipfreeze_lock.http.credentials import CredentialStore
from pipfreeze_lock.http.interface import BrokenStreamError, HttpResponse, HttpStream, StreamingClient
from pipfreeze_lock.http.origins import Origin, TrustedHosts
from pipfreeze_lock.http.retrying import LONGEST_WAIT, RETRIED_STATUSES, backoff, retry_after
from pipfreeze_lock.http.settings import HttpSettings
from pipfreeze_lock.http.transport import Transport, TransportError, TransportStream
from pipfreeze_lock.http.user_agent import user_agent
from pipfreeze_lock.model.url import Credentials, Url, redact

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Client"]


class _Answer(Protocol):
    """What is asked of an answer before its body."""

    @property
    def status(self) -> int: ...
    @property
    def url(self) -> str: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


_A = TypeVar("_A", bound=_Answer)
_Send = Callable[[str, Mapping[str, str]], _A]
"""Sends a GET to a URL with headers, and gives the answer."""

_MOST_REDIRECTS = 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BOUND_HEADERS = frozenset({"authorization", "cookie"})
"""Request headers that are for the host they were written for, and for no other (RFC 9110, 15.4)."""


class Client(StreamingClient):
    """Fetches over https, http where that is allowed, and ``file:`` URLs.

    :param settings: Proxies, certificates, timeouts, retries.
    :param credentials: Those of the indexes; by default only what the netrc file of the settings has.
    :param sleep: Waits between two tries, in seconds; by default a wait that `close` ends.
    :param clock: Seconds since the epoch.
    """

    def __init__(
        self,
        settings: HttpSettings | None = None,
        *,
        credentials: CredentialStore | None = None,
        sleep: Callable[[float], object] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings or HttpSettings()
        self._credentials = credentials or CredentialStore(netrc=self._settings.netrc)
        self._closing = threading.Event()
        self._sleep = sleep or self._closing.wait
        self._clock = clock
        self._trusted = TrustedHosts(self._settings.trusted_hosts)
        agent = user_agent(__version__, is_ci=self._settings.is_ci, user_data=self._settings.user_agent_data)
        self._transport = Transport(self._settings, agent)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
        """Fetch a URL, as `HttpClient.get` has it.

        User information in the URL, as in a redirect's ``Location``, is used for that URL alone. A 401 is answered with
        what the keyring knows, if anything; the second 401 is given back, as are all of 4xx but 429.
        """
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        if "range" in sent:
            sent.setdefault("accept-encoding", "identity")  # a part of a compressed file is of no use
        if url[:5].lower() == "file:":
            return self._local(urldefrag(url).url, sent)
        return self._followed(url, sent, self._sending(self._transport.send))

    @contextmanager
    def stream(
        self, url: str, headers: Mapping[str, str] | None = None, *, retries: int | None = None
    ) -> Iterator[HttpStream]:
        """Fetch a URL, as `StreamingClient.stream` has it; what is sent compressed for the way is not unpacked."""
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        sent.setdefault("accept-encoding", "identity")
        answer = self._followed(url, sent, self._sending(self._transport.open, retries))
        try:
            yield _Stream(answer)
        finally:
            answer.close()

    def post_form(self, url: str, fields: Mapping[str, str]) -> HttpResponse:
        """Send a form, as `StreamingClient.post_form` has it."""
        self._checked_origin(url)
        return self._sending(lambda to, headers: self._transport.post(to, headers, fields))(url, {})

    def _followed(self, url: str, sent: dict[str, str], send: _Send[_A]) -> _A:
        """Give the answer behind all redirects."""
        for _ in range(_MOST_REDIRECTS + 1):
            url = urldefrag(url).url
            origin = self._checked_origin(url)
            response = self._authenticated(url, sent, send)
            target = response.headers.get("location")
            if response.status not in _REDIRECTS or target is None:
                return response
            _discard(response)
            url = self._redirect_target(response.url, origin, target)
            if Origin.of(url) != origin:
                sent = {name: value for name, value in sent.items() if name not in _BOUND_HEADERS}
        msg = f"more than {_MOST_REDIRECTS} redirects"
        raise NetworkError(msg, context=redact(url), hints=["Is this the right URL?"])

    def close(self) -> None:
        """End all requests under way, and all waits; they raise NetworkError."""
        self._closing.set()
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    # --- where we may go --------------------------------------------------------------------------------------------

    def _local(self, url: str, headers: Mapping[str, str]) -> HttpResponse:
        from pipfreeze_lock.http.local_files import read_local  # noqa: PLC0415  most runs read no local file

        return read_local(url, headers)

    def _checked_origin(self, url: str) -> Origin:
        """Refuse what is no URL of ours, and http that nobody vouched for; this machine is its own voucher, as in pip.

        Source: ``SECURE_ORIGINS`` in pip's ``_internal/network/session.py``.
        """
        try:
            origin = Origin.of(url)
        except ValueError as error:
            msg = "not a URL" if "@" in url else f"not a URL: {error}"  # the error may quote a password
            raise NetworkError(msg, context=_shown(url)) from error
        if origin.scheme not in ("https", "http") or not origin.host:
            msg = f"not a URL that can be fetched: the scheme is `{origin.scheme}`" if origin.scheme else "not a URL"
            raise NetworkError(msg, context=redact(url), hints=["URLs start with https://, http:// or file:."])
        if origin.scheme == "http" and not origin.is_loopback and origin not in self._trusted:
            msg = f"`{origin.host}` would be asked without TLS, and is not trusted"
            hints = ["Use `https://` if the host offers it.", f"Else allow it: `--trusted-host {origin.host}`."]
            raise NetworkError(msg, context=redact(url), hints=hints)
        return origin

    def _redirect_target(self, url: str, origin: Origin, location: str) -> str:
        try:
            target = urljoin(url, location)
            next_origin = Origin.of(target)
        except ValueError:
            target, next_origin = location, Origin("", "", 0)
        if next_origin.scheme not in ("https", "http"):
            msg = f"redirects to `{_shown(target)}`, which cannot be followed"
            raise NetworkError(msg, context=url)
        if (origin.scheme, next_origin.scheme) == ("https", "http") and next_origin not in self._trusted:
            msg = f"redirects from https to `{redact(target)}`, without TLS"
            raise NetworkError(msg, context=url, hints=[f"Allow it with `--trusted-host {next_origin.host}`."])
        return target

    # --- as whom ----------------------------------------------------------------------------------------------------

    def _authenticated(self, url: str, headers: dict[str, str], send: _Send[_A]) -> _A:
        """Send with the credentials that belong to the URL; on a 401 once more with the keyring's."""
        in_url = Url(url).credentials
        bare = Url(url).without_credentials
        if "authorization" in headers:
            return send(bare, headers)
        known = in_url or self._credentials.credentials(bare)
        response = send(bare, _with(headers, known))
        if response.status == 401:
            others = self._credentials.after_refusal(bare)
            if others is not None and others != known:
                _discard(response)
                return send(bare, _with(headers, others))
        return response

    # --- how often --------------------------------------------------------------------------------------------------

    def _sending(self, send: _Send[_A], retries: int | None = None) -> _Send[_A]:
        """Give the way to send that tries again."""
        most = self._settings.retries if retries is None else retries
        return lambda url, headers: self._retried(url, headers, send, most)

    def _retried(self, url: str, headers: Mapping[str, str], send: _Send[_A], most: int) -> _A:
        attempt = 0
        while True:
            is_last = attempt >= most or self._closing.is_set()
            try:
                response = send(url, headers)
            except TransportError as failure:
                if is_last or not failure.is_transient:
                    raise _unreachable(url, failure, attempt) from failure
                wait = backoff(attempt)
            else:
                if response.status not in RETRIED_STATUSES:
                    return response
                _discard(response)
                asked = retry_after(response.headers, self._clock())
                if is_last or (asked or 0) > LONGEST_WAIT:
                    raise _failing(response, attempt, asked)
                wait = backoff(attempt) if asked is None else asked
            self._sleep(wait)
            attempt += 1


class _Stream:
    """A body that is still to come, with errors that a person can act upon."""

    def __init__(self, answer: TransportStream) -> None:
        self.status = answer.status
        self.url = answer.url
        self.headers = answer.headers
        self._answer = answer

    def pieces(self) -> Iterator[bytes]:
        try:
            yield from self._answer.pieces()
        except TransportError as failure:
            msg = f"`{Origin.of(self.url).host}` did not send all of it: {failure.cause}"
            raise BrokenStreamError(msg, context=self.url, hints=failure.hints) from failure


def _discard(answer: _Answer) -> None:
    """Let go of an answer of which nobody will read the body."""
    if isinstance(answer, TransportStream):
        answer.close()


def _with(headers: dict[str, str], credentials: Credentials | None) -> dict[str, str]:
    """Add Basic authentication (RFC 7617), in UTF-8."""
    if credentials is None:
        return headers
    from base64 import b64encode  # noqa: PLC0415  only where somebody has credentials

    token = b64encode(f"{credentials.username}:{credentials.password}".encode()).decode()
    return headers | {"authorization": f"Basic {token}"}


def _shown(url: str) -> str:
    """Show a URL that may be none: where it cannot be taken apart, its credentials cannot be hidden either."""
    try:
        Origin.of(url)
        return redact(url)
    except ValueError:
        return f"{url.partition('//')[0]}//…" if "@" in url else url


def _unreachable(url: str, failure: TransportError, attempt: int) -> NetworkError:
    host = Origin.of(url).host
    msg = f"`{host}` could not be reached: {failure.cause}{_tries(attempt)}"
    return NetworkError(msg, context=url, hints=failure.hints)


def _failing(response: _Answer, attempt: int, asked: float | None) -> NetworkError:
    host = Origin.of(response.url).host
    if response.status == 429:
        msg = f"`{host}` answers that it is asked too often (429){_tries(attempt)}"
    else:
        msg = f"`{host}` answers with an error of its own ({response.status}){_tries(attempt)}"
    hints = (
        [f"It asks to wait {asked:.0f} seconds."] if asked else ["Try again later; `--retries` sets how often we do."]
    )
    return NetworkError(msg, context=response.url, hints=hints)


def _tries(attempt: int) -> str:
    return f", {attempt + 1} times" if attempt else ""
