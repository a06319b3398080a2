"""Fixtures for all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.index_server import IndexServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def index_server() -> Iterator[IndexServer]:
    """Give an empty index on loopback: ``index_server.add(wheel("a", "1.0"))``, ``index_server.url``."""
    with IndexServer() as server:
        yield server
