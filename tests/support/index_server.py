"""An index server on loopback that speaks the whole simple repository API, and fails on plan.

Several indexes under one server. With NAME empty for the first::

    /NAME/simple/                         all projects
    /NAME/simple/PROJECT/                 a project's page, JSON or HTML by the Accept header
    /NAME/asof/2021-01-16/simple/PROJECT/ only files uploaded before that instant, for pips that cannot ask for it
    /NAME/links/                          one page of all files, for --find-links
    /NAME/files/DIGEST/FILENAME           a file, and FILENAME.metadata beside it

By hand, in ``tests/``: ``python -m support.index_server universe.toml --port 8000``.
"""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self

from packaging.utils import canonicalize_name

from support.faults import Fault, FaultPlan
from support.loopback import LoopbackServer, Request, Response
from support.ranges import with_range
from support.simple_pages import PageShape, html_page, html_root, json_page, json_root, negotiate

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    from support.distribution import Artifact
    from support.faults import How
    from support.simple_pages import Format

__all__ = ["Index", "IndexServer", "Logged"]

LAST_MODIFIED = "Fri, 01 Jan 2021 00:00:00 GMT"


@dataclass(slots=True)
class Index:
    """One index and how it behaves; each field may be changed while it serves."""

    name: str = ""
    files: dict[str, list[Artifact]] = field(default_factory=dict)
    """Normalised project name to its files, in the order they are listed."""
    formats: tuple[Format, ...] = ("json", "html")
    shape: PageShape = field(default_factory=PageShape)
    html_backwards: bool = False
    """HTML lists the files in the opposite order of JSON; some mirrors have two orders, the public index has one."""
    ranges: Literal["multi", "single", "no-suffix", "none"] = "multi"
    """single: several ranges at once are answered with the whole; no-suffix: ``bytes=-N`` is answered with 501."""
    credentials: tuple[str, str] | None = None
    """User and password, asked for by Basic authentication on every path."""
    absolute_urls: bool = False
    """Of files; relative otherwise, though the public index has absolute ones: the port is not in the bytes then."""
    etags: bool = True
    cache_control: str | None = "max-age=600, public"
    compress: bool = True
    """Pages are sent gzipped to those who accept it."""

    def add(self, *artifacts: Artifact) -> Self:
        """List more files."""
        for artifact in artifacts:
            self.files.setdefault(artifact.project, []).append(artifact)
        return self

    def remove(self, project: str, version: str | None = None) -> None:
        """Take a project or one of its releases away."""
        kept = [one for one in self.files.pop(canonicalize_name(project)) if version not in (None, one.version)]
        if kept:
            self.files[canonicalize_name(project)] = kept

    @property
    def prefix(self) -> str:
        """Of all its paths: empty, or ``/NAME``."""
        return f"/{self.name}" if self.name else ""


@dataclass(frozen=True, slots=True)
class Logged:
    """A request that was answered."""

    method: str
    path: str
    headers: dict[str, str]
    status: int
    """0 where the connection was reset."""
    sent: int
    """Bytes of the body."""


