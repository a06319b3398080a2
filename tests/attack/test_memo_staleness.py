"""An earlier answer is not given where it would be a wrong one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.command_line import TARGET, python, run

from pipfreeze_lock import memo
from pipfreeze_lock.cli import wiring

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.index_server import IndexServer

LOCK = ("lock", "requirements.txt", *TARGET)


@pytest.mark.parametrize("flags", [["-qn"], ["-vn"], ["-nq"]])
@pytest.mark.usefixtures("index")
def test_a_dry_run_among_other_short_flags_writes_nothing(flags: list[str]) -> None:
    first = run(*LOCK, *flags)
    assert run(*LOCK, *flags) == first
    assert first.code == 0
    assert not Path("requirements.lock").exists()


def test_an_upgrade_among_other_short_flags_asks_anew(index: IndexServer) -> None:
    assert run(*LOCK, "-qU").code == 0
    index.requests.clear()
    assert run(*LOCK, "-qU").code == 0
    assert index.requests


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only on POSIX: named pipes")
@pytest.mark.usefixtures("index")
def test_a_pipe_as_input_is_read_by_the_run_alone() -> None:
    for wanted in ("a", "c"):
        reader, writer = os.pipe()
        os.dup2(reader, 63)  # as a shell's <(echo a) has it: the same name each time
        os.write(writer, f"{wanted}\n".encode())
        os.close(writer)
        os.close(reader)
        ran = run("lock", "/dev/fd/63", "-o", "x.lock", *TARGET)
        os.close(63)
        assert ran.code == 0
        assert f"{wanted}==1.0" in Path("x.lock").read_text()


@pytest.mark.parametrize("name", ["pyproject.toml", "Dockerfile"])
@pytest.mark.usefixtures("index")
def test_what_is_edited_while_a_lock_is_made_counts_the_next_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {"pyproject.toml": "[tool.pipfreeze-lock]\n", "Dockerfile": "FROM python:3.11.7\n"}
    after = {"pyproject.toml": '[tool.pipfreeze-lock]\nno-binary = "c"\n', "Dockerfile": "FROM python:3.12.1\n"}
    command = ("lock", "requirements.txt", "--dockerfile", "Dockerfile")
    for file, text in before.items():
        Path(file).write_text(text)
    monkeypatch.setattr(wiring, "read_inputs", _editing(wiring.read_inputs, Path(name), after[name]))
    assert run(*command).code == 0
    assert run(*command).code == 0
    expected = {"pyproject.toml": "--no-binary c", "Dockerfile": "cpython 3.12.1"}
    assert expected[name] in Path("requirements.lock").read_text()


def _editing(original: Callable[..., object], path: Path, text: str) -> Callable[..., object]:
    def edited(*arguments: object, **options: object) -> object:
        path.write_text(text)
        return original(*arguments, **options)

    return edited


@pytest.mark.parametrize("damage", ["[]", '{"holds": [0, 1e12]}', '{"holds": 1, "files": 2}', "\x00"])
@pytest.mark.usefixtures("index")
def test_an_entry_of_another_shape_is_none(damage: str) -> None:
    assert run(*LOCK).code == 0
    (entry,) = Path(memo.default_cache_folder(), "memo-1").iterdir()
    entry.write_text(damage)
    Path("requirements.lock").unlink()
    assert run(*LOCK).code == 0
    assert Path("requirements.lock").exists()


@pytest.mark.usefixtures("index")
def test_an_argument_that_is_no_utf8_is_an_ordinary_error() -> None:
    ran = python("-m", "pipfreeze_lock", "lock", os.fsdecode(b"\xff.txt"), *TARGET)
    assert ran.code == 3
    assert "there is no file" in ran.said


@pytest.mark.usefixtures("index")
def test_an_empty_cache_folder_is_the_usual_one() -> None:
    assert run(*LOCK, "--cache-dir=").code == 0
    assert sorted(one.name for one in Path().iterdir()) == ["requirements.lock", "requirements.txt"]
