"""A recording of a package index: what clients asked of it once, kept to be served from loopback ever after.

In a folder: ``pages/NAME.json`` (the index's own JSON page), ``metadata/SHA256`` (core metadata), ``extracted/SHA256``
(core metadata that it does not serve, out of the wheel), ``files/SHA256`` (whole files: sdists, and wheels that builds
need), ``ranges/SHA256/FIRST-LAST``. An empty ``….missing`` stands for a 404. Paths that are served::

    /simple/NAME/                    the page, JSON or HTML by the Accept header, its file URLs on this host
    /asof/2021-01-16/simple/NAME/    only files uploaded before that instant
    /files/SHA256/FILENAME           and FILENAME.metadata
    /NAME/json                       the releases with their hashes, which pip-compile asks for
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import html
import io
import threading
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from support.loopback import Request, Response
from support.ranges import with_range
from support.simple_pages import negotiate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Manners", "Recording", "Upstream", "default_index"]

Manners = Literal["public", "mirror"]
"""public: as the public index answers: sidecars of all wheels, flagged; pages gzipped, validated and fresh for ten
minutes. mirror: as the recorded index answered, if it is a plain mirror: unlisted sidecars of some wheels, no more."""


class Upstream:
    """The index that is recorded, asked as plainly as possible: what is kept is what it sends uncompressed."""

    def __call__(self, url: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """Fetch a URL.

        :raises urllib.error.URLError: when it cannot be reached, or answers with another error than 404 or 416.
        """
        try:
            with urllib.request.urlopen(
                urllib.request.Request(url, headers=dict(headers or {})), timeout=120
            ) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                if error.code in (404, 416):
                    return error.code, b""
                raise


def default_index() -> str:
    """Give pip's own default index, with a slash at its end."""
    from pip._internal.models.index import PyPI  # noqa: PLC0415  a recorder alone needs it

    return PyPI.simple_url.rstrip("/") + "/"


