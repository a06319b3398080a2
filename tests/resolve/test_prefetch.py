from __future__ import annotations

import threading
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from pipfreeze_lock.errors import NetworkError
from pipfreeze_lock.model.core_metadata import CoreMetadata
from pipfreeze_lock.model.requirement import Requirement, SourceLine
from pipfreeze_lock.model.url import Url
from pipfreeze_lock.resolve.interface import Preferred
from pipfreeze_lock.resolve.prefetch import Prefetcher
from pipfreeze_lock.target.extra_names import NORMALISED


class Project:
    """Answers for each name with one file of that name and the version asked for."""

    def __init__(self, name: str) -> None:
        self.name = name

    def ranked(self, *, specifier: SpecifierSet, hashes: frozenset[Any]) -> list[Any]:
        assert not hashes
        return [type("Found", (), {"file": type("File", (), {"filename": f"{self.name}{specifier}"})})()]


class Catalogue:
    """A made-up one; `expected` names are waited for."""

    legacy_specifiers = False
    extra_names = NORMALISED

    def __init__(self, requires: dict[str, list[str]], *, failing: BaseException | None = None) -> None:
        self.requires = requires
        self.failing = failing
        self.asked: list[str] = []
        self.came = threading.Condition()

    def project(self, name: str) -> Project:
        return Project(name)

    def static_metadata(self, found: Any) -> CoreMetadata | None:
        filename = found.file.filename
        with self.came:
            self.asked.append(filename)
            self.came.notify_all()
        if self.failing is not None and filename.startswith("bad"):
            raise self.failing
        requires = self.requires.get(filename.partition("=")[0])
        return (
            None
            if requires is None
            else CoreMetadata(name="n", version="1", requires_dist=tuple(requires), tier="wheel")
        )

    def wait_for(self, *expected: str) -> None:
        with self.came:
            assert self.came.wait_for(lambda: set(expected) <= set(self.asked), timeout=10), self.asked


def requirement(name: str, specifier: str = "", *, extras: str = "", url: str | None = None) -> Requirement:
    return Requirement(
        name=canonicalize_name(name),
        extras=frozenset(canonicalize_name(extra) for extra in extras.split()),
        specifier=SpecifierSet(specifier),
        url=Url(url) if url else None,
        source=SourceLine("requirements.txt", 1),
        text=name,
    )


def prefetcher(catalogue: Any, **words: Any) -> Prefetcher:
    defaults: dict[str, Any] = {"left_out": (), "preferred": {}, "holds": lambda _, extras: "x" in extras}
    return Prefetcher(catalogue=catalogue, **(defaults | words))


def test_it_walks_on_from_what_it_finds() -> None:
    catalogue = Catalogue(
        {
            "a": ["b>1", 'c ; extra == "x"', "d @ https://files.example/d.whl", "b c d"],
            "b>1": ["a", "pip", "leaf"],
            "leaf": [],
            "c": [],
        }
    )
    walk = prefetcher(catalogue, left_out=("pip",))
    walk.start([requirement("a", extras="x"), requirement("e", url="https://files.example/e.whl")], [])
    catalogue.wait_for("a", "b>1", "c", "leaf")
    walk.stop()
    assert sorted(set(catalogue.asked)) == ["a", "b>1", "c", "leaf"]  # neither pip, nor what a URL names


def test_what_is_known_of_a_project_narrows_it_and_a_pin_goes_first() -> None:
    catalogue = Catalogue({"a": ["b>1", "c"]})
    walk = prefetcher(catalogue, preferred={"c": Preferred(version="3")})
    walk.start([requirement("a")], [requirement("b", "<5")])
    catalogue.wait_for("a", "b<5,>1", "c===3")
    walk.stop()


def test_an_error_of_ours_is_left_for_the_resolver_to_meet() -> None:
    catalogue = Catalogue({"good": []}, failing=NetworkError("it is down"))
    walk = prefetcher(catalogue)
    walk.start([requirement("bad"), requirement("good")], [])
    catalogue.wait_for("bad", "good")
    walk._pool.shutdown(wait=True)
    walk.stop()


def test_a_bug_is_raised_where_it_is_seen() -> None:
    catalogue = Catalogue({}, failing=ZeroDivisionError("a bug"))
    walk = prefetcher(catalogue)
    walk.start([requirement("bad")], [])
    catalogue.wait_for("bad")
    walk._pool.shutdown(wait=True)
    with pytest.raises(ZeroDivisionError, match="a bug"):
        walk.stop()


def test_what_comes_after_the_end_is_dropped() -> None:
    walk = prefetcher(Catalogue({}))
    walk.stop()
    walk.start([requirement("a")], [])
