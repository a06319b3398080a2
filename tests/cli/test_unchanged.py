"""What `check` does without looking at a lock, and what it imports for that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.command_line import TARGET, python, run

from pipfreeze_lock.cli.settings import read_settings
from pipfreeze_lock.cli.unchanged import unchanged_since_lock

if TYPE_CHECKING:
    from support.index_server import IndexServer

LOCK = Path("requirements.lock")
NEVER = {
    *("typer", "rich", "click", "pip", "resolvelib", "pyreqwest", "msgspec", "asyncio", "email", "ssl", "socket"),
    *("urllib.request", "http", "http.client", "concurrent.futures", "tomllib", "json", "difflib", "traceback"),
    *("pipfreeze_lock.http", "pipfreeze_lock.index", "pipfreeze_lock.metadata", "pipfreeze_lock.resolve"),
    *("pipfreeze_lock.memo", "pipfreeze_lock.image", "pipfreeze_lock.cli.wiring", "pipfreeze_lock.cli.app"),
}
"""Not for a check in its plain form, whatever comes of it."""
SEES = """
import sys
from pipfreeze_lock.__main__ import main
code = main(["check", *sys.argv[1:]])
print(code, *sys.modules)
"""


@pytest.fixture
def locked(index: IndexServer) -> Path:
    assert run("lock", "--index-url", index.url, *TARGET, "--no-base").code == 0
    return LOCK


def look() -> object:
    return unchanged_since_lock(LOCK, read_settings(Path.cwd()))


def modules_of(*arguments: str) -> tuple[str, set[str]]:
    ran = python("-c", SEES, *arguments)
    code, *modules = ran.out.splitlines()[-1].split()
    return code, set(modules)


@pytest.mark.usefixtures("locked")
def test_what_a_lock_that_was_not_changed_imports() -> None:
    code, modules = modules_of()
    assert code == "0"
    assert not modules & (NEVER | {"packaging", "pipfreeze_lock.workflows.check", "pipfreeze_lock.cli.checking"})


@pytest.mark.usefixtures("locked")
def test_what_a_changed_one_imports() -> None:
    Path("requirements.txt").write_text("a<1\n")
    code, modules = modules_of("--strict")
    assert code == "1"
    assert "pipfreeze_lock.cli.checking" in modules
    assert not modules & (NEVER - {"traceback"})  # `packaging.tags` logs, and logging brings it


@pytest.mark.usefixtures("locked")
def test_nothing_was_changed() -> None:
    assert look() is not None


@pytest.mark.parametrize(
    "name", ["requirements.lock", "requirements.txt", "digest", "command", "target", "first line", "line ends"]
)
def test_whatever_was_changed_is_looked_at(name: str, locked: Path) -> None:
    text = locked.read_text()
    changed = {
        "requirements.lock": lambda: locked.write_text(text + "\n"),
        "requirements.txt": lambda: Path("requirements.txt").write_text("a\n\n"),
        "digest": lambda: locked.write_text(text.replace("# digest: sha256:", "# digest: sha256:0")),
        "command": lambda: locked.write_text(text.replace("# command:", "# commands:")),
        "target": lambda: locked.write_text(text.replace("3.11.7", "3.11.8")),
        "first line": lambda: locked.write_text(text.replace("# pipfreeze-lock 1", "# pipfreeze-lock 2")),
        "line ends": lambda: locked.write_bytes(text.replace("\n", "\r\n").encode()),
    }
    changed[name]()
    assert look() is None


@pytest.mark.usefixtures("locked")
def test_a_file_that_went_is_looked_for() -> None:
    Path("requirements.txt").unlink()
    assert look() is None


@pytest.mark.usefixtures("locked")
def test_a_configuration_that_came_is_looked_at() -> None:
    Path("pyproject.toml").write_text("[tool.pipfreeze-lock]\npre = true\n")
    assert look() is None


def test_what_draws_on_the_environment_is_looked_at(index: IndexServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLACE", index.url)
    Path("requirements.txt").write_text("--extra-index-url ${PLACE}\na\n")
    assert run("lock", *TARGET, "--no-base").code == 0
    assert run("check").code == 0
    monkeypatch.setenv("PLACE", "https://index.example/simple/")
    ran = run("check")
    assert (ran.code, "changed-option" in ran.out) == (1, True)


@pytest.mark.usefixtures("index")
def test_what_the_kernel_answers_is_said_each_time() -> None:
    Path("requirements.txt").write_text("a\nb; 'azure' in platform_release\n")
    assert run("lock", *TARGET, "--no-base").code == 0
    ran = run("check")
    assert (ran.code, "not checked: " in ran.out) == (0, True)
