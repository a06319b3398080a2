from __future__ import annotations

import pytest

from pipfreeze_lock.errors import NetworkError
from pipfreeze_lock.index.find_links import FilesByProject, folder_listing, linked_file
from pipfreeze_lock.model.artifact import IndexFile

NAMES = [
    "a-1.tar.gz",
    "a_b-1-py3-none-any.whl",
    "a-b-1.tar.gz",
    "A.B-2.zip",
    "a-2-py3-none-any.whl",
    "ab-1.tar.gz",
    "README.txt",
]


@pytest.mark.parametrize(
    ("project", "names"),
    [
        ("a", ["a-1.tar.gz", "a-b-1.tar.gz", "A.B-2.zip", "a-2-py3-none-any.whl"]),
        ("a-b", ["a_b-1-py3-none-any.whl", "a-b-1.tar.gz", "A.B-2.zip"]),
        ("ab", ["ab-1.tar.gz"]),
        ("b", []),
    ],
)
def test_files_that_may_be_a_projects(project, names):
    files = FilesByProject([IndexFile(filename=name, url=name) for name in NAMES])
    assert [file.filename for file in files.of(project)] == names


def test_a_folder_is_listed_by_url_backwards(tmp_path):
    for name in ("a-1.tar.gz", "b-1.whl", "a 2.zip", "page.html", "other.HTM"):
        (tmp_path / name).write_bytes(b"1234")
    (tmp_path / "sub").mkdir()
    files, pages = folder_listing(tmp_path)
    assert [file.filename for file in files] == ["b-1.whl", "a-1.tar.gz", "a 2.zip"]
    assert files[2].url == (tmp_path / "a 2.zip").as_uri()
    assert {file.size for file in files} == {4}
    assert pages == [(tmp_path / "other.HTM").as_uri(), (tmp_path / "page.html").as_uri()]


def test_a_folder_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(NetworkError, match="cannot be read"):
        folder_listing(tmp_path / "missing")


def test_a_linked_file():
    (file,) = linked_file("https://h.example/x/a%2B1.whl?y=1#egg=a&sha256=ab")
    assert (file.filename, file.url, file.hashes) == (
        "a+1.whl",
        "https://h.example/x/a%2B1.whl?y=1",
        {"sha256": "ab"},
    )
