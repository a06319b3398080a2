"""What the rest of the package may know of HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from pipfreeze_lock.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from pipfreeze_lock.model.url import Credentials

__all__ = ["BrokenStreamError", "CredentialSource", "HttpClient", "HttpResponse", "HttpStream", "StreamingClient"]


class BrokenStreamError(NetworkError):
    """An answer that began well and broke off; what came before is good, and the rest may be asked for."""


class HttpResponse(msgspec.Struct, frozen=True):
    """A whole answer, its body decompressed."""

    status: int
    """Any status that is not an error of transport or server: 2xx, 304, 4xx. 5xx and 429 were retried, then raised."""
    url: str
    """Where it came from, after redirects, without credentials."""
    headers: dict[str, str]
    """Names in lower case; of a repeated header the values are joined with ``, ``."""
    body: bytes | memoryview


class HttpClient(Protocol):
    """One client for a whole run; every method may be called from any thread at any time."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
        """Fetch a URL: credentials of its host added, redirects followed (credentials never to another host), retried.

        :param url: Absolute, without credentials; the client was given those when it was made.
        :param headers: Further request headers: ``Accept``, ``If-None-Match``, ``Range``.
        :raises NetworkError: when the host cannot be reached, TLS fails, or 5xx/429 stays after the last retry; it
            names the URL without credentials, the cause in words, and what to do.
        """
        ...  # pragma: no cover


class HttpStream(Protocol):
    """An answer of which the body is still to come."""

    @property
    def status(self) -> int:
        """As `HttpResponse.status`."""
        ...  # pragma: no cover

    @property
    def url(self) -> str:
        """As `HttpResponse.url`."""
        ...  # pragma: no cover

    @property
    def headers(self) -> Mapping[str, str]:
        """As `HttpResponse.headers`."""
        ...  # pragma: no cover

    def pieces(self) -> Iterator[bytes]:
        """Give the body as it comes, some 256 KiB at a time; once.

        :raises BrokenStreamError: when it breaks off, or stays away for longer than the timeout.
        """
        ...  # pragma: no cover


class StreamingClient(HttpClient, Protocol):
    """A client that gives large answers piece by piece too, and can post a form."""

    def stream(
        self, url: str, headers: Mapping[str, str] | None = None, *, retries: int | None = None
    ) -> AbstractContextManager[HttpStream]:
        """Fetch a URL as `get` does, retries included, up to where the body begins; to leave it ends the transfer.

        :param retries: How often it is sent again; None: as often as the client does.
        :raises NetworkError: as `get` does.
        """
        ...  # pragma: no cover

    def post_form(self, url: str, fields: Mapping[str, str]) -> HttpResponse:
        """Send a form, without credentials of the client's own; redirects are given back, not followed.

        :raises NetworkError: as `get` does.
        """
        ...  # pragma: no cover


class CredentialSource(Protocol):
    """Knows which credentials belong to a URL; may be asked from any thread."""

    def credentials(self, url: str) -> Credentials | None:
        """Give the credentials that a request for this URL is sent with, without asking anyone for them."""
        ...  # pragma: no cover
