"""The image that most of these tests change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.command_line import enter_workplace
from support.good_image import GoodImage, good_image

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> GoodImage:
    """An image in which pip 19.1.1 installed seven wheels from a lock of ours."""
    return good_image(tmp_path_factory.mktemp)


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    return enter_workplace(tmp_path, monkeypatch)
