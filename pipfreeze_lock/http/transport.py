"""Sends one request and gives one answer; the only module that knows pyreqwest.

What is repeated, followed or refused is decided in `pipfreeze_lock.http.client`; here a failure is only put into words
and judged: would it pass if one tried again?
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from pyreqwest.client import SyncClientBuilder
from pyreqwest.exceptions import (
    BuilderError,
    ClientClosedError,
    DetailedPyreqwestError,
    PyreqwestError,
    RedirectError,
    RequestPanicError,
    RequestTimeoutError,
    StatusError,
)
from pyreqwest.proxy import ProxyBuilder

from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.http.interface import HttpResponse
from pipfreeze_lock.http.origins import Origin, TrustedHosts, proxy_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pyreqwest.client import SyncClient
    from pyreqwest.http import HeaderMap
    from pyreqwest.http import Url as RustUrl
    from pyreqwest.request import SyncRequestBuilder, SyncStreamRequest
    from pyreqwest.response import SyncResponse

    from pipfreeze_lock.http.settings import HttpSettings

__all__ = ["Transport", "TransportError", "TransportStream"]

_STREAMS_AT_ONCE = 4
"""Whose windows are full, of one HTTP/2 connection."""
_PIECE = 1 << 18
"""Bytes that are read of a stream at a time."""


class TransportError(Exception):
    """No answer, or half of one.

    :param cause: In words, without URL, full stop or credentials: ``connection refused``.
    :param is_transient: Whether it is worth trying again.
    :param hints: What the person can do, full sentences.
    """

    def __init__(self, cause: str, *, is_transient: bool, hints: tuple[str, ...] = ()) -> None:
        super().__init__(cause)
        self.cause = cause
        self.is_transient = is_transient
        self.hints = hints


class Transport:
    """Two clients, one that verifies TLS and one for the trusted hosts; each made when first needed, from any thread.

    HTTP/2 where TLS offers it: the article's 61 pages took 0.10 s through the public mirror, 0.13 s by HTTP/1.1, with
    one handshake instead of thirty.
    """

    def __init__(self, settings: HttpSettings, user_agent: str) -> None:
        self._settings = settings
        self._user_agent = user_agent
        self._trusted = TrustedHosts(settings.trusted_hosts)
        self._clients: dict[bool, SyncClient] = {}
        self._lock = threading.Lock()
        self._is_closed = False

    def send(self, url: str, headers: Mapping[str, str]) -> HttpResponse:
        """Send a GET and read the whole answer, of whatever status; redirects are not followed.

        :param url: Without credentials.
        :raises TransportError: when there is no whole answer.
        :raises UsageError: when a certificate file of the settings cannot be used.
        """
        return self._whole(url, headers, None)

    def post(self, url: str, headers: Mapping[str, str], fields: Mapping[str, str]) -> HttpResponse:
        """Send a form, as `send` sends a GET."""
        return self._whole(url, headers, fields)

    def open(self, url: str, headers: Mapping[str, str]) -> TransportStream:
        """Send a GET and read the answer up to its body, which has to be read or closed.

        :raises TransportError: as `send`.
        """
        try:
            builder = self._client_for(url).get(url).headers(dict(headers))
            request = builder.streamed_read_buffer_limit(0).build_streamed()  # by default 64 KiB are waited for
            response = request.__enter__()
            return TransportStream(url, request, response, self._settings.timeout)
        except _FOREIGN as error:
            raise _translated(error, self._settings.timeout) from error

    def _whole(self, url: str, headers: Mapping[str, str], fields: Mapping[str, str] | None) -> HttpResponse:
        try:
            client = self._client_for(url)
            request: SyncRequestBuilder = client.get(url) if fields is None else client.post(url).form(dict(fields))
            response = request.headers(dict(headers)).build().send()
            return HttpResponse(response.status, url, _joined(response.headers), memoryview(response.bytes()))
        except _FOREIGN as error:
            raise _translated(error, self._settings.timeout) from error

    def close(self) -> None:
        """End every request under way, with a `TransportError` that is not transient."""
        with self._lock:
            self._is_closed = True
            for client in self._clients.values():
                client.close()

    def _client_for(self, url: str) -> SyncClient:
        return self._client(verifies=Origin.of(url) not in self._trusted)

    def _client(self, *, verifies: bool) -> SyncClient:
        with self._lock:
            if self._is_closed:
                raise _closed()
            if verifies not in self._clients:
                self._clients[verifies] = self._build(verifies=verifies)
            return self._clients[verifies]

    def _build(self, *, verifies: bool) -> SyncClient:
        builder = self._builder(verifies=verifies)
        bundle = self._settings.ca_bundle
        named = [*([bundle] if bundle else []), *self._settings.authorities]
        if verifies and named:
            return builder.add_root_certificate_pem(_certificates(named)).build()
        try:
            return builder.build()
        except BuilderError:
            # A slim image without ca-certificates: pip brings its own, so we use those.
            from pip._vendor.certifi import contents  # noqa: PLC0415  only where it is needed

            return self._builder(verifies=verifies).add_root_certificate_pem(contents().encode()).build()

    def _builder(self, *, verifies: bool) -> SyncClientBuilder:
        timeout = timedelta(seconds=self._settings.timeout)
        builder = (
            SyncClientBuilder()
            .runtime_multithreaded(enable=True)  # decompresses on the other core
            .user_agent(self._user_agent)
            .follow_redirects(enable=False)
            .referer(enable=False)
            .connect_timeout(timeout)
            .read_timeout(timeout)
            .http2(enable=True)
            .http2_initial_stream_window_size(self._settings.stream_window)
            .http2_initial_connection_window_size(_STREAMS_AT_ONCE * self._settings.stream_window)
            .no_proxy()  # the environment's are ours to read
        )
        if self._settings.proxy is not None or self._settings.proxies:
            builder = builder.proxy(ProxyBuilder.custom(self._proxy))
        if self._settings.is_raw:
            builder = builder.gzip(enable=False).brotli(enable=False).zstd(enable=False).deflate(enable=False)
        if self._settings.client_certificate:
            builder = _with_identity(builder, self._settings.client_certificate, self._settings.client_key)
        return builder if verifies else builder.danger_accept_invalid_certs(enable=True)

    def _proxy(self, url: RustUrl) -> str | None:
        return proxy_for(str(url), self._settings)


class TransportStream:
    """An answer of which the body is still to come."""

    def __init__(self, url: str, request: SyncStreamRequest, response: SyncResponse, timeout: float) -> None:
        self.url = url
        self.status = response.status
        self.headers: Mapping[str, str] = _joined(response.headers)
        self._request = request
        self._reader = response.body_reader
        self._timeout = timeout

    def pieces(self) -> Iterator[bytes]:
        """Give the body.

        :raises TransportError: when it breaks off.
        """
        try:
            while (piece := self._reader.read(_PIECE)) is not None:
                yield piece.to_bytes()
        except _FOREIGN as error:
            raise _translated(error, self._timeout) from error

    def close(self) -> None:
        """End the transfer, wherever it is."""
        self._request.__exit__(None, None, None)


def _joined(headers: HeaderMap) -> dict[str, str]:
    received: dict[str, str] = {}
    for name, value in headers.items():
        received[name] = f"{received[name]}, {value}" if name in received else value
    return received


def _with_identity(builder: SyncClientBuilder, path: Path, key: Path | None) -> SyncClientBuilder:
    try:
        return builder.identity_pem(b"\n".join(file.read_bytes() for file in (path, key) if file))
    except OSError as error:
        msg = f"the client certificate `{path}` cannot be read"
        raise UsageError(msg, hints=["Give a PEM file with `--client-cert`."]) from error
    except (PyreqwestError, ValueError) as error:
        msg = f"`{path}` does not hold a private key and a certificate"
        raise UsageError(msg, hints=["Give one PEM file with both, the key unencrypted."]) from error


def _certificates(paths: Sequence[Path]) -> bytes:
    """Read PEM files, and all files of folders."""
    return b"\n".join(map(_certificates_of, paths))


def _certificates_of(path: Path) -> bytes:
    try:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        pem = b"\n".join(file.read_bytes() for file in files if file.is_file())
    except OSError as error:
        msg = f"the certificates `{path}` cannot be read"
        raise UsageError(msg, hints=["Name a PEM file with `--cert`, or in PIP_CERT or SSL_CERT_FILE."]) from error
    if b"-----BEGIN CERTIFICATE-----" not in pem:
        msg = f"`{path}` holds no certificate"
        raise UsageError(msg, hints=["A PEM file has lines `-----BEGIN CERTIFICATE-----`."])
    return pem


_FOREIGN = (PyreqwestError, ValueError)
"""A URL or header that cannot be sent is a plain ValueError."""


def _translated(error: Exception, timeout: float) -> TransportError:
    """Put a failure of pyreqwest into words.

    Its own classes say little (a connection that the server closes after the request is a ConnectError): the chain of
    causes below does, which hyper, rustls and the system wrote.
    """
    causes = _causes(error)
    text = " ".join(causes).lower()
    match error:
        case ClientClosedError():
            return _closed()
        case RequestTimeoutError():
            return TransportError(f"no answer within {timeout:g} seconds", is_transient=True, hints=_TIMEOUT_HINTS)
        case StatusError() | RedirectError() | RequestPanicError() | BuilderError():
            return TransportError(causes[-1], is_transient=False)
        case DetailedPyreqwestError():
            for fragment, words, is_transient, hints in _CAUSES:
                if fragment in text:
                    return TransportError(words or causes[-1], is_transient=is_transient, hints=hints)
            return TransportError(causes[-1], is_transient=True)
        case _:
            return TransportError(f"the request cannot be sent: {causes[-1]}", is_transient=False)


def _closed() -> TransportError:
    return TransportError("the client was closed", is_transient=False)


def _causes(error: Exception) -> list[str]:
    causes = (error.details.get("causes") if isinstance(error, DetailedPyreqwestError) else None) or ()
    return [cause["message"] for cause in causes] or [str(error) or type(error).__name__]


_TIMEOUT_HINTS = ("Wait longer with `--timeout`, or look whether a proxy is needed (`--proxy`).",)
_PROXY_HINTS = ("Look at `--proxy`, HTTPS_PROXY and NO_PROXY.",)
_TLS_HINTS = (
    "If the host has a certificate of your organisation, name that authority with `--cert` or SSL_CERT_FILE.",
    "`--trusted-host HOST` does without verification.",
)
_CAUSES: tuple[tuple[str, str | None, bool, tuple[str, ...]], ...] = (
    (
        "proxy authorization required",
        "the proxy asks for a user and password",
        False,
        ("Put them into the proxy's URL: `--proxy http://USER:PASSWORD@HOST:PORT`.",),
    ),
    ("tunnel error: failed to create", "the proxy cannot be reached", True, _PROXY_HINTS),
    ("tunnel error", "the proxy refuses to connect there", True, _PROXY_HINTS),
    ("socks", "the SOCKS proxy cannot be reached or refuses", True, _PROXY_HINTS),
    ("invalid peer certificate", None, False, _TLS_HINTS),
    ("certificate", None, False, _TLS_HINTS),
    ("received fatal alert", None, False, _TLS_HINTS),
    ("invalidcontenttype", "the host does not speak TLS", False, ("Is `https` right for this URL?",)),
    ("corrupt message", "the host does not speak TLS", False, ("Is `https` right for this URL?",)),
    ("name or service not known", "no such host", False, ("Is the host's name right?",)),
    ("no address associated", "no such host", False, ("Is the host's name right?",)),
    ("nodename nor servname", "no such host", False, ("Is the host's name right?",)),
    ("dns error", "the host's name cannot be resolved", True, ("Is there a network?",)),
    ("connection refused", "connection refused", True, ("Does something listen there?",)),
    ("message length", "the answer was cut short", True, ()),
    ("unexpected eof", "the answer was cut short", True, ()),
    ("before message completed", "the connection was closed before an answer came", True, ()),
    ("connection reset", "the connection was reset", True, ()),
    ("invalid http version", "what answers there does not speak HTTP", False, ()),
)
"""Fragment of the causes, in lower case; what it means (None: the last cause says it); worth another try; hints."""
