"""Metadata sources that are closed when a test ends."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from support.index_files import make_target

from pipfreeze_lock.http.client import Client
from pipfreeze_lock.metadata.interface import MetadataReporter
from pipfreeze_lock.metadata.source import LayeredMetadata
from pipfreeze_lock.model.requirement import IndexOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def make_source() -> Iterator[Callable[..., LayeredMetadata]]:
    """Make sources that are closed at the end."""
    made: list[LayeredMetadata] = []
    clients: list[Client] = []

    def make(**changes: Any) -> LayeredMetadata:
        client = Client()
        clients.append(client)
        words: dict[str, Any] = {
            "client": client,
            "store": None,
            "target": make_target(),
            "interpreter": lambda: None,
            "no_build": False,
            "reporter": MetadataReporter(),
            "index_options": IndexOptions(no_index=True),
            "environment": dict(os.environ),
        }
        made.append(LayeredMetadata(**(words | changes)))
        return made[-1]

    yield make
    for source in made:
        source.close()
    for client in clients:
        client.close()
