"""``forecast`` as one types it: inputs, bases, formats, exit codes; bases that nobody has to read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.command_line import enter_workplace, python, run

if TYPE_CHECKING:
    from pathlib import Path

    from support.command_line import Ran
    from support.index_server import IndexServer

DAY = ("--uploaded-prior-to", "2021-02-01")
LIST = "app>=1\ntool\n"


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    work = enter_workplace(tmp_path, monkeypatch)
    (work / "requirements.txt").write_text(LIST)
    return work


def forecast(server: IndexServer, *arguments: str, stdin: str = "") -> Ran:
    return run("forecast", *arguments, "-i", server.url, *DAY, stdin=stdin)


def names(ran: Ran) -> list[str]:
    assert ran.code == 0, ran.said
    return [one["name"] for one in json.loads(ran.out)["actions"]]


def test_an_official_image_is_taken_from_the_table_and_that_is_said(server: IndexServer) -> None:
    ran = forecast(server, "requirements.txt", "python:3.6.8")
    assert ran.code == 0
    assert "`python:3.6.8` is taken from the table of official images, with pip 19.1.1, setuptools 41.0.1" in ran.said
    assert ran.out.startswith(
        "pip install -r requirements.txt\nin python:3.6.8 (Python 3.6.8, pip 19.1.1), as of 2021-02-01:\n5 to install: "
    )
    assert "\ninstall  tool          1.0" in ran.out


def test_the_same_from_stdin_and_from_several_files(server: IndexServer, work: Path) -> None:
    expected = names(forecast(server, "requirements.txt", "python:3.6.8", "--format", "json"))
    assert names(forecast(server, "-", "python:3.6.8", "--format", "json", stdin=LIST)) == expected
    (work / "a.txt").write_text("app>=1\n")
    (work / "b.txt").write_text("tool\n")
    assert names(forecast(server, "a.txt", "b.txt", "python:3.6.8", "--format", "json")) == expected
    assert names(forecast(server, "-r", "a.txt", "-r", "b.txt", "python:3.6.8", "--format", "json")) == expected


def test_a_dockerfile_says_what_the_base_is_and_how_pip_is_called(server: IndexServer, work: Path) -> None:
    (work / "Dockerfile").write_text(
        "FROM python:3.6.8 AS build\nENV PIP_NO_CACHE_DIR=1\nRUN pip install --no-compile -r requirements.txt\n"
    )
    ran = forecast(server, "requirements.txt", "--dockerfile", "Dockerfile", "--format", "json")
    assert ran.code == 0, ran.said
    said = json.loads(ran.out)
    assert said["base"]["pip"] == "19.1.1"
    assert not said["pip"]["is_compiled"]
    assert not said["pip"]["has_cache"]
    assert "PIP_NO_CACHE_DIR" in said["pip"]["cache_reason"]
    assert said["layer"]["bytecode"] == 0


def test_a_lock_says_itself_what_it_is_for(server: IndexServer) -> None:
    locked = run("lock", "--base-image", "python:3.6.8", "-i", server.url, *DAY, "requirements.txt")
    assert locked.code == 0, locked.said
    ran = run("forecast", "requirements.lock", "--format", "json")
    assert ran.code == 0, ran.said
    said = json.loads(ran.out)
    assert said["base"]["subject"] == "python:3.6.8"
    assert said["pip"]["is_hash_mode"]
    assert said["pip"]["command"] == "pip install --require-hashes -r requirements.lock"
    lib = next(one for one in said["actions"] if one["name"] == "lib")
    assert [via["text"] for via in lib["causes"]] == ["app (>=1)", "-r requirements.lock (==1.0)"]


def test_a_lock_for_another_image_is_said_to_be(server: IndexServer) -> None:
    run("lock", "--base-image", "python:3.6.8", "-i", server.url, *DAY, "requirements.txt")
    ran = run("forecast", "requirements.lock", "python:3.8.1")
    assert ran.code == 0
    assert "warning: the lock was made for cpython 3.6.8" in ran.said


def test_nothing_to_do_ends_with_0_whatever_is_wanted(server: IndexServer, work: Path) -> None:
    (work / "requirements.txt").write_text("setuptools\n")
    ran = forecast(server, "requirements.txt", "python:3.6.8", "--exit-non-zero-on-change")
    assert ran.code == 0
    assert "\n0 B: nothing to do, 1 distribution as asked for\n" in ran.out


def test_something_to_do_ends_with_1_where_that_is_wanted(server: IndexServer) -> None:
    assert forecast(server, "requirements.txt", "python:3.6.8", "--exit-non-zero-on-change").code == 1


def test_what_pip_would_refuse_is_refused(server: IndexServer, work: Path) -> None:
    (work / "requirements.txt").write_text("app==7\n")
    ran = forecast(server, "requirements.txt", "python:3.6.8", "-o", "told.txt")
    assert ran.code == 4
    assert ran.said.count("error: ") == 1
    assert not (work / "told.txt").exists()


def test_the_report_goes_to_a_file(server: IndexServer, work: Path) -> None:
    shown = forecast(server, "requirements.txt", "python:3.6.8", "--format", "json")
    ran = forecast(server, "requirements.txt", "python:3.6.8", "--format", "json", "-o", "told.json")
    assert (ran.code, ran.out) == (0, "")
    assert (work / "told.json").read_text() == shown.out
    assert "Wrote told.json." in ran.said


def test_an_index_that_is_not_there_is_told_once(server: IndexServer) -> None:
    nowhere = server.root.rpartition(":")[0] + ":9/simple/"
    ran = run("forecast", "requirements.txt", "python:3.6.8", "-i", nowhere, "--retries", "0")
    assert ran.code == 5
    assert ran.out == ""
    assert ran.said.count("error: ") == 1


def test_sizes_that_the_index_does_not_tell_are_asked_of_the_server(server: IndexServer, work: Path) -> None:
    links = ("--no-index", "-f", server.links_of())
    (work / "requirements.txt").write_text("app==1.0\ntool==1.0\nlib==1.0\nbase==1.0\n")
    by_page = run("forecast", "requirements.txt", "python:3.6.8", *links, "--format", "json")
    assert by_page.code == 0, by_page.said
    by_index = forecast(server, "requirements.txt", "python:3.6.8", "--format", "json")
    assert json.loads(by_page.out)["fetched"]["size"] == json.loads(by_index.out)["fetched"]["size"]


def test_a_pipe_that_is_closed_ends_it_quietly(server: IndexServer) -> None:
    script = (
        "import subprocess, sys\n"
        f"words = ['-m', 'pipfreeze_lock', 'forecast', 'requirements.txt', 'python:3.6.8', '-i', {server.url!r}, '-v']\n"
        "ran = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)\n"
        "ran.stdout.close()\n"
        "said = ran.stderr.read().decode()\n"
        "print(ran.wait(), 'Traceback' in said, 'bug' in said)\n"
    )
    assert python("-c", script).out.split() in (["0", "False", "False"], ["141", "False", "False"])


def test_a_lock_that_was_made_by_a_dockerfile_is_installed_as_that_says(server: IndexServer, work: Path) -> None:
    (work / "docker").mkdir()
    (work / "docker" / "Dockerfile").write_text(
        "FROM python:3.6.8\nRUN pip install --no-cache-dir --require-hashes -r requirements.lock\n"
    )
    made = ("--dockerfile", "docker/Dockerfile", "-o", "docker/requirements.lock")
    locked = run("lock", *made, "-i", server.url, *DAY, "requirements.txt")
    assert locked.code == 0, locked.said
    ran = run("forecast", "docker/requirements.lock", "--format", "json")
    assert ran.code == 0, ran.said
    said = json.loads(ran.out)
    assert said["base"]["pip"] == "19.1.1"
    assert said["pip"]["cache_reason"] == "`--no-cache-dir` is given"


def test_a_day_on_which_there_was_nothing(server: IndexServer) -> None:
    ran = run("forecast", "requirements.txt", "python:3.6.8", "-i", server.url, "--uploaded-prior-to", "1999-01-01")
    assert (ran.code, ran.out) == (4, "")
    assert "no version of `app` satisfies" in ran.said
    assert "hint: Files of 1999-01-01 00:00 UTC and later count as not there; a later date lets more in.\n" in ran.said
