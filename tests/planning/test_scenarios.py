"""What real pips do in real venvs, beside what we say beforehand: each scenario file for each pip."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from planning.worlds import PIPS, ask_pip, ask_us, read_world
from support import needs
from support.command_line import enter_workplace

if TYPE_CHECKING:
    from planning.worlds import Answer, World
    from support.index_server import IndexServer
    from support.pip_sites import PipSites

FOLDER = Path(__file__).with_name("scenarios")
WORLDS = {path.stem: read_world(path) for path in sorted(FOLDER.glob("*.toml"))}
CASES = [
    pytest.param(name, python, pip, id=f"{name}-pip{pip}")
    for python, pip in PIPS
    for name, world in WORLDS.items()
    if not world.pips or pip in world.pips
]


@pytest.mark.parametrize(("name", "python", "pip"), CASES)
def test_we_say_what_pip_does(
    name: str,
    python: str,
    pip: str,
    sites: PipSites,
    index_server: IndexServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = WORLDS[name]
    site = sites(python, pip)
    monkeypatch.setenv("PIPFREEZE_LOCK_TEST_CACHE", str(needs.test_cache()))
    folder = enter_workplace(tmp_path, monkeypatch)
    theirs = ask_pip(world, site, index_server, folder)
    ours, _ = ask_us(world, site, index_server, folder)
    assert ours == theirs, f"pip said:\n{theirs.said}\nwe said:\n{ours.said}"
    assert_as_told(world, pip, ours)


def assert_as_told(world: World, pip: str, answer: Answer) -> None:
    """Hold the answer against what the scenario tells its reader, so that it shows what it says that it shows."""
    told = [expect for key, expect in world.expect.items() if key in ("all", pip)]
    for expect in told:
        assert answer.holds(expect), f"the scenario says {expect}"
        for words in expect.get("says", ()):
            assert words in answer.said


def test_every_scenario_tells_what_it_shows() -> None:
    untold = [name for name, world in WORLDS.items() if not world.expect]
    assert not untold