@dataclass(slots=True)
class Recording:
    """The handler of a `LoopbackServer`.

    Without ``upstream`` it replays: what was not recorded is a 404 and stands in `misses`.
    """

    folder: Path
    upstream: Upstream | None = None
    index: str = ""
    manners: Manners = "public"
    latency: float = 0.0
    """Seconds before each answer."""
    redirect_wheels: bool = False
    """A whole wheel is not kept but redirected to: for real pips that download hundreds of megabytes."""
    misses: list[str] = field(default_factory=list)
    requests: int = 0
    sent: int = 0
    """Bytes of all bodies."""
    _files: dict[str, dict[str, Any]] = field(default_factory=dict)
    _rendered: dict[tuple[Any, ...], tuple[bytes, bytes]] = field(default_factory=dict)

    def __call__(self, request: Request) -> Response:
        """Answer."""
        response = self._route(request)
        response.delay = self.latency
        self.requests += 1
        self.sent += len(response.body)
        return response

    def _route(self, request: Request) -> Response:
        parts = request.path.strip("/").split("/")
        as_of = parts.pop(0) and parts.pop(0) if parts[0] == "asof" and len(parts) > 1 else None
        match parts:
            case ["simple", name]:
                return self._page(name, as_of, request)
            case [name, "json"]:
                return self._releases(name, as_of, request)
            case ["files", sha256, filename] if filename.endswith(".metadata"):
                return self._metadata(sha256)
            case ["files", sha256, filename]:
                return self._file(sha256, filename, request)
        return self._missing(request.path)

    # --- pages --------------------------------------------------------------------------------------------------------

    def _page(self, name: str, as_of: str | None, request: Request) -> Response:
        chosen = negotiate(request.headers.get("accept", ""), ("json", "html"))
        if chosen is None:
            return Response(406)
        key = (name, as_of, chosen[0], self.manners)
        if key not in self._rendered:
            page = self._decoded(name, as_of)
            if page is None:
                return self._missing(request.path)
            body = msgspec.json.encode(self._listed(page)) if chosen[0] == "json" else _html(self._listed(page))
            self._rendered[key] = (body, gzip.compress(body, 6, mtime=0))
        return self._cacheable(*self._rendered[key], chosen[1], request)

    def _cacheable(self, body: bytes, compressed: bytes, content_type: str, request: Request) -> Response:
        headers = {"Content-Type": content_type}
        if self.manners == "mirror":
            return Response(200, headers, body)
        etag = f'"{hashlib.md5(compressed).hexdigest()}"'
        headers |= {"ETag": etag, "Cache-Control": "max-age=600, public", "Vary": "Accept, Accept-Encoding"}
        if request.headers.get("if-none-match") == etag:
            return Response(304, headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(200, headers | {"Content-Encoding": "gzip"}, compressed)
        return Response(200, headers, body)

    def _decoded(self, name: str, as_of: str | None) -> dict[str, Any] | None:
        headers = {"Accept": "application/vnd.pypi.simple.v1+json"}
        raw = self._kept(f"pages/{name}.json", f"{self.index}{name}/", headers)
        if raw is None:
            return None
        page: dict[str, Any] = msgspec.json.decode(raw)
        for file in page["files"]:
            self._files[file["hashes"]["sha256"]] = file
        if as_of:
            cutoff = _instant(as_of)
            page["files"] = [file for file in page["files"] if _instant(file["upload-time"]) < cutoff]
        return page

    def _listed(self, page: dict[str, Any]) -> dict[str, Any]:
        """Put this host's URLs in; flag the sidecars as the public index does, where it is imitated."""
        files = []
        for file in page["files"]:
            listed = file | {"url": f"/files/{file['hashes']['sha256']}/{file['filename']}"}
            if self.manners == "public" and file["filename"].endswith(".whl"):
                said = self._sidecar_hash(file["hashes"]["sha256"]) or True
                listed |= {"core-metadata": said, "data-dist-info-metadata": said}
            files.append(listed)
        return page | {"files": files}

    def _sidecar_hash(self, sha256: str) -> dict[str, str] | None:
        for kind in ("metadata", "extracted"):
            sidecar = self.folder / kind / sha256
            if sidecar.exists():
                return {"sha256": hashlib.sha256(sidecar.read_bytes()).hexdigest()}
        return None

    def _releases(self, name: str, as_of: str | None, request: Request) -> Response:
        page = self._decoded(name, as_of)
        if page is None:
            return self._missing(request.path)
        root = f"http://{request.headers['host']}"
        releases: dict[str, list[dict[str, Any]]] = {}
        for file in page["files"]:
            is_wheel = file["filename"].endswith(".whl")
            version = file["filename"].split("-")[1] if is_wheel else _sdist_version(file["filename"])
            entry = {
                "url": f"{root}/files/{file['hashes']['sha256']}/{file['filename']}",
                "digests": file["hashes"],
                "packagetype": "bdist_wheel" if is_wheel else "sdist",
            }
            releases.setdefault(version, []).append(entry)
        return Response(200, {"Content-Type": "application/json"}, msgspec.json.encode({"releases": releases}))

    # --- files --------------------------------------------------------------------------------------------------------

    def _metadata(self, sha256: str) -> Response:
        body = self._kept(f"metadata/{sha256}", self._url(sha256) + ".metadata")
        if body is None and self.manners == "public":
            body = self._extracted(sha256)
        return self._missing(f"metadata of {sha256}") if body is None else Response(200, _IMMUTABLE, body)

    def _extracted(self, sha256: str) -> bytes | None:
        """Give METADATA out of a wheel; a recorder reads it by ranges and keeps it."""
        kept = self.folder / "extracted" / sha256
        if not kept.exists():
            if self.upstream is None or sha256 not in self._files:
                return None
            reader = RangeReader(self.upstream, self._url(sha256), self._files[sha256]["size"])
            with zipfile.ZipFile(io.BufferedReader(reader, 65536)) as archive:
                name = next(one for one in archive.namelist() if one.endswith(".dist-info/METADATA"))
                _write(kept, archive.read(name))
        return kept.read_bytes()

    def _file(self, sha256: str, filename: str, request: Request) -> Response:
        whole = self.folder / "files" / sha256
        wanted = request.headers.get("range")
        if whole.exists():
            return with_range(Response(200, dict(_IMMUTABLE), whole.read_bytes()), wanted, "multi")
        size = self._files.get(sha256, {}).get("size") or 0
        if request.method == "HEAD" and size:
            return Response(200, _IMMUTABLE | {"Accept-Ranges": "bytes"}, bytes(size))
        if wanted and size:
            return self._range(sha256, wanted, size)
        if self.redirect_wheels and filename.endswith(".whl"):
            return Response(302, {"Location": self._url(sha256)})
        body = self._kept(f"files/{sha256}", self._url(sha256))
        return self._missing(request.path) if body is None else Response(200, dict(_IMMUTABLE), body)

    def _range(self, sha256: str, wanted: str, size: int) -> Response:
        """Answer from a recorded range that covers the wanted one; a recorder fetches 64 KiB at least."""
        first_text, _, last_text = wanted.removeprefix("bytes=").partition("-")
        first = int(first_text) if first_text else max(size - int(last_text), 0)
        last = min(int(last_text), size - 1) if first_text and last_text else size - 1
        folder = self.folder / "ranges" / sha256
        for path in folder.glob("*-*"):
            start, end = map(int, path.name.split("-"))
            if start <= first and last <= end:
                return _partial(path.read_bytes()[first - start : last - start + 1], first, size)
        start, end = max(min(first, last - 65535), 0), last
        body = self._kept(f"ranges/{sha256}/{start}-{end}", self._url(sha256), {"Range": f"bytes={start}-{end}"})
        if body is None:
            return self._missing(f"bytes {first}-{last} of {sha256}")
        return _partial(body[first - start :], first, size)

    def _url(self, sha256: str) -> str:
        return str(self._files[sha256]["url"]) if sha256 in self._files else ""

    # --- keeping ------------------------------------------------------------------------------------------------------

    def _kept(self, path: str, url: str, headers: Mapping[str, str] | None = None) -> bytes | None:
        """Read from the folder; a recorder fetches and keeps what is not there. None is a 404."""
        kept, missing = self.folder / path, self.folder / f"{path}.missing"
        if kept.exists():
            return kept.read_bytes()
        if self.upstream is None or not url or missing.exists():
            return None
        status, body = self.upstream(url, headers)
        if status >= 400:
            _write(missing, b"")
            return None
        _write(kept, body)
        return body

    def _missing(self, what: str) -> Response:
        if not self.upstream:
            self.misses.append(what)
        return Response(404, {"Content-Type": "text/plain"}, b"not recorded")


_IMMUTABLE = {"Content-Type": "application/octet-stream", "Cache-Control": "max-age=365000000, immutable, public"}


class RangeReader(io.RawIOBase):
    """A remote file that can be sought in; each read is a range request."""

    def __init__(self, fetch: Upstream, url: str, size: int) -> None:
        self._fetch, self._url, self._size, self._position = fetch, url, size, 0

    def seekable(self) -> bool:
        """Always."""
        return True

    def readable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move, without a request."""
        self._position = offset + (0, self._position, self._size)[whence]
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Read as much as the buffer takes."""
        last = min(self._position + len(buffer), self._size) - 1
        if last < self._position:
            return 0
        _, body = self._fetch(self._url, {"Range": f"bytes={self._position}-{last}"})
        buffer[: len(body)] = body
        self._position += len(body)
        return len(body)


def _write(path: Path, content: bytes) -> None:
    """Write a file that another thread may be writing too: whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{threading.get_ident()}.part")
    unfinished.write_bytes(content)
    unfinished.rename(path)


def _partial(body: bytes, first: int, size: int) -> Response:
    headers = _IMMUTABLE | {"Accept-Ranges": "bytes", "Content-Range": f"bytes {first}-{first + len(body) - 1}/{size}"}
    return Response(206, headers, body)


def _instant(text: str) -> dt.datetime:
    instant = dt.datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)


def _sdist_version(filename: str) -> str:
    stem = filename.removesuffix(".zip").removesuffix(".tar.gz").removesuffix(".tar.bz2")
    return stem.rpartition("-")[2]


def _html(page: dict[str, Any]) -> bytes:
    lines = []
    for file in page["files"]:
        attributes = f'href="{file["url"]}#sha256={file["hashes"]["sha256"]}"'
        if file.get("requires-python"):
            attributes += f' data-requires-python="{html.escape(file["requires-python"])}"'
        if file.get("yanked"):
            reason = file["yanked"] if isinstance(file["yanked"], str) else ""
            attributes += f' data-yanked="{html.escape(reason)}"'
        if "core-metadata" in file:
            attributes += ' data-core-metadata="true" data-dist-info-metadata="true"'
        lines.append(f"<a {attributes}>{file['filename']}</a><br/>")
    return ("<!DOCTYPE html><html><body>\n" + "\n".join(lines) + "\n</body></html>\n").encode()
