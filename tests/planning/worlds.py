"""One question put to a real pip in a real venv and to our planner, each answered in the same words."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from packaging.utils import canonicalize_name
from support.packages import universe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.distribution import Artifact
    from support.index_server import IndexServer
    from support.pip_sites import PipSite

    from pipfreeze_lock.model.plan import Plan

__all__ = ["MORE_PIPS", "PIPS", "Answer", "World", "ask_pip", "ask_us", "read_world"]

PIPS = (
    ("3.6", "9.0.3"),
    ("3.6", "10.0.1"),
    ("3.7", "18.1"),
    ("3.6", "19.1.1"),
    ("3.8", "20.2.4"),
    ("3.8", "20.3.4"),
    ("3.6", "21.3.1"),
    ("3.9", "23.0.1"),
    ("3.13", "26.3"),
)
"""Python and pip: asked in ``make test``."""

MORE_PIPS = (
    *PIPS,
    ("3.8", "20.0.2"),
    ("3.8", "21.1.3"),
    ("3.9", "22.3.1"),
    ("3.11", "23.2.1"),
    ("3.11", "24.0"),
)
"""Asked by ``make fidelity-plans``: a pip for each way of planning."""


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """What an index has, what is installed, and what is asked for."""

    packages: Mapping[str, Mapping[str, Any]]
    installed: Mapping[str, str] = field(default_factory=dict)
    """Name to version; `packages` has it as a wheel."""
    gone: frozenset[str] = frozenset()
    """``a==1.0`` that is installed, and that the index has no longer."""
    requirements: str
    """Text of the file; ``{NAME}`` is the URL of a file, ``@NAME`` its hash."""
    constraints: str = ""
    options: tuple[str, ...] = ()
    """Of ``pip install``: ``--upgrade``."""
    about: str = ""
    pips: tuple[str, ...] = ()
    """Those that are asked; none: all."""
    expect: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By pip, what of the answer the reader shall know: see `Answer.holds`."""
    _files: list[Artifact] = field(default_factory=list, compare=False, repr=False)

    def files(self) -> list[Artifact]:
        """Build them, once."""
        if not self._files:
            self._files.extend(universe(self.packages))
        return self._files

    def wheels_installed(self) -> list[Artifact]:
        """Give those that are installed beforehand."""
        found = {(one.project, one.version): one for one in self.files() if one.filename.endswith(".whl")}
        return [found[canonicalize_name(name), version] for name, version in self.installed.items()]

    def serve(self, server: IndexServer, folder: Path) -> list[str]:
        """Put all on a server and into a folder, and give the words of ``pip install``."""
        server.indexes.clear()
        server.requests.clear()
        files = [one for one in self.files() if f"{one.project}=={one.version}" not in self.gone]
        server.index("", cache_control="no-cache").add(*files)
        words = ["-r", "requirements.txt", "--index-url", server.url]
        (folder / "requirements.txt").write_text(self._filled(self.requirements, server))
        if self.constraints:
            (folder / "constraints.txt").write_text(self._filled(self.constraints, server))
            words += ["-c", "constraints.txt"]
        return [*words, *self.options]

    def _filled(self, text: str, server: IndexServer) -> str:
        urls = {one.filename: f"{server.root}/files/{one.sha256[:16]}/{one.filename}" for one in self.files()}
        digests = {one.filename: one.sha256 for one in self.files()}
        text = re.sub(r"\{([^}]+)\}", lambda match: urls[match[1]], text)
        return re.sub(r"--hash=@(\S+)", lambda match: f"--hash=sha256:{digests.get(match[1], '0' * 64)}", text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What is there afterwards, and what was fetched for it; all empty where the question was refused."""

    is_refused: bool = False
    changes: tuple[str, ...] = ()
    """``upgrade a 1.0 2.0``, ``install b 1.0``, sorted."""
    fetched: tuple[str, ...] = ()
    """File names, sorted; each once."""
    said: str = field(default="", compare=False)

    @classmethod
    def refused(cls, said: str) -> Self:
        """Give that of one who refuses."""
        return cls(is_refused=True, said=said)

    def holds(self, expect: Mapping[str, Any]) -> bool:
        """Whether it is what a scenario says: ``refused``, ``changes``, ``fetched``, each where it is named."""
        return (
            self.is_refused == expect.get("refused", False)
            and list(self.changes) == expect.get("changes", list(self.changes))
            and list(self.fetched) == expect.get("fetched", list(self.fetched))
        )


def read_world(path: Path) -> World:
    """Read a scenario file.

    :raises TypeError: for a key that nobody reads.
    """
    table = tomllib.loads(path.read_text())
    for key in ("options", "pips"):
        table[key] = tuple(table.get(key, ()))
    table["gone"] = frozenset(table.get("gone", ()))
    return World(**table)


def ask_pip(world: World, site: PipSite, server: IndexServer, folder: Path) -> Answer:
    """Let the pip install it."""
    words = world.serve(server, folder)
    site.set_up(world.wheels_installed())
    before = site.installed()
    ran = site.run(*words, cwd=folder)
    if ran.returncode:
        return Answer.refused(ran.output)
    after = site.installed()
    changes = [
        _change(name, before[name].version if name in before else None, one.version)
        for name, one in after.items()
        if name not in before or before[name].identity != one.identity
    ]
    return Answer(changes=tuple(sorted(changes)), fetched=_fetched(server), said=ran.output)


def ask_us(world: World, site: PipSite, server: IndexServer, folder: Path) -> tuple[Answer, Plan | None]:
    """Plan it, for what is installed now."""
    from planning.planners import plan_of  # noqa: PLC0415  the environment must be set before it is imported

    from pipfreeze_lock.errors import ResolutionError  # noqa: PLC0415  likewise

    words = world.serve(server, folder)
    site.set_up(world.wheels_installed())
    try:
        plan = plan_of(words, site)
    except ResolutionError as error:
        return Answer.refused(f"{error.message}\n{error.context}"), None
    changes = [
        _change(one.name, one.old.version if one.old else None, one.version)
        for one in plan.actions
        if one.kind != "keep"
    ]
    kinds = [f"{one.kind} {one.name}" for one in plan.actions if one.kind != "keep"]
    assert sorted(kinds) == sorted(" ".join(change.split()[:2]) for change in changes)
    names = [one.file.filename for one in plan.fetched]
    assert len(names) == len(set(names)), "a file that is fetched twice"
    return Answer(changes=tuple(sorted(changes)), fetched=tuple(sorted(names)), said="\n".join(plan.warnings)), plan


def _change(name: str, before: str | None, after: str) -> str:
    from packaging.version import Version  # noqa: PLC0415  beside the sentence that it is for

    if before is None:
        return f"install {name} {after}"
    if Version(before) == Version(after):
        return f"reinstall {name} {after}"
    kind = "upgrade" if Version(after) > Version(before) else "downgrade"
    return f"{kind} {name} {before} {after}"


def _fetched(server: IndexServer) -> tuple[str, ...]:
    paths = {one.path for one in server.requests if one.path.startswith("/files/") and one.status == 200}
    names = (path.rpartition("/")[2].replace("%2B", "+") for path in paths if not path.endswith(".metadata"))
    return tuple(sorted(names))
