"""Many members of a wheel, in few requests."""

from __future__ import annotations

import io
import random
import zipfile
from typing import TYPE_CHECKING

import pytest
from support.distribution import Artifact

from pipfreeze_lock.errors import MetadataError
from pipfreeze_lock.http.client import Client
from pipfreeze_lock.metadata.wheel_contents import read_wheel_contents, read_wheel_members
from pipfreeze_lock.model.artifact import IndexFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.index_server import IndexServer

SOURCES = {f"big/module_{number}.py": f"value = {number}\n".encode() * 50 for number in range(40)}


@pytest.fixture
def client() -> Iterator[Client]:
    client = Client()
    yield client
    client.close()


def big(padding: int) -> Artifact:
    """Make a wheel whose sources lie on both sides of what does not compress."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(SOURCES.items()):
            if number == 20:
                archive.writestr("big/library.so", random.Random(1).randbytes(padding))
            archive.writestr(name, content)
        archive.writestr("big-1.dist-info/METADATA", "Name: big\nVersion: 1\n")
    return Artifact.of("big", "1", "big-1-py3-none-any.whl", target.getvalue())


def listed(artifact: Artifact, server: IndexServer) -> tuple[IndexFile, str]:
    server.add(artifact)
    url = f"{server.root}/files/{artifact.sha256[:16]}/{artifact.filename}"
    return IndexFile(artifact.filename, url, {"sha256": artifact.sha256}, size=len(artifact.content)), url


@pytest.mark.parametrize("padding", [100, 600_000])
def test_names_and_sizes_are_those_of_the_directory(client, index_server, padding):
    file, url = listed(big(padding), index_server)
    members = {one.name: one.size for one in read_wheel_members(client, file, url)}
    assert members.items() >= {name: len(content) for name, content in SOURCES.items()}.items()
    assert members["big/library.so"] == padding


def test_parts_are_asked_for_where_little_is_wanted(client, index_server):
    file, url = listed(big(600_000), index_server)
    assert read_wheel_contents(client, file, url, list(SOURCES)) == SOURCES
    assert sum(one.sent for one in index_server.requests) < 100_000
    assert len(index_server.requests) == 2, "the tail, and what lies before the library"


def test_the_whole_is_asked_for_where_most_is_wanted(client, index_server):
    file, url = listed(big(600_000), index_server)
    names = [*SOURCES, "big/library.so"]
    contents = read_wheel_contents(client, file, url, names)
    assert contents.keys() == set(names)
    assert index_server.requests[-1].sent == file.size


def test_a_small_file_is_read_once(client, index_server):
    file, url = listed(big(100), index_server)
    assert read_wheel_contents(client, file, url, [*SOURCES, "not there"]) == SOURCES
    assert len(index_server.requests) == 1


def test_a_server_without_ranges_is_no_matter(client, index_server):
    index_server.index(ranges="none")
    file, url = listed(big(600_000), index_server)
    assert read_wheel_contents(client, file, url, list(SOURCES)) == SOURCES


def test_a_file_of_this_machine_is_read(client, tmp_path: Path):
    artifact = big(100)
    path = tmp_path / artifact.filename
    path.write_bytes(artifact.content)
    file = IndexFile(artifact.filename, path.as_uri())
    assert read_wheel_contents(client, file, path.as_uri(), list(SOURCES)) == SOURCES
    assert len(read_wheel_members(client, file, path.as_uri())) == len(SOURCES) + 2


def test_what_is_no_wheel_is_said_to_be_none(client, index_server):
    artifact = Artifact.of("big", "1", "big-1-py3-none-any.whl", b"no zip file")
    file, url = listed(artifact, index_server)
    for read in (lambda: read_wheel_members(client, file, url), lambda: read_wheel_contents(client, file, url, ["a"])):
        with pytest.raises(MetadataError, match="not a usable wheel"):
            read()
