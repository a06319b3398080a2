"""What real pips make of the variables that seem to switch compiling off."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from support import needs
from support.venv import Venv

from pipfreeze_lock.footprint.switches import pip_switches
from pipfreeze_lock.image.interface import ImageConfig

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.distribution import Artifact

VARIABLES = [("PYTHONDONTWRITEBYTECODE", "1"), ("PIP_NO_COMPILE", "1"), ("PIP_NO_COMPILE", "0"), ("PIP_COMPILE", "no")]


@pytest.mark.parametrize("pip", ["18.1", "21.3.1"])
def test_compiling_is_on_or_off_as_was_said(pip: str, things: Mapping[str, Artifact], tmp_path: Path) -> None:
    venv = Venv.of(needs.interpreter("3.6"), pip, tmp_path / "venv")
    (tmp_path / things["1"].filename).write_bytes(things["1"].content)
    site = next(venv.folder.glob("lib/python3*/site-packages"))
    for name, value in VARIABLES:
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PIP_CONFIG_FILE": os.devnull, name: value}
        words = ["install", "--no-cache-dir", "--no-index", "--find-links", str(tmp_path), "thing==1"]
        command = [venv.folder / "bin" / "python", "-m", "pip", *words]
        subprocess.run(command, check=True, capture_output=True, env=environment)
        is_compiled = any((site / "thing" / "sub").rglob("*.pyc"))
        said = pip_switches(ImageConfig(environment={name: value}), None, pip=pip)
        assert said.is_compiled is is_compiled, (name, value)
        venv.pip("uninstall", "--yes", "thing")
