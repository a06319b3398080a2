"""The test index itself: what it answers, and how it fails when told to."""

from __future__ import annotations

import gzip
import http.client
import json
import ssl
import urllib.error
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from support.packages import sdist, wheel
from support.simple_pages import PageShape

if TYPE_CHECKING:
    from pathlib import Path

    from support.index_server import IndexServer

JSON = "application/vnd.pypi.simple.v1+json"


def get(url: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request(method, parts.path, headers={key.replace("_", "-"): value for key, value in headers.items()})
        response = connection.getresponse()
        return response.status, {key.lower(): value for key, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def page(server: IndexServer, project: str) -> dict:
    return json.loads(get(f"{server.url}{project}/", Accept=JSON)[2])


def test_json_page_lists_what_the_file_says(index_server: IndexServer) -> None:
    built = wheel("A.b", "1.0", requires_python=">=3", upload_time="2021-01-01T00:00:00Z", yanked="broken")
    index_server.add(built)
    (file,) = page(index_server, "a-b")["files"]
    assert file["filename"] == "A.b-1.0-py2.py3-none-any.whl"
    assert file["hashes"] == {"sha256": built.sha256}
    assert (file["requires-python"], file["yanked"], file["size"]) == (">=3", "broken", len(built.content))
    assert get(index_server.root + file["url"])[2] == built.content
    assert get(index_server.root + file["url"] + ".metadata")[2] == built.metadata


def test_html_page_escapes_and_flags(index_server: IndexServer) -> None:
    index_server.add(wheel("a", "1.0", requires_python=">=3", yanked=True))
    status, headers, body = get(f"{index_server.url}a/", Accept="text/html")
    assert (status, headers["content-type"]) == (200, "text/html")
    assert b'data-requires-python="&gt;=3"' in body
    assert b'data-yanked=""' in body
    assert b"data-core-metadata" in body


@pytest.mark.parametrize(
    ("accept", "formats", "expected"),
    [
        (f"{JSON}, text/html; q=0.01", ("json", "html"), JSON),
        (f"{JSON}, text/html; q=0.01", ("html",), "text/html"),
        ("text/html", ("json",), None),
        ("", ("html",), "text/html"),
    ],
)
def test_format_by_accept(
    index_server: IndexServer, accept: str, formats: tuple[str, ...], expected: str | None
) -> None:
    index_server.add(wheel("a", "1.0"))
    index_server.index(formats=formats)
    status, headers, _ = get(f"{index_server.url}a/", Accept=accept)
    assert headers["content-type"] == expected if expected else status == 406


def test_etag_gives_304_until_a_file_is_added(index_server: IndexServer) -> None:
    index_server.add(wheel("a", "1.0"))
    url = f"{index_server.url}a/"
    etag = get(url)[1]["etag"]
    assert get(url, If_None_Match=etag)[0] == 304
    index_server.add(wheel("a", "1.1"))
    assert get(url, If_None_Match=etag)[0] == 200


def test_gzip(index_server: IndexServer) -> None:
    index_server.add(wheel("a", "1.0"))
    _, headers, body = get(f"{index_server.url}a/", Accept=JSON, Accept_Encoding="gzip")
    assert headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(body))["name"] == "a"


def test_as_of_hides_what_came_later_or_has_no_date(index_server: IndexServer) -> None:
    index_server.add(
        wheel("a", "1", upload_time="2021-01-15T23:59:59Z"),
        wheel("a", "2", upload_time="2021-01-16T00:00:00Z"),
        wheel("a", "3"),
    )
    status, _, body = get(index_server.url_of(as_of="2021-01-16") + "a/", Accept=JSON)
    assert status == 200
    assert [file["filename"] for file in json.loads(body)["files"]] == ["a-1-py2.py3-none-any.whl"]


def test_ranges(index_server: IndexServer) -> None:
    built = wheel("a", "1", padding=5000)
    index_server.add(built)
    url = index_server.root + page(index_server, "a")["files"][0]["url"]
    status, headers, body = get(url, Range="bytes=-100")
    assert (status, body) == (206, built.content[-100:])
    size = len(built.content)
    assert headers["content-range"] == f"bytes {size - 100}-{size - 1}/{size}"
    status, headers, body = get(url, Range="bytes=0-3,10-19")
    assert status == 206
    assert headers["content-type"].startswith("multipart/byteranges")
    assert built.content[10:20] in body
    assert get(url, Range=f"bytes={size}-")[0] == 416
    index_server.index(ranges="single")
    assert get(url, Range="bytes=0-3,10-19")[2] == built.content
    index_server.index(ranges="no-suffix")
    assert get(url, Range="bytes=-100")[0] == 501
    index_server.index(ranges="none")
    status, headers, _ = get(url, Range="bytes=-100")
    assert status == 200
    assert "accept-ranges" not in headers


def test_core_metadata_switch(index_server: IndexServer) -> None:
    index_server.add(wheel("a", "1"), sdist("a", "1"))
    assert [bool(file.get("core-metadata")) for file in page(index_server, "a")["files"]] == [True, False]
    for listing, flagged, status in (("unflagged", False, 200), ("absent", False, 404)):
        index_server.index(shape=PageShape(core_metadata=listing))
        file = page(index_server, "a")["files"][0]
        assert ("core-metadata" in file) is flagged
        assert get(f"{index_server.root}{file['url']}.metadata")[0] == status


def test_credentials_redirects_and_several_indexes(index_server: IndexServer) -> None:
    index_server.index("private", credentials=("me", "secret")).add(wheel("a", "2"))
    assert get(f"{index_server.url_of('private')}a/")[0] == 401
    assert get(f"{index_server.url_of('private')}a/", Authorization="Basic bWU6c2VjcmV0")[0] == 200
    assert get(f"{index_server.url}a/")[0] == 404
    status, headers, _ = get(f"{index_server.url}A.B")
    assert (status, headers["location"]) == (301, "/simple/a-b/")
    index_server.redirect("/simple/x/", "/simple/y/", 307)
    assert get(f"{index_server.url}x/")[1]["location"] == "/simple/y/"


def test_failures_on_plan_are_counted_and_logged(index_server: IndexServer) -> None:
    index_server.add(wheel("a", "1"))
    index_server.fail("/simple/a/", times=2, status=503, headers={"Retry-After": "0"})
    url = f"{index_server.url}a/"
    assert [get(url)[0] for _ in range(3)] == [503, 503, 200]
    index_server.fail("/simple/*", "reset")
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        get(url)
    index_server.fail("/simple/*", "truncate")
    with pytest.raises(http.client.IncompleteRead):
        get(url)
    good = get(url)[2]
    index_server.fail("/simple/*", "corrupt")
    assert get(url)[2] != good
    assert [one.status for one in index_server.requests] == [503, 503, 200, 0, 200, 200, 200]


def test_connection_is_kept(index_server: IndexServer) -> None:
    index_server.add(wheel("a", "1"))
    parts = urlsplit(index_server.root)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    for _ in range(3):
        connection.request("GET", "/simple/a/")
        socket = connection.sock
        assert connection.getresponse().read()
        assert connection.sock is socket
        assert socket is not None
    connection.close()


def test_tls_with_a_certificate_that_one_authority_vouches_for(
    tls_index_server: tuple[IndexServer, Path],
) -> None:
    server, authority = tls_index_server
    server.add(wheel("a", "1"))
    context = ssl.create_default_context(cafile=str(authority))
    with urllib.request.urlopen(f"{server.url}a/", context=context) as answer:
        assert b"a-1" in answer.read()
    with pytest.raises(urllib.error.URLError, match="certificate verify failed"):
        urllib.request.urlopen(f"{server.url}a/", context=ssl.create_default_context())
