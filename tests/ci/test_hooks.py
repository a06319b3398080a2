"""Our hooks in the real pre-commit and the real prek, in a real repository, from a clone of our own tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import needs
from support.command_line import ROOT
from support.packages import wheel

if TYPE_CHECKING:
    from support.index_server import IndexServer

SHIPPED = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", "pipfreeze_lock")

CONFIGURATION = """\
repos:
  - repo: {source}
    rev: {revision}
    hooks:
      - id: pipfreeze-lock
      - id: pipfreeze-check
"""

SETTINGS = """\
[tool.pipfreeze-lock]
base-image = "python:3.11.7"
index-url = "{index}"
"""


def runner_of(name: str) -> list[str]:
    """Give how a hook runner is called."""
    if name == "pre-commit":
        needs.module("pre_commit")
        return [sys.executable, "-m", "pre_commit"]
    program = Path(sysconfig.get_path("scripts"), name)
    return [str(program if program.is_file() else needs.program(name))]


class Repository:
    """A repository of somebody who uses our hooks."""

    def __init__(self, folder: Path, runner: str) -> None:
        self.folder = folder / "service"
        self.folder.mkdir()
        self._command = runner_of(runner)
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PIPFREEZE_LOCK_", "GIT_"))}
        # pre-commit and prek keep what they install; nothing of another run, or of this machine, may answer for it.
        self._environment = kept | {
            "PRE_COMMIT_HOME": str(folder / "hooks"),
            "PREK_HOME": str(folder / "hooks"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "NO_COLOR": "1",
        }
        self.git("init", "--quiet")

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
        ran = subprocess.run(
            ["git", *identity, *arguments],
            cwd=folder or self.folder,
            env=self._environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return ran.stdout.strip()

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)
        self.git("add", name)

    def run_hook(self, hook: str) -> tuple[int, str]:
        """Run one hook on all files, and give its exit code and what it said."""
        ran = subprocess.run(
            [*self._command, "run", hook, "--all-files"],
            cwd=self.folder,
            env=self._environment,
            check=False,
            capture_output=True,
            text=True,
        )
        return ran.returncode, ran.stdout + ran.stderr


def our_repository(folder: Path, repository: Repository) -> str:
    """Make a repository of what we ship as it lies here, changes that are not committed too; give its revision."""
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            folder.mkdir(exist_ok=True)
            shutil.copy(source, folder / name)
    repository.git("init", "--quiet", folder=folder)
    repository.git("add", ".", folder=folder)
    repository.git("commit", "--quiet", "-m", "as it is", folder=folder)
    return repository.git("rev-parse", "HEAD", folder=folder)


@pytest.mark.network
@pytest.mark.parametrize("runner", ["pre-commit", "prek"])
def test_a_commit_with_a_stale_lock_is_stopped(runner: str, tmp_path: Path, index_server: IndexServer) -> None:
    index_server.add(wheel("a", "1.0"), wheel("a", "2.0"), wheel("b", "1.0"))
    repository = Repository(tmp_path, runner)
    revision = our_repository(tmp_path / "pipfreeze-lock", repository)
    repository.write(
        ".pre-commit-config.yaml", CONFIGURATION.format(source=tmp_path / "pipfreeze-lock", revision=revision)
    )
    repository.write("pyproject.toml", SETTINGS.format(index=index_server.url))
    repository.write("requirements.txt", "a<2\n")

    # The first lock is a new file, which git does not call a change: the hook has to fail by itself.
    code, said = repository.run_hook("pipfreeze-lock")
    assert code == 1, said
    assert "a==1.0" in (repository.folder / "requirements.lock").read_text()
    repository.git("add", "requirements.lock")
    assert repository.run_hook("pipfreeze-lock")[0] == 0
    assert repository.run_hook("pipfreeze-check")[0] == 0

    # An edit that the lock does not follow.
    repository.write("requirements.txt", "a<2\nb\n")
    code, said = repository.run_hook("pipfreeze-check")
    assert code == 1
    assert "requirements.txt:2" in said
    code, said = repository.run_hook("pipfreeze-lock")
    assert code == 1
    assert "b==1.0" in (repository.folder / "requirements.lock").read_text()
    repository.git("add", "requirements.lock")

    # Nothing is left to do, and a comment changes nothing.
    repository.write("requirements.txt", "# b, for reasons\na<2\nb\n")
    assert repository.run_hook("pipfreeze-check")[0] == 0
