"""Puts a universe to the real pip and to our command line, and gives both answers as the files by their SHA-256."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import io
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from fidelity.real_sets.answers import full_version
from support import needs
from support.command_line import enter_workplace
from support.index_server import IndexServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fidelity.universes.universe import Pair, Universe
    from support.real_pip import PipRun, RealPip, RealPips

__all__ = ["Answer", "Asker", "asker"]

_MACHINES = {"x86_64": "linux/amd64", "aarch64": "linux/arm64"}
_NO_ANSWER = (3, 4)
"""Our exit codes for what pip refuses too: bad input, and no resolution."""
_LIMIT = 60.0
"""Seconds for one run of pip."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was chosen."""

    files: dict[str, str] | None
    """SHA-256 to file name; None where the question was refused."""
    said: str = ""
    is_broken: bool = False
    """Whether it is no answer at all: one that nobody may give."""
    steps_back: int = 0
    """How often our search took a choice back."""
    lock: str = ""

    def agrees_with(self, other: Answer) -> bool:
        """Whether both have the same files, or both refuse."""
        return not (self.is_broken or other.is_broken) and (
            self.files is other.files is None
            or (self.files is not None and other.files is not None and self.files.keys() == other.files.keys())
        )

    @property
    def names(self) -> str:
        if self.is_broken:
            return f"broke: {self.tail}"
        return (
            ", ".join(sorted(self.files.values())) or "nothing" if self.files is not None else f"refuses: {self.tail}"
        )

    @property
    def tail(self) -> str:
        return " | ".join(line.strip() for line in self.said.splitlines() if line.strip())[-500:]


class Asker:
    """Asks both; one index server and one process for each real pip serve all questions."""

    def __init__(self, server: IndexServer, pips: RealPips, workplace: Path) -> None:
        self._server = server
        self._pips = pips
        self._workplace = workplace
        self._asked = 0

    def python(self, pair: Pair) -> str:
        """Give the full version of a pair's interpreter."""
        self.pip(pair)  # so that what this machine lacks is told in its way
        return full_version(pair.python)

    def pip(self, pair: Pair) -> RealPip:
        """Give the real pip of a pair."""
        return self._pips(pair.python, pair.pip, base={}, glibc=pair.glibc, machine=pair.machine)

    def ours(self, universe: Universe) -> Answer:
        """Lock it."""
        from pipfreeze_lock.__main__ import main  # noqa: PLC0415  the environment must be set before it is imported

        command = ["lock", *self._question(universe), "-o", "ours.lock", "--no-cache", "--no-base"]
        command += ["--python-version", self.python(universe.pair), "--pip-version", universe.pair.pip]
        command += ["--platform", _MACHINES[universe.pair.machine], "--libc", f"glibc-{universe.pair.glibc}"]
        lock = self._workplace / "ours.lock"
        lock.unlink(missing_ok=True)
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), _count_steps_back() as steps:
            code = main(command)
        gc.unfreeze()  # `run_lock` freezes what is there, its sockets too
        self._asked += 1
        if self._asked % 20 == 0:
            gc.collect()
        if code:
            return Answer(None, said.getvalue(), is_broken=code not in _NO_ANSWER, steps_back=steps())
        text = lock.read_text()
        digests = re.findall(r"--hash=sha256:(\w+)", text)
        names = {one.sha256: one.filename for one in universe.files()}
        return Answer({one: names[one] for one in digests}, said.getvalue(), steps_back=steps(), lock=text)

    def theirs(self, universe: Universe) -> Answer:
        """Let the pip choose."""
        return self._download(universe, self._question(universe, prefix="-r"))

    def theirs_held_to(self, universe: Universe, lock: str) -> Answer:
        """Let the pip install our lock in hash mode."""
        self._serve(universe)
        (self._workplace / "held.lock").write_text(lock)
        return self._download(universe, ["--require-hashes", "-r", "held.lock"])

    def _download(self, universe: Universe, arguments: list[str]) -> Answer:
        folder = self._workplace / "files"
        ran, files = self._run(universe.pair, arguments, folder)
        said = ran.output
        if ran.returncode:
            return Answer(None, said)
        return Answer({hashlib.sha256((folder / file).read_bytes()).hexdigest(): file for file in files}, said)

    def _run(self, pair: Pair, arguments: list[str], folder: Path) -> tuple[PipRun, list[str]]:
        if folder.exists():
            shutil.rmtree(folder)
        return self.pip(pair).download(*arguments, folder=folder, cwd=self._workplace)

    def _question(self, universe: Universe, prefix: str | None = None) -> list[str]:
        """Serve the universe, write its inputs, and give the arguments that both sides take."""
        self._serve(universe)
        (self._workplace / "requirements.txt").write_text(universe.text_of(universe.requirements))
        words = [prefix] if prefix else []
        words += ["requirements.txt", "--index-url", self._server.url, *universe.options]
        if universe.constraints:
            (self._workplace / "constraints.txt").write_text(universe.text_of(universe.constraints))
            words += ["-c", "constraints.txt"]
        return words

    def _serve(self, universe: Universe) -> None:
        self._server.indexes.clear()
        self._server.index("", cache_control="no-cache").add(*universe.files())


@contextlib.contextmanager
def _count_steps_back() -> Iterator[Callable[[], int]]:
    from pipfreeze_lock.cli.progress import Progress  # noqa: PLC0415  see `Asker.ours`

    counted: list[tuple[str, ...]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Progress, "backtracking", lambda _self, names: counted.append(names))
        yield lambda: len(counted)


@contextlib.contextmanager
def asker(folder: Path, pips: RealPips) -> Iterator[Asker]:
    """Give one that works in a folder, with nothing of this machine's configuration in force."""
    with pytest.MonkeyPatch.context() as patch, IndexServer() as server:
        patch.setenv(
            "PIPFREEZE_LOCK_TEST_CACHE", str(needs.test_cache())
        )  # it is in HOME, which is another from now on
        workplace = enter_workplace(folder, patch)
        patch.setenv("COLUMNS", "500")
        yield Asker(server, pips, workplace)
