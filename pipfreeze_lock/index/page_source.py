"""One page by its URL: from the cache while it is fresh, else asked for, with what the cache knows of it."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec

from pipfreeze_lock import __version__
from pipfreeze_lock.errors import NetworkError
from pipfreeze_lock.http.status_errors import status_error
from pipfreeze_lock.index.freshness import lifetime, validator
from pipfreeze_lock.index.page_cache import PageCache, StoredPage
from pipfreeze_lock.index.simple_json import decode_json
from pipfreeze_lock.target.pip_capabilities import capabilities

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipfreeze_lock.http.interface import CredentialSource, HttpClient, HttpResponse
    from pipfreeze_lock.model.artifact import IndexFile
    from pipfreeze_lock.model.url import Credentials, Url

__all__ = ["Page", "PageSource", "RefusedPageError"]

_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"
"""As pip's ``_get_simple_response`` (``_internal/index/collector.py``)."""
_CHARSET = re.compile(r"""charset=["']?([^\s"';]+)""", re.IGNORECASE)


class RefusedPageError(NetworkError):
    """A 403 for somebody unknown, which is also how an index on plain object storage says that it has no such page."""


class Page(msgspec.Struct, frozen=True, gc=False):
    """A page that was read, or that its place does not have."""

    url: str
    """After redirects, without credentials."""
    validator: str
    files: list[IndexFile] | None
    """None where there is no such page."""


