"""A place to freeze in, with an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.command_line import enter_workplace
from support.installed_files import installed, write_image
from support.packages import wheel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any

    from support.index_server import IndexServer

    Freezer = Callable[..., str]

PIP, SETUPTOOLS = wheel("pip", "19.1.1"), wheel("setuptools", "41.0.1")
BASE = {**installed(PIP), **installed(SETUPTOOLS)}


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder that the command line is run in."""
    return enter_workplace(tmp_path, monkeypatch)


@pytest.fixture
def index(index_server: IndexServer, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> IndexServer:
    """Give an empty index, in force by its variable."""
    del workplace
    monkeypatch.setenv("PIPFREEZE_LOCK_INDEX_URL", index_server.url)
    return index_server


@pytest.fixture
def image(workplace: Path) -> Callable[..., str]:
    """Write ``image.tar``: a Python, then pip 19.1.1 and setuptools, then the layers that are given."""

    def write(*layers: Mapping[str, Any], base: Mapping[str, Any] = BASE, name: str = "image.tar") -> str:
        write_image(workplace / name, base, *layers)
        return f"docker-archive:{name}"

    return write
