"""What the rest of the package may know of HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipfreeze_lock.model.url import Credentials

__all__ = ["CredentialSource", "HttpClient", "HttpResponse"]


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


class CredentialSource(Protocol):
    """Knows which credentials belong to a URL; may be asked from any thread."""

    def credentials(self, url: str) -> Credentials | None:
        """Give the credentials that a request for this URL is sent with, without asking anyone for them."""
        ...  # pragma: no cover
