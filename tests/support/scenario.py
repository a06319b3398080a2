"""Scenario files: one behaviour each, in TOML, put to our command line and, where it can judge, to the real pip.

::

    about = "Why this must be so, for the reader"
    oracle = "download"              # the real pip that must answer the same; "install" where a base set counts;
                                     # left out where no pip can be asked
    open = "What is missing"         # ours does not answer so yet: the test must fail until this line goes
    [target]                         # each with a default
    python = "3.11.7"
    pip = "25.3"
    libc = "glibc-2.36"
    platform = "linux/amd64"
    base = { setuptools = "40.0" }   # without it: --no-base; what it needs is what [packages] says of that release

    [[also]]                         # further targets with the same answer
    pip = "23.0.1"

    [packages.a."1.0"]               # see `support.packages`
    requires = ["b"]

    [indexes.other]                  # fields of `support.index_server.Index`, and packages of its own;
    formats = ["html"]               # [indexes.default] is the one that packages stand in
    [indexes.other.packages.b."1.0"]

    [before]                         # an earlier lock over which this one is made
    without = ["a==2.0"]             # releases that were not there yet
    gone = ["a==1.0"]                # releases that are there no longer
    requirements = "a"               # and any other key of [ask]

    [ask]
    requirements = "a"
    constraints = "b<2"
    options = ["--extra-index-url", "{other}"]   # {NAME}: URL of that index; {NAME_links}: its --find-links page;
                                                 # {NAME_folder}: a folder of its files
    our_options = ["--upgrade"]                  # not given to the real pip
    exclude_newer = "2021-01-16"

    [expect]                         # all of it must hold
    exit = 0
    pins = ["a==1.0", "b==1.0"]      # the whole lock
    files = ["a-1.0-py2.py3-none-any.whl", "other:b-1.0.tar.gz"]   # the whole lock, by the hashes in it
    via.b = "a (>=1)"                # as the lock's comment has it
    says = ["yanked"]                # in what is said on stderr, upper case or lower
    hides = ["secret"]               # in nothing that is said or written
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from support.packages import universe
from support.simple_pages import PageShape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.distribution import Artifact
    from support.index_server import Index, IndexServer

__all__ = ["Ask", "Expect", "Scenario", "ScenarioTarget", "read_scenario", "serve"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ScenarioTarget:
    """For whom the lock is made."""

    python: str = "3.11.7"
    pip: str = "25.3"
    libc: str = "glibc-2.36"
    platform: str = "linux/amd64"
    base: dict[str, str] | None = None

    @property
    def options(self) -> list[str]:
        """As our command line has them."""
        options = ["--python-version", self.python, "--pip-version", self.pip]
        options += ["--libc", self.libc, "--platform", self.platform]
        if self.base is None:
            return [*options, "--no-base"]
        return options + [f"--preinstalled={name}=={version}" for name, version in self.base.items()]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """What is asked of it."""

    requirements: str
    constraints: str = ""
    options: tuple[str, ...] = ()
    our_options: tuple[str, ...] = ()
    exclude_newer: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Expect:
    """What must come out."""

    exit: int = 0
    pins: list[str] | None = None
    files: list[str] | None = None
    via: dict[str, str] = field(default_factory=dict)
    says: list[str] = field(default_factory=list)
    hides: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """One file, for one of its targets."""

    about: str
    oracle: str | None
    open: str | None
    target: ScenarioTarget
    ask: Ask
    before: Ask | None
    not_yet: tuple[str, ...]
    """Releases that the earlier lock could not know: ``a==2.0``."""
    gone: tuple[str, ...]
    """Releases that only the earlier lock could know."""
    expect: Expect
    packages: dict[str, Any]
    indexes: dict[str, dict[str, Any]]


def read_scenario(path: Path) -> Iterator[tuple[str, Scenario]]:
    """Give each scenario of a file with its name: one for each target.

    :raises TypeError: for a key that nobody reads, so that a misspelt one does not go unnoticed.
    """
    table = tomllib.loads(path.read_text())
    target = table.pop("target", {})
    targets = [ScenarioTarget(**target), *(ScenarioTarget(**(target | more)) for more in table.pop("also", []))]
    ask, before = table.pop("ask"), table.pop("before", None)
    not_yet, gone = (tuple((before or {}).pop(key, ())) for key in ("without", "gone"))
    common = {
        "about": table.pop("about"),
        "oracle": table.pop("oracle", None),
        "open": table.pop("open", None),
        "ask": _ask(ask),
        "before": None if before is None else _ask(ask | {"our_options": ()} | before),
        "not_yet": not_yet,
        "gone": gone,
        "expect": Expect(**table.pop("expect")),
        "packages": table.pop("packages", {}),
        "indexes": table.pop("indexes", {}),
    }
    if table:
        msg = f"{path.name}: nobody reads {', '.join(table)}"
        raise TypeError(msg)
    name = f"{path.parent.name}/{path.stem}"
    for one in targets:
        yield (f"{name}@{one.python}-pip{one.pip}" if len(targets) > 1 else name), Scenario(target=one, **common)


def _ask(table: dict[str, Any]) -> Ask:
    words: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return Ask(**words)


def serve(scenario: Scenario, server: IndexServer, without: tuple[str, ...]) -> dict[str, str]:
    """Put the scenario's files on a server; give the SHA-256 of each with its name, ``INDEX:`` before it for others.

    :param without: Releases left out: ``a==2.0``.
    """
    names: dict[str, str] = {}
    server.indexes.clear()
    for name, settings in {"default": {}, **scenario.indexes}.items():
        words = dict(settings)
        packages = words.pop("packages", {}) | (scenario.packages if name == "default" else {})
        index = server.index("" if name == "default" else name)
        files = [one for one in universe(packages) if f"{one.project}=={one.version}" not in without]
        _configure(index, words)
        index.add(*files)
        names |= {one.sha256: _label(name, one) for one in files}
    return names


def _configure(index: Index, words: dict[str, Any]) -> None:
    for key, value in words.items():
        if key == "shape":
            setattr(index, key, PageShape(**value))
        else:
            setattr(index, key, tuple(value) if isinstance(value, list) else value)


def _label(index: str, artifact: Artifact) -> str:
    return artifact.filename if index == "default" else f"{index}:{artifact.filename}"
