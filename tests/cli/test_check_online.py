"""`check --online`: what became of pinned files on the index since the lock was made; and `check --installed`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.command_line import TARGET, run
from support.packages import wheel
from support.venv import Venv

if TYPE_CHECKING:
    from support.index_server import IndexServer


@pytest.fixture
def locked(index: IndexServer) -> IndexServer:
    """Give the index of a lock that pins a 2.0 and b 2.0."""
    assert run("lock", "--index-url", index.url, *TARGET, "--no-base").code == 0
    return index


def found(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    ran = run("check", "--format", "json", "--no-cache", *arguments)
    assert ran.code in (0, 1), ran.said
    return ran.code, [one for seen in json.loads(ran.out)["examinations"] for one in seen["findings"]]


def told(*arguments: str) -> tuple[int, list[tuple[str, str, str]]]:
    code, findings = found(*arguments)
    return code, [(one["severity"], one["rule"], one["name"]) for one in findings]


@pytest.mark.usefixtures("locked")
def test_nothing_happened() -> None:
    assert told("--online") == (0, [])


def test_the_index_is_asked_only_where_that_is_wanted(locked: IndexServer) -> None:
    locked.index().remove("b", "2.0")
    assert told() == (0, [])
    assert told("--online") == (1, [("error", "vanished-release", "b")])


def test_a_pin_was_yanked(locked: IndexServer) -> None:
    locked.index().remove("b", "2.0")
    locked.add(wheel("b", "2.0", yanked="it eats files"))
    code, (finding,) = found("--online")
    assert (code, finding["rule"], finding["severity"]) == (1, "yanked-pin", "error")
    assert "it eats files" in finding["message"]
    assert finding["location"]["path"] == "requirements.lock"
    assert finding["remedy"].endswith("--upgrade-package b")


def test_a_yank_that_the_lock_knows_is_not_told_again(index: IndexServer) -> None:
    index.add(wheel("c", "1.0", yanked="too early"))
    Path("requirements.txt").write_text("c==1.0\n")
    assert run("lock", "--index-url", index.url, *TARGET, "--no-base").code == 0
    assert told("--online") == (0, [])


def test_a_file_was_replaced_by_another_of_its_name(locked: IndexServer) -> None:
    locked.index().remove("b", "2.0")
    locked.add(wheel("b", "2.0", requires=["a"]))
    assert told("--online") == (1, [("error", "vanished-file", "b")])


def test_one_of_several_allowed_files_is_gone(index: IndexServer) -> None:
    index.add(wheel("c", "1.0"), wheel("c", "1.0", tag="cp311-cp311-win_amd64"))
    Path("requirements.txt").write_text("c\n")
    assert run("lock", "--index-url", index.url, "--hashes", "all", *TARGET, "--no-base").code == 0
    index.index().remove("c")
    index.add(wheel("c", "1.0"))
    code, (finding,) = found("--online")
    assert (code, finding["rule"]) == (1, "vanished-file")
    assert "1 of 2 files" in finding["message"]


def test_a_newer_release_is_held_back_by_our_own_line(locked: IndexServer) -> None:
    Path("requirements.txt").write_text("a==1.0\n")
    assert run("lock", "--index-url", locked.url, *TARGET, "--no-base").code == 0
    code, (finding,) = found("--online")
    assert (code, finding["rule"], finding["severity"]) == (0, "held-back", "note")
    assert (finding["location"]["path"], finding["location"]["line"]) == ("requirements.txt", 1)


def test_a_newer_release_that_another_pin_refuses_is_not_our_doing(index: IndexServer) -> None:
    index.add(wheel("c", "1.0", requires=["b<2"]))
    Path("requirements.txt").write_text("c\nb==1.0\n")
    assert run("lock", "--index-url", index.url, *TARGET, "--no-base").code == 0
    assert told("--online") == (0, [])


def test_an_index_that_does_not_answer_is_no_pass(locked: IndexServer) -> None:
    locked.fail("*", status=503, times=None)
    ran = run("check", "--online", "--no-cache", "--retries", "0")
    assert ran.code == 5
    assert locked.url.split("/")[2] in ran.said


def test_what_is_installed_beside_the_lock(
    locked: IndexServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv = Venv.of(Path(sys.executable), None, tmp_path / "environment")
    version = ".".join(map(str, sys.version_info[:3]))
    target = ("--python-version", version, "--pip-version", venv.base["pip"], "--libc", "glibc-2.36")
    base = [f"--preinstalled={name}=={version}" for name, version in venv.base.items()]
    assert run("lock", "--index-url", locked.url, *target, *base).code == 0
    installed = venv.run_pip("install", "--require-hashes", "-r", "requirements.lock")
    assert installed.returncode == 0, installed.stdout
    monkeypatch.setenv("VIRTUAL_ENV", str(venv.folder))

    def differences() -> tuple[int, list[tuple[str, str]]]:
        code, findings = found("--installed")
        return code, [(one["rule"], one["name"]) for one in findings if one["severity"] == "error" and one["name"]]

    assert differences() == (0, [])
    locked.add(wheel("extra", "1.0"))
    venv.run_pip("install", "--index-url", locked.url, "extra", "b==1.0")
    venv.run_pip("uninstall", "--yes", "a")
    code, errors = differences()
    assert code == 1
    assert sorted(errors) == [("extra-distribution", "extra"), ("missing-distribution", "a"), ("other-version", "b")]
