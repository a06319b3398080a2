"""The command line of `check`; what it finds is in `tests/check_scenarios`."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.command_line import TARGET, run

if TYPE_CHECKING:
    from support.index_server import IndexServer

pytestmark = pytest.mark.usefixtures("locked")


@pytest.fixture
def locked(index: IndexServer) -> None:
    assert run("lock", "--index-url", index.url, *TARGET, "--no-base").code == 0


def make_stale() -> None:
    Path("requirements.txt").write_text("a<2\n")


def test_the_way_without_typer_says_the_same() -> None:
    for _ in range(2):
        without, by_typer = run("check"), run("check", "--format", "text")
        assert without == by_typer
        make_stale()
    assert without.code == 1


def test_strictness_by_either_way() -> None:
    Path("requirements.txt").write_text("a>=1\n")
    assert [run("check").code, run("check", "--strict").code] == [0, 1]
    assert run("check", "--strict") == run("check", "--strict", "--format", "text")


def test_strictness_by_the_configuration() -> None:
    Path("requirements.txt").write_text("a>=1\n")
    Path("pyproject.toml").write_text("[tool.pipfreeze-lock]\nstrict = true\n")
    assert run("check").code == 1
    Path("pyproject.toml").write_text("[tool.pipfreeze-lock]\nstrict = false\n")
    assert run("check").code == 0


def test_a_quiet_check_says_nothing_of_what_agrees() -> None:
    assert run("check", "-q") == (0, "", "")


def test_a_quiet_check_says_what_does_not_agree() -> None:
    make_stale()
    ran = run("check", "-q")
    assert (ran.code, "unsatisfied-requirement" in ran.out) == (1, True)


def test_a_report_in_a_file() -> None:
    make_stale()
    ran = run("check", "--format", "json", "-o", "report.json")
    assert (ran.code, ran.out) == (1, "")
    assert "requirements.txt:1" in ran.said
    assert json.loads(Path("report.json").read_text())["agrees"] is False


def test_the_report_does_not_replace_the_lock() -> None:
    before = Path("requirements.lock").read_bytes()
    ran = run("check", "-o", "requirements.lock")
    assert (ran.code, ran.out) == (2, "")
    assert "`requirements.lock` is an input, and the report would replace it" in ran.said
    assert Path("requirements.lock").read_bytes() == before


def test_no_rule_is_called_passed_that_was_not_looked_for() -> None:
    def cases(*options: str) -> set[str]:
        return set(re.findall(r'<testcase [^>]*\bname="([^"]+)"', run("check", "--format", "junit", *options).out))

    offline = cases()
    assert {"missing-pin", "edited-lock"} <= offline
    assert offline.isdisjoint({"yanked-pin", "vanished-file", "extra-distribution"})
    online = cases("--online")
    assert "yanked-pin" in online
    assert "extra-distribution" not in online


def test_an_unknown_format() -> None:
    ran = run("check", "--format", "xml")
    assert ran.code == 2
    assert "`--format xml` is not known" in ran.said


def test_an_unknown_option() -> None:
    assert run("check", "--stict").code == 2


def test_from_another_folder() -> None:
    make_stale()
    lock = Path("requirements.lock").resolve()
    Path("elsewhere").mkdir()
    os.chdir("elsewhere")
    assert "--> ../requirements.txt:1\n" in run("check", "../requirements.lock").out
    ran = run("check", lock)
    assert ran.code == 1
    assert f"--> {lock.parent}/requirements.txt:1\n" in ran.out


def test_standard_input_is_not_read_again(index: IndexServer) -> None:
    command = ("lock", "-", "-o", "other.lock", "--index-url", index.url, *TARGET, "--no-base")
    assert run(*command, stdin="a\n").code == 0
    ran = run("check", "other.lock", stdin="a<2\n")
    assert ran.code == 0
    assert "not checked: standard input is not read offline" in ran.out


def test_a_lock_that_may_not_be_read() -> None:
    Path("other.lock").symlink_to("other.lock")
    ran = run("check", "other.lock")
    assert ran.code == 3


def test_each_lock_once() -> None:
    ran = run("check", "requirements.lock", ".", "requirements.lock")
    assert ran.out.count("requirements.lock agrees") == 1


def test_a_closed_pipe_is_no_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("pipfreeze_lock.cli.report_output.ReportOutput.write", closed)
    monkeypatch.setattr("pipfreeze_lock.cli.ending.forget_stdout", lambda: None)
    assert run("check").code == 141


def test_a_bug_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipfreeze_lock.cli.check_run.find_locks", lambda *_: 1 / 0)
    ran = run("check")
    assert ran.code == 70
    assert "this is a bug of pipfreeze-lock" in ran.said
