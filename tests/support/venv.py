"""Clean virtual environments with exactly the pip that is asked for, to install locks into."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from support import needs

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Venv"]


@dataclass(frozen=True, slots=True)
class Venv:
    """A clean one: what ensurepip would put there, and the pip that is asked for, straight out of their wheels."""

    folder: Path
    base: Mapping[str, str]
    """What is there, name to version: pip, and setuptools below Python 3.12."""

    @classmethod
    def of(cls, interpreter: Path, pip: str | None, folder: Path) -> Venv:
        """Make one.

        :param pip: A version; None is the one that the interpreter brings.
        """
        command = [interpreter, "-m", "venv", "--without-pip", folder]
        subprocess.run(command, check=True, capture_output=True, env=_environment(folder))
        code = "import ensurepip, os; print(os.path.dirname(ensurepip.__file__))"
        bundled = subprocess.run([interpreter, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
        wheels = {one.name.partition("-")[0]: one for one in Path(bundled, "_bundled").glob("*.whl")}
        if pip is not None:
            needs.pip_folder(pip)  # fetches the wheel
            wheels["pip"] = next(needs.test_cache().glob(f"wheels/pip-{pip}-*.whl"))
        site = next(folder.glob("lib/python3*/site-packages"))
        for one in wheels.values():
            shutil.unpack_archive(one, site, "zip")
        return cls(folder, {name: one.name.split("-")[1] for name, one in wheels.items()})

    def run_pip(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run its pip; stderr is in stdout, in the order it was said."""
        command = [self.folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", *arguments]
        return subprocess.run(
            [str(word) for word in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env=_environment(self.folder),
        )

    def pip(self, *arguments: object) -> str:
        """Run its pip.

        :raises AssertionError: with all it said, where it fails.
        """
        ran = self.run_pip(*arguments)
        assert ran.returncode == 0, ran.stdout
        return ran.stdout

    def installed(self) -> dict[str, str]:
        """Ask it for all that is there, normalised name to version."""
        said = self.pip("list", "--format", "json")
        listed = json.loads(
            next(line for line in said.splitlines() if line.startswith("["))
        )  # warnings stand around it
        return {canonicalize_name(one["name"]): one["version"] for one in listed}

    def python_version(self) -> str:
        """Ask it: ``3.6.15``."""
        code = "import platform; print(platform.python_version())"
        command = [self.folder / "bin" / "python", "-c", code]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _environment(home: Path) -> dict[str, str]:
    """Give what pip and a build need, and nothing of this machine's configuration."""
    kept = {key: os.environ[key] for key in ("PATH", "PIP_CERT", "SSL_CERT_FILE") if key in os.environ}
    return kept | {"HOME": str(home), "PIP_CONFIG_FILE": os.devnull, "LC_ALL": "C.UTF-8"}
