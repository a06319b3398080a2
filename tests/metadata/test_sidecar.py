from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest
from support.distribution import Distribution
from support.metadata_parts import page_of
from support.wheels import build_wheel

from pipfreeze_lock.errors import MetadataError
from pipfreeze_lock.http.client import Client
from pipfreeze_lock.http.interface import HttpResponse
from pipfreeze_lock.metadata.sidecar import SidecarReader
from pipfreeze_lock.model.artifact import IndexFile

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def reader() -> Iterator[SidecarReader]:
    with Client() as client:
        yield SidecarReader(client)


def wheels(count: int):
    return [build_wheel(Distribution(name="demo", version=f"1.{number}")) for number in range(count)]


def test_an_announced_sidecar_is_read(index_server, reader):
    index_server.add(*wheels(1))
    page = page_of(index_server, "demo")
    assert page.files[0].core_metadata
    assert b"Name: demo" in bytes(reader.read(page.files[0], page.url_of(page.files[0])))


def test_a_wrong_hash_of_the_sidecar_is_refused(index_server, reader):
    index_server.add(*wheels(1))
    page = page_of(index_server, "demo")
    file = msgspec.structs.replace(page.files[0], core_metadata={"sha256": "0" * 64})
    with pytest.raises(MetadataError, match="sha256"):
        reader.read(file, page.url_of(file))


def test_a_silent_page_whose_host_serves_sidecars_costs_one_request_a_wheel(index_server, reader):
    index_server.add(*wheels(5))
    page = page_of(index_server, "demo", flagged=False)
    index_server.requests.clear()
    for file in page.files:
        assert reader.read(file, page.url_of(file)) is not None
    assert len(index_server.requests) == 5


def test_a_host_without_sidecars_is_asked_twice_only(index_server, reader):
    index_server.add(*(replace(wheel, metadata=None) for wheel in wheels(6)))
    page = page_of(index_server, "demo", flagged=False)
    index_server.requests.clear()
    assert [reader.read(file, page.url_of(file)) for file in page.files] == [None] * 6
    assert len(index_server.requests) == 2


def test_a_single_wheel_without_sidecar_does_not_end_the_asking(index_server, reader):
    good, bad = wheels(5), [replace(wheel, metadata=None) for wheel in wheels(4)]
    index_server.add(good[4], *bad[:3], good[3])
    page = page_of(index_server, "demo", flagged=False)
    found = [reader.read(file, page.url_of(file)) is not None for file in page.files]
    assert found == [True, False, False, False, True]


def test_a_page_that_is_served_for_any_address_is_no_metadata():
    class Anything:
        def get(self, url, _headers=None):
            return HttpResponse(200, url, {}, b"<!doctype html><title>Welcome</title>")

    reader = SidecarReader(Anything())
    file = IndexFile("demo-1.0-py3-none-any.whl", "https://files.example/demo-1.0-py3-none-any.whl")
    assert reader.read(file, file.url) is None


def test_a_local_file_has_none(reader):
    file = IndexFile("demo-1.0-py3-none-any.whl", "file:///wheels/demo-1.0-py3-none-any.whl")
    assert reader.read(file, file.url) is None
