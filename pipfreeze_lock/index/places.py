"""Where files are looked for, in pip's order, as values. Looks at the file system only to see what a path is.

Source: ``build_source`` and ``SearchScope`` in pip's ``_internal/index/sources.py`` and ``models/search_scope.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.model.url import Url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipfreeze_lock.model.requirement import IndexOptions

__all__ = [
    "Index",
    "LinksFile",
    "LinksFolder",
    "LinksPage",
    "Place",
    "Places",
    "credential_urls",
    "default_index",
    "default_project_page",
]

_ARCHIVES = (
    *(".zip", ".whl", ".tar.bz2", ".tbz", ".tar.gz", ".tgz", ".tar"),
    *(".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma"),
)
"""``ARCHIVE_EXTENSIONS`` in pip's ``_internal/utils/filetypes.py``."""


@dataclass(frozen=True, slots=True)
class Index:
    """``--index-url``, ``--extra-index-url``: a page for each project below it; https, http or ``file:``."""

    url: Url


@dataclass(frozen=True, slots=True)
class LinksFolder:
    """``--find-links FOLDER``: the archives in it, and those that the HTML files in it link."""

    url: Url
    path: Path


@dataclass(frozen=True, slots=True)
class LinksPage:
    """``--find-links URL`` or ``FILE.html``: one page that links files of any project."""

    url: Url


@dataclass(frozen=True, slots=True)
class LinksFile:
    """``--find-links`` of one archive, here or elsewhere."""

    url: Url


Place = Index | LinksFile | LinksFolder | LinksPage


@dataclass(frozen=True, slots=True)
class Places:
    """All of them, each once; find-links before indexes, as pip goes through them."""

    places: tuple[Place, ...]
    notes: tuple[str, ...] = ()
    """Of places that are passed over, a sentence each; pip passes over them with a warning, too."""

    @classmethod
    def of(cls, options: IndexOptions) -> Places:
        """Read them from pip's options.

        :raises UsageError: when an index is neither a URL nor a folder, or a URL cannot be taken apart.
        """
        found: dict[Place, None] = {}
        notes: list[str] = []
        for location in options.find_links:
            place = _links(location)
            if isinstance(place, str):
                notes.append(place)
            else:
                found[place] = None
        if not options.no_index:
            indexes: dict[str, Index] = {}
            for url in (options.index_url or default_index(), *options.extra_index_urls):
                indexes.setdefault(url.reveal().rstrip("/"), _index(url))
            found |= dict.fromkeys(indexes.values())
        return cls(tuple(found), tuple(notes))


def default_index() -> Url:
    """Give pip's own default index."""
    from pip._internal.models.index import PyPI  # noqa: PLC0415  5 ms, and only where no index is given

    return Url(PyPI.simple_url)


def default_project_page(name: str) -> str:
    """Give the page of a project on that index, for people.

    :param name: Normalised.
    """
    from pip._internal.models.index import PyPI  # noqa: PLC0415  as above

    return f"{PyPI.url.rstrip('/')}/project/{name}/"


def credential_urls(options: IndexOptions) -> Iterable[Url]:
    """Give the URLs among pip's options that may hold credentials, in the order in which they are asked for them."""
    if options.index_url:
        yield options.index_url
    yield from options.extra_index_urls
    yield from (Url(location) for location in options.find_links if "://" in location)


def _index(url: Url) -> Index:
    raw = _checked(url).reveal()
    if raw.startswith(("https://", "http://", "file:")):
        return Index(url)
    path = Path(raw)
    if path.is_dir():
        return Index(Url(path.absolute().as_uri()))
    msg = f"the index `{url}` is neither a URL nor a folder"
    raise UsageError(msg, hints=["An index URL starts with `https://`."])


def _links(location: str) -> Place | str:
    """Give the place, or why there is none."""
    url = _checked(Url(location))
    if location.startswith(("https://", "http://")):
        return LinksFile(url) if urlsplit(location).path.lower().endswith(_ARCHIVES) else LinksPage(url)
    if location.startswith("file:"):
        from pipfreeze_lock.http.local_files import path_of  # noqa: PLC0415  few use it

        path = Path(path_of(location))
    elif "://" in location:
        return f"`{url}` is passed over: find-links are https://, http:// or file: URLs, or paths."
    else:
        path = Path(location).expanduser() if location.startswith("~") else Path(location)
    path = path.absolute()
    if path.is_dir():
        return LinksFolder(Url(path.as_uri()), path)
    if path.is_file():
        place = LinksPage if path.suffix.lower() in (".html", ".htm") else LinksFile
        return place(Url(path.as_uri()))
    return f"`{url}` is passed over: there is no such file or folder."


def _checked(url: Url) -> Url:
    """Refuse what looks like a URL and cannot be taken apart: a bracket is not closed, a port is no number."""
    raw = url.reveal()
    if "://" in raw:
        try:
            _ = urlsplit(raw).port
        except ValueError as error:
            # Where the password ends in such a one is anybody's guess, and the error's text may quote it.
            msg = f"`{raw.partition('://')[0]}://…` is not a URL" if "@" in raw else f"`{raw}` is not a URL: {error}"
            hints = ["Look at its host and port; in a password, `/`, `@`, `:`, `[` and `#` are written as %2F, %40, …"]
            raise UsageError(msg, hints=hints) from error
    return url
