"""Project pages kept in the cache, with what HTTP says of their age, decoded already.

Two entries a page: a small one with the validators and the age, which a 304 writes anew, and the files themselves under
the hash of their content. The files are kept as MessagePack of the fields we use: the article's 61 pages are 21 MB of
it and take 24 ms to decode, instead of 24 MB and 30 ms in JSON, or half a second in HTML.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from pipfreeze_lock.model.artifact import IndexFile

if TYPE_CHECKING:
    from pipfreeze_lock.index.cache import Cache
    from pipfreeze_lock.model.url import Credentials

__all__ = ["PageCache", "StoredPage"]

_PAGES = "pages"
_FILES = "files"
_ORDERS = "orders"
_ITERATIONS = 20_000
"""Of PBKDF2: 10 ms for each user, so that a copy of the cache is no quick way to try passwords."""

_encode = msgspec.msgpack.Encoder().encode


class StoredPage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known of a page that was fetched, or of there being none."""

    url: str
    """After redirects, without credentials."""
    status: int
    """200, or 404 and 410 for an index that lacks the project."""
    etag: str | None = None
    last_modified: str | None = None
    validator: str
    """Another one when the page is: see `pipfreeze_lock.index.freshness.validator`."""
    stored_at: float
    """Seconds since the epoch, when the request was sent."""
    lifetime: float
    """Seconds from then."""
    files: str = ""
    """Key of the files; empty where there are none."""

    def is_fresh(self, now: float) -> bool:
        """Whether it may be used without asking. A clock that was set back makes it stale."""
        return 0 <= now - self.stored_at < self.lifetime


_decode_page = msgspec.msgpack.Decoder(StoredPage).decode
_decode_files = msgspec.msgpack.Decoder(list[IndexFile]).decode
_decode_order = msgspec.msgpack.Decoder(list[str]).decode


class PageCache:
    """Pages by URL and by who asks: what one user sees is never shown to another, nor to nobody."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._salt: bytes | None = None
        self._tags: dict[Credentials, str] = {}

    def page(self, url: str, credentials: Credentials | None) -> StoredPage | None:
        """Give what is known of a page; None also where that is damaged."""
        data = self._cache.get(_PAGES, self._key(url, credentials))
        if data is None:
            return None
        try:
            return _decode_page(data)
        except msgspec.DecodeError:  # written by another version of ours
            return None

    def files(self, page: StoredPage) -> list[IndexFile] | None:
        """Give the files of a page; None where they are damaged, or were replaced just now."""
        if not page.files:
            return []
        data = self._cache.get(_FILES, page.files)
        if data is None:
            return None
        try:
            return _decode_files(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None

    def keep(self, url: str, credentials: Credentials | None, page: StoredPage, files: list[IndexFile]) -> None:
        """Keep a page with its files; the ones it had before are forgotten."""
        key = self._key(url, credentials)
        before = self.page(url, credentials)
        if files:
            data = _encode(files)
            page = msgspec.structs.replace(page, files=f"{key}\n{hashlib.sha256(data).hexdigest()}")
            self._cache.put(_FILES, page.files, data)
        self._cache.put(_PAGES, key, _encode(page))
        if before and before.files and before.files != page.files:
            self._cache.remove(_FILES, before.files)

    def renew(self, url: str, credentials: Credentials | None, page: StoredPage) -> None:
        """Keep what a 304 says: the same files, a new age."""
        self._cache.put(_PAGES, self._key(url, credentials), _encode(page))

    def forget(self, url: str, credentials: Credentials | None) -> None:
        """Drop a page that may not be kept any more."""
        self._cache.remove(_PAGES, self._key(url, credentials))

    def order(self, pip: str, url: str, validator: str) -> list[str] | None:
        """Give the file names in the order in which a pip is shown them, if known for that state of the page."""
        data = self._cache.get(_ORDERS, f"{url}\n{validator}\n{pip}")
        if data is None:
            return None
        try:
            return _decode_order(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None

    def keep_order(self, pip: str, url: str, validator: str, filenames: list[str]) -> None:
        """Keep what `order` gives."""
        self._cache.put(_ORDERS, f"{url}\n{validator}\n{pip}", _encode(filenames))

    def _key(self, url: str, credentials: Credentials | None) -> str:
        return f"{url}\n{self._tag(credentials)}" if credentials else url

    def _tag(self, credentials: Credentials) -> str:
        """Give a text that stands for a user and cannot be turned back."""
        if credentials not in self._tags:
            self._salt = self._salt or self._cache.salt()
            secret = f"{credentials.username}\0{credentials.password}".encode("utf-8", "surrogateescape")
            self._tags[credentials] = hashlib.pbkdf2_hmac("sha256", secret, self._salt, _ITERATIONS).hex()
        return self._tags[credentials]
