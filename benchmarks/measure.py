"""One whole process, measured: seconds on the clock, and the most memory that it or a child of it had at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Run", "run"]


@dataclass(frozen=True, slots=True)
class Run:
    """How a process went."""

    seconds: float
    peak_bytes: int
    returncode: int
    said: str
    """The last lines of its stderr."""


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Run:
    """Run a process to its end in a folder; its stdout is dropped."""
    with (folder / "stderr").open("w+") as stderr:
        started = time.perf_counter()
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=stderr)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)  # waited for here and not by Popen
        stderr.seek(0)
        said = "\n".join(stderr.read().splitlines()[-15:])
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(seconds, usage.ru_maxrss * unit, process.returncode, said)
