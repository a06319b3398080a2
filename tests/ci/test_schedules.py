"""The recipes for schedules: their shell in real repositories, beside a `gh` and a GitLab that write down what is asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from support import needs
from support.command_line import ROOT
from support.loopback import LoopbackServer, Request, Response
from support.packages import wheel

from pipfreeze_lock import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.index_server import IndexServer

CI = ROOT / "docs" / "ci"
SETTINGS = '[tool.pipfreeze-lock]\nbase-image = "python:3.11.7"\n'
GH = f"""\
#!{sys.executable}
import json, os, sys
with open(os.environ["GH_LOG"], "a") as log:
    body = [open(sys.argv[sys.argv.index("--body-file") + 1]).read()] if "--body-file" in sys.argv else []
    log.write(json.dumps(sys.argv[1:] + body) + "\\n")
if sys.argv[1:3] == ["pr", "list"]:
    sys.stdout.write(os.environ["GH_OPEN"])
"""
"""Stands for GitHub's own program: notes its arguments and the body's text, and lists what is open."""


@dataclass
class Forge:
    """A repository somewhere, a clone of it, and the index that the lock in it is made from."""

    folder: Path
    environment: dict[str, str]
    index: IndexServer

    @property
    def clone(self) -> Path:
        return self.folder / "clone"

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments]
        ran = subprocess.run(
            command, cwd=folder or self.clone, env=self.environment, check=True, capture_output=True, text=True
        )
        return ran.stdout.strip()

    def fresh_clone(self) -> None:
        """Give what a job begins with: one commit of the default branch."""
        shutil.rmtree(self.clone, ignore_errors=True)
        source = f"file://{self.folder / 'origin.git'}"
        self.git("clone", "--quiet", "--depth", "1", "--branch", "main", source, "clone", folder=self.folder)

    def run(self, script: str, shell: tuple[str, ...] = ("bash", "-e", "-o", "pipefail"), **variables: str) -> str:
        """Run a job's script in the clone, and give what it printed."""
        ran = subprocess.run(
            [*shell, "-c", script],
            cwd=self.clone,
            env={**self.environment, **variables},
            check=False,
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def proposed(self, branch: str = "weekly-lock") -> str | None:
        """Give the commit of a branch at the origin."""
        found = self.git("ls-remote", "origin", f"refs/heads/{branch}")
        return found.partition("\t")[0] or None

    def locked_on(self, branch: str) -> str:
        self.git("fetch", "--quiet", "origin", branch)
        return self.git("show", "FETCH_HEAD:requirements.lock")

    def merge(self, branch: str = "weekly-lock") -> None:
        origin = self.folder / "origin.git"
        self.git("update-ref", "refs/heads/main", f"refs/heads/{branch}", folder=origin)


@pytest.fixture
def forge(workplace: Path, index_server: IndexServer) -> Forge:
    needs.program("git")
    index_server.add(wheel("a", "1.0", upload_time="2021-01-01T00:00:00Z"))
    programs = workplace / "programs"
    programs.mkdir()
    for name, text in (("pipfreeze-lock", f'#!/bin/sh\nexec {sys.executable} -m pipfreeze_lock "$@"\n'), ("gh", GH)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment = {
        **kept,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PIPFREEZE_LOCK_INDEX_URL": index_server.url,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    made = Forge(workplace, environment, index_server)
    made.git("init", "--quiet", "--initial-branch", "main", "first", folder=workplace)
    first = workplace / "first"
    (first / "pyproject.toml").write_text(SETTINGS)
    (first / "requirements.txt").write_text("a\n")
    subprocess.run(["pipfreeze-lock", "lock", "-q"], cwd=first, env=environment, check=True)
    made.git("add", ".", folder=first)
    made.git("commit", "--quiet", "-m", "first", folder=first)
    made.git("clone", "--quiet", "--bare", "first", "origin.git", folder=workplace)
    made.fresh_clone()
    return made


def recipe(name: str) -> dict[Any, Any]:
    return needs.module("yaml").safe_load((CI / name).read_text())


def step(job: str, name: str) -> dict[str, Any]:
    return next(one for one in recipe("github-weekly.yml")["jobs"][job]["steps"] if one.get("id") == name)


# --- GitHub ----------------------------------------------------------------------------------------------------------


@dataclass
class GitHub:
    """The two jobs of a run, one after the other."""

    forge: Forge
    asked: list[list[str]] = field(default_factory=list)

    def week(self, *, is_open: str = "") -> str:
        """Run both jobs, and note what was asked of `gh`."""
        forge = self.forge
        temporary = forge.folder / "runner"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        forge.fresh_clone()
        forge.run(step("lock", "lock")["run"], RUNNER_TEMP=str(temporary))
        forge.fresh_clone()
        log = temporary / "gh.log"
        variables = {"BRANCH": "weekly-lock", "BASE": "main", "GH_TOKEN": "t0ken"}
        assert variables.keys() == step("propose", "propose")["env"].keys()
        printed = forge.run(
            step("propose", "propose")["run"],
            RUNNER_TEMP=str(temporary),
            GH_LOG=str(log),
            GH_OPEN=is_open,
            **variables,
        )
        self.asked = [json.loads(line) for line in log.read_text().splitlines()]
        assert self.asked[0] == ["auth", "setup-git"]
        return printed


def test_github_proposes_what_moved_and_keeps_one_pull_request(forge: Forge) -> None:
    github = GitHub(forge)
    assert github.week() == "Nothing moved.\n"
    assert forge.proposed() is None
    assert [one[:2] for one in github.asked] == [["auth", "setup-git"], ["pr", "list"]]

    forge.index.add(wheel("a", "2.0", upload_time="2021-02-01T00:00:00Z"))
    github.week()
    *create, body = github.asked[-1]
    assert create[:-1] == [
        *("pr", "create", "--head", "weekly-lock", "--base", "main"),
        *("--title", "Move the lock", "--body-file"),
    ]
    assert body.startswith("### `requirements.lock`: 1 upgraded\n")
    assert "| `a` | upgraded | `1.0`<br>2021-01-01 | `2.0`<br>2021-02-01 |" in body
    first = forge.proposed()
    assert "a==2.0" in forge.locked_on("weekly-lock")
    assert forge.git("log", "-1", "--format=%an %s", "FETCH_HEAD") == "github-actions[bot] Move the lock"
    changed = forge.git("diff", "--name-only", "origin/main", "FETCH_HEAD")
    assert changed == "requirements.lock"

    # A week in which nothing more moved: the branch stays as it was reviewed, its body is the newest.
    assert github.week(is_open="7\n") == "The branch has it already.\n"
    assert forge.proposed() == first
    assert github.asked[-1][:4] == ["pr", "edit", "7", "--body-file"]

    forge.index.add(wheel("a", "3.0", upload_time="2021-03-01T00:00:00Z"))
    github.week(is_open="7\n")
    assert github.asked[-1][:3] == ["pr", "edit", "7"]
    assert forge.proposed() != first
    assert "a==3.0" in forge.locked_on("weekly-lock")

    # Merged: nothing is left, and what was opened again by hand is closed.
    forge.merge()
    assert github.week(is_open="9\n") == "Nothing moved.\n"
    assert github.asked[-1][:3] == ["pr", "close", "9"]


def test_the_job_that_may_write_takes_nothing_but_locks(forge: Forge) -> None:
    """The other one may have run anybody's code."""
    temporary = forge.folder / "runner"
    (temporary / "proposal").mkdir(parents=True)
    (forge.clone / "requirements.txt").write_text("evil\n")
    (forge.clone / "requirements.lock").write_text("moved\n")
    (forge.clone / ".github").mkdir()
    (forge.clone / ".github" / "evil.yml").write_text("evil\n")
    forge.git("add", ".")
    patch = forge.git("diff", "--cached", "--binary")
    forge.fresh_clone()
    (temporary / "proposal" / "locks.patch").write_text(f"{patch}\n")
    (temporary / "proposal" / "body.md").write_text("body\n")
    variables = {"RUNNER_TEMP": str(temporary), "GH_LOG": str(temporary / "log"), "GH_OPEN": ""}
    forge.run(step("propose", "propose")["run"], BRANCH="weekly-lock", BASE="main", **variables)
    assert forge.locked_on("weekly-lock") == "moved"
    assert forge.git("diff", "--name-only", "origin/main", "FETCH_HEAD") == "requirements.lock"


def test_the_github_workflow_gives_no_more_than_is_needed() -> None:
    workflow = recipe("github-weekly.yml")
    assert workflow["permissions"] == {}
    jobs = workflow["jobs"]
    assert jobs["lock"]["permissions"] == {"contents": "read"}
    assert jobs["propose"]["permissions"] == {"contents": "write", "pull-requests": "write"}
    for job in jobs.values():
        for one in job["steps"]:
            assert "${{" not in one.get("run", "")
            assert one.get("uses", "actions/").startswith("actions/")
            if one.get("uses", "").startswith("actions/checkout@"):
                assert one["with"] == {"persist-credentials": False}
        assert not any("TOKEN" in name for one in jobs["lock"]["steps"] for name in one.get("env", {}))
    assert set(workflow[True]) == {"schedule", "workflow_dispatch"}  # `on` is true in YAML 1.1


# --- GitLab ----------------------------------------------------------------------------------------------------------


class GitLab:
    """Answers as GitLab's API does (Merge requests API), and keeps what is asked."""

    def __init__(self) -> None:
        self.open: list[dict[str, int]] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.server = LoopbackServer(self._answer)

    def _answer(self, request: Request) -> Response:
        if request.headers.get("private-token") != "t0ken":
            return Response(401, {}, b"{}")
        fields = parse_qs(urlsplit(request.target).query or request.body.decode())
        self.asked.append((request.method, request.path, {key: value[0] for key, value in fields.items()}))
        return Response(200, {"Content-Type": "application/json"}, json.dumps(self.open).encode())


@pytest.fixture
def gitlab() -> Iterator[GitLab]:
    needs.program("curl")
    made = GitLab()
    made.server.start()
    yield made
    made.server.stop()


def a_week_at_gitlab(forge: Forge, gitlab: GitLab) -> str:
    shell = ("sh", "-e")  # which a runner takes where an image has no bash
    jobs = recipe("gitlab-weekly.yml")
    forge.fresh_clone()
    forge.run("\n".join(jobs["weekly-lock"]["script"][1:]), shell)  # but for what installs us
    kept = {name: (forge.clone / name).read_bytes() for name in jobs["weekly-lock"]["artifacts"]["paths"]}
    forge.fresh_clone()
    for name, content in kept.items():
        (forge.clone / name).write_bytes(content)
    job = jobs["weekly-lock-propose"]
    gitlab.asked.clear()
    return forge.run(
        "\n".join(job["script"]),
        shell,
        **job["variables"],
        CI_API_V4_URL=f"{gitlab.server.url}/api/v4",
        CI_PROJECT_ID="11",
        CI_PROJECT_URL=f"file://{forge.folder / 'origin'}",
        CI_SERVER_HOST="gitlab.example",
        CI_DEFAULT_BRANCH="main",
        WEEKLY_LOCK_TOKEN="t0ken",
    )


def test_gitlab_proposes_what_moved_and_keeps_one_merge_request(forge: Forge, gitlab: GitLab) -> None:
    requests = "/api/v4/projects/11/merge_requests"
    assert a_week_at_gitlab(forge, gitlab) == "Nothing moved.\n"
    assert gitlab.asked == [("GET", requests, {"state": "opened", "source_branch": "weekly-lock"})]
    assert forge.proposed() is None

    # One of a fork, whose branch has the same name, is not ours.
    gitlab.open = [{"iid": 4, "source_project_id": 99, "target_project_id": 11}]
    forge.index.add(wheel("a", "2.0", upload_time="2021-02-01T00:00:00Z"))
    a_week_at_gitlab(forge, gitlab)
    method, path, fields = gitlab.asked[-1]
    assert (method, path) == ("POST", requests)
    assert fields.pop("description").startswith("### `requirements.lock`: 1 upgraded\n")
    assert fields == {
        "source_branch": "weekly-lock",
        "target_branch": "main",
        "title": "Move the lock",
        "remove_source_branch": "true",
    }
    first = forge.proposed()
    assert "a==2.0" in forge.locked_on("weekly-lock")

    gitlab.open = [{"iid": 5, "source_project_id": 11, "target_project_id": 11}]
    assert a_week_at_gitlab(forge, gitlab) == "The branch has it already.\n"
    assert forge.proposed() == first
    assert gitlab.asked[-1][:2] == ("PUT", f"{requests}/5")
    assert gitlab.asked[-1][2].keys() == {"description"}

    forge.merge()
    assert a_week_at_gitlab(forge, gitlab) == "Nothing moved.\n"
    assert gitlab.asked[-1] == ("PUT", f"{requests}/5", {"state_event": "close"})


def test_the_gitlab_job_that_runs_foreign_code_has_no_token() -> None:
    jobs = recipe("gitlab-weekly.yml")
    assert "TOKEN" not in json.dumps(jobs["weekly-lock"])
    assert all(job["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "schedule"'}] for job in jobs.values())


# --- cron ------------------------------------------------------------------------------------------------------------


def test_cron_prints_what_moved_once(forge: Forge) -> None:
    def week() -> str:
        return forge.run(f'sh "{CI / "weekly-lock.sh"}" "{forge.clone}" main weekly-lock', ("sh", "-e"))

    forge.git("config", "user.name", "cron")
    forge.git("config", "user.email", "cron@example.org")
    assert week() == ""
    forge.index.add(wheel("a", "2.0"))
    assert week() == "1 upgraded\n  upgraded a 1.0 -> 2.0\n"
    assert "a==2.0" in forge.locked_on("weekly-lock")
    first = forge.proposed()
    assert week() == ""
    assert forge.proposed() == first
    (forge.clone / "requirements.lock").write_text("left by a run that was killed\n")
    forge.index.add(wheel("a", "3.0"))
    assert week() == "1 upgraded\n  upgraded a 1.0 -> 3.0\n"
    forge.merge()
    assert week() == ""


def test_the_recipes_install_this_version() -> None:
    for name in ("github-weekly.yml", "gitlab-weekly.yml"):
        assert f'"pipfreeze-lock=={__version__}"' in (CI / name).read_text()


def test_the_shell_is_any_shell() -> None:
    """dash refuses what only bash knows; shellcheck says more where there is one."""
    script = CI / "weekly-lock.sh"
    assert script.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", str(script)], check=True)
    if shutil.which("shellcheck"):
        subprocess.run(["shellcheck", str(script)], check=True)
