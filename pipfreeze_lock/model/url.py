"""A URL that may hold a password, and shows it to nobody who does not ask."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit, urlunsplit

__all__ = ["Credentials", "Url", "redact"]


@dataclass(frozen=True, slots=True)
class Credentials:
    """User and password (or token) for one host; the repr shows neither."""

    username: str
    password: str

    def __repr__(self) -> str:
        return "Credentials(****)"


@dataclass(frozen=True, slots=True)
class Url:
    """A URL as it was given. ``str()`` and ``repr()`` hide its credentials, `reveal` does not.

    Two URLs that differ in credentials only are different values: they may see different indexes.
    """

    _raw: str

    def __str__(self) -> str:
        return redact(self._raw)

    def __repr__(self) -> str:
        return f"Url({redact(self._raw)!r})"

    def reveal(self) -> str:
        """Give the URL with its credentials, for the HTTP client alone."""
        return self._raw

    @property
    def without_credentials(self) -> str:
        """The URL with no user information at all, as it may stand in a lock file; so is a text that is no URL."""
        try:
            parts = urlsplit(self._raw)
        except ValueError:  # `https://[`: whoever asks for it says so
            scheme, separator, rest = self._raw.partition("://")
            return f"{scheme}{separator}{rest.rpartition('@')[2]}"
        if "@" not in parts.netloc:
            return self._raw
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))

    @property
    def credentials(self) -> Credentials | None:
        """User and password, percent-decoded, where the URL has them (RFC 3986, 3.2.1)."""
        user_information, at, _ = urlsplit(self._raw).netloc.rpartition("@")
        if not at:
            return None
        username, _, password = user_information.partition(":")
        return Credentials(unquote(username), unquote(password))

    def with_credentials(self, credentials: Credentials) -> Url:
        """Give the same URL with these credentials in it."""
        parts = urlsplit(self.without_credentials)
        user_information = f"{quote(credentials.username, safe='')}:{quote(credentials.password, safe='')}"
        return Url(urlunsplit(parts._replace(netloc=f"{user_information}@{parts.netloc}")))


def redact(url: str) -> str:
    """Hide the credentials in a URL as pip does: ``user:****@host``; a lone user may be a token, so ``****@host``.

    Source: ``redact_netloc`` in pip's ``_internal/utils/misc.py``.
    """
    if "@" not in url:
        return url
    parts = urlsplit(url)
    user_information, at, host = parts.netloc.rpartition("@")
    if not at:
        return url
    username, colon, _ = user_information.partition(":")
    hidden = f"{username}:****" if colon else "****"
    return urlunsplit(parts._replace(netloc=f"{hidden}@{host}"))
