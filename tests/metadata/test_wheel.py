from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from support.distribution import Distribution
from support.metadata_parts import page_of
from support.wheels import build_wheel

from pipfreeze_lock.errors import MetadataError, NetworkError
from pipfreeze_lock.http.client import Client
from pipfreeze_lock.metadata.wheel import read_wheel_metadata, wheel_metadata
from pipfreeze_lock.metadata.zip_directory import BadZipError
from pipfreeze_lock.model.artifact import IndexFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "demo-1.0-py3-none-any.whl"
METADATA = b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"


def make_wheel(
    folders: tuple[str, ...] = ("demo-1.0.dist-info",), *, compression: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        archive.writestr("demo.py", "x = 1\n" * 100)
        for folder in folders:
            archive.writestr(f"{folder}/METADATA", METADATA)
        archive.writestr("demo-data.txt", "after")
        archive.comment = comment
    return stream.getvalue()


@pytest.fixture
def client() -> Iterator[Client]:
    with Client() as client:
        yield client


@pytest.mark.parametrize(
    "content",
    [
        make_wheel(),
        make_wheel(compression=zipfile.ZIP_STORED),
        make_wheel(compression=zipfile.ZIP_BZIP2),
        make_wheel(comment=b"a comment with PK\x05\x06 in it" * 9),
        b"#!/bin/sh\nexit 1\n" + make_wheel(),
        make_wheel(("Demo-1.0.dist-info",)),
        make_wheel(("demo-2.0.dist-info",)),
    ],
    ids=["deflated", "stored", "bzip2", "comment", "self-extracting", "case", "other version"],
)
def test_the_metadata_of_a_whole_wheel(content):
    assert wheel_metadata(content, NAME) == METADATA


def test_zip64():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        # More members than 16 bits can count make a zip64 end record; the forced header a zip64 extra field.
        for number in range(66_000):
            archive.writestr(zipfile.ZipInfo(f"d/{number}"), b"")
        with archive.open("demo-1.0.dist-info/METADATA", "w", force_zip64=True) as member:
            member.write(METADATA)
    assert wheel_metadata(stream.getvalue(), NAME) == METADATA


@pytest.mark.parametrize(
    ("folders", "problem"),
    [
        ((), "no `.dist-info`"),
        (("demo-1.0.dist-info", "other-1.0.dist-info"), "several `.dist-info`"),
        (("other-1.0.dist-info",), "is not that of `demo`"),
    ],
)
def test_a_dist_info_that_pip_refuses(folders, problem):
    with pytest.raises(BadZipError, match=problem):
        wheel_metadata(make_wheel(folders), NAME)


def test_a_dist_info_without_metadata():
    content = build_wheel(Distribution(name="demo", version="1.0"), without_metadata=True).content
    with pytest.raises(BadZipError, match=r"no `demo-1\.0\.dist-info/METADATA`"):
        wheel_metadata(content, NAME)


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_truncated_wheel(cut):
    with pytest.raises(BadZipError):
        wheel_metadata(make_wheel()[:-cut], NAME)


def test_a_garbled_member():
    content = bytearray(make_wheel(compression=zipfile.ZIP_STORED))
    content[content.index(b"Name: demo") + 6] ^= 1
    with pytest.raises(BadZipError, match="checksum"):
        wheel_metadata(bytes(content), NAME)


def listed(server, project="demo", **changes):
    page = page_of(server, project, flagged=False, **changes)
    return page.files[0], page.url_of(page.files[0])


@pytest.mark.parametrize("padding", [0, 400_000], ids=["small", "large"])
@pytest.mark.parametrize("ranges", ["multi", "no-suffix", "none"])
@pytest.mark.parametrize("sized", [True, False])
def test_a_remote_wheel(index_server, client, padding, ranges, sized):
    index_server.add(build_wheel(Distribution(name="demo", version="1.0", requires=("six",), padding=padding)))
    index_server.index(ranges=ranges)
    file, url = listed(index_server)
    if not sized:
        file = IndexFile(file.filename, file.url, hashes=file.hashes)
    index_server.requests.clear()
    assert b"Requires-Dist: six" in read_wheel_metadata(client, file, url)
    assert len(index_server.requests) <= (2 if ranges == "no-suffix" and not sized else 1)


def test_a_large_remote_wheel_is_not_read_whole(index_server, client):
    index_server.add(build_wheel(Distribution(name="demo", version="1.0", padding=1_000_000)))
    file, url = listed(index_server)
    sent = []
    original = client.get

    def get(url, headers=None):
        answer = original(url, headers)
        sent.append(len(answer.body))
        return answer

    client.get = get
    read_wheel_metadata(client, file, url)
    assert sum(sent) < 100_000


def test_a_directory_that_starts_before_the_tail(index_server, client):
    many = {f"data/{'x' * 60}{number}.txt": "" for number in range(1500)}
    index_server.add(build_wheel(Distribution(name="demo", version="1.0", inside=many, requires=("six",))))
    file, url = listed(index_server)
    index_server.requests.clear()
    assert b"Requires-Dist: six" in read_wheel_metadata(client, file, url)
    assert 2 <= len(index_server.requests) <= 3


def test_a_whole_answer_is_held_to_its_hash(index_server, client):
    index_server.add(build_wheel(Distribution(name="demo", version="1.0", padding=100_000)))
    index_server.index(ranges="none")
    file, url = listed(index_server)
    wrong = IndexFile(file.filename, file.url, hashes={"sha256": "0" * 64}, size=file.size)
    with pytest.raises(MetadataError, match="sha256"):
        read_wheel_metadata(client, wrong, url)


def test_what_is_no_wheel_is_named(index_server, client):
    artifact = build_wheel(Distribution(name="demo", version="1.0"))
    index_server.add(type(artifact).of("demo", "1.0", artifact.filename, b"not a zip" * 20_000))
    file, url = listed(index_server)
    with pytest.raises(MetadataError, match=r"demo-1\.0-py2\.py3-none-any\.whl` is not a usable wheel"):
        read_wheel_metadata(client, file, url)


def test_a_local_wheel(client, tmp_path: Path):
    path = tmp_path / NAME
    path.write_bytes(make_wheel())
    assert read_wheel_metadata(client, IndexFile(NAME, path.as_uri()), path.as_uri()) == METADATA
    path.unlink()
    with pytest.raises(NetworkError, match="cannot be read"):
        read_wheel_metadata(client, IndexFile(NAME, path.as_uri()), path.as_uri())
