"""Which pip-tools and which pips are taken, from an index with made-up releases of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.specifiers import SpecifierSet
from support.index_files import make_target
from support.packages import sdist, wheel
from support.simple_pages import PageShape

from pipfreeze_lock.cli.lock_options import LockOptions
from pipfreeze_lock.cli.pip_tools_wiring import PipToolsParts
from pipfreeze_lock.cli.progress import Progress
from pipfreeze_lock.cli.rendering import Talk
from pipfreeze_lock.cli.targeting import TargetOptions
from pipfreeze_lock.cli.wiring import Wiring
from pipfreeze_lock.errors import NetworkError, ResolutionError
from pipfreeze_lock.model.requirement import IndexOptions, RequirementSet
from pipfreeze_lock.model.url import Url
from pipfreeze_lock.resolve.pip_tools.engine import PipToolsEngine
from pipfreeze_lock.target.interpreters import Interpreter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.index_server import IndexServer

    from pipfreeze_lock.resolve.pip_tools.releases import ToolReleases

pytestmark = pytest.mark.usefixtures("workplace")
Ask = "Callable[[str], ToolReleases]"


@pytest.fixture
def ask(index_server: IndexServer, tmp_path: Path) -> Iterator[Ask]:
    """Give what knows the tools for a Python."""
    wirings: list[Wiring] = []

    def releases(python: str) -> ToolReleases:
        target = make_target(python=python)
        options = LockOptions(target=TargetOptions(), resolver="pip-tools", cache_dir=str(tmp_path / "cache"))
        requirements = RequirementSet(requirements=(), options=IndexOptions(index_url=Url(index_server.url), pre=True))
        wiring = Wiring.of(options, requirements, target, None, Progress(Talk()))
        wirings.append(wiring)
        assert isinstance(wiring.pip_tools, PipToolsParts)
        assert isinstance(wiring.resolver, PipToolsEngine)
        return wiring.resolver.releases(Interpreter(path="/python", version=python, implementation="cpython"))

    yield releases
    for one in wirings:
        one.close()


@pytest.mark.parametrize(
    ("python", "version", "pips"),
    [
        ("2.7.18", "5.5.0", ">=20.1"),
        ("3.6.15", "6.4.0", ">=21.2"),
        ("3.7.16", "6.14.0", ">=22.2"),
        ("3.13.0", "7.6.2", ">=22.2"),
    ],
)
def test_the_newest_that_runs_on_the_python(
    index_server: IndexServer, ask: Ask, python: str, version: str, pips: str
) -> None:
    index_server.add(
        wheel("pip-tools", "5.5.0", requires_python=">=2.7,!=3.4.*", requires=["click", "pip (>=20.1)"]),
        wheel("pip-tools", "6.4.0", requires_python=">=3.6", requires=["pip (>=21.2)"]),
        wheel("pip-tools", "6.14.0", requires_python=">=3.7", requires=["pip (>=22.2)"]),
        wheel("pip-tools", "7.6.2", requires_python=">=3.9", requires=["pip>=22.2", "pip>99; extra == 'x'"]),
        wheel("pip-tools", "7.6.3", requires_python=">=3.9", requires=["pip>=22.2"], yanked="broken"),
        wheel("pip-tools", "8.0rc1", requires_python=">=3.9", requires=["pip>=22.2"]),
    )
    found, within = ask(python).newest_pip_tools()
    assert (str(found), within) == (version, SpecifierSet(pips))


def test_an_index_that_does_not_list_requires_python_is_asked_for_the_metadata(
    index_server: IndexServer, ask: Ask
) -> None:
    index_server.index().shape = PageShape(requires_python=False)
    index_server.add(wheel("pip-tools", "1", requires=["pip"]), wheel("pip-tools", "2", requires_python=">=3.9"))
    assert str(ask("3.8.18").newest_pip_tools()[0]) == "1"


@pytest.mark.parametrize(
    ("wanted", "order"),
    [
        ("22.3.1", ["22.3.1", "22.2.2", "23.0.1", "23.1.2", "24.0"]),
        ("22.3", ["22.3", "22.2.2", "23.0.1", "23.1.2", "24.0"]),
        ("19.1.1", ["22.2.2", "22.3.1", "23.0.1", "23.1.2", "24.0"]),
        ("26.3", ["24.0", "23.1.2", "23.0.1", "22.3.1", "22.2.2"]),
        ("23.0", ["23.0.1", "22.3.1", "23.1.2", "22.2.2", "24.0"]),
    ],
)
def test_the_nearest_pip_comes_first(index_server: IndexServer, ask: Ask, wanted: str, order: list[str]) -> None:
    versions = ("21.3.1", "22.2", "22.2.2", "22.3", "22.3.1", "23.0.1", "23.1.2", "24.0", "24.1b1")
    index_server.add(*(wheel("pip", version) for version in versions))
    index_server.add(wheel("pip", "24.2", requires_python=">=3.9"), wheel("pip", "24.0.1", yanked=True))
    index_server.add(sdist("pip", "24.0.2"))
    assert [str(one.version) for one in ask("3.8.18").pips(wanted, SpecifierSet(">=22.2"))] == order


def test_no_pip_within_is_an_error_that_names_the_place(index_server: IndexServer, ask: Ask) -> None:
    index_server.add(wheel("pip", "21.0"))
    with pytest.raises(ResolutionError, match=r"no place has a `pip>=22.2` that runs on Python 3.8.18") as caught:
        ask("3.8.18").pips("21.0", SpecifierSet(">=22.2"))
    assert index_server.url.rstrip("/") in str(caught.value.context)


def test_a_wheel_is_held_against_the_listed_hash(index_server: IndexServer, ask: Ask) -> None:
    good = wheel("pip", "23.0")
    index_server.add(good)
    releases = ask("3.8.18")
    (found,) = releases.pips("23.0", SpecifierSet())
    assert releases.content(found) == good.content
    index_server.fail(f"/files/{good.sha256[:16]}/{good.filename}", "truncate", times=None)
    with pytest.raises(NetworkError):
        releases.content(found)
