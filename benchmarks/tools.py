"""The lockers that are compared, each with its best settings, and the sets that they lock."""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TOOLS", "RequirementSet", "Tool", "read_sets"]

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True, slots=True)
class RequirementSet:
    """One table of ``sets.toml``."""

    name: str
    requirements: Path
    python: str
    """Full version of the target's Python."""
    options: tuple[str, ...]
    """Ours, that say what the target is."""
    as_of: str | None = None
    """What the index had then, so that a later recording is of the same files."""

    @property
    def path(self) -> str:
        """Of its index on the server."""
        return f"/asof/{self.as_of}/simple/" if self.as_of else "/simple/"


@dataclass(frozen=True, slots=True)
class Tool:
    """A locker."""

    name: str
    command: Callable[[RequirementSet, str, Path, Path], list[str]]
    """Of set, index URL, cache folder and output file."""
    fits: Callable[[RequirementSet], bool]

    def environment(self, cache: Path) -> dict[str, str]:
        """Give the whole environment of a run: no configuration of this machine has a say."""
        kept = {key: os.environ[key] for key in ("SYSTEMROOT",) if key in os.environ}
        # uv asks every interpreter on PATH; pyenv's shims there are shell scripts that take 0.1 s each.
        path = [each for each in os.environ["PATH"].split(os.pathsep) if Path(each).name != "shims"]
        return kept | {
            "PATH": os.pathsep.join(path),
            "HOME": str(cache),
            "PYENV_ROOT": os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv")),
            "PIP_CONFIG_FILE": os.devnull,
            "UV_PYTHON_DOWNLOADS": "never",  # otherwise it waits seconds for an interpreter from the network
            "UV_PYTHON": sys.executable,
            "UV_NO_CONFIG": "1",
        }


def read_sets() -> list[RequirementSet]:
    """Read ``sets.toml``."""
    sets = []
    for name, table in tomllib.loads((HERE / "sets.toml").read_text()).items():
        requirements = (HERE / table.pop("requirements")).resolve()
        options = tuple(table.pop("options"))
        sets.append(RequirementSet(name=name, requirements=requirements, options=options, **table))
    return sets


def _program(name: str) -> str:
    """Find a program beside the running interpreter, then on PATH."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name) or name


def _ours(one: RequirementSet, url: str, cache: Path, output: Path) -> list[str]:
    command = [_program("pipfreeze-lock"), "lock", str(one.requirements), "-o", str(output), "--quiet"]
    return [*command, *one.options, "--index-url", url, "--cache-dir", str(cache)]


def _uv(one: RequirementSet, url: str, cache: Path, output: Path) -> list[str]:
    command = [_program("uv"), "pip", "compile", "--quiet", "--generate-hashes", str(one.requirements)]
    command += ["--python-version", one.python, "--index-url", url]
    return [*command, "--cache-dir", str(cache), "--output-file", str(output)]


def _pip_compile(one: RequirementSet, url: str, cache: Path, output: Path) -> list[str]:
    command = [_program("pip-compile"), "--quiet", "--generate-hashes", "--strip-extras", "--no-config"]
    command += ["--index-url", url, "--cache-dir", str(cache), "--pip-args", f"--cache-dir {cache}"]
    return [*command, "--output-file", str(output), str(one.requirements)]


def _runs_here(one: RequirementSet) -> bool:
    """Whether the running interpreter is the target: pip-compile resolves for no other."""
    return one.python.split(".")[:2] == [str(number) for number in sys.version_info[:2]]


TOOLS = {
    "pipfreeze-lock": Tool("pipfreeze-lock", _ours, lambda _: True),
    "uv": Tool("uv", _uv, lambda _: True),
    "pip-compile": Tool("pip-compile", _pip_compile, _runs_here),
}
