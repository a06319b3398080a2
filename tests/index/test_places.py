from __future__ import annotations

import pytest
from pip._internal.models.index import PyPI

from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.index.places import (
    Index,
    LinksFile,
    LinksFolder,
    LinksPage,
    Places,
    credential_urls,
    default_index,
)
from pipfreeze_lock.model.requirement import IndexOptions
from pipfreeze_lock.model.url import Url

ONE = Url("https://one.example/simple/")
TWO = Url("https://two.example/simple")


def places(**options):
    return Places.of(IndexOptions(**options))


def test_the_default_is_pips():
    assert places().places == (Index(Url(PyPI.simple_url)),)
    assert default_index().reveal() == PyPI.simple_url


def test_order_and_each_once():
    found = places(
        index_url=ONE,
        extra_index_urls=(TWO, Url("https://one.example/simple"), Url("https://me:x@one.example/simple"), TWO),
        find_links=("https://links.example/", "https://links.example/"),
    )
    assert found.places == (
        LinksPage(Url("https://links.example/")),
        Index(ONE),
        Index(TWO),
        Index(Url("https://me:x@one.example/simple")),
    )


def test_no_index():
    assert places(index_url=ONE, extra_index_urls=(TWO,), no_index=True).places == ()


@pytest.mark.parametrize(
    "url",
    ["https://h.example/a-1.tar.gz", "https://h.example/a-1-py3-none-any.whl#sha256=ab", "https://h.example/A.ZIP?x"],
)
def test_a_link_to_an_archive_is_a_file(url):
    assert places(find_links=(url,), no_index=True).places == (LinksFile(Url(url)),)


def test_what_lies_on_disk(tmp_path):
    (tmp_path / "page.html").touch()
    (tmp_path / "a-1.whl").touch()
    page, file = tmp_path / "page.html", tmp_path / "a-1.whl"
    as_paths = places(find_links=(str(tmp_path), str(page), str(file)), no_index=True)
    as_urls = places(find_links=(tmp_path.as_uri(), page.as_uri(), file.as_uri()), no_index=True)
    assert as_paths == as_urls
    assert as_paths.places == (
        LinksFolder(Url(tmp_path.as_uri()), tmp_path),
        LinksPage(Url(page.as_uri())),
        LinksFile(Url(file.as_uri())),
    )


def test_home(tmp_path, monkeypatch):
    (tmp_path / "wheels").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (place,) = places(find_links=("~/wheels",), no_index=True).places
    assert place.path == tmp_path / "wheels"


@pytest.mark.parametrize("location", ["no/such/folder", "file:///no/such/folder", "ftp://me:secret@h.example/"])
def test_a_place_that_is_none_is_passed_over_and_said_as_in_pip(location):
    found = places(find_links=(location,), no_index=True)
    assert found.places == ()
    (note,) = found.notes
    assert "is passed over" in note
    assert "secret" not in note


def test_an_index_may_be_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "simple").mkdir()
    assert places(index_url=Url("simple")).places == (Index(Url((tmp_path / "simple").as_uri())),)


def test_an_index_that_is_neither_is_an_error():
    with pytest.raises(UsageError, match="neither a URL nor a folder"):
        places(index_url=Url("index.example/simple"))


def test_the_urls_that_may_hold_credentials():
    options = IndexOptions(index_url=ONE, extra_index_urls=(TWO,), find_links=("wheels", "https://h.example/"))
    assert list(credential_urls(options)) == [ONE, TWO, Url("https://h.example/")]
    assert list(credential_urls(IndexOptions())) == []


@pytest.mark.parametrize(
    "url", ["https://[oops/simple/", "https://me:secret@[oops/", "https://me:secret@h.example:port/"]
)
def test_a_url_that_cannot_be_taken_apart_is_an_error_without_the_password(url):
    for options in ({"index_url": Url(url)}, {"find_links": (url,), "no_index": True}):
        with pytest.raises(UsageError, match="is not a URL") as caught:
            places(**options)
        assert "secret" not in f"{caught.value} {caught.value.hints}"
