from __future__ import annotations

import pytest

from pipfreeze_lock.index.cache import Cache
from pipfreeze_lock.index.page_cache import PageCache, StoredPage
from pipfreeze_lock.model.artifact import IndexFile
from pipfreeze_lock.model.url import Credentials

URL = "https://index.example/simple/a/"
FILES = [
    IndexFile(filename="a-1.whl", url="a-1.whl", hashes={"sha256": "ab"}, yanked="", core_metadata={"sha256": "cd"}),
    IndexFile(filename="a-2.whl", url="a-2.whl", size=7, upload_time="2021-01-01T00:00:00Z", core_metadata=True),
]
PAGE = StoredPage(url=URL, status=200, etag='"x"', validator='etag:"x"', stored_at=100.0, lifetime=60.0)
ME = Credentials("me", "secret")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def cache(folder):
    return PageCache(Cache(folder))


def everything(folder):
    return b"".join(path.read_bytes() + str(path).encode() for path in folder.rglob("*") if path.is_file())


def test_a_page_comes_back_with_its_files(cache, folder):
    cache.keep(URL, None, PAGE, FILES)
    page = PageCache(Cache(folder)).page(URL, None)
    assert (page.etag, page.validator, page.stored_at, page.lifetime) == ('"x"', 'etag:"x"', 100.0, 60.0)
    assert cache.files(page) == FILES
    assert cache.files(page)[0].yanked == ""
    assert cache.files(page)[0].yanked is not False


def test_a_page_without_files(cache):
    cache.keep(URL, None, PAGE, [])
    assert cache.files(cache.page(URL, None)) == []


def test_users_do_not_see_each_others_pages(cache, folder):
    cache.keep(URL, ME, PAGE, FILES)
    assert cache.page(URL, ME) is not None
    assert cache.page(URL, None) is None
    assert cache.page(URL, Credentials("me", "other")) is None
    assert PageCache(Cache(folder)).page(URL, ME) is not None


def test_credentials_are_nowhere_in_the_cache(cache, folder):
    cache.keep(URL, ME, PAGE, FILES)
    assert b"a-1.whl" in everything(folder)
    assert b"secret" not in everything(folder)


def test_a_renewed_page_keeps_its_files_and_the_old_files_go_with_a_new_page(cache, folder):
    cache.keep(URL, None, PAGE, FILES)
    page = cache.page(URL, None)
    cache.renew(URL, None, StoredPage(url=URL, status=200, validator="v", stored_at=1, lifetime=2, files=page.files))
    assert cache.files(cache.page(URL, None)) == FILES
    cache.keep(URL, None, PAGE, FILES[:1])
    assert cache.files(cache.page(URL, None)) == FILES[:1]
    assert cache.files(page) is None, "the replaced files were left behind"
    assert Cache(folder).info().entries == 2


def test_a_forgotten_page_is_missing(cache):
    cache.keep(URL, None, PAGE, FILES)
    cache.forget(URL, None)
    assert cache.page(URL, None) is None


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x80", b"\x93\x01\x02\x03", b"\x81\xa3url\x01"])
def test_an_entry_of_another_form_is_missing(cache, folder, content):
    cache.keep(URL, None, PAGE, FILES)
    page = cache.page(URL, None)
    store = Cache(folder)
    store.put("files", page.files, content)
    assert cache.files(page) is None
    store.put("pages", URL, content)
    assert cache.page(URL, None) is None


@pytest.mark.parametrize(("now", "fresh"), [(99.9, False), (100, True), (159.9, True), (160, False)])
def test_freshness(now, fresh):
    assert PAGE.is_fresh(now) is fresh
