"""What pip keeps in its cache of what it fetches, and in which files.

Sources: CacheControl's ``controller.py`` (``cache_response``), ``serialize.py`` and ``caches/file_cache.py`` in pip's
``_vendor``, pip's ``SafeFileCache`` and ``PipSession``. The key of an answer is its URL, so that its place is known;
wheels that pip builds of sdists are kept too, and are not known here.
"""

from __future__ import annotations

import hashlib
import posixpath
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from packaging.version import Version

from pipfreeze_lock.footprint.packed import packed_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipfreeze_lock.footprint.interface import GrowthRequest, PipCache, ServedAnswer, WheelFiles
    from pipfreeze_lock.footprint.pip_rules import InstallRules

__all__ = ["cached_files", "is_cached"]

_STATUSES = frozenset({200, 203, 300, 301, 308})
_HTML = "text/html"
_JSON_AND_HTML = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"
_JSON_SINCE = Version("22.2")
_METADATA_SINCE = Version("23.2")
_SELFCHECK = 100
"""Bytes, about, of the note of the newest pip."""
_WORKERS = 8


class _Asked(NamedTuple):
    """A URL that pip asks for."""

    url: str
    is_page: bool
    accept: str
    size: int | None
    """Bytes of its body, where the index tells."""


def cached_files(request: GrowthRequest, rules: InstallRules, wheels: WheelFiles) -> dict[str, int]:
    """Give the files that pip leaves in its cache: absolute paths, sizes in bytes.

    :raises NetworkError: when what pip fetches cannot be fetched.
    """
    cache = request.cache
    if cache is None:
        return {}
    asked = [one for one in _asked(request, cache) if _is_adapter_caching(one.url, cache, rules)]
    with ThreadPoolExecutor(_WORKERS, "pip-cache") as workers:
        answers = list(workers.map(lambda one: wheels.answer(one.url, is_page=one.is_page, accept=one.accept), asked))
    files = {}
    for one, answer in zip(asked, answers, strict=True):
        if is_cached(answer):
            files.update(_entry(one, answer, cache, rules))
    if cache.is_version_checked and not request.plan.is_empty:
        files.update(_selfcheck(request, cache, rules))
    return files


def _selfcheck(request: GrowthRequest, cache: PipCache, rules: InstallRules) -> dict[str, int]:
    if not rules.has_selfcheck_folder:
        return {f"{cache.folder}/selfcheck.json": _SELFCHECK}
    name = hashlib.sha224(request.places.data.encode()).hexdigest()
    return {f"{cache.folder}/selfcheck/{name}": _SELFCHECK}


def _asked(request: GrowthRequest, cache: PipCache) -> Iterator[_Asked]:
    """Give what pip fetches: the files, the pages of what it installs, its own page to look for a newer one."""
    pip = Version(request.target.pip)
    page_accept = _JSON_AND_HTML if pip >= _JSON_SINCE else _HTML
    for one in request.plan.fetched:
        yield _Asked(one.url, is_page=False, accept="*/*", size=one.file.size)
    pages = {one.page.url: one.page for one in request.plan.actions if one.kind != "keep" and one.page is not None}
    for page in pages.values():
        if page.url.endswith("/"):  # not a direct reference, nor a file of --find-links
            yield _Asked(page.url, is_page=True, accept=page_accept, size=None)
    if cache.is_version_checked and pages:
        index = next(iter(pages.values())).index.without_credentials.rstrip("/")
        yield _Asked(f"{index}/pip/", is_page=True, accept=page_accept, size=None)
    if pip >= _METADATA_SINCE and not cache.is_hash_mode:
        taken = [(one.file, one.page) for one in request.plan.actions if one.kind != "keep"]
        for file, of in taken:
            if file is not None and of is not None and file.core_metadata:
                yield _Asked(f"{of.url_of(file)}.metadata", is_page=False, accept="*/*", size=None)


def _is_adapter_caching(url: str, cache: PipCache, rules: InstallRules) -> bool:
    """Whether pip has a cache for such a URL: what does not come by TLS is not kept, but of trusted hosts."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http"):
        return False
    if {parts.hostname, parts.netloc} & cache.trusted_hosts:
        return rules.caches_trusted_hosts
    return parts.scheme == "https"


def is_cached(answer: ServedAnswer) -> bool:
    """Whether CacheControl keeps an answer: one with an ETag, a permanent redirect, one that says how long it holds."""
    headers = answer.headers
    control = dict(_directives(headers.get("cache-control", "")))
    if answer.status not in _STATUSES or "no-store" in control or "*" in headers.get("vary", ""):
        return False
    if "etag" in headers or answer.status in (301, 308):
        return True
    if parsedate(headers.get("date", "")) is None:
        return False
    age = control.get("max-age", "")
    return (age.isdigit() and int(age) > 0) or bool(headers.get("expires"))


def _directives(value: str) -> Iterator[tuple[str, str]]:
    for part in value.split(","):
        name, _, argument = part.strip().partition("=")
        yield name.strip().lower(), argument.strip().strip('"')


def _entry(one: _Asked, answer: ServedAnswer, cache: PipCache, rules: InstallRules) -> dict[str, int]:
    """Give the file, or the two files, of one answer."""
    body = one.size if one.size is not None else answer.size
    is_apart = rules.cache_format == "msgpack and body"
    parts = urlsplit(one.url)
    key = urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", parts.query, ""))
    name = hashlib.sha224(key.encode()).hexdigest()
    path = posixpath.join(cache.folder, "http-v2" if is_apart else "http", *name[:5], name)
    if rules.cache_format == "zlib":
        return {path: _zlib_size(body, answer.headers)}
    head = len("cc=4,") + packed_size(_document(one, answer, rules))
    # A body in the same file has a longer length before it than the empty one that is counted here.
    return {path: head, f"{path}.body": body} if is_apart else {path: head + body + _length_size(body)}


def _document(one: _Asked, answer: ServedAnswer, rules: InstallRules) -> dict[str, object]:
    """Give what is kept, with an empty body: its header fields are those of pip's own request, or as long."""
    asked = {"accept-encoding": "gzip, deflate" if one.is_page else "identity", "accept": one.accept}
    vary = [name.strip() for name in answer.headers.get("vary", "").split(",") if name.strip()]
    response: dict[str, object] = {
        "body": b"",
        "headers": dict(answer.headers),
        "status": answer.status,
        "version": 11,
        "reason": "OK",
        "decode_content": False,
    }
    if rules.has_strict:
        response["strict"] = 0
    return {"response": response, "vary": {name: asked.get(name.lower()) for name in vary}}


def _length_size(body: int) -> int:
    """Give how much longer the length of this body is than that of an empty one (MessagePack, ``bin``)."""
    return 0 if body < 2**8 else 1 if body < 2**16 else 3


def _zlib_size(body: int, headers: Mapping[str, str]) -> int:
    """Give the size of base64 in JSON, compressed: deflate gets base64 of a wheel down to 6.05 bits a character."""
    texts = sum(len(name) + len(value) for name, value in headers.items())
    return round((body * 4 / 3 + texts) * 6.05 / 8) + 200
