from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.command_line import enter_workplace
from support.packages import wheel

if TYPE_CHECKING:
    from pathlib import Path

    from support.index_server import IndexServer


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    return enter_workplace(tmp_path, monkeypatch)


@pytest.fixture
def index(workplace: Path, index_server: IndexServer, monkeypatch: pytest.MonkeyPatch) -> IndexServer:
    """Give the index that is in force, and a requirements.txt of one line."""
    index_server.add(wheel("a", "1.0", requires=["b"]), wheel("b", "1.0"), wheel("b", "2.0"), wheel("c", "1.0"))
    (workplace / "requirements.txt").write_text("a\n")
    monkeypatch.setenv("PIPFREEZE_LOCK_INDEX_URL", index_server.url)
    return index_server
