"""One whole process, measured: seconds on the clock, and the most memory that it or a child of it had at once."""

from __future__ import annotations

import json
import os
import sys
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


# A process inherits the peak of what started it (Linux counts the old memory at exec), and this one serves an index: a
# small process of its own starts the command, and measures it.
_STARTER = """
import json, os, sys, time
started = time.perf_counter()
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
seconds = time.perf_counter() - started
os.write(3, json.dumps([seconds, usage.ru_maxrss, os.waitstatus_to_exitcode(status)]).encode())
"""


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Run:
    """Run a process to its end in a folder; its stdout is dropped."""
    reader, writer = os.pipe()
    starter = [sys.executable, "-S", "-E", "-c", _STARTER, *command]
    with (folder / "stderr").open("w+") as stderr, os.fdopen(reader) as answer:
        actions = [
            (os.POSIX_SPAWN_DUP2, writer, 3),
            (os.POSIX_SPAWN_DUP2, stderr.fileno(), 2),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        ]
        script = ["sh", "-c", 'cd "$0" && exec "$@"', str(folder), *starter]
        pid = os.posix_spawnp("sh", script, environment, file_actions=actions)
        os.close(writer)
        seconds, peak, code = json.load(answer)
        os.waitpid(pid, 0)
        stderr.seek(0)
        said = "\n".join(stderr.read().splitlines()[-15:])
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(seconds, peak * unit, code, said)
