from __future__ import annotations

import pytest

from pipfreeze_lock.errors import NetworkError
from pipfreeze_lock.http.local_files import path_of, read_local


@pytest.fixture
def url(tmp_path):
    (tmp_path / "a.whl").write_bytes(b"0123456789")
    return (tmp_path / "a.whl").as_uri()


@pytest.mark.parametrize(
    ("wanted", "status", "body", "told"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=-30", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=7-99", 206, b"789", "bytes 7-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=-", 416, b"", "bytes */10"),
        ("pages=1-2", 200, b"0123456789", None),
    ],
)
def test_ranges(url, wanted, status, body, told):
    response = read_local(url, {"Range": wanted})
    assert (response.status, response.body, response.headers.get("content-range")) == (status, body, told)


def test_another_machine_is_refused():
    with pytest.raises(NetworkError, match="on this machine"):
        path_of("file://server/share/a.whl")


def test_escapes_are_undone_once():
    assert path_of("file:///a%20b/%2541") == "/a b/%41"
    assert path_of("file://localhost/a") == "/a"


def test_a_file_that_may_not_be_read_is_an_error(tmp_path):
    with pytest.raises(NetworkError, match="cannot be read"):
        read_local((tmp_path / "a").as_uri() + "%00", {})
