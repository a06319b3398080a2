"""The order in which a pip is shown the files of a project, where that may be another than ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.packages import wheel

from pipfreeze_lock.http.client import Client
from pipfreeze_lock.http.credentials import CredentialStore
from pipfreeze_lock.http.settings import HttpSettings
from pipfreeze_lock.index.cache import Cache
from pipfreeze_lock.index.client import SimpleIndexes
from pipfreeze_lock.index.places import Places
from pipfreeze_lock.model.requirement import IndexOptions
from pipfreeze_lock.model.url import Url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.index_server import IndexServer

A1, A2 = wheel("a", "1"), wheel("a", "2")
FORWARDS, BACKWARDS = [A1.filename, A2.filename], [A2.filename, A1.filename]


@pytest.fixture
def indexes(index_server: IndexServer, tmp_path: Path) -> Iterator[SimpleIndexes]:
    index_server.add(A1, A2)
    index_server.index().html_backwards = True
    options = IndexOptions(index_url=Url(index_server.url))
    with Client(HttpSettings(), credentials=CredentialStore([])) as http:
        cache = Cache(tmp_path / "cache")
        with SimpleIndexes(Places.of(options), http=http, cache=cache, credentials=None) as indexes:
            yield indexes


@pytest.mark.parametrize(
    ("pip", "expected"), [("19.1.1", BACKWARDS), ("22.1.2", BACKWARDS), ("22.2", FORWARDS), ("26.3", FORWARDS)]
)
def test_html_below_22_2_and_json_from_there(indexes: SimpleIndexes, pip: str, expected: list[str]) -> None:
    (page,) = indexes.pages("a")
    assert indexes.filenames_shown_to(pip, page) == expected


def test_an_index_may_know_for_whom_it_is(indexes: SimpleIndexes, index_server: IndexServer) -> None:
    (page,) = indexes.pages("a")
    indexes.filenames_shown_to("22.3.1", page)
    asked = index_server.requests[-1]
    agent = {name.lower(): value for name, value in asked.headers.items()}["user-agent"]
    assert agent.startswith("pip/22.3.1 ")
    assert "pipfreeze-lock/" in agent


def test_it_is_asked_once(indexes: SimpleIndexes, index_server: IndexServer) -> None:
    (page,) = indexes.pages("a")
    for _ in range(2):
        indexes.filenames_shown_to("19.1.1", page)
    assert len(index_server.requests) == 2


def test_an_index_without_the_page_says_nothing(indexes: SimpleIndexes, index_server: IndexServer) -> None:
    (page,) = indexes.pages("a")
    index_server.index().remove("a")
    assert indexes.filenames_shown_to("19.1.1", page) is None
