"""The public index as of a day, for pips that know no date option: pages on loopback, files where they always were.

The pages are made from the index's JSON (PEP 691, 700), less the files uploaded from that day on, in the order of the
page that this pip would read: JSON, or HTML, which a mirror may order otherwise. Yank state is today's, as in our own ``--exclude-newer``. URL: ``http://127.0.0.1:PORT/2021-01-16/simple/``.
"""

from __future__ import annotations

import functools
import html
import json
import re
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

from pip._internal.models.index import PyPI

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["AsOfProxy"]

_JSON = "application/vnd.pypi.simple.v1+json"


class AsOfProxy:
    """Serves while it is entered."""

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url_of(self, as_of: str) -> str:
        """Give the index URL of a day: ``2021-01-16``."""
        return f"http://127.0.0.1:{self._server.server_port}/{as_of}/simple/"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        as_of, _, project = self.path.strip("/").partition("/simple/")
        try:
            body = _page(project, as_of, reads_json=_JSON in self.headers.get("accept", ""))
        except urllib.error.HTTPError as error:
            self.send_error(error.code)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name in the base class
        """Say nothing."""


def _page(project: str, as_of: str, *, reads_json: bool) -> bytes:
    files = [one for one in _files(project) if one["upload-time"] < as_of]
    if not reads_json:
        files.sort(key=lambda one: _html_places(project)[one["filename"]])
    return "\n".join(["<!DOCTYPE html><html><body>", *map(_anchor, files), "</body></html>"]).encode()


@functools.cache
def _files(project: str) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = json.loads(_fetched(project, _JSON))["files"]
    return files


@functools.cache
def _html_places(project: str) -> dict[str, int]:
    page = _fetched(project, "text/html").decode()
    return {html.unescape(name).strip(): place for place, name in enumerate(re.findall(r">([^<>]+)</a>", page))}


def _fetched(project: str, accept: str) -> bytes:
    request = urllib.request.Request(f"{PyPI.simple_url}/{project}/", headers={"Accept": accept})
    with urllib.request.urlopen(request) as response:
        body: bytes = response.read()
    return body


def _anchor(file: dict[str, Any]) -> str:
    attributes = [f'href="{html.escape(file["url"])}#sha256={file["hashes"]["sha256"]}"']
    if file.get("requires-python"):
        attributes.append(f'data-requires-python="{html.escape(file["requires-python"])}"')
    if file.get("yanked", False) is not False:
        attributes.append(f'data-yanked="{html.escape(str(file["yanked"]))}"')
    return f"<a {' '.join(attributes)}>{html.escape(file['filename'])}</a><br>"
