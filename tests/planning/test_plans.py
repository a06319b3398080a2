"""What a plan tells beside what moves: causes, what stays, who wrote what; and what chance decides."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from planning.worlds import World, ask_us
from support import needs
from support.command_line import enter_workplace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.index_server import IndexServer
    from support.pip_sites import PipSites

    from pipfreeze_lock.model.plan import Action, Plan

OLD, NEW = ("3.6", "19.1.1"), ("3.13", "26.3")


@pytest.fixture
def plan(
    sites: PipSites, index_server: IndexServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[tuple[str, str], World], Plan]:
    """Give a plan: ``plan(OLD, World(…))``."""
    monkeypatch.setenv("PIPFREEZE_LOCK_TEST_CACHE", str(needs.test_cache()))
    folder = enter_workplace(tmp_path, monkeypatch)

    def made(pair: tuple[str, str], world: World) -> Plan:
        answer, found = ask_us(world, sites(*pair), index_server, folder)
        assert found is not None, answer.said
        return found

    return made


def _by_name(plan: Plan) -> dict[str, Action]:
    return {str(action.name): action for action in plan.actions}


@pytest.mark.parametrize("pair", [OLD, NEW], ids=["19.1.1", "26.3"])
def test_causes_of_a_move_come_first(plan: Callable[[tuple[str, str], World], Plan], pair: tuple[str, str]) -> None:
    packages = {
        "z": {"1.0": {"requires": ["c>=2"]}},
        "b": {"1.0": {"requires": ["c"]}},
        "c": {"1.0": {}, "2.0": {}},
    }
    world = World(packages=packages, installed={"b": "1.0", "c": "1.0"}, requirements="z\nb")
    actions = _by_name(plan(pair, world))
    assert [str(via) for via in actions["c"].causes] == ["z (>=2)", "b"]
    assert (actions["c"].kind, actions["c"].version) == ("upgrade", "2.0")
    assert actions["c"].old is not None
    assert actions["c"].old.version == "1.0"
    assert [str(via) for via in actions["b"].causes] == ["-r requirements.txt"]


@pytest.mark.parametrize("pair", [OLD, NEW], ids=["19.1.1", "26.3"])
def test_what_stays_is_told_where_pip_looks_at_it(
    plan: Callable[[tuple[str, str], World], Plan], pair: tuple[str, str]
) -> None:
    packages = {"a": {"1.0": {"requires": ["b"]}}, "b": {"1.0": {}, "2.0": {}}, "other": {"1.0": {}}}
    world = World(packages=packages, installed={"a": "1.0", "b": "1.0", "other": "1.0"}, requirements="a")
    found = plan(pair, world)
    assert {name: (one.kind, one.version) for name, one in _by_name(found).items()} == {
        "a": ("keep", "1.0"),
        "b": ("keep", "1.0"),
    }
    assert found.is_empty
    assert found.fetched == ()


@pytest.mark.parametrize("pair", [OLD, NEW], ids=["19.1.1", "26.3"])
def test_what_is_written_beside_a_distribution(
    plan: Callable[[tuple[str, str], World], Plan], pair: tuple[str, str]
) -> None:
    packages = {"a": {"1.0": {"requires": ["b"]}}, "b": {"1.0": {}}, "c": {"1.0": {}}}
    world = World(packages=packages, requirements="a\n{c-1.0-py2.py3-none-any.whl}")
    actions = _by_name(plan(pair, world))
    assert {name for name, one in actions.items() if one.is_requested} == {"a", "c"}
    assert {name for name, one in actions.items() if one.is_direct} == {"c"}
    assert all(one.file is not None and one.page is not None and one.metadata is not None for one in actions.values())


def test_files_that_are_fetched_for_their_metadata_alone(
    plan: Callable[[tuple[str, str], World], Plan],
) -> None:
    packages = {"a": {"1.0": {"requires": ["c<2"]}}, "c": {"1.0": {}, "2.0": {}}, "b": {"1.0": {"requires": ["c"]}}}
    found = plan(("3.6", "21.3.1"), World(packages=packages, requirements="b\na"))
    assert [(one.file.filename.partition("-py")[0], one.reason) for one in found.fetched] == [
        ("b-1.0", "install"),
        ("a-1.0", "install"),
        ("c-2.0", "search"),
        ("c-1.0", "install"),
    ]


CONTESTED = World(
    packages={
        "a": {"1.0": {"requires": ["b", "c"]}},
        "b": {"1.0": {"requires": ["d<2"]}},
        "c": {"1.0": {"requires": ["d"]}},
        "d": {"1.0": {}, "2.0": {}},
    },
    requirements="a",
)


def test_what_chance_decides_is_said(
    plan: Callable[[tuple[str, str], World], Plan], sites: PipSites, index_server: IndexServer
) -> None:
    """The real pip installs one or the other, by the salt of Python's hashes; we name one, and say the other."""
    found = plan(OLD, CONTESTED)
    planned = _by_name(found)["d"].version
    assert planned == "1.0"
    assert [one for one in found.warnings if "could as well come to 2.0 of `d`" in one]
    site = sites(*OLD)
    installed = set()
    for salt in range(8):
        site.set_up(())
        command = [site.pip.interpreter, "-m", "pip", "install", "--no-cache-dir", "-r", "requirements.txt"]
        environment = {"PATH": os.environ["PATH"], "PIP_CONFIG_FILE": os.devnull, "PYTHONHASHSEED": str(salt)}
        index = ["--index-url", index_server.url, "--disable-pip-version-check"]
        subprocess.run([*command, *index], check=True, env=environment, capture_output=True)
        installed.add(site.installed()["d"].version)
        if len(installed) == 2:
            break
    assert installed == {"1.0", "2.0"}


def test_nothing_is_said_of_chance_where_it_decides_nothing(
    plan: Callable[[tuple[str, str], World], Plan],
) -> None:
    agreeing = {**CONTESTED.packages, "c": {"1.0": {"requires": ["d<3"]}}, "d": {"1.0": {}}}
    assert plan(OLD, World(packages=agreeing, requirements="a")).warnings == ()
    assert plan(NEW, CONTESTED).warnings == ()


def test_conflicts_with_what_is_not_looked_at_are_said(plan: Callable[[tuple[str, str], World], Plan]) -> None:
    packages = {"a": {"1.0": {}, "2.0": {}}, "b": {"1.0": {"requires": ["a<2"]}}}
    world = World(packages=packages, installed={"a": "1.0", "b": "1.0"}, requirements="a==2.0")
    assert plan(NEW, world).warnings == ("pip 26.3 leaves a conflict: `b` needs `a<2`, and `a` 2.0 is installed",)


def test_what_a_build_may_fetch_beyond_the_plan_is_said(plan: Callable[[tuple[str, str], World], Plan]) -> None:
    pyproject = "[build-system]\nrequires = ['maturin']\nbuild-backend = 'maturin'\n"
    packages = {"a": {"1.0": {"files": [{"style": "pkg-info", "pyproject": pyproject}]}}, "maturin": {"1.0": {}}}
    found = plan(NEW, World(packages=packages, requirements="a"))
    assert [(one.file.filename, one.reason) for one in found.fetched] == [
        ("a-1.0.tar.gz", "install"),
        ("maturin-1.0-py2.py3-none-any.whl", "build"),
    ]
    assert any("cargo fetches the crates" in one for one in found.warnings)
    assert _by_name(found)["a"].is_compiled