class PageSource:
    """Reads pages; may be called from any thread.

    :param cache: Where pages are kept, or None.
    :param credentials: What the client sends, so that pages of different users are kept apart.
    :param refresh: Ask about every page, however fresh.
    :param clock: Seconds since the epoch.
    """

    def __init__(
        self,
        http: HttpClient,
        cache: PageCache | None,
        credentials: CredentialSource | None,
        *,
        refresh: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._http = http
        self._cache = cache
        self._credentials = credentials
        self._refresh = refresh
        self._clock = clock
        # Encoding and writing wait until nobody waits for a page: one thread, whose work `close` sees to its end.
        self._writer = ThreadPoolExecutor(1, "page-cache-writer")
        self._closing = threading.Lock()
        self._is_closed = False
        self.fresh_until = float("inf")
        """Seconds since the epoch: until then every page that was given may be used without asking."""

    def page(self, url: Url, place: str) -> Page:
        """Give a page.

        :param url: Its credentials, if any, go before those that the client knows.
        :param place: What was asked, for messages: ``the index `https://index.example/simple/```.
        :raises NetworkError: when the place cannot be reached, refuses, or answers with something else than a page.
        """
        bare = url.without_credentials
        is_local = bare.startswith("file:")
        stored = None if self._cache is None or is_local else self._cache.page(bare, self._user(url))
        now = self._clock()
        if stored and not self._refresh and stored.is_fresh(now):
            if page := self._from_cache(stored):
                self._note_freshness(stored.stored_at + stored.lifetime)
                return page
            stored = None  # its files are damaged, so a 304 would be of no use
        response = self._http.get(url.reveal(), _headers(stored, refresh=self._refresh))
        self._note_freshness(0 if is_local else now + (lifetime(response.headers, now) or 0))
        if response.status == 304 and stored:
            if page := self._renewed(url, stored, response, now):
                return page
            response = self._http.get(url.reveal(), _headers(None, refresh=True))
        page = self._decoded(response, url, place)
        if not is_local:
            self._keep(url, page, response, now)
        return page

    def filenames_shown_to(self, pip: str, url: str, validator: str) -> list[str] | None:
        """Give the file names in the order in which an index lists them for a pip; None where it has no such page.

        :param url: Of the page, after redirects and without credentials.
        :param validator: Of the page as we read it: while that stays, the order is taken from the cache.
        :raises NetworkError: when the place cannot be reached.
        """
        if self._cache is not None and (kept := self._cache.order(pip, url, validator)) is not None:
            return kept
        accept = _ACCEPT if capabilities(pip).json_index else "text/html"
        # Who asks stands in it as well: nobody is to be deceived.
        agent = f"pip/{pip} (on behalf of which asks pipfreeze-lock/{__version__})"
        response = self._http.get(url, {"accept": accept, "user-agent": agent})
        files = _files(response) if response.status == 200 else None
        if files is None:
            return None
        names = [file.filename for file in files]
        if self._cache is not None:
            self._later(self._cache.keep_order, pip, url, validator, names)
        return names

    def close(self) -> None:
        """Wait until what was read is kept; what is read later is not."""
        with self._closing:
            self._is_closed = True
        self._writer.shutdown(wait=True)

    def _note_freshness(self, until: float) -> None:
        with self._closing:
            self.fresh_until = min(self.fresh_until, until)

    def _user(self, url: Url) -> Credentials | None:
        if own := url.credentials:
            return own
        return self._credentials.credentials(url.reveal()) if self._credentials else None

    def _from_cache(self, stored: StoredPage) -> Page | None:
        if stored.status != 200:
            return Page(stored.url, stored.validator, None)
        files = self._cache.files(stored) if self._cache else None
        return None if files is None else Page(stored.url, stored.validator, files)

    def _renewed(self, url: Url, stored: StoredPage, response: HttpResponse, now: float) -> Page | None:
        """Take a 304 for what it is: the page as it was kept, and a new age (RFC 9111, 4.3.4)."""
        page = self._from_cache(stored)
        cache = self._cache
        if page is None or cache is None:
            return None
        allowed = lifetime(response.headers, now)
        user = self._user(url)
        if allowed is None:
            self._later(cache.forget, url.without_credentials, user)
        elif allowed or stored.lifetime:
            renewed = msgspec.structs.replace(stored, stored_at=now, lifetime=allowed)
            self._later(cache.renew, url.without_credentials, user, renewed)
        return page

    def _keep(self, url: Url, page: Page, response: HttpResponse, now: float) -> None:
        """Keep what may be kept and is worth it: what is fresh for a while, or can be asked about."""
        allowed = lifetime(response.headers, now)
        is_worth_it = allowed or (page.files is not None and not page.validator.startswith("sha256:"))
        if self._cache is None or allowed is None or not is_worth_it:
            return
        stored = StoredPage(
            url=page.url,
            status=response.status,
            etag=response.headers.get("etag"),
            last_modified=response.headers.get("last-modified"),
            validator=page.validator,
            stored_at=now,
            lifetime=allowed,
        )
        self._later(self._cache.keep, url.without_credentials, self._user(url), stored, page.files or [])

    def _later(self, function: Callable[..., None], *arguments: object) -> None:
        with self._closing:
            if not self._is_closed:
                self._writer.submit(function, *arguments)

    def _decoded(self, response: HttpResponse, url: Url, place: str) -> Page:
        if response.status in (404, 410):
            return Page(response.url, "absent", None)
        if response.status != 200:
            had_credentials = self._user(url) is not None
            error = status_error(response, place, had_credentials=had_credentials)
            if response.status == 403 and not had_credentials:
                raise RefusedPageError(error.message, context=error.context, hints=error.hints)
            raise error
        files = _files(response)
        if files is None:
            content_type = response.headers.get("content-type", "").lower()
            kind = content_type.partition(";")[0] or "no content type"
            msg = f"{place} answers with `{kind[:60]}`, which is no page of a package index"
            hints = ["An index URL ends in `/simple/` as a rule."]
            raise NetworkError(msg, context=response.url, hints=hints, reference="PEP 691")
        return Page(response.url, validator(response.headers, response.body), files)


def _files(response: HttpResponse) -> list[IndexFile] | None:
    """Decode a page by its content type; None where that is no page's."""
    content_type = response.headers.get("content-type", "").lower()
    if content_type.startswith("application/vnd.pypi.simple.v1+json"):
        return decode_json(response.body, response.url)
    if content_type.startswith(("text/html", "application/vnd.pypi.simple.v1+html")):
        from pipfreeze_lock.index.simple_html import decode_html  # noqa: PLC0415  most indexes speak JSON

        charset = _CHARSET.search(content_type)
        return decode_html(response.body, response.url, charset[1] if charset else None)
    return None


def _headers(stored: StoredPage | None, *, refresh: bool) -> dict[str, str]:
    """Ask for JSON before HTML; where a page is known already, only for another one (RFC 9110, 13.1).

    A refresh passes by the caches between here and the index.
    """
    headers = {"accept": _ACCEPT}
    if stored and stored.status == 200:
        if stored.etag:
            headers["if-none-match"] = stored.etag
        elif stored.last_modified:
            headers["if-modified-since"] = stored.last_modified
    if refresh:
        headers["cache-control"] = "max-age=0"
    return headers
