from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pipfreeze_lock.errors import InputError
from pipfreeze_lock.http.interface import HttpResponse
from pipfreeze_lock.requirements.loader import read_location

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Client:
    """Answers every URL, and remembers what it was asked."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.asked: list[tuple[str, dict[str, str]]] = []

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
        self.asked.append((url, dict(headers or {})))
        return HttpResponse(status=self.status, url=url, headers={}, body=memoryview(b"a\n"))


def read(location: str, client: Client | None = None) -> bytes:
    return read_location(location, client=client, stdin=lambda: b"typed")


def failing(location: str, client: Client | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        read(location, client)
    return caught.value


def test_paths_file_urls_and_standard_input(tmp_path: Path) -> None:
    file = tmp_path / "a b.txt"
    file.write_bytes(b"a\r\n")
    assert read(str(file)) == b"a\r\n"
    assert read(file.as_uri()) == b"a\r\n"
    assert read(file.as_uri().replace("file://", "FILE://localhost")) == b"a\r\n"
    assert read("-") == b"typed"


def test_a_missing_file_and_the_nearest(tmp_path: Path) -> None:
    tmp_path.joinpath("requirements.txt").write_text("a")
    error = failing(str(tmp_path / "requirement.txt"))
    assert error.message == f"there is no file `{tmp_path / 'requirement.txt'}`"
    assert error.hints == (f"Did you mean `{tmp_path / 'requirements.txt'}`?",)
    assert failing(str(tmp_path / "wholly-different")).hints == ()
    assert "There is no directory" in failing(str(tmp_path / "missing" / "r.txt")).hints[0]


def test_a_directory(tmp_path: Path) -> None:
    assert failing(str(tmp_path)).hints == ("Give a file in it.",)
    tmp_path.joinpath("dev-requirements.txt").write_text("a")
    assert "dev-requirements.txt" in failing(str(tmp_path)).hints[0]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="only on POSIX and not as root, who may read all")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    file = tmp_path / "r.txt"
    file.write_text("a")
    file.chmod(0)
    assert "permission denied" in failing(str(file)).message


def test_no_path_at_all() -> None:
    assert "cannot be read" in failing("a\0b").message
    assert "of another machine" in failing("file://elsewhere/r.txt").message


def test_urls_with_credentials_in_a_header_and_nowhere_else() -> None:
    client = Client()
    assert read("https://user:p%40ss@h.example/r.txt#x", client) == b"a\n"
    assert client.asked == [("https://h.example/r.txt", {"Authorization": "Basic dXNlcjpwQHNz"})]
    read("HTTP://h.example/r.txt", client)
    assert client.asked[1] == ("HTTP://h.example/r.txt", {})


@pytest.mark.parametrize(
    ("status", "hint"), [(404, "plain text"), (401, "Give credentials"), (403, "Give credentials")]
)
def test_what_the_server_refuses(status: int, hint: str) -> None:
    error = failing("https://user:secret@h.example/r.txt", Client(status))
    assert f"answered {status}" in error.message
    assert error.context == "https://user:****@h.example/r.txt"
    assert hint in error.hints[0]


def test_no_network() -> None:
    assert "without network" in failing("https://h.example/r.txt").message
