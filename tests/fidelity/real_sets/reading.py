"""Requirement sets like those of real services: a requirements file each, with a header that says for whom.

::

    # Flask held back by an old Werkzeug                      what it is about
    # targets: 3.6/21.3.1 3.12/24.0                           Python/pip, each a comparison
    # as of: 2021-01-16                                       files uploaded from that day (UTC) on do not exist
    # refused: 3.6/21.3.1                                     there is no answer, and both must say so
    # differs: 3.8/20.3.4 numpy scipy: why this may differ    known, and explained in docs/fidelity.md
    Flask<1
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Asked", "RealSet", "read_sets"]

FOLDER = Path(__file__).with_name("sets")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The interpreter and the pip that one comparison is about."""

    python: str
    """``3.6``; the interpreter that is found says which 3.6 it is."""
    pip: str

    def __str__(self) -> str:
        return f"{self.python}/{self.pip}"


@dataclass(frozen=True, kw_only=True, slots=True)
class RealSet:
    """One file of the folder ``sets``."""

    path: Path
    about: str
    targets: tuple[Asked, ...]
    as_of: str | None = None
    refused: frozenset[str] = frozenset()
    explained: dict[str, dict[str, str]] = field(default_factory=dict)
    """Target to project to the reason why it may differ."""

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def text(self) -> str:
        """All that it says, with the constraints that it names."""
        text = self.path.read_text()
        named = re.findall(r"^-c (\S+)$", text, re.MULTILINE)
        return text + "".join((FOLDER / one).read_text() for one in named)


def read_sets(words: list[str]) -> list[RealSet]:
    """Read those whose name begins with one of these words; without a word, all."""
    chosen = tuple(words) or ("",)
    return [_read(path) for path in sorted(FOLDER.glob("*.txt")) if path.name.startswith(chosen)]


def _read(path: Path) -> RealSet:
    first, *rest = (line[2:] for line in path.read_text().splitlines() if line.startswith("# "))
    keys: dict[str, list[str]] = {}
    for line in rest:
        key, _, value = line.partition(": ")
        keys.setdefault(key, []).append(value)
    explained: dict[str, dict[str, str]] = {}
    for line in keys.pop("differs", []):
        where, _, reason = line.partition(": ")
        target, *projects = where.split()
        explained.setdefault(target, {}).update(dict.fromkeys(projects, reason))
    found = RealSet(
        path=path,
        about=first,
        targets=tuple(map(_asked, keys.pop("targets")[0].split())),
        as_of=keys.pop("as of", [None])[0],
        refused=frozenset(" ".join(keys.pop("refused", [])).split()),
        explained=explained,
    )
    if keys:
        msg = f"{path.name}: nobody reads `{', '.join(keys)}`"
        raise ValueError(msg)
    return found


def _asked(text: str) -> Asked:
    python, _, pip = text.partition("/")
    return Asked(python=python, pip=pip)
