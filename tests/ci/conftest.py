from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.command_line import enter_workplace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder that the command line is run in."""
    return enter_workplace(tmp_path, monkeypatch)
