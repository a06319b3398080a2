"""One question put to both, and what explains a difference."""

from __future__ import annotations

import contextlib
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from fidelity.plans.making import make_world
from fidelity.universes.resolvelib_of_pips import carried_resolvelib, searching_as
from packaging.version import Version
from planning.worlds import ask_pip, ask_us

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planning.worlds import Answer, World
    from support.index_server import IndexServer
    from support.pip_sites import PipSite

__all__ = ["Outcome", "compare"]

_SET = "order of a set"
_SALTS = 12
_ORDER = "in an order that differs from run to run"


class Outcome(NamedTuple):
    """What came of one."""

    verdict: str
    report: str


def compare(pair: tuple[str, str], seed: int, site: PipSite, server: IndexServer, folder: Path) -> Outcome:
    """Ask both."""
    world = make_world(*pair, seed)
    theirs = ask_pip(world, site, server, folder)
    ours, _ = ask_us(world, site, server, folder)
    if ours == theirs:
        return Outcome("both refuse" if ours.is_refused else "agree", "")
    cause = _cause(world, pair[1], theirs, ours, site, server, folder)
    return Outcome(cause, "") if cause else Outcome("DIFFER", _report(pair, seed, world, theirs, ours))


def _cause(
    world: World, pip: str, theirs: Answer, ours: Answer, site: PipSite, server: IndexServer, folder: Path
) -> str | None:
    """Find an experiment that gives pip's answer."""
    if _ORDER in ours.said:
        return _SET
    if Version(pip) < Version("20.3"):
        return None
    carried = f"resolvelib {carried_resolvelib(pip).__version__}"
    for salt in range(_SALTS):
        for cause, way in ((_SET, contextlib.nullcontext()), (carried, searching_as(pip))):
            with way, _salted(salt):
                again, _ = ask_us(world, site, server, folder)
            if again == theirs:
                return cause
    return None


@contextlib.contextmanager
def _salted(salt: int) -> Iterator[None]:
    """Take what a distribution needs in another order: pkg_resources gives it in any, on Pythons before 3.11."""
    from pipfreeze_lock.resolve.dependencies import DependencyReader  # noqa: PLC0415  once the environment is set

    forwards = DependencyReader.that_hold

    def ordered(*arguments: Any) -> Iterator[Any]:
        found = list(forwards(*arguments))
        if salt:
            found.sort(key=lambda one: zlib.crc32(f"{salt} {one.text} {arguments[1]}".encode()))
        return iter(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DependencyReader, "that_hold", ordered)
        yield


def _report(pair: tuple[str, str], seed: int, world: World, theirs: Answer, ours: Answer) -> str:
    def told(answer: Answer) -> str:
        if answer.is_refused:
            return f"refused: {answer.said[-600:]}"
        return f"{', '.join(answer.changes)}\n      fetched {', '.join(answer.fetched)}"

    installed = ", ".join(f"{name} {version}" for name, version in world.installed.items())
    return f"""{"/".join(pair)}, seed {seed}: python -m fidelity.plans -n 1 --seed {seed} --pair {"/".join(pair)}
  {" ".join(world.options)} {world.requirements.splitlines()} -c {world.constraints.splitlines()} on {installed}
  pip {told(theirs)}
  we  {told(ours)}
  {dict(world.packages)}"""
