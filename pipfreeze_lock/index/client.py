"""All indexes and find-links places of a run, as one."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self, assert_never
from urllib.parse import quote

from pipfreeze_lock.index.find_links import FilesByProject, folder_listing, linked_file
from pipfreeze_lock.index.interface import FileIndex
from pipfreeze_lock.index.page_cache import PageCache
from pipfreeze_lock.index.page_source import PageSource, RefusedPageError
from pipfreeze_lock.index.places import Index, LinksFile, LinksFolder, LinksPage, Places
from pipfreeze_lock.model.artifact import ProjectPage
from pipfreeze_lock.model.url import Url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from packaging.utils import NormalizedName

    from pipfreeze_lock.http.interface import CredentialSource, HttpClient
    from pipfreeze_lock.index.cache import Cache
    from pipfreeze_lock.model.artifact import IndexFile

__all__ = ["SimpleIndexes"]

_WORKERS = 32


class SimpleIndexes(FileIndex):
    """Asks every place about every project, once, some thirty at a time.

    Use it as a context manager, or `close` it: what it read is then in the cache.

    :param places: Where to look: ``Places.of(options)``.
    :param cache: Keeps pages from one run to the next; None keeps none.
    :param credentials: What ``http`` sends, so that pages of different users are kept apart in the cache.
    :param refresh: Ask about every page, however fresh the cache has it.
    :param clock: Seconds since the epoch.
    """

    def __init__(
        self,
        places: Places,
        *,
        http: HttpClient,
        cache: Cache | None,
        credentials: CredentialSource | None,
        refresh: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._places = places
        pages = PageCache(cache) if cache else None
        self._source = PageSource(http, pages, credentials, refresh=refresh, clock=clock)
        self._indexes = [place for place in places.places if isinstance(place, Index)]
        self._links = [place for place in places.places if not isinstance(place, Index)]
        self._workers = ThreadPoolExecutor(_WORKERS, "index")
        self._lock = threading.Lock()
        self._asked: dict[str, list[Future[ProjectPage | None]]] = {}
        self._gathered: dict[str, tuple[ProjectPage, ...]] = {}
        self._listing: Future[list[_Listing]] | None = None
        self._validators: dict[str, str] = {}
        self._orders: dict[tuple[str, str], list[str] | None] = {}
        self.notes: list[str] = list(places.notes)
        """Of places that hold nothing where something was expected, a sentence each."""

    def pages(self, name: NormalizedName) -> Sequence[ProjectPage]:
        """Give what each place has of a project: local archives first, then find-links pages, then indexes, as pip."""
        gathered = self._gathered.get(name)
        if gathered is None:
            asked = self._ask(name)
            linked = self._linked_pages(name)
            gathered = (*linked, *(page for future in asked if (page := future.result())))
            self._gathered[name] = gathered
        return gathered

    def prefetch(self, name: NormalizedName) -> None:
        """Ask every place now; `pages` waits for the answers."""
        self._ask(name)

    def filenames_shown_to(self, pip: str, page: ProjectPage) -> Sequence[str] | None:
        """Give the file names of a page in the order in which this pip is shown them; asked for once."""
        if not page.url.startswith(("https://", "http://")):
            return None
        key = pip, page.url
        if key not in self._orders:
            with self._lock:
                validator = self._validators.get(page.url, "")
            self._orders[key] = self._source.filenames_shown_to(pip, page.url, validator)
        return self._orders[key]

    def validators(self) -> Mapping[str, str]:
        """Give, by the URL of every page that was read or missing, a text that is another one when the page is.

        ``etag:…``, ``modified:…``, ``sha256:…`` or ``absent``. URLs are without credentials; what is still under way
        is not in it.
        """
        with self._lock:
            return dict(self._validators)

    @property
    def fresh_until(self) -> float:
        """Until when (seconds since the epoch) all that was read may be used without asking; 0 where nobody says."""
        return 0.0 if self._links else self._source.fresh_until

    def close(self) -> None:
        """Give up what nobody waits for, and see to it that what was read is kept.

        Requests under way go on until the HTTP client is closed, which comes next.
        """
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    # --- indexes ----------------------------------------------------------------------------------------------------

    def _ask(self, name: str) -> list[Future[ProjectPage | None]]:
        with self._lock:
            if self._links and self._listing is None:
                self._listing = self._workers.submit(self._list_links)
            if name not in self._asked:
                self._asked[name] = [self._workers.submit(self._project_page, one, name) for one in self._indexes]
            return self._asked[name]

    def _project_page(self, index: Index, name: str) -> ProjectPage | None:
        url = f"{index.url.reveal().rstrip('/')}/{quote(name)}/"
        if url.startswith("file:"):  # as pip's `_get_index_content`: a folder is its index.html
            url += "index.html"
        try:
            listing = self._read(Url(url), f"the index `{index.url}`")
        except RefusedPageError:
            if len(self._indexes) + len(self._links) == 1:
                raise
            self._note_refusal(index)
            return None
        return ProjectPage(name, listing.url, index.url, listing.files) if listing else None

    def _note_refusal(self, index: Index) -> None:
        """Pass over, as pip does with every page that an index refuses, and say so once for each index."""
        note = f"`{index.url}` refuses pages of some projects (403), which are taken as not there, as pip takes them"
        with self._lock:
            if note not in self.notes:
                self.notes.append(note)

    def _read(self, url: Url, place: str) -> _Listing | None:
        """Read a page and remember its validator; None where the place lacks it."""
        page = self._source.page(url, place)
        with self._lock:
            self._validators[url.without_credentials] = page.validator
        return None if page.files is None else _Listing(page.url, url, page.files)

    # --- find-links -------------------------------------------------------------------------------------------------

    def _linked_pages(self, name: str) -> list[ProjectPage]:
        if self._listing is None:
            return []
        found = ((listing, listing.by_project.of(name)) for listing in self._listing.result())
        return [ProjectPage(name, listing.url, listing.place, files) for listing, files in found if files]

    def _list_links(self) -> list[_Listing]:
        """List all find-links places once: archives by URL, backwards, then pages in the order they were given.

        Source: ``find_all_candidates`` in pip's ``_internal/index/package_finder.py``.
        """
        archives: list[_Listing] = []
        pages: list[tuple[Url, Url]] = []
        for place in self._links:
            match place:
                case LinksFolder(url, path):
                    files, html = folder_listing(path)
                    archives.append(_Listing(f"{url.without_credentials.rstrip('/')}/", url, files))
                    pages += [(Url(page), url) for page in html]
                case LinksFile(url):
                    bare = url.without_credentials
                    archives.append(_Listing(bare.partition("#")[0], url, linked_file(bare)))
                case LinksPage(url):
                    pages.append((url, url))
                case Index():  # sorted out by the constructor
                    continue
                case _:
                    assert_never(place)
        self._remember(archives)
        archives.sort(key=lambda listing: listing.url, reverse=True)
        return archives + [listing for page, place in pages if (listing := self._links_page(page, place))]

    def _links_page(self, url: Url, place: Url) -> _Listing | None:
        listing = self._read(url, f"the find-links page `{url}`")
        if listing is None:
            self.notes.append(f"`{url}` is passed over: there is no such page.")
            return None
        return _Listing(listing.url, place, listing.files)

    def _remember(self, archives: list[_Listing]) -> None:
        from hashlib import sha256  # noqa: PLC0415  few use find-links

        for listing in archives:
            content = "\n".join(f"{file.url} {file.size}" for file in listing.files)
            with self._lock:
                self._validators[listing.url] = f"sha256:{sha256(content.encode()).hexdigest()}"


class _Listing:
    """The files of one place, and, once asked for, by project."""

    def __init__(self, url: str, place: Url, files: list[IndexFile]) -> None:
        self.url = url
        self.place = place
        self.files = files
        self._by_project: FilesByProject | None = None

    @property
    def by_project(self) -> FilesByProject:
        if self._by_project is None:
            self._by_project = FilesByProject(self.files)
        return self._by_project
