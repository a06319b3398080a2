"""Compiling as pip does, under a Python of this machine."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import msgspec

from pipfreeze_lock.target.interpreters import find_interpreter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pipfreeze_lock.footprint.interface import Compiler
    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.target.interpreters import Interpreter

__all__ = ["InterpreterCompiler", "find_compiler"]

_SECONDS = 900
_PIECE = 512 * 1024
"""Bytes of sources for which another process is worth its start."""


def find_compiler(target: Target, *, environment: Mapping[str, str], answers: Path | None) -> Compiler | None:
    """Give a compiler of the target's series; None where this machine has no such Python.

    :param environment: As `find_interpreter` reads it, and of the compiler's process.
    :param answers: The file in which `find_interpreter` keeps what programs answered.
    """
    if target.python_release < (3, 5):
        return None
    found = find_interpreter(target.python, target.implementation, environment=environment, cache=answers)
    return InterpreterCompiler(interpreter=found, environment=environment) if found else None


@dataclass(frozen=True, kw_only=True, slots=True)
class InterpreterCompiler:
    """Asks one interpreter, in as many processes as there are processors."""

    interpreter: Interpreter
    environment: Mapping[str, str]

    @property
    def identity(self) -> str:
        """``cpython-3.6.15``."""
        return f"{self.interpreter.implementation}-{self.interpreter.version}"

    def sizes(self, sources: Sequence[tuple[str, bytes]]) -> Sequence[int | None]:
        """Give bytes of each ``.pyc``; 0 for what does not compile; None where the interpreter broke down."""
        script = resources.files("pipfreeze_lock.footprint").joinpath("compile_script.py").read_text(encoding="utf-8")
        total = sum(len(source) for _, source in sources)
        count = max(1, min(os.cpu_count() or 1, total // _PIECE))
        # Dealt out like cards: neighbours are of one project, and as large as each other.
        dealt = [sources[first::count] for first in range(count)]
        with ThreadPoolExecutor(count, "compile") as workers:
            answers = list(workers.map(lambda hand: self._asked(script, hand), dealt))
        sizes: list[int | None] = [None] * len(sources)
        for first, answer in enumerate(answers):
            sizes[first::count] = answer
        return sizes

    def _asked(self, script: str, sources: Sequence[tuple[str, bytes]]) -> Sequence[int | None]:
        """Run one process; a source that makes it break down leaves nothing known of those that it was given with."""
        try:
            ran = subprocess.run(  # noqa: S603  an interpreter that was found, with a program of ours
                [self.interpreter.path, "-I", "-S", "-W", "ignore", "-c", script],
                input=b"".join(_packed(path, source) for path, source in sources),
                capture_output=True,
                timeout=_SECONDS,
                env=dict(self.environment),
                check=True,
            )
            answer = msgspec.json.decode(ran.stdout, type=list[int])
        except (OSError, subprocess.SubprocessError, msgspec.DecodeError):
            return [None] * len(sources)
        return answer


def _packed(path: str, source: bytes) -> bytes:
    name = path.encode("utf-8", "surrogateescape")
    return len(name).to_bytes(4, "big") + name + len(source).to_bytes(4, "big") + source
