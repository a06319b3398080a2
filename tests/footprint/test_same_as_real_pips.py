"""What real pips write when they install a wheel, file by file, held against what is said beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import needs
from support.index_files import make_target
from support.index_server import IndexServer
from support.real_layers import Forecast, page_of
from support.venv import Venv

from pipfreeze_lock.footprint.interface import GrowthRequest, InstallPlaces
from pipfreeze_lock.model.plan import Action, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from support.distribution import Artifact

CASES = [
    *(("3.6", pip, "--compile") for pip in ("9.0.3", "10.0.1", "18.1", "19.1.1", "20.0.2", "20.3.4", "21.3.1")),
    *(("3.9", pip, "--compile") for pip in ("19.3.1", "22.3.1", "25.3")),
    *(("3.12", pip, "--compile") for pip in ("24.0", "26.0.1")),
    *(("3.6", pip, "--no-compile") for pip in ("9.0.3", "21.3.1")),
]


@pytest.fixture(scope="module")
def server(things: Mapping[str, Artifact]) -> Iterator[IndexServer]:
    with IndexServer(*things.values()) as server:
        yield server


@pytest.mark.parametrize(("python", "pip", "option"), CASES)
def test_every_file_has_the_size_that_was_said(
    python: str, pip: str, option: str, things: Mapping[str, Artifact], server: IndexServer, tmp_path: Path
) -> None:
    venv = Venv.of(needs.interpreter(python), pip, tmp_path / "venv")
    said = _said(venv, python, pip, things["1"], server, is_compiled=option == "--compile")
    before = set(_files(venv.folder))
    venv.pip("install", "--no-cache-dir", "--index-url", server.url, option, "thing==1")
    written = {path: size for path, size in _files(venv.folder).items() if path not in before}
    own = {path for path in written if not _is_of_base(path)}
    assert {path: written[path] for path in sorted(own)} == said


def _said(
    venv: Venv, python: str, pip: str, artifact: Artifact, server: IndexServer, *, is_compiled: bool
) -> dict[str, int]:
    """Give files by path in the environment."""
    folder = venv.folder
    site = f"{folder}/lib/python{python}/site-packages"
    places = InstallPlaces(
        executable=f"{folder}/bin/python",
        purelib=site,
        platlib=site,
        scripts=f"{folder}/bin",
        headers=f"{folder}/include/site/python{python}",
        data=str(folder),
    )
    page = page_of([artifact], server)
    action = Action(kind="install", name="thing", version="1", file=page.files[0], page=page, is_requested=True)
    request = GrowthRequest(
        plan=Plan(actions=(action,), fetched=()),
        target=make_target(pip, python=venv.python_version()),
        places=places,
        tree=None,
        is_compiled=is_compiled,
        cache=None,
        is_bytecode_written=False,
    )
    entries = Forecast(request).entries
    root = f"{str(folder).lstrip('/')}/"
    return {path.removeprefix(root): size for path, size in sorted(entries.items()) if not path.endswith("/")}


def _files(folder: Path) -> dict[str, int]:
    places = (folder / name for name in ("bin", "include", "lib", "share"))
    files = (path for place in places for path in place.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.stat().st_size for path in files}


def _is_of_base(path: str) -> bool:
    """Whether it is bytecode of what was there before: those environments are unpacked, not installed."""
    names = ("pip/", "setuptools/", "pkg_resources/", "_distutils_hack/", "__pycache__/easy_install")
    return any(f"/site-packages/{name}" in path for name in names)
