"""An index on object storage answers 403 for what it does not have; a cache that cannot be written is said aloud."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.command_line import TARGET, run
from support.packages import wheel

if TYPE_CHECKING:
    from support.index_server import IndexServer

LOCK = ("lock", "requirements.txt", *TARGET)


def test_a_403_of_one_index_among_others_is_a_project_that_is_not_there(index: IndexServer) -> None:
    index.index("storage").add(wheel("c", "5.0"))
    index.fail("/storage/simple/[!c]*", status=403, times=None)
    Path("requirements.txt").write_text("a\nc\n")
    ran = run(*LOCK, "--extra-index-url", index.url_of("storage"))
    assert ran.code == 0
    assert "c==5.0" in Path("requirements.lock").read_text()
    assert ran.said.count("refuses pages of some projects (403)") == 1


@pytest.mark.parametrize(("credentials", "status"), [(None, 401), ("user:password", 403), ("user:password", 401)])
def test_any_other_refusal_of_one_index_among_others_is_an_error(
    index: IndexServer, credentials: str | None, status: int
) -> None:
    index.index("private")
    index.fail("/private/*", status=status, times=None)
    ran = run(*LOCK, "--extra-index-url", index.url_of("private", credentials=credentials))
    assert ran.code == 5
    assert f"({status})" in ran.said


def test_a_403_of_the_only_index_is_an_error(index: IndexServer) -> None:
    index.fail("/simple/*", status=403, times=None)
    ran = run(*LOCK)
    assert ran.code == 5
    assert "(403)" in ran.said


@pytest.mark.usefixtures("index")
def test_a_cache_that_cannot_be_written_is_said_aloud() -> None:
    Path("cache").write_text("")
    ran = run(*LOCK, "--cache-dir", "cache")
    assert ran.code == 0
    assert "The cache `cache` cannot be written" in ran.said


@pytest.mark.usefixtures("index")
def test_settings_that_cannot_be_read_are_an_ordinary_error(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("pyproject.toml").write_text("[tool.pipfreeze-lock]\n")
    read_bytes = Path.read_bytes

    def refusing(path: Path) -> bytes:  # by hand, since root may read everything
        if path.name == "pyproject.toml":
            raise PermissionError(13, "Permission denied", str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refusing)
    ran = run(*LOCK)
    assert ran.code == 2
    assert "the file cannot be read: permission denied" in ran.said
