"""The search path and version that are worked out from files, beside what the interpreter itself says."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from support import needs
from support.real_environments import VERSIONS, asked_search_path, clean, make_venv, make_virtualenv, tree_of

from pipfreeze_lock.image.environments import choose_environment, find_environments
from pipfreeze_lock.image.interface import ImageConfig

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="file trees of images are those of Unix")


def check(python: Path, folder: Path, **variables: str):
    """Hold both against each other; give what we made of it."""
    home = folder / "home"
    environment = clean(home, **variables)
    config = ImageConfig(
        environment={**variables, "HOME": str(home)}, command=(str(python),), working_directory=str(folder)
    )
    found = choose_environment(find_environments(tree_of(folder), config), str(python), subject="here").environment
    assert list(found.search_path) == asked_search_path(python, environment, folder)
    code = "import platform, sys; print(platform.python_version() + ' ' + sys.prefix)"
    said = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True, env=environment)
    assert f"{found.python} {found.prefix}" == said.stdout.strip()
    assert found.executable == str(python)
    return found


def user_site(folder: Path, version: str) -> Path:
    """Make the user's own site-packages."""
    site = folder / "home" / ".local" / "lib" / f"python{version}" / "site-packages"
    site.mkdir(parents=True)
    return site


def site_of(folder: Path) -> Path:
    """Give the site-packages of a venv."""
    return next(folder.glob("lib/python*/site-packages"))


@pytest.mark.parametrize("version", VERSIONS)
def test_interpreter_itself(version: str, tmp_path: Path):
    found = check(needs.interpreter(version), tmp_path)
    assert not found.is_virtual


@pytest.mark.parametrize("version", VERSIONS)
def test_user_site_comes_first(version: str, tmp_path: Path):
    site = user_site(tmp_path, version)
    python = needs.interpreter(version)
    assert check(python, tmp_path).search_path[0] == str(site)
    assert str(site) not in check(python, tmp_path, PYTHONNOUSERSITE="1").search_path
    (tmp_path / "base" / "lib" / f"python{version}" / "site-packages").mkdir(parents=True)
    check(python, tmp_path, PYTHONUSERBASE=str(tmp_path / "base"))


@pytest.mark.parametrize("version", VERSIONS)
def test_python_path(version: str, tmp_path: Path):
    for name in ("one", "two", "here"):
        (tmp_path / name).mkdir()
    value = f"{tmp_path / 'two'}:one:{tmp_path / 'not-there'}:{tmp_path / 'two'}"
    assert len(check(needs.interpreter(version), tmp_path, PYTHONPATH=value).search_path) == 3


@pytest.mark.parametrize("options", [(), ("--copies",), ("--system-site-packages",)], ids=" ".join)
@pytest.mark.parametrize("version", VERSIONS[1:])
def test_venv(version: str, options: tuple[str, ...], tmp_path: Path):
    user_site(tmp_path, version)
    python = make_venv(needs.interpreter(version), tmp_path / "venv", *options)
    found = check(python, tmp_path)
    assert found.is_virtual
    assert (len(found.search_path) == 3) == bool("--system-site-packages" in options)


@pytest.mark.parametrize("options", [(), ("--system-site-packages",), ("--always-copy",)], ids=" ".join)
@pytest.mark.parametrize("version", ["2.7", "3.6"])
def test_virtualenv_before_20(version: str, options: tuple[str, ...], tmp_path: Path):
    user_site(tmp_path, version)
    python = make_virtualenv(needs.interpreter(version), tmp_path / "venv", "16.7.12", *options)
    assert check(python, tmp_path).is_virtual


@pytest.mark.parametrize("version", ["3.6", "3.13"])
def test_path_files(version: str, tmp_path: Path):
    python = make_venv(needs.interpreter(version), tmp_path / "venv")
    site = site_of(tmp_path / "venv")
    for name in ("source", "spaced name", "egg.egg"):
        (tmp_path / name).mkdir()
    (site / "inner").mkdir()
    lines = [
        "# a remark",
        "",
        "import os",
        "import\tsys",
        "inner",
        str(tmp_path / "source"),
        "not-there",
        "../",
        "inner",
    ]
    (site / "b.pth").write_text("\n".join(lines))
    (site / "a.pth").write_text(f"{tmp_path / 'spaced name'}   \r\n{tmp_path / 'egg.egg'}\n")
    (site / "c.PTH").write_text(f"{tmp_path / 'home'}\n")
    (tmp_path / "home").mkdir()
    assert len(check(python, tmp_path).search_path) == 6


@pytest.mark.parametrize("version", ["2.7", "3.6", "3.12"])
def test_path_file_of_old_setuptools(version: str, tmp_path: Path):
    site = user_site(tmp_path, version)
    (tmp_path / "app").mkdir()
    (tmp_path / "lib").mkdir()
    (site / "easy-install.pth").write_text(
        "import sys; sys.__plen = len(sys.path)\n"
        f"{tmp_path / 'app'}\n{tmp_path / 'lib'}\n"
        "import sys; new=sys.path[sys.__plen:]; del sys.path[sys.__plen:]; p=getattr(sys,'__egginsert',0); "
        "sys.path[p:p]=new; sys.__egginsert = p+len(new)\n"
    )
    path = check(needs.interpreter(version), tmp_path, PYTHONPATH=str(tmp_path / "home")).search_path
    # With `-c` the first place of sys.path is the current folder's, which comes in only after.
    assert path[:2] == (str(tmp_path / "app"), str(tmp_path / "lib"))


def test_link_to_an_environment_from_outside_is_its_base(tmp_path: Path):
    base = needs.interpreter("3.11")
    make_venv(base, tmp_path / "venv")
    outside = tmp_path / "bin" / "python"
    outside.parent.mkdir()
    outside.symlink_to(tmp_path / "venv" / "bin" / "python")
    assert not check(outside, tmp_path).is_virtual


def test_environment_behind_a_linked_folder(tmp_path: Path):
    make_venv(needs.interpreter("3.11"), tmp_path / "real")
    (tmp_path / "venv").symlink_to(tmp_path / "real")
    check(tmp_path / "venv" / "bin" / "python", tmp_path)


def test_key_missing_from_pyvenv_cfg_lets_the_system_in(tmp_path: Path):
    python = make_venv(needs.interpreter("3.11"), tmp_path / "venv")
    (tmp_path / "venv" / "pyvenv.cfg").write_text(f"HOME={needs.interpreter('3.11').resolve().parent}\n")
    assert len(check(python, tmp_path).search_path) == 2


def test_path_file_that_goes_up_from_linked_site_packages(tmp_path: Path):
    """By the words of the path, as ``abspath`` goes, and not by where the link leads."""
    python = make_venv(needs.interpreter("3.12"), tmp_path / "venv")
    site = site_of(tmp_path / "venv")
    (tmp_path / "data").mkdir()
    site.rename(tmp_path / "data" / "packages")
    site.symlink_to(tmp_path / "data" / "packages")
    (site.parent / "beside").mkdir()
    (site / "up.pth").write_text("../beside\n")
    assert check(python, tmp_path).search_path[1] == str(site.parent / "beside")


def test_linked_site_packages(tmp_path: Path):
    python = make_venv(needs.interpreter("3.12"), tmp_path / "venv")
    site = site_of(tmp_path / "venv")
    site.rename(tmp_path / "elsewhere")
    site.symlink_to(tmp_path / "elsewhere")
    assert check(python, tmp_path).search_path == (str(tmp_path / "elsewhere"),)
