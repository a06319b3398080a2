"""On which Pythons a pip runs: our table beside the wheels' own metadata, and beside the real interpreters."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from support import needs
from support.index_files import make_target
from support.packages import wheel

from pipfreeze_lock.metadata.core_metadata import read_fields
from pipfreeze_lock.target.pip_pythons import STARTS_FAILING, why_it_cannot_run

PIPS = ("9.0.3", "10.0.1", "18.1", "19.1.1", "19.2.3", "20.3.4", "21.0.1", "21.3.1", "22.0.4", "24.0", "24.1.2")
PIPS += ("25.0.1", "25.1.1", "26.0", "26.1", "26.3")
PYTHONS = ("2.6.9", "2.7.18", *(f"3.{minor}.4" for minor in range(3, 10)))


def verdict(pip: str, python: str) -> str | None:
    return why_it_cannot_run(make_target(pip, python=python, implementation_version=python))


@pytest.mark.parametrize("pip", PIPS)
def test_as_the_wheel_of_this_pip_says(pip: str) -> None:
    (metadata,) = Path(needs.pip_folder(pip)).glob("pip-*.dist-info/METADATA")
    wanted = SpecifierSet(read_fields(metadata.read_bytes()).requires_python or "no Requires-Python")
    for python in PYTHONS:
        if not any(python.startswith(f"{major}.{minor}.") for _, (major, minor) in STARTS_FAILING):
            assert (verdict(pip, python) is None) == wanted.contains(python), python


@pytest.mark.parametrize(
    ("pip", "python", "runs"),
    [
        ("19.1.1", "3.9", True),
        ("19.1.1", "3.10", False),
        ("19.2", "3.10", True),
        ("23.0.1", "3.11", True),
        ("23.0.1", "3.12", False),
        ("23.1", "3.12", True),
        ("23.0.1", "3.13", False),
        ("23.1.2", "3.13", True),
        ("24.1.2", "3.7", False),
    ],
)
def test_as_the_real_interpreter_says(pip: str, python: str, tmp_path: Path, *, runs: bool) -> None:
    artifact = wheel("a", "1.0")
    (tmp_path / artifact.filename).write_bytes(artifact.content)
    script = "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); sys.argv[0] = 'pip'"
    script += "; runpy.run_module('pip', run_name='__main__', alter_sys=True)"
    command = [
        needs.interpreter(python),
        "-c",
        script,
        needs.pip_folder(pip),
        "download",
        "--no-index",
        "--no-cache-dir",
    ]
    command += ["--dest", tmp_path / "found", tmp_path / artifact.filename]
    environment = {"HOME": str(tmp_path), "PATH": os.defpath, "PIP_CONFIG_FILE": os.devnull}
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (ran.returncode == 0) is runs, ran.stderr
    assert (verdict(pip, f"{python}.1") is None) is runs


def test_what_is_said() -> None:
    assert verdict("24.2", "3.6.15") == (
        "pip 24.2 does not run on Python 3.6.15, so that no image has both (Requires-Python: 3.8 or newer)"
    )
    assert verdict("9.0.3", "3.12.1") == (
        "pip 9.0.3 does not run on Python 3.12.1, so that no image has both: on 3.12 and newer it takes pip 23.1 at least"
    )