class IndexServer:
    """The server; a context manager, or `start` and `stop`.

    :param latency: Seconds before each answer.
    """

    def __init__(
        self, *artifacts: Artifact, port: int = 0, tls: ssl.SSLContext | None = None, latency: float = 0.0
    ) -> None:
        self.indexes: dict[str, Index] = {}
        self.requests: list[Logged] = []
        self.redirects: dict[str, tuple[int, str]] = {}
        self.latency = latency
        self._plan = FaultPlan()
        self._pages: dict[Any, bytes] = {}
        self._server = LoopbackServer(self._handle, port=port, tls=tls)
        self.index("").add(*artifacts)

    # --- set up -----------------------------------------------------------------------------------------------------

    def index(self, name: str = "", **settings: Any) -> Index:
        """Give the index of that name, made if it is new, with these fields of `Index` set."""
        index = self.indexes.setdefault(name, Index(name))
        for key, value in settings.items():
            setattr(index, key, value)
        return index

    def add(self, *artifacts: Artifact) -> Self:
        """List more files in the first index."""
        self.index().add(*artifacts)
        return self

    def fail(self, path: str, how: How = "status", **settings: Any) -> None:
        """Plan a failure: ``fail("/simple/a/", times=2, status=503)``, ``fail("*.whl", "reset", times=None)``."""
        self._plan.faults.append(Fault(path, how, **settings))

    def redirect(self, path: str, target: str, status: int = 302) -> None:
        """Answer a path with a redirect; the target may be absolute."""
        self.redirects[path] = (status, target)

    # --- ask --------------------------------------------------------------------------------------------------------

    @property
    def root(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return self._server.url

    @property
    def url(self) -> str:
        """Of the first index: ``http://127.0.0.1:PORT/simple/``."""
        return self.url_of()

    def url_of(self, name: str = "", *, as_of: str | None = None, credentials: str | None = None) -> str:
        """Give an index's URL.

        :param as_of: A date or an instant (RFC 3339): only files uploaded before it.
        :param credentials: ``user:password``, put into the URL.
        """
        root = self.root.replace("://", f"://{credentials}@") if credentials else self.root
        return f"{root}{self.indexes[name].prefix}{f'/asof/{as_of}' if as_of else ''}/simple/"

    def links_of(self, name: str = "") -> str:
        """Give the URL of an index's page for ``--find-links``."""
        return f"{self.root}{self.indexes[name].prefix}/links/"

    def paths(self, *, status: int | None = None) -> list[str]:
        """Give the paths asked for, in order."""
        return [one.path for one in self.requests if status in (None, one.status)]

    def start(self) -> Self:
        """Listen."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Close every connection."""
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    # --- answer -----------------------------------------------------------------------------------------------------

    def _handle(self, request: Request) -> Response:
        response = self._plan.apply(request, self._route(request))
        response.delay += self.latency
        status, sent = (0, 0) if response.reset else (response.status, len(response.body[: response.sent]))
        self.requests.append(Logged(request.method, request.path, request.headers, status, sent))
        return response

    def _route(self, request: Request) -> Response:
        if request.path in self.redirects:
            status, target = self.redirects[request.path]
            return Response(status, {"Location": target})
        if request.method not in ("GET", "HEAD"):
            return _plain(405, "only GET and HEAD")
        parts = request.path.strip("/").split("/")
        index = self.indexes[parts.pop(0) if parts[0] in self.indexes and parts[0] else ""]
        if index.credentials and request.headers.get("authorization") != _basic(*index.credentials):
            response = _plain(401, "who are you?")
            response.headers["WWW-Authenticate"] = 'Basic realm="index"'
            return response
        return self._dispatch(index, parts, request)

    def _dispatch(self, index: Index, parts: list[str], request: Request) -> Response:
        as_of = None
        if parts[0] == "asof" and len(parts) > 1:
            _, as_of, *parts = parts
        match parts:
            case ["simple"]:
                return self._root(index, request)
            case ["simple", project]:
                return self._page(index, project, as_of, request)
            case ["links"]:
                return self._links(index, request)
            case ["files", digest, filename]:
                return _file(index, digest, filename, request)
        return _plain(404, "no such path")

    def _root(self, index: Index, request: Request) -> Response:
        chosen = negotiate(request.headers.get("accept", ""), index.formats)
        if chosen is None:
            return _plain(406, "not in that format")
        render = {"json": json_root, "html": html_root}[chosen[0]]
        return _cacheable(render(sorted(index.files)), chosen[1], index, request)

    def _page(self, index: Index, project: str, as_of: str | None, request: Request) -> Response:
        normalised = canonicalize_name(project)
        if normalised != project or not request.path.endswith("/"):
            above = request.path.rstrip("/").rpartition("/")[0]
            return Response(301, {"Location": f"{above}/{normalised}/"})
        chosen = negotiate(request.headers.get("accept", ""), index.formats)
        files = index.files.get(project)
        if files is None:
            return _plain(404, "no such project")
        if chosen is None:
            return _plain(406, "not in that format")
        cutoff = _instant(as_of) if as_of else None
        listed = [one for one in files if cutoff is None or _uploaded_before(one, cutoff)]
        if index.html_backwards and chosen[0] == "html":
            listed.reverse()
        # Keyed by what is listed and not by the project alone, since a test may add a file between two requests.
        shown = ((one.filename, one.sha256, one.requires_python, one.yanked, one.upload_time) for one in listed)
        key = (index.name, project, chosen[0], index.shape, index.absolute_urls, *shown)
        if key not in self._pages:
            render = {"json": json_page, "html": html_page}[chosen[0]]
            self._pages[key] = render(project, self._with_urls(index, listed), index.shape)
        return _cacheable(self._pages[key], chosen[1], index, request)

    def _links(self, index: Index, request: Request) -> Response:
        everything = [one for files in index.files.values() for one in files]
        body = html_page("everything", self._with_urls(index, everything), index.shape)
        return _cacheable(body, "text/html", index, request)

    def _with_urls(self, index: Index, files: Iterable[Artifact]) -> list[tuple[Artifact, str]]:
        base = (self.root if index.absolute_urls else "") + index.prefix
        return [(one, f"{base}/files/{one.sha256[:16]}/{one.filename.replace('+', '%2B')}") for one in files]


def _file(index: Index, digest: str, filename: str, request: Request) -> Response:
    is_metadata = filename.endswith(".metadata")
    for files in index.files.values():
        for artifact in files:
            if artifact.filename == filename.removesuffix(".metadata") and artifact.sha256.startswith(digest):
                content = artifact.metadata if is_metadata else artifact.content
                if content is None or (is_metadata and index.shape.core_metadata == "absent"):
                    return _plain(404, "no core metadata")
                return _whole_or_range(content, index, request)
    return _plain(404, "no such file")


def _whole_or_range(content: bytes, index: Index, request: Request) -> Response:
    etag = _etag(content)
    if index.etags and request.headers.get("if-none-match") == etag:
        return Response(304, {"ETag": etag})
    headers = {"Content-Type": "application/octet-stream", "Last-Modified": LAST_MODIFIED}
    headers["Cache-Control"] = "max-age=365000000, immutable, public"
    if index.etags:
        headers["ETag"] = etag
    return with_range(Response(200, headers, content), request.headers.get("range"), index.ranges)


def _cacheable(body: bytes, content_type: str, index: Index, request: Request) -> Response:
    etag = _etag(body)
    headers = {"Content-Type": content_type, "Vary": "Accept, Accept-Encoding", "Last-Modified": LAST_MODIFIED}
    if index.cache_control:
        headers["Cache-Control"] = index.cache_control
    if index.etags:
        headers["ETag"] = etag
        if request.headers.get("if-none-match") == etag:
            return Response(304, headers)
    if index.compress and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, 1, mtime=0)
    return Response(200, headers, body)


def _plain(status: int, text: str) -> Response:
    return Response(status, {"Content-Type": "text/plain"}, text.encode())


def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _instant(text: str) -> dt.datetime:
    """Read a date or an instant; without an offset it is UTC."""
    instant = dt.datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)


def _uploaded_before(artifact: Artifact, cutoff: dt.datetime) -> bool:
    return artifact.upload_time is not None and _instant(artifact.upload_time) < cutoff


def main() -> None:
    """Serve a universe file until interrupted."""
    import argparse  # noqa: PLC0415  by hand only
    import tomllib  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from support.packages import universe  # noqa: PLC0415

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("universe", type=Path, help="TOML with [packages.NAME.VERSION] tables")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    arguments = parser.parse_args()
    files = universe(tomllib.loads(arguments.universe.read_text())["packages"])
    with IndexServer(*files, port=arguments.port, latency=arguments.latency) as server:
        print(server.url, flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
