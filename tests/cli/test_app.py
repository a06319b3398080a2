from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import typer
from support.command_line import TARGET, python, run, started

from pipfreeze_lock import __version__, errors
from pipfreeze_lock.cli import app as app_module

if TYPE_CHECKING:
    from pathlib import Path

    from support.index_server import IndexServer

CLOSED_PIPE = [
    ["--version"],
    ["--help"],
    ["lock", "--help"],
    ["target", "--base-image", "python:3.6.8"],
    ["target", "--base-image", "python:3.6.8", "-v"],
    ["target", "--base-image", "python:3.6.8", "--format", "json"],
]
HEAVY = ("pyreqwest", "resolvelib", "msgspec", "pydantic", "pip", "packaging", "rich.console", "urllib.request", "ssl")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lock", "--no-such-option"], "No such option: --no-such-option"),
        (["no-such-command"], "No such command 'no-such-command'"),
        (["lock", "--timeout", "soon"], "Invalid value for '--timeout'"),
        (["lock", "--retries", "1.5"], "Invalid value for '--retries'"),
        (["lock", "--base-image"], "Option '--base-image' requires an argument"),
        (["lock", "requirements.txt"], "nothing says which image the lock is for"),
        (["lock", "--base-image", "python:3.6.8"], "no requirements were given"),
        (["target"], "nothing says which image the lock is for"),
        (["target", "--base-image", "python:3.6.8", "--format", "yaml"], "`--format yaml` is not known"),
        (["target", "--base-image", "python:3.6.8", "extra"], "unexpected extra argument"),
    ],
)
@pytest.mark.usefixtures("workplace")
def test_a_wrong_command_line_is_a_usage_error(arguments: list[str], said: str) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert said in ran.said
    assert "hint: " in ran.said
    assert "Traceback" not in ran.said


@pytest.mark.usefixtures("workplace")
def test_every_error_of_ours_ends_with_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in errors.__all__:
        kind = getattr(errors, name)

        def raising(*_: object, kind: type[errors.PipfreezeLockError] = kind, **__: object) -> None:
            message = "it went wrong"
            raise kind(message, context="here:1", hints=["Do that."], reference="RFC 1")

        monkeypatch.setattr("pipfreeze_lock.cli.locking.run_lock", raising)
        ran = run("lock")
        assert (ran.code, ran.out) == (kind.exit_code, "")
        assert ran.said == "error: it went wrong\n  --> here:1\nhint: Do that.\nsee: RFC 1\n"


@pytest.mark.usefixtures("workplace")
def test_a_bug_of_ours_is_said_to_be_one_without_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipfreeze_lock.cli.locking.run_lock", lambda *_: {}["nothing"])
    ran = run("lock")
    assert ran.code == 70
    assert ran.said.splitlines()[0] == f"error: this is a bug of pipfreeze-lock {__version__}: KeyError: 'nothing'"
    assert "Traceback" not in ran.said
    monkeypatch.setenv("PIPFREEZE_LOCK_TRACEBACK", "1")
    ran = run("lock")
    assert ran.code == 70
    assert "Traceback" in ran.said


