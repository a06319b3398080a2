"""Random questions for plans: a universe, some of it installed already, and how pip is called."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fidelity.universes.making import make_universe
from fidelity.universes.universe import Pair
from packaging.version import Version
from planning.worlds import World

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["make_world"]

_ANYWHERE = ("-py3-none-any.whl", "-py2.py3-none-any.whl")
_CALLS = (
    (),
    (),
    (),
    ("--upgrade",),
    ("--upgrade",),
    ("--upgrade", "--upgrade-strategy", "eager"),
    ("--force-reinstall",),
    ("--no-deps",),
)


def make_world(python: str, pip: str, seed: int) -> World:
    """Make the question of a seed for a pip: always the same one."""
    chance = random.Random(f"plan {python} {pip} {seed}")
    # A pip that does not resolve is asked for what does not agree, too.
    searching = Pair(python, pip if Version(pip) >= Version("20.3") else "20.3.4")
    universe = make_universe(searching, seed)
    packages = _buildable(universe.packages) if Version(pip) < Version("20.0") else universe.packages
    lines, constraints = universe.requirements, universe.constraints
    if Version(pip) < Version("19.3"):
        # `a.b` and `a-b` are two lines to these pips, and what each installs stays: no answer to compare with.
        lines, constraints = (tuple(map(_undotted, some)) for some in (lines, constraints))
    world = World(
        packages=packages,
        requirements="".join(f"{line}\n" for line in lines),
        constraints="".join(f"{line}\n" for line in constraints),
        options=(*(("--pre",) if "--pre" in universe.options else ()), *chance.choice(_CALLS)),
    )
    return replace(world, installed=_installed(world, chance))


def _installed(world: World, chance: random.Random) -> dict[str, str]:
    """Choose releases with a wheel that fits everywhere; what they need may lack or be another version."""
    found: dict[str, list[str]] = {}
    for one in world.files():
        if one.filename.endswith(_ANYWHERE) and one.metadata is not None and "Requires-Python" not in str(one.metadata):
            found.setdefault(one.project, []).append(one.version)
    share = chance.choice((0.0, 0.3, 0.6, 1.0))
    return {name: chance.choice(versions) for name, versions in sorted(found.items()) if chance.random() < share}


def _undotted(line: str) -> str:
    return re.sub(r"(?<=[A-Za-z])[._](?=[A-Za-z])", "-", line)


def _buildable(packages: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Let sdists be such as pips can build that know no backend of their own."""
    return {
        name: {version: _with_old_sdists(release) for version, release in releases.items()}
        for name, releases in packages.items()
    }


def _with_old_sdists(release: Mapping[str, Any]) -> dict[str, Any]:
    if "sdist" not in str(release.get("files", "")):
        return dict(release)
    # setuptools writes `[:extra != "x"]` into requires.txt, on which these pips end with a traceback.
    requires = [line for line in release.get("requires", ()) if "extra" not in line]
    return {**release, "requires": requires, "files": list(map(_old, release["files"]))}


def _old(file: Any) -> Any:
    if isinstance(file, str):
        return file.replace("sdist:pkg-info", "sdist:setuptools")
    return {**file, "style": "setuptools"} if "style" in file else file
