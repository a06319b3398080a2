"""Venvs with pips of many versions in them, made once for each worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.pip_sites import PipSites

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipSites]:
    """Give venvs: ``sites("3.6", "19.1.1")``."""
    made = PipSites(tmp_path_factory.mktemp("sites"))
    yield made
    made.close()
