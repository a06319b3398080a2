"""Scenario files of ``check``: a lock that we make, an edit, and every finding that must come of it.

::

    about = "Why this must be so, for the reader"

    [packages.a."1.0"]               # see `support.packages`; beside those of `check_scenarios/universe.toml`

    [files]                          # before the lock is made; {index}: URL of the index, {file:NAME}: of a file on it,
                                     # {sha256:NAME}: the hash of that file
    "requirements.txt" = "a"

    [lock]                           # each with a default
    commands = [["requirements.txt"]]        # what stands after `lock`, one lock each
    target = ["--python-version", "3.11.7"]  # [] where the files say it
    index = true                             # whether the commands name the index

    [edit]                           # afterwards, in this order
    "requirements.txt" = "a<2"       # the new text; false: the file is deleted; "hex:…": its bytes
    "requirements.lock" = [["a==1.0", "a==1.1"], ["re:hash=sha256:.*", ""]]    # replacements, each of which must fit
                                     # [["", "crlf"]]: all line ends

    [check]
    arguments = ["--strict"]

    [expect]                         # all of it must hold
    exit = 1
    findings = ["error unsatisfied-requirement requirements.txt:1 a"]  # severity, rule, place, name or `-`: all there are
                                     # a line of the lock is written `requirements.lock:{a==1.0}`, as it starts
    unchecked = ["standard input is not read"]   # how each sentence starts that says what was not checked: all there are
    says = ["`a<2` is asked for"]    # in what is said
    hides = ["secret"]               # in nothing that is said
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.command_line import TARGET, run
from support.packages import universe

if TYPE_CHECKING:
    from support.distribution import Artifact
    from support.index_server import IndexServer

__all__ = ["CheckExpect", "CheckScenario", "Edit", "apply_edit", "make_locks", "read_check_scenario"]

FOLDER = Path(__file__).parents[1] / "check_scenarios"
COMMON = tomllib.loads((FOLDER / "universe.toml").read_text())["packages"]

Edit = str | bool | list[list[str]]
"""The new text; false: the file goes; replacements."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckExpect:
    """What must come out."""

    exit: int = 0
    findings: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    says: list[str] = field(default_factory=list)
    hides: list[str] = field(default_factory=list)

    def finding_lines(self) -> list[str]:
        """Give the findings sorted, with the lines of files put in."""
        return sorted(re.sub(r"(\S+):\{([^}]*)\}", _with_line, one) for one in self.findings)


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckScenario:
    """One file."""

    about: str
    packages: dict[str, Any]
    files: dict[str, str]
    commands: list[list[str]]
    target: list[str]
    names_index: bool
    edit: dict[str, Edit]
    arguments: list[str]
    expect: CheckExpect

    def artifacts(self) -> list[Artifact]:
        """Build all files of the index."""
        return universe(self.packages)


def read_check_scenario(path: Path) -> CheckScenario:
    """Read a file.

    :raises TypeError: for a key that nobody reads.
    """
    table = tomllib.loads(path.read_text())
    lock, check = table.pop("lock", {}), table.pop("check", {})
    scenario = CheckScenario(
        about=table.pop("about"),
        packages=COMMON | table.pop("packages", {}),
        files=table.pop("files", {}),
        commands=lock.pop("commands", [["requirements.txt"]]),
        target=lock.pop("target", [*TARGET, "--no-base"]),
        names_index=lock.pop("index", True),
        edit=table.pop("edit", {}),
        arguments=check.pop("arguments", []),
        expect=CheckExpect(**table.pop("expect")),
    )
    for left in (table, lock, check):
        if left:
            msg = f"{path.name}: nobody reads {', '.join(left)}"
            raise TypeError(msg)
    return scenario


def make_locks(scenario: CheckScenario, server: IndexServer) -> None:
    """Write the files into the working folder, and lock."""
    server.add(*scenario.artifacts())
    for name, text in scenario.files.items():
        place = Path(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(expanded(text, server).encode())
    for command in scenario.commands:
        words = [expanded(one, server) for one in command]
        if scenario.names_index:
            words += ["--index-url", server.url]
        ran = run("lock", *words, *scenario.target)
        assert ran.code == 0, f"the lock could not be made:\n{ran.said}"


def apply_edit(scenario: CheckScenario, server: IndexServer) -> None:
    """Do to the files what the scenario says."""
    for name, edit in scenario.edit.items():
        place = Path(name)
        if edit is False:
            place.unlink()
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(edit, list):
            place.write_bytes(_replaced(place.read_bytes().decode(), edit, server).encode())
        elif str(edit).startswith("hex:"):
            place.write_bytes(bytes.fromhex(str(edit)[4:]))
        else:
            place.write_bytes(expanded(str(edit), server).encode())


def expanded(text: str, server: IndexServer) -> str:
    """Put in the URLs."""

    def of_file(match: re.Match[str]) -> str:
        one = next(one for files in server.index().files.values() for one in files if one.filename == match[2])
        return one.sha256 if match[1] == "sha256" else f"{server.root}/files/{one.sha256}/{one.filename}"

    return re.sub(r"\{(file|sha256):([^}]+)\}", of_file, text.replace("{index}", server.url))


def _replaced(text: str, replacements: list[list[str]], server: IndexServer) -> str:
    for old, new in replacements:
        if new == "crlf":
            changed = text.replace("\n", "\r\n")
        elif old.startswith("re:"):
            changed = re.sub(old[3:], new, text, count=1, flags=re.MULTILINE)
        else:
            changed = text.replace(expanded(old, server), expanded(new, server), 1)
        assert changed != text, f"nothing fits {old!r} in:\n{text}"
        text = changed
    return text


def _with_line(match: re.Match[str]) -> str:
    path, start = match.groups()
    lines = Path(path).read_text(encoding="utf-8-sig", errors="replace").splitlines()
    number = next((number for number, line in enumerate(lines, 1) if line.startswith(start)), None)
    assert number, f"{path} has no line that starts with {start!r}"
    return f"{path}:{number}"
