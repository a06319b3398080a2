from __future__ import annotations

import io
import tarfile
import zipfile

import pytest
from support.metadata_parts import flat, make_tar

from pipfreeze_lock.errors import MetadataError
from pipfreeze_lock.metadata.archive import open_sdist

FILES = {"setup.py": "setup()", "demo": {"__init__.py": "", "data.bin": b"\0" * 10}}


def make_zip(files, root="demo-1.0/"):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, content in flat(files).items():
            archive.writestr(root + path, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".tar.gz", make_tar(FILES)),
        (".tgz", make_tar(FILES)),
        (".tar.bz2", make_tar(FILES, mode="w:bz2")),
        (".tar.xz", make_tar(FILES, mode="w:xz")),
        (".tar", make_tar(FILES, mode="w")),
        (".zip", make_zip(FILES)),
        (".tar.gz", make_tar(FILES, mode="w:bz2")),
    ],
    ids=["gz", "tgz", "bz2", "xz", "tar", "zip", "misnamed"],
)
def test_every_format(suffix, content):
    tree = open_sdist(content, f"demo-1.0{suffix}")
    assert tree.read("setup.py") == b"setup()"
    assert tree.read("./demo/../setup.py") == b"setup()"
    assert tree.is_file("demo/data.bin")
    assert tree.is_folder("demo")
    assert tree.is_folder(".")
    assert not tree.is_file("demo")
    assert tree.read("absent") is None


def test_an_archive_without_a_folder_of_its_own():
    assert open_sdist(make_tar(FILES, root=""), "demo-1.0.tar.gz").is_file("setup.py")


def test_paths_that_lead_out_are_left_out():
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name in ("demo-1.0/setup.py", "../evil.py", "/etc/evil.py"):
            archive.addfile(tarfile.TarInfo(name))
    assert list(open_sdist(stream.getvalue(), "demo-1.0.tar.gz").paths()) == ["setup.py"]


def test_a_large_file_is_known_by_name_alone():
    tree = open_sdist(make_tar({"big.py": b" " * (2**20 + 1)}), "demo-1.0.tar.gz")
    assert tree.is_file("big.py")
    assert tree.read("big.py") is None


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("demo-1.0.tar.gz", make_tar(FILES)[:60]),
        ("demo-1.0.tar.gz", b"<!doctype html>"),
        ("demo-1.0.tar.gz", b""),
        ("demo-1.0.zip", make_zip(FILES)[:-30]),
        ("demo-1.0.tar.Z", b"\x1f\x9d\x90"),
    ],
    ids=["cut short", "a page", "nothing", "zip cut short", "compress"],  # gzip's bytes have the time in them
)
def test_what_cannot_be_unpacked(filename, content):
    with pytest.raises(MetadataError, match="cannot be unpacked"):
        open_sdist(content, filename)
