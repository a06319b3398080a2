"""Our command line, run in this process or in one of its own, with nothing of this machine's configuration in force."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

__all__ = ["TARGET", "Ran", "enter_workplace", "python", "run", "started"]

ROOT = Path(__file__).parents[2]
TARGET = ("--python-version", "3.11.7", "--pip-version", "25.3", "--libc", "glibc-2.36", "--platform", "linux/amd64")
"""A target given part by part."""


class Ran(NamedTuple):
    """How a run ended."""

    code: int
    out: str
    said: str
    """On stderr."""


def enter_workplace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder to work in and go there; no variable of pip, of ours or of a proxy is set, and HOME is empty."""
    for name in os.environ:
        if name.upper().startswith(("PIP_", "PIPFREEZE_LOCK_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYENV_ROOT", os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv")))
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    work = folder / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


def run(*arguments: object, stdin: str = "") -> Ran:
    """Run a command line in this process."""
    from pipfreeze_lock.__main__ import main  # noqa: PLC0415  the environment must be set before it is imported

    out, said = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with _stdin(stdin), contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
        code = main([str(argument) for argument in arguments])
    return Ran(code, *(stream.buffer.getvalue().decode() for stream in (out, said)))  # type: ignore[attr-defined]


@contextlib.contextmanager
def _stdin(text: str) -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")
    try:
        yield
    finally:
        sys.stdin = before


def python(*arguments: object, **environment: str) -> Ran:
    """Run this Python in a process of its own: ``python("-m", "pipfreeze_lock", "--help")``."""
    command = [sys.executable, *(str(argument) for argument in arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment(environment))
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def started(*arguments: object, **environment: str) -> subprocess.Popen[str]:
    """Start our command line in a process of its own; stdout and stderr are pipes."""
    command = [sys.executable, "-m", "pipfreeze_lock", *(str(argument) for argument in arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=_environment(environment)
    )


def _environment(more: dict[str, str]) -> dict[str, str]:
    """Give ours; the working tree is found from any folder, whether it is installed or not."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}
