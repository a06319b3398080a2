"""What one stage of a Dockerfile does to an image: a venv that has an image's pip, setuptools and wheel, and a shell."""

from __future__ import annotations

import os
import shlex
import subprocess
import zipfile
from typing import TYPE_CHECKING

from support import needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

__all__ = ["Stage", "run_dockerfile"]


class Stage:
    """One stage.

    :param folder: Where it may put things; made here.
    :param python: Of the interpreter: ``3.6``.
    :param pip: Of the pip that ``pip`` starts.
    :param base: What is installed beside pip, name to version.
    """

    def __init__(self, folder: Path, python: str, pip: str, base: Mapping[str, str]) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self.python = folder / "image" / "bin" / "python"
        make = [needs.interpreter(python), "-m", "venv", "--without-pip", folder / "image"]
        subprocess.run(make, check=True, capture_output=True)
        site = next((folder / "image").glob("lib/python*/site-packages"))
        for name, version in base.items():
            with zipfile.ZipFile(needs.wheel_file(name, version)) as wheel:
                wheel.extractall(site)
        # On PYTHONPATH and not installed: pips below 19 start `python -m pip` within their build environments.
        program = self.python.with_name("pip")
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(str(self.python))} -m pip "$@"\n')
        program.chmod(0o755)
        self._environment = {
            "PATH": f"{self.python.parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "PYTHONPATH": str(needs.pip_folder(pip)),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_CACHE_DIR": "0" if pip.startswith(("9.", "10.", "18.")) else "1",  # before 19.0 the flag was turned
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "LC_ALL": "C.UTF-8",
        }

    def run(self, command: str, *, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run what stands after RUN."""
        return subprocess.run(
            ["sh", "-c", command], cwd=cwd, env=self._environment, capture_output=True, text=True, check=False
        )

    def says(self, code: str) -> str:
        """Give what a line of Python prints there."""
        ran = subprocess.run([self.python, "-c", code], cwd=self._folder, capture_output=True, text=True, check=True)
        return ran.stdout.strip()


def run_dockerfile(
    lines: Iterable[str], new_stage: Callable[[], Stage], *, cwd: Path
) -> tuple[Stage, subprocess.CompletedProcess[str] | None]:
    """Run the lines, each FROM in a stage of its own, up to the first RUN that fails.

    :param cwd: The folder that has what COPY copies; ``/wheels`` lies there.
    """
    stage, ran = None, None
    for line in lines:
        instruction, _, rest = line.partition(" ")
        if instruction == "FROM" or stage is None:
            stage = new_stage()
        if instruction == "RUN":
            ran = stage.run(rest.replace("/wheels", str(cwd / "wheels")), cwd=cwd)
            if ran.returncode:
                break
    assert stage is not None
    return stage, ran
