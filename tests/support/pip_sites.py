"""Real pips in real venvs whose site-packages is set up anew for each question: what was there before, and after."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from support import needs
from support.real_pip import RealPip
from support.venv import Venv

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from support.distribution import Artifact
    from support.real_pip import PipRun

__all__ = ["Installed", "PipSite", "PipSites"]


@dataclass(frozen=True, slots=True)
class Installed:
    """One distribution that is there."""

    version: str
    folder: str
    """Of its metadata: ``a-1.0.dist-info``."""
    identity: tuple[int, int]
    """Of its metadata file: another one once it was installed again."""


class PipSite:
    """A venv with one pip in it, and with setuptools where that comes with its Python."""

    def __init__(self, python: str, pip: str, folder: Path) -> None:
        self._venv = Venv.of(needs.interpreter(python), pip, folder)
        self.base = dict(self._venv.base)
        """What is always there, name to version."""
        self.python = self._venv.python_version()
        self.site_packages = next(folder.glob("lib/python3*/site-packages"))
        self._kept = {path.name for path in self.site_packages.iterdir()}
        self.pip = RealPip(folder / "bin" / "python", pip, folder=self.site_packages)

    def set_up(self, wheels: Iterable[Artifact]) -> None:
        """Leave nothing installed but the base and these wheels, as their installer would leave them."""
        for path in self.site_packages.iterdir():
            if path.name not in self._kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for wheel in wheels:
            _unpack(wheel, self.site_packages)

    def run(self, *arguments: object, cwd: Path) -> PipRun:
        """Run its ``pip install``."""
        return self.pip.run("install", "--no-cache-dir", "--disable-pip-version-check", *arguments, cwd=cwd)

    def installed(self) -> dict[str, Installed]:
        """Give what is there now, by normalised name."""
        found = {}
        for folder in self.site_packages.iterdir():
            name, _, version = folder.name.rpartition(".")[0].partition("-")
            metadata = folder / ("METADATA" if folder.suffix == ".dist-info" else "PKG-INFO")
            if folder.suffix in (".dist-info", ".egg-info") and metadata.is_file():
                # pip 9 to 20 write `a-1.0-py3.6.egg-info`
                identity = metadata.stat().st_ino, metadata.stat().st_ctime_ns
                installed = Installed(version.partition("-py")[0], folder.name, identity)
                found[canonicalize_name(name)] = installed
        return found

    def close(self) -> None:
        """End its process."""
        self.pip.close()


class PipSites:
    """All that were asked for in a test session, each made once; skips the test where one is not to be had."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, str], PipSite] = {}

    def __call__(self, python: str, pip: str) -> PipSite:
        """Give pip ``19.1.1`` in a venv of Python ``3.6``."""
        key = python, pip
        if key not in self._made:
            self._made[key] = PipSite(python, pip, self._folder / f"{python}-{pip}")
        return self._made[key]

    def close(self) -> None:
        """End them all."""
        for one in self._made.values():
            one.close()
        self._made.clear()


def _unpack(wheel: Artifact, site_packages: Path) -> None:
    path = site_packages / "installing.whl"
    path.write_bytes(wheel.content)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(site_packages)
    path.unlink()
    info = next(site_packages.glob(f"{wheel.filename.split('-')[0]}-{wheel.version}.dist-info"))
    (info / "INSTALLER").write_text("pip\n")
