"""Standard streams that are closed or full, outputs that are no files, a folder that is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.command_line import ROOT, TARGET, run

LOCK = ("lock", "requirements.txt", *TARGET)
POSIX = pytest.mark.skipif(os.name != "posix", reason="only on POSIX: a shell")


def shell(script: str) -> subprocess.CompletedProcess[str]:
    """Run a script with ``$LOCK`` and ``$TARGET`` in it."""
    program = f"{sys.executable} -m pipfreeze_lock"
    variables = {
        "PYTHONPATH": str(ROOT),
        "LOCK": f"{program} {' '.join(LOCK)}",
        "SHOW": f"{program} target {' '.join(TARGET)}",
    }
    return subprocess.run(
        ["/bin/sh", "-c", script],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@POSIX
@pytest.mark.parametrize(
    "script",
    [
        "$LOCK -o - >&-",
        "$LOCK -n >&-",
        "$SHOW >&-",
        "$SHOW --format json >&-",
        "$LOCK -o - - <&-",
        "$LOCK -o - - <&- >&-",
    ],
)
@pytest.mark.usefixtures("index")
def test_a_closed_stream_that_is_needed_is_an_ordinary_error(script: str) -> None:
    ran = shell(script)
    assert ran.returncode == 3
    assert "error: standard input or output fails" in ran.stderr
    assert "bug" not in ran.stderr
    assert "Traceback" not in ran.stderr


@POSIX
@pytest.mark.parametrize(
    "script", ["$LOCK <&- >&- 2>&-", "$LOCK 2>&-", "$LOCK 2>&- && rm requirements.lock && $LOCK 2>&-"]
)
@pytest.mark.usefixtures("index")
def test_closed_streams_that_are_not_needed_do_not_matter(script: str) -> None:
    assert shell(script).returncode == 0
    assert "a==1.0" in Path("requirements.lock").read_text()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only on Linux: /dev/full")  # noqa: PTH110
@pytest.mark.parametrize("script", ["$LOCK -o - > /dev/full", "$SHOW > /dev/full"])
@pytest.mark.usefixtures("index")
def test_a_full_disk_behind_stdout_is_an_ordinary_error(script: str) -> None:
    ran = shell(script)
    assert ran.returncode == 3
    assert "no space left" in ran.stderr


@POSIX
@pytest.mark.usefixtures("index")
def test_a_pipe_as_output_is_written_and_not_read() -> None:
    ran = shell("$LOCK -o /dev/stdout | cat")
    assert "a==1.0" in ran.stdout
    assert "not a lock" not in ran.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only on POSIX: named pipes")
@pytest.mark.usefixtures("index")
def test_a_named_pipe_as_output_is_written_and_not_read() -> None:
    os.mkfifo("pipe")
    ran = shell("cat pipe & $LOCK -o pipe; wait")
    assert "a==1.0" in ran.stdout


@POSIX
@pytest.mark.parametrize("command", ["$LOCK", "$SHOW"])
@pytest.mark.usefixtures("index")
def test_a_working_folder_that_is_gone_is_an_ordinary_error(command: str) -> None:
    ran = shell(f"mkdir gone && cd gone && rmdir ../gone && {command}")
    assert ran.returncode == 2
    assert "the working folder is there no longer" in ran.stderr


@pytest.mark.parametrize("given", ["", ".", "..", "/"])
@pytest.mark.usefixtures("index")
def test_a_folder_as_input_is_an_ordinary_error(given: str) -> None:
    ran = run("lock", given, *TARGET)
    assert ran.code in (2, 3)
    assert "bug" not in ran.said