@pytest.mark.parametrize("raised", [KeyboardInterrupt, typer.Abort])
@pytest.mark.usefixtures("workplace")
def test_an_interrupted_command_ends_with_130(raised: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise raised

    monkeypatch.setattr("pipfreeze_lock.cli.locking.run_lock", interrupted)
    ran = run("lock")
    assert (ran.code, ran.said) == (130, "")


def test_ctrl_c_while_an_index_is_asked(index: IndexServer) -> None:
    """Really interrupted, in the middle of a request."""
    index.fail("/simple/a/", "slow", seconds=20.0, times=None)
    with started("lock", *TARGET) as process:
        try:
            while not index.requests:  # until it has asked
                with contextlib.suppress(subprocess.TimeoutExpired):
                    pytest.fail(f"ended with {process.wait(timeout=0.02)}")
            process.send_signal(signal.SIGINT)
            out, said = process.communicate(timeout=10)
        finally:
            process.kill()
    assert (process.returncode, out, said) == (130, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: pipes are closed otherwise elsewhere")
@pytest.mark.parametrize("arguments", CLOSED_PIPE)
def test_a_closed_pipe_ends_quietly(arguments: list[str], workplace: Path) -> None:
    """``pipfreeze-lock target … | head -1``, when head is gone before anything is written."""
    ran = into_closed_pipe(*arguments, cwd=workplace)
    assert (ran.returncode, ran.stderr) == (141, "")


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: pipes are closed otherwise elsewhere")
@pytest.mark.parametrize("arguments", [["-o", "-"], ["--diff"], ["--dry-run"]])
@pytest.mark.usefixtures("index")
def test_a_lock_into_a_closed_pipe(arguments: list[str], workplace: Path) -> None:
    ran = into_closed_pipe("lock", *TARGET, *arguments, "-q", cwd=workplace)
    assert (ran.returncode, ran.stderr) == (141, "")


def into_closed_pipe(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "pipfreeze_lock", *arguments]
    buffered = {**os.environ, "PYTHONUNBUFFERED": ""}  # set by many images, which hides what waits in a buffer
    ran = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False, cwd=cwd, env=buffered)
    os.close(writing)
    return ran


@pytest.mark.usefixtures("workplace")
def test_the_version() -> None:
    for option in ("--version", "-V"):
        assert run(option) == (0, f"pipfreeze-lock {__version__}\n", "")


@pytest.mark.usefixtures("workplace")
def test_without_arguments_the_help_is_the_answer() -> None:
    ran = run()
    assert (ran.code, ran.said) == (0, "")
    assert "Usage: pipfreeze-lock" in ran.out


@pytest.mark.parametrize("command", ["lock", "target", "why"])
@pytest.mark.usefixtures("workplace")
def test_every_command_has_an_example_and_every_option_a_help_text(command: str) -> None:
    app_module._register()
    group = typer.main.get_command(app_module.app)
    found = group.commands[command]  # type: ignore[attr-defined]
    assert re.search(rf"Example: pipfreeze-lock {command} \S", found.help)
    for parameter in found.params:
        assert parameter.help, parameter.name
        assert not parameter.help.endswith("  "), parameter.name
    ran = run(command, "--help")
    assert (ran.code, ran.said) == (0, "")
    assert f"pipfreeze-lock {command} --" in ran.out


def test_commands_are_registered_once() -> None:
    app_module._register()
    before = len(app_module.app.registered_commands)
    app_module._register()
    assert len(app_module.app.registered_commands) == before


def test_the_help_imports_nothing_heavy() -> None:
    """Measured by the interpreter itself."""
    ran = python("-X", "importtime", "-m", "pipfreeze_lock", "lock", "--help")
    assert ran.code == 0
    imported = {line.rpartition("|")[2].strip() for line in ran.said.splitlines() if "|" in line}
    assert "typer" in imported
    assert sorted(name for name in imported if name.split(".")[0] in HEAVY and name.split(".")[0] != "rich") == []


def test_a_plain_command_imports_no_pydantic(workplace: Path) -> None:
    """typer 0.29 converts values by pydantic, which takes longer to import than the command does to run."""
    code = (
        "import sys\n"
        "from pipfreeze_lock.__main__ import main\n"
        "assert main(sys.argv[1:]) == 0\n"
        "print(sorted(name for name in ('pydantic', 'pyreqwest', 'resolvelib', 'rich') if name in sys.modules))\n"
    )
    ran = python("-c", code, "target", "--base-image", "python:3.6.8", "--platform", "linux/arm64", "-q", "--no-base")
    assert ran.out.splitlines()[-1] == "[]", ran
    assert workplace.is_dir()
