"""``pipfreeze-lock probe``."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support.command_line import enter_workplace, run

from pipfreeze_lock.image.probe import probe_script

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return enter_workplace(tmp_path, monkeypatch)


def test_to_stdout(workplace: Path):
    ran = run("probe")
    assert (ran.code, ran.out, ran.said) == (0, probe_script(), "")
    asked = subprocess.run(
        [sys.executable, "-"], input=ran.out, capture_output=True, text=True, check=True, cwd=workplace
    )
    assert json.loads(asked.stdout)["python"] == ".".join(str(one) for one in sys.version_info[:3])


@pytest.mark.parametrize("option", ["-o", "--output-file"])
def test_to_a_file(option: str, workplace: Path):
    ran = run("probe", option, "probe.py")
    assert (ran.code, ran.out) == (0, "")
    assert (workplace / "probe.py").read_text() == probe_script()


@pytest.mark.usefixtures("workplace")
def test_where_it_cannot_be_written():
    ran = run("probe", "-o", "gone/probe.py")
    assert ran.code == 3
    assert "gone/probe.py" in ran.said
