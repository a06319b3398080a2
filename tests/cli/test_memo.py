"""An answer is given again while all that shaped it is as it was, and not otherwise."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.command_line import TARGET, Ran, python, run
from support.packages import wheel

from pipfreeze_lock import memo

if TYPE_CHECKING:
    from support.index_server import IndexServer

LOCK = ("lock", "requirements.txt", *TARGET)


@pytest.fixture
def asked(index: IndexServer) -> IndexServer:
    """Give an index of which a first lock was made, its requests forgotten."""
    assert run(*LOCK).code == 0
    index.requests.clear()
    return index


def again(*more: str, lock: bool = False) -> Ran:
    if not lock:
        Path("requirements.lock").unlink(missing_ok=True)
    return run(*LOCK, *more)


def entries() -> list[Path]:
    return sorted(Path(memo.default_cache_folder(), "memo-1").iterdir())


def test_same_answer_with_no_request(asked: IndexServer) -> None:
    before = Path("requirements.lock").read_bytes()
    first = again("-v")  # another command, so that it runs
    asked.requests.clear()
    second = again("-v")
    assert second == first
    assert Path("requirements.lock").read_bytes() == before
    assert asked.requests == []


def test_lock_that_is_there_already_is_left(asked: IndexServer) -> None:
    before = Path("requirements.lock").stat().st_mtime_ns
    assert run(*LOCK).said == "requirements.lock is as it was: 2 distributions.\n"
    assert Path("requirements.lock").stat().st_mtime_ns == before
    assert asked.requests == []


@pytest.mark.usefixtures("asked")
def test_quiet_stays_quiet() -> None:
    assert again("-q").said == again("-q").said == ""
    assert Path("requirements.lock").exists()


@pytest.mark.parametrize("name", ["requirements.txt", "nested.txt", "limits.txt", "requirements.lock"])
@pytest.mark.usefixtures("index")
def test_changed_file_is_heeded(name: str) -> None:
    Path("nested.txt").write_text("b\n")
    Path("limits.txt").write_text("b<3\n")
    Path("requirements.txt").write_text("-r nested.txt\n-c limits.txt\na\n")
    assert run(*LOCK).code == 0
    kept = Path("requirements.lock").read_text()
    if name == "requirements.lock":
        Path(name).write_text(kept.replace("b==2.0", "b==1.0"))
    else:
        Path(name).write_text(Path(name).read_text() + "b<2\n")
    assert run(*LOCK).code == 0
    assert "b==1.0" in Path("requirements.lock").read_text()


@pytest.mark.usefixtures("asked")
def test_settings_that_appear_are_heeded() -> None:
    Path("pyproject.toml").write_text('[tool.pipfreeze-lock]\nconstraint = "limits.txt"\n')
    Path("limits.txt").write_text("b<2\n")
    assert again().code == 0
    assert "b==1.0" in Path("requirements.lock").read_text()


@pytest.mark.usefixtures("index")
def test_changed_dockerfile_is_heeded() -> None:
    Path("Dockerfile").write_text("FROM python:3.11.7\n")
    arguments = ("lock", "requirements.txt", "--dockerfile", "Dockerfile")
    assert run(*arguments).code == 0
    Path("Dockerfile").write_text("FROM python:3.12.1\n")
    assert run(*arguments).code == 0
    assert "# target: cpython 3.12.1 " in Path("requirements.lock").read_text()


@pytest.mark.usefixtures("index")
def test_variable_in_an_input_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("requirements.txt").write_text("a==${WANTED}\n")
    monkeypatch.setenv("WANTED", "2.0")
    assert run(*LOCK).code == 0
    monkeypatch.setenv("WANTED", "1.0")
    assert again().code == 0
    assert "a==1.0" in Path("requirements.lock").read_text()


@pytest.mark.usefixtures("asked")
def test_own_variable_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPFREEZE_LOCK_ONLY_BINARY", ":all:")
    assert again().code == 0
    assert "--only-binary :all:" in Path("requirements.lock").read_text()


@pytest.mark.usefixtures("index")
def test_default_input_that_appears_is_heeded() -> None:
    assert run("lock", *TARGET).code == 0
    Path("requirements.in").write_text("b\n")
    assert run("lock", *TARGET, "-o", "requirements.lock").code == 0
    Path("requirements.lock").unlink()
    assert run("lock", *TARGET).code == 0
    assert "a==" not in Path("requirements.lock").read_text()


def test_not_a_second_longer_than_the_index_says(asked: IndexServer, monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.time()
    for later, answer in ((590, 0), (601, None), (-1000, None)):  # the last: a clock that was set back
        monkeypatch.setattr(memo.time, "time", lambda later=later: began + later)
        assert memo.replay(list(LOCK)) == answer
    assert asked.requests == []


@pytest.mark.parametrize("cache_control", ["max-age=0", "no-cache", "no-store", None])
def test_index_that_wants_to_be_asked(index: IndexServer, cache_control: str | None) -> None:
    index.index(cache_control=cache_control)
    assert run(*LOCK).code == 0
    index.add(wheel("b", "3.0"))
    assert again().code == 0
    assert "b==3.0" in Path("requirements.lock").read_text()


@pytest.mark.parametrize("option", ["--refresh", "--upgrade", "-P=b", "--no-cache"])
def test_who_asks_for_news_gets_them(asked: IndexServer, option: str) -> None:
    asked.add(wheel("b", "3.0"))
    assert run(*LOCK, *option.split("=")).code == 0
    assert ("b==3.0" in Path("requirements.lock").read_text()) == (option not in ("--refresh", "--no-cache"))
    assert asked.requests != []


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"holds": 1}'])
@pytest.mark.usefixtures("asked")
def test_damaged_entry_is_none(damage: bytes) -> None:
    for entry in entries():
        entry.write_bytes(damage)
    assert again().code == 0
    assert "a==2.0" in Path("requirements.lock").read_text()


def test_holds_no_credentials(index: IndexServer, monkeypatch: pytest.MonkeyPatch) -> None:
    index.index(credentials=("alice", "s3cret"))
    monkeypatch.setenv("PIPFREEZE_LOCK_INDEX_URL", index.url_of(credentials="alice:s3cret"))
    assert run(*LOCK).code == 0
    assert all("s3cret" not in entry.read_text() for entry in entries())
    assert json.loads(entries()[0].read_text())["holds"][1] > time.time()


@pytest.mark.usefixtures("asked")
def test_imports_next_to_nothing() -> None:
    assert python("-m", "pipfreeze_lock", *LOCK).code == 0
    ran = python("-X", "importtime", "-m", "pipfreeze_lock", *LOCK)
    modules = {line.rpartition("|")[2].strip() for line in ran.said.splitlines() if line.startswith("import time")}
    assert modules & {"pipfreeze_lock.memo"}
    assert not modules & {
        "typer",
        "typing",
        "pathlib",
        "msgspec",
        "packaging",
        "pyreqwest",
        "resolvelib",
        "dataclasses",
    }
