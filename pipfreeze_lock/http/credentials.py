"""Which user and password belong to a URL: from the index URLs, a netrc file, and the keyring program.

The rules are those of ``MultiDomainBasicAuth`` in pip's ``_internal/network/auth.py``, with two that are stricter: what
belongs to an https index is never sent without TLS, and the ``default`` entry of a netrc file, which would go to any
host whatever, is not used.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipfreeze_lock.http.origins import Origin
from pipfreeze_lock.model.url import Credentials, Url

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pipfreeze_lock.http.keyring_program import KeyringProgram

__all__ = ["CredentialStore"]


@dataclass(frozen=True, slots=True)
class _Realm:
    """An index, and what its URL says of credentials."""

    origin: Origin
    path: str
    url: str
    """Without credentials: the name by which a keyring knows it."""
    credentials: Credentials | None


class CredentialStore:
    """Finds credentials; may be asked from any thread.

    :param urls: The indexes and find-links places, with their credentials; earlier ones go first.
    :param netrc: A netrc file; one that cannot be read is said so by `problem`, and holds nothing.
    :param keyring: Asked, once an index, when a host has refused what else was known.
    """

    def __init__(
        self, urls: Iterable[Url] = (), *, netrc: Path | None = None, keyring: KeyringProgram | None = None
    ) -> None:
        self._realms = [realm for url in urls if (realm := _realm(url))]
        self._netrc = netrc
        self._netrc_entries: dict[str, Credentials] | None = None
        self._keyring = keyring
        self._from_keyring: dict[str, Credentials | None] = {}
        self._lock = threading.Lock()
        self.problem: str | None = None
        """Why a source of credentials could not be used, for the person who wonders; None when all could."""

    def credentials(self, url: str) -> Credentials | None:
        """Give what a request for this URL is sent with: the keyring's answer, the index URL's, then the netrc file's.

        A lone user name, which is how some indexes take a token, comes last.
        """
        origin = Origin.of(url)
        realm = self._nearest(origin, url)
        known = self._from_keyring.get(realm.url if realm else origin.host)
        of_index = realm.credentials if realm else None
        if known or (of_index and of_index.password):
            return known or of_index
        return self._netrc_credentials().get(origin.host) or of_index

    def after_refusal(self, url: str) -> Credentials | None:
        """Ask the keyring, after a 401; None where there is none, or it knows nothing."""
        if self._keyring is None:
            return None
        origin = Origin.of(url)
        realm = self._nearest(origin, url)
        key = realm.url if realm else origin.host
        username = realm.credentials.username if realm and realm.credentials else None
        services = [realm.url] if realm else []
        services.append(urlsplit(url).netloc.rpartition("@")[2])
        with self._lock:  # one program at a time: it may talk to the person
            if key not in self._from_keyring:
                answers = (self._keyring.credentials(service, username) for service in services)
                self._from_keyring[key] = next((answer for answer in answers if answer), None)
                self.problem = self._keyring.problem or self.problem
            return self._from_keyring[key]

    def _nearest(self, origin: Origin, url: str) -> _Realm | None:
        """Give the index on the same host whose path has most in common with the URL's; files lie beside an index."""
        same_host = [realm for realm in self._realms if _may_share(realm.origin, origin)]
        if len(same_host) < 2:
            return same_host[0] if same_host else None
        segments = urlsplit(url).path.split("/")
        return max(
            same_host, key=lambda realm: (_common(realm.path.split("/"), segments), realm.credentials is not None)
        )

    def _netrc_credentials(self) -> dict[str, Credentials]:
        with self._lock:
            if self._netrc_entries is None:
                self._netrc_entries = self._read_netrc() if self._netrc else {}
            return self._netrc_entries

    def _read_netrc(self) -> dict[str, Credentials]:
        import netrc  # noqa: PLC0415  few have one

        try:
            hosts = netrc.netrc(str(self._netrc)).hosts
        except (OSError, netrc.NetrcParseError, UnicodeDecodeError) as error:
            reason = error.msg if isinstance(error, netrc.NetrcParseError) else type(error).__name__
            self.problem = f"`{self._netrc}` was not used: {reason}"
            return {}
        return {
            host.lower(): Credentials(login or account, password or "")
            for host, (login, account, password) in hosts.items()
            if host != "default"
        }


def _realm(url: Url) -> _Realm | None:
    """Give what a URL says; None for one that nothing can be fetched from, which who fetches will say."""
    if not url.reveal().startswith(("https://", "http://")):
        return None
    try:
        bare = url.without_credentials
        return _Realm(Origin.of(bare), urlsplit(bare).path.rstrip("/"), bare, url.credentials)
    except ValueError:  # a bracket that is not closed, a port that is no number
        return None


def _may_share(known: Origin, asked: Origin) -> bool:
    """Whether credentials for one origin may be sent to the other: the same, or the same host's TLS."""
    if known == asked:
        return True
    return known.host == asked.host and (known.scheme, asked.scheme, known.port, asked.port) == (
        "http",
        "https",
        80,
        443,
    )


def _common(one: list[str], other: list[str]) -> int:
    """How many leading segments two paths share."""
    shared = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        shared += 1
    return shared
