from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipfreeze_lock.errors import NetworkError
from pipfreeze_lock.index.simple_json import decode_json
from pipfreeze_lock.model.artifact import IndexFile

URL = "https://index.example/simple/a/"
FILE = {"filename": "a-1.tar.gz", "url": "https://files.example/a-1.tar.gz", "hashes": {"sha256": "ab"}}


def decoded(*files, **page):
    return decode_json(json.dumps({"meta": {"api-version": "1.0"}, "files": files, **page}).encode(), URL)


def only(**fields):
    (file,) = decoded(FILE | fields)
    return file


def test_all_fields_of_a_file():
    file = only(**{
        "requires-python": ">=3.6,!=3.7.*",
        "yanked": "broken",
        "upload-time": "2021-01-16T00:00:00.000000Z",
        "size": 12,
        "core-metadata": {"sha256": "cd"},
        "provenance": None,
        "gpg-sig": True,
    })  # fmt: skip
    assert file == IndexFile(
        filename="a-1.tar.gz",
        url="https://files.example/a-1.tar.gz",
        hashes={"sha256": "ab"},
        requires_python=">=3.6,!=3.7.*",
        yanked="broken",
        upload_time="2021-01-16T00:00:00.000000Z",
        size=12,
        core_metadata={"sha256": "cd"},
    )


def test_a_memoryview_will_do():
    body = memoryview(json.dumps({"files": [FILE]}).encode())
    assert [file.filename for file in decode_json(body, URL)] == ["a-1.tar.gz"]


def test_order_is_the_pages():
    names = [file.filename for file in decoded(*(FILE | {"filename": f"a-{n}.whl"} for n in (3, 1, 2)))]
    assert names == ["a-3.whl", "a-1.whl", "a-2.whl"]


@pytest.mark.parametrize(
    ("fields", "core_metadata"),
    [
        ({}, False),
        ({"core-metadata": True}, True),
        ({"core-metadata": False, "dist-info-metadata": {"sha256": "x"}}, False),
        ({"core-metadata": {"sha256": "x"}, "dist-info-metadata": False}, {"sha256": "x"}),
        ({"dist-info-metadata": {"sha256": "x"}}, {"sha256": "x"}),
        ({"dist-info-metadata": True}, True),
        ({"dist-info-metadata": False}, False),
        ({"data-dist-info-metadata": {"sha256": "x"}}, {"sha256": "x"}),
        ({"core-metadata": None, "data-dist-info-metadata": True}, True),
        ({"core-metadata": {}}, {}),
    ],
)
def test_sidecars_under_the_new_key_and_the_old_ones(fields, core_metadata):
    assert only(**fields).core_metadata == core_metadata


@pytest.mark.parametrize(("yanked", "kept"), [(True, True), (False, False), ("why", "why"), (None, False), (1, True)])
def test_yanked(yanked, kept):
    assert only(yanked=yanked).yanked == kept


@pytest.mark.parametrize(
    "careless",
    [{"size": "12"}, {"hashes": None}, {"yanked": None}, {"core-metadata": None}, {"hashes": {"sha256": None}}],
)
def test_what_pip_overlooks_is_overlooked(careless):
    assert only(**careless).filename == "a-1.tar.gz"


def test_a_file_without_a_url_is_passed_over_as_in_pip():
    assert [file.filename for file in decoded({"filename": "b"}, FILE)] == ["a-1.tar.gz"]


def test_a_file_without_a_name_is_called_after_its_url():
    (file,) = decoded({"url": "https://files.example/x/a%2B1.whl#sha256=ab"})
    assert file.filename == "a+1.whl"


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.4", "1.99"])
def test_newer_minor_versions_and_what_they_add_are_fine(version):
    page = {"meta": {"api-version": version, "_last-serial": 7}, "project-status": {"status": "archived"}}
    assert len(decoded(FILE, **page, versions=["1"])) == 1


@pytest.mark.parametrize("version", ["2.0", "0.9", "", "one"])
@pytest.mark.parametrize("file", [FILE, FILE | {"yanked": None}], ids=["strict", "loose"])
def test_another_major_version_is_refused(version, file):
    with pytest.raises(NetworkError, match="version") as caught:
        decoded(file, meta={"api-version": version})
    assert caught.value.context == URL


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"<html>", b'{"files": 3}', b'{"files": [{"url": 3}]}', b'{"files": [3]}', b"\xff"],
)
def test_what_is_no_page_is_told_with_the_url(body):
    with pytest.raises(NetworkError, match="no project page") as caught:
        decode_json(body, URL)
    assert caught.value.context == URL


def test_the_place_of_a_mistake_is_told():
    with pytest.raises(NetworkError, match=r"\$\.files\[0\]\.url"):
        decode_json(b'{"files": [{"url": 3, "filename": "a"}]}', URL)


@given(st.binary())
def test_bytes_are_a_page_or_a_network_error(body):
    try:
        files = decode_json(body, URL)
    except NetworkError:
        return
    assert isinstance(files, list)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from([
    *("filename", "url", "hashes", "requires-python", "yanked", "upload-time"),
    *("size", "core-metadata", "dist-info-metadata", "data-dist-info-metadata"),
])  # fmt: skip


@given(files=st.lists(st.dictionaries(KEYS, ANYTHING), max_size=3) | ANYTHING, meta=ANYTHING)
def test_any_json_is_a_page_or_a_network_error(files, meta):
    try:
        found = decode_json(json.dumps({"files": files, "meta": meta}).encode(), URL)
    except NetworkError:
        return
    for file in found:
        # What came out is what the types say: it can be written and read again.
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(file), type=IndexFile) == file
