"""What real pips leave of a release when they put another in its place, held against what is said beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import needs
from support.index_files import make_target
from support.index_server import IndexServer
from support.real_layers import Forecast, page_of
from support.venv import Venv

from pipfreeze_lock.footprint.interface import GrowthRequest, InstallPlaces
from pipfreeze_lock.image.interest import with_growth
from pipfreeze_lock.image.interface import ImageReporter
from pipfreeze_lock.image.layers import FileTree
from pipfreeze_lock.image.rootfs import RootFolder
from pipfreeze_lock.model.installed import InstalledDistribution
from pipfreeze_lock.model.plan import Action, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from support.distribution import Artifact

OPAQUE = ".wh..wh..opq"
SITE = "/lib/python3.6/site-packages"


@pytest.fixture(scope="module")
def server(things: Mapping[str, Artifact]) -> Iterator[IndexServer]:
    with IndexServer(*things.values()) as server:
        yield server


@pytest.mark.parametrize("pip", ["9.0.3", "18.1", "19.1.1", "21.3.1"])
def test_files_and_folders_are_left_as_was_said(
    pip: str, things: Mapping[str, Artifact], server: IndexServer, tmp_path: Path
) -> None:
    venv = Venv.of(needs.interpreter("3.6"), pip, tmp_path / "venv")
    install = ("install", "--no-cache-dir", "--index-url", server.url)
    venv.pip(*install, "thing==1")
    tree = FileTree(RootFolder(str(venv.folder)).scan(with_growth, ImageReporter()).layers)
    before = _paths(venv.folder)
    entries = Forecast(_request(venv, pip, things["2"], server, tree)).entries
    venv.pip(*install, "thing==2")
    assert _of_thing(_applied(before, entries)) == _of_thing(_paths(venv.folder))


def _request(venv: Venv, pip: str, artifact: Artifact, server: IndexServer, tree: FileTree) -> GrowthRequest:
    """Ask for an environment as if it were all of an image."""
    page = page_of([artifact], server)
    old = InstalledDistribution(name="thing", version="1", path=f"{SITE}/thing-1.dist-info")  # type: ignore[arg-type]
    action = Action(
        kind="upgrade", name="thing", old=old, version="2", file=page.files[0], page=page, is_requested=True
    )  # type: ignore[arg-type]
    places = InstallPlaces(
        executable=f"{venv.folder}/bin/python",
        purelib=SITE,
        platlib=SITE,
        scripts="/bin",
        headers="/include/site/python3.6",
        data="/",
    )
    target = make_target(pip, python=venv.python_version())
    return GrowthRequest(
        plan=Plan(actions=(action,), fetched=()),
        target=target,
        places=places,
        tree=tree,
        cache=None,
        is_bytecode_written=False,
    )


def _applied(before: set[str], entries: Mapping[str, int]) -> set[str]:
    """Lay a layer over what was there."""
    there = set(before)
    for path in entries:
        folder, _, name = path.rpartition("/")
        if name == OPAQUE:
            there = {one for one in there if not one.startswith(f"{folder}/") or one == f"{folder}/"}
        elif name.startswith(".wh."):
            gone = f"{folder}/{name.removeprefix('.wh.')}" if folder else name.removeprefix(".wh.")
            there = {one for one in there if one != gone and not one.startswith(f"{gone}/")}
    return there | {path for path in entries if ".wh." not in path}


def _paths(folder: Path) -> set[str]:
    paths = (path for place in ("bin", "include", "lib", "share") for path in (folder / place).rglob("*"))
    return {f"{path.relative_to(folder)}{'/' if path.is_dir() else ''}" for path in paths}


def _of_thing(paths: set[str]) -> set[str]:
    """Give what can be its own: not what pip leaves of itself, nor the folders that a layer names on the way."""
    words = ("thing", "nested", "lost", "tool", "shell", "pure_module")
    return {path for path in paths if any(word in path for word in words)}
