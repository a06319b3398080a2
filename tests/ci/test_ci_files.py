"""The files that a CI takes, tried as far as they run without it: their scripts, under the shells they name."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from support import needs
from support.command_line import ROOT, run
from support.packages import wheel

if TYPE_CHECKING:
    from pathlib import Path

    from support.index_server import IndexServer

OURS = f'#!/bin/sh\nexec {sys.executable} -m pipfreeze_lock "$@"\n'


@pytest.fixture
def stale(workplace: Path, index_server: IndexServer) -> Path:
    """Give a folder with a lock that its requirements have left behind."""
    index_server.add(wheel("a", "1.0"), wheel("b", "1.0"))
    (workplace / "requirements.txt").write_text("a\n")
    locked = run("lock", "--base-image", "python:3.11.7", "--index-url", index_server.url, "-o", "requirements.lock")
    assert locked.code == 0, locked.said
    (workplace / "requirements.txt").write_text("a\nb\n")
    return workplace


def installed_at(folder: Path) -> Path:
    """Put our command where a script expects it, so that nothing has to be installed."""
    program = folder / "bin" / "pipfreeze-lock"
    program.parent.mkdir(parents=True)
    program.write_text(OURS)
    program.chmod(0o755)
    return folder


def documents(path: Path) -> list[Any]:
    return list(needs.module("yaml").safe_load_all(path.read_text()))


def shell(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],  # as GitHub's `shell: bash`
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        check=False,
        capture_output=True,
        text=True,
    )


def action_step(name: str) -> dict[str, Any]:
    (action,) = documents(ROOT / "action.yml")
    assert action["runs"]["using"] == "composite"
    return next(step for step in action["runs"]["steps"] if step["id"] == name)


def test_the_action_shows_a_stale_lock_at_its_line(stale: Path, tmp_path: Path) -> None:
    step = action_step("check")
    values = {"LOCKS": "requirements.lock", "ARGS": "--strict", "FORMAT": "github", "OUTPUT_FILE": ""}
    assert set(step["env"]) == {"ENVIRONMENT", *values}
    ran = shell(step["run"], stale, ENVIRONMENT=str(installed_at(tmp_path / "environment")), **values)
    assert ran.returncode == 1
    assert "::error file=requirements.txt,line=2" in ran.stdout


def test_the_action_writes_a_report_to_upload(stale: Path, tmp_path: Path) -> None:
    values = {"LOCKS": "", "ARGS": "", "FORMAT": "sarif", "OUTPUT_FILE": "report.sarif"}
    environment = str(installed_at(tmp_path / "environment"))
    ran = shell(action_step("check")["run"], stale, ENVIRONMENT=environment, **values)
    assert ran.returncode == 1
    assert json.loads((stale / "report.sarif").read_text())["runs"][0]["results"]


def test_the_action_takes_nothing_of_its_inputs_into_a_script() -> None:
    """An expression in a script would run what a pull request puts there."""
    (action,) = documents(ROOT / "action.yml")
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def gitlab_job(**inputs: str) -> dict[str, Any]:
    """Give the job as GitLab makes it of the component: its inputs put in as text."""
    specification, job = (ROOT / "templates" / "check.yml").read_text().split("\n---\n")
    yaml = needs.module("yaml")
    values = {name: one.get("default") for name, one in yaml.safe_load(specification)["spec"]["inputs"].items()}
    values |= inputs
    text = re.sub(r"\$\[\[ inputs\.([a-z-]+) \]\]", lambda match: values[match[1]], job)
    return yaml.safe_load(text)["pipfreeze-check"]


def test_the_gitlab_job_leaves_both_reports(stale: Path) -> None:
    job = gitlab_job(locks="requirements.lock")
    installed_at(stale / ".pipfreeze-lock")
    ran = shell("\n".join(job["script"][2:]), stale)  # but for what installs us
    assert ran.returncode == 1
    reports = job["artifacts"]["reports"]
    (finding,) = json.loads((stale / reports["codequality"]).read_text())
    assert (finding["location"]["path"], finding["location"]["lines"]["begin"]) == ("requirements.txt", 2)
    assert 'failures="1"' in (stale / reports["junit"]).read_text()


def test_the_makefile_snippet(stale: Path) -> None:
    needs.program("make")
    snippet = ROOT / "docs" / "ci" / "pipfreeze-lock.mk"
    program = installed_at(stale / "environment") / "bin" / "pipfreeze-lock"

    def make(target: str) -> subprocess.CompletedProcess[str]:
        lock = (stale / "requirements.lock").read_text()
        index = next(line for line in lock.splitlines() if line.startswith("--index-url "))
        options = f"LOCK_OPTIONS=--base-image python:3.11.7 {index}"
        return shell(f'make -f "{snippet}" "PIPFREEZE_LOCK={program}" "{options}" {target}', stale)

    assert make("lock-check").returncode == 2  # make's own word for a target that failed
    os.utime(stale / "requirements.lock", (0, 0))
    assert make("lock").returncode == 0
    assert "b==1.0" in (stale / "requirements.lock").read_text()
    assert make("lock-check").returncode == 0
    assert "is up to date" in make("requirements.lock").stdout
    assert make("lock-upgrade").returncode == 0
