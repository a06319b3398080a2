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
    """Give the folder that the command line is run in."""
    return enter_workplace(tmp_path, monkeypatch)


@pytest.fixture
def index(index_server: IndexServer, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> IndexServer:
    """Give an index, in force by its variable, with two releases of `a`, which needs `b`."""
    index_server.add(
        wheel("a", "1.0", requires=["b"]), wheel("a", "2.0", requires=["b"]), wheel("b", "1.0"), wheel("b", "2.0")
    )
    monkeypatch.setenv("PIPFREEZE_LOCK_INDEX_URL", index_server.url)
    (workplace / "requirements.txt").write_text("a\n")
    return index_server
