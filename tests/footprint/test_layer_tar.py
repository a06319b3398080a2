"""Sizes of tar entries, held against what Python's tarfile writes, and against known answers of Go's archive/tar."""

from __future__ import annotations

import io
import tarfile

import pytest

from pipfreeze_lock.footprint.layer_tar import entry_size


def written(name: str, size: int) -> int:
    """Give the bytes of an entry in tarfile's pax format: it leaves POSIX's prefix field alone for names of 101 to 255."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        entry = tarfile.TarInfo(name)
        entry.size = size
        archive.addfile(entry, io.BytesIO(bytes(size)))
        return target.tell()


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 100_000])
def test_contents_are_padded(size):
    assert entry_size("usr/local/lib/a.py", size, "docker") == written("usr/local/lib/a.py", size)


@pytest.mark.parametrize("name", ["n" * 101, "d/" + "n" * 101, "usr/ä.py", "d" * 500, "x" * 479, "x" * 480])
def test_a_name_that_no_header_holds_has_a_pax_header(name):
    assert entry_size(name, 10, "docker") == entry_size(name, 10, "buildah") == written(name, 10)


@pytest.mark.parametrize(
    ("name", "is_split"),
    [
        ("d" * 60 + "/" + "n" * 60, True),
        ("d" * 155 + "/" + "n" * 100, True),
        ("d" * 156 + "/" + "n" * 99, False),
        ("d" * 100 + "/" + "n" * 101, False),
        ("d/" * 60, True),  # a folder
        ("d" * 101 + "/", False),
        ("/".join(["d" * 50] * 6), False),
    ],
)
def test_the_prefix_field_is_used_by_buildah_alone(name, is_split):
    assert (entry_size(name, 0, "buildah") == 512) is is_split
    assert entry_size(name, 0, "docker") == 1536
