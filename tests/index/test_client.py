from __future__ import annotations

import threading

import pytest
from support.packages import sdist, wheel

from pipfreeze_lock.errors import NetworkError
from pipfreeze_lock.http.client import Client
from pipfreeze_lock.http.credentials import CredentialStore
from pipfreeze_lock.http.settings import HttpSettings
from pipfreeze_lock.index.cache import Cache
from pipfreeze_lock.index.client import SimpleIndexes
from pipfreeze_lock.index.places import Places, credential_urls
from pipfreeze_lock.model.requirement import IndexOptions
from pipfreeze_lock.model.url import Credentials, Url


class Clock:
    def __init__(self):
        self.now = 1_600_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


@pytest.fixture
def open_indexes(clock):
    """Give one run's view of some places; what an earlier one of the same test kept may be used."""
    opened = []

    def start(*urls, cache=None, refresh=False, keyring=None, **options):
        index_url, *more = [Url(url) for url in urls] or [None]
        options = IndexOptions(index_url=index_url, extra_index_urls=tuple(more), no_index=not urls, **options)
        store = CredentialStore(credential_urls(options), keyring=keyring)
        http = Client(HttpSettings(retries=1), credentials=store, sleep=lambda _: None)
        indexes = SimpleIndexes(
            Places.of(options), http=http, cache=cache, credentials=store, refresh=refresh, clock=clock
        )
        opened.append((indexes, http))
        return indexes

    yield start
    for indexes, http in opened:
        indexes.close()
        http.close()


def listed(pages):
    return [[file.filename for file in page.files] for page in pages]


A1 = wheel("a", "1", requires_python=">=3.6", upload_time="2020-01-01T00:00:00Z")
A2 = wheel("a", "2", yanked="bad")


def test_a_project_is_what_the_index_lists(index_server, open_indexes):
    index_server.add(A1, A2)
    (page,) = open_indexes(index_server.url).pages("a")
    assert (page.name, page.url, page.index) == ("a", f"{index_server.url}a/", Url(index_server.url))
    assert [file.filename for file in page.files] == [A1.filename, A2.filename]
    assert page.files[0].hashes == {"sha256": A1.sha256}
    assert page.url_of(page.files[0]).startswith(f"{index_server.root}/files/")
    assert page.files[1].yanked == "bad"


def test_html_and_json_lead_to_the_same_files(index_server, open_indexes):
    index_server.add(A1, A2, sdist("a", "1"))
    (json,) = open_indexes(index_server.url).pages("a")
    index_server.index(formats=("html",))
    (html,) = open_indexes(index_server.url).pages("a")
    assert "json" in index_server.requests[0].headers["accept"]
    assert [(f.filename, json.url_of(f), f.hashes, f.core_metadata) for f in json.files] == [
        (f.filename, html.url_of(f), f.hashes, f.core_metadata) for f in html.files
    ]
    assert (json.files[0].size, html.files[0].size) == (len(A1.content), None)


def test_each_is_asked_once(index_server, open_indexes):
    index_server.add(A1)
    indexes = open_indexes(index_server.url)
    indexes.prefetch("a")
    threads = [threading.Thread(target=indexes.pages, args=["a"]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert indexes.pages("a") is indexes.pages("a")
    assert index_server.paths() == ["/simple/a/"]


@pytest.mark.parametrize("status", [404, 410])
def test_an_index_that_lacks_a_project_is_left_out(index_server, open_indexes, status):
    index_server.add(A1)
    index_server.index("second").add(wheel("b", "1"))
    index_server.fail("/simple/b/", status=status, times=None)
    indexes = open_indexes(index_server.url, index_server.url_of("second"))
    assert [str(page.index) for page in indexes.pages("b")] == [index_server.url_of("second")]
    assert indexes.pages("c") == ()


def test_indexes_come_in_their_order_however_quick_they_are(index_server, open_indexes):
    index_server.add(A1)
    index_server.index("second").add(A2)
    index_server.fail("/simple/a/", "slow", seconds=0.1)
    indexes = open_indexes(index_server.url, index_server.url_of("second"))
    assert listed(indexes.pages("a")) == [[A1.filename], [A2.filename]]


def test_an_index_that_fails_is_an_error_and_no_missing_project(index_server, open_indexes):
    index_server.add(A1)
    index_server.index("second")
    index_server.fail("/second/simple/a/", status=503, times=None)
    indexes = open_indexes(index_server.url, index_server.url_of("second"))
    indexes.prefetch("a")
    for _ in range(2):
        with pytest.raises(NetworkError, match="503") as caught:
            indexes.pages("a")
        assert caught.value.context == f"{index_server.url_of('second')}a/"


@pytest.mark.parametrize("how", ["reset", "truncate", "corrupt"])
def test_a_page_damaged_on_its_way_is_fetched_again_or_told(index_server, open_indexes, how):
    index_server.add(A1)
    index_server.fail("/simple/a/", how)
    if how == "corrupt" and not index_server.index().compress:
        pytest.fail("only compressed pages show that they were damaged")
    assert listed(open_indexes(index_server.url).pages("a")) == [[A1.filename]]
    assert len(index_server.requests) == 2


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_names_the_index_and_hides_the_credentials(index_server, open_indexes, status):
    index_server.fail("*", status=status, times=None)
    with pytest.raises(NetworkError, match=r"asks for credentials|refuses to answer") as caught:
        open_indexes(index_server.url).pages("a")
    assert index_server.url in caught.value.message
    with pytest.raises(NetworkError, match="refuses the credentials") as caught:
        open_indexes(index_server.url_of(credentials="me:secret")).pages("a")
    assert "secret" not in f"{caught.value} {caught.value.context} {caught.value.hints}"
    assert "me:****@" in caught.value.message


def test_credentials_in_the_url_are_sent_and_not_in_the_page(index_server, open_indexes):
    index_server.add(A1)
    index_server.index(credentials=("me", "secret"))
    (page,) = open_indexes(index_server.url_of(credentials="me:secret")).pages("a")
    assert "secret" not in page.url
    assert "secret" not in page.url_of(page.files[0])


def test_two_users_of_one_index_are_two_places(index_server, open_indexes):
    index_server.add(A1)
    urls = [index_server.url_of(credentials=f"{user}:x") for user in ("one", "two")]
    open_indexes(*urls).pages("a")
    assert len({request.headers["authorization"] for request in index_server.requests}) == 2


def test_something_else_than_a_page_is_told(index_server, open_indexes):
    index_server.add(A1)
    index_server.redirect("/simple/a/", f"/files/{A1.sha256[:16]}/{A1.filename}")
    with pytest.raises(NetworkError, match="application/octet-stream"):
        open_indexes(index_server.url).pages("a")


def test_relative_urls_follow_a_redirect(index_server, open_indexes):
    index_server.index("other").add(A1)
    index_server.redirect("/simple/a/", "/other/simple/a/")
    (page,) = open_indexes(index_server.url).pages("a")
    assert page.url == f"{index_server.url_of('other')}a/"
    assert page.url_of(page.files[0]).startswith(f"{index_server.root}/other/files/")


# --- the cache ------------------------------------------------------------------------------------------------------


def read(open_indexes, *urls, **more):
    indexes = open_indexes(*urls, **more)
    pages = indexes.pages("a")
    indexes.close()
    return pages


def test_a_fresh_page_is_not_asked_for_again(index_server, open_indexes, cache, clock):
    index_server.add(A1, A2)
    first = read(open_indexes, index_server.url, cache=cache)
    clock.now += 599
    assert read(open_indexes, index_server.url, cache=cache) == first
    assert len(index_server.requests) == 1


def test_an_old_page_is_asked_about_and_fresh_again_after_a_304(index_server, open_indexes, cache, clock):
    index_server.add(A1)
    first = read(open_indexes, index_server.url, cache=cache)
    for _ in range(2):
        clock.now += 600
        assert read(open_indexes, index_server.url, cache=cache) == first
        assert read(open_indexes, index_server.url, cache=cache) == first
    assert [request.status for request in index_server.requests] == [200, 304, 304]


def test_a_changed_page_is_read_anew(index_server, open_indexes, cache, clock):
    index_server.add(A1)
    read(open_indexes, index_server.url, cache=cache)
    index_server.add(A2)
    clock.now += 600
    assert listed(read(open_indexes, index_server.url, cache=cache)) == [[A1.filename, A2.filename]]
    assert listed(read(open_indexes, index_server.url, cache=cache)) == [[A1.filename, A2.filename]]
    assert [request.status for request in index_server.requests] == [200, 200]


def test_without_an_etag_the_date_is_asked_about(index_server, open_indexes, cache):
    index_server.add(A1)
    index_server.index(etags=False, cache_control=None)
    read(open_indexes, index_server.url, cache=cache)
    read(open_indexes, index_server.url, cache=cache)
    assert index_server.requests[1].headers["if-modified-since"]
    assert "if-none-match" not in index_server.requests[1].headers


@pytest.mark.parametrize(
    ("cache_control", "statuses"),
    [
        ("no-store", [200, 200]),
        ("no-cache", [200, 304]),
        ("max-age=0, must-revalidate", [200, 304]),
        (None, [200, 304]),
        ("max-age=60", [200]),
        ("private, max-age=60", [200]),
    ],
)
def test_cache_control_is_obeyed(index_server, open_indexes, cache, cache_control, statuses):
    index_server.add(A1)
    index_server.index(cache_control=cache_control)
    assert read(open_indexes, index_server.url, cache=cache) == read(open_indexes, index_server.url, cache=cache)
    assert [request.status for request in index_server.requests] == statuses


def test_a_refresh_asks_about_every_page(index_server, open_indexes, cache):
    index_server.add(A1)
    read(open_indexes, index_server.url, cache=cache)
    read(open_indexes, index_server.url, cache=cache, refresh=True)
    assert index_server.requests[1].status == 304
    assert index_server.requests[1].headers["cache-control"] == "max-age=0"


def test_a_damaged_page_is_read_anew(index_server, open_indexes, cache, clock, tmp_path):
    index_server.add(A1)
    first = read(open_indexes, index_server.url, cache=cache)
    for seconds in (0, 600):
        clock.now += seconds
        for path in (tmp_path / "cache").glob("v1/files/*/*"):
            path.write_bytes(b"damaged")
        assert read(open_indexes, index_server.url, cache=cache) == first
    assert read(open_indexes, index_server.url, cache=cache) == first
    # Fresh and damaged: the whole page. Old and damaged: a 304, which is of no use, then the whole page.
    assert [request.status for request in index_server.requests] == [200, 200, 304, 200]


def test_a_page_for_one_user_is_not_for_another(index_server, open_indexes, cache):
    index_server.add(A1)
    index_server.index(credentials=("me", "secret"))
    mine = index_server.url_of(credentials="me:secret")
    read(open_indexes, mine, cache=cache)
    read(open_indexes, mine, cache=cache)
    assert len(index_server.requests) == 1
    for url in (index_server.url, index_server.url_of(credentials="me:wrong")):
        with pytest.raises(NetworkError):
            read(open_indexes, url, cache=cache)


def test_a_page_the_keyring_opened_is_kept_for_its_user_alone(index_server, open_indexes, cache):
    class Keyring:
        problem = None

        def credentials(self, _service, _username):
            return Credentials("me", "secret")

    index_server.add(A1)
    index_server.index(credentials=("me", "secret"))
    read(open_indexes, index_server.url, cache=cache, keyring=Keyring())
    with pytest.raises(NetworkError):
        read(open_indexes, index_server.url, cache=cache)


def test_that_there_is_no_page_is_asked_each_time(index_server, open_indexes, cache):
    assert read(open_indexes, index_server.url, cache=cache) == ()
    index_server.add(A1)
    assert listed(read(open_indexes, index_server.url, cache=cache)) == [[A1.filename]]


def test_a_cache_that_cannot_be_written_is_no_error(index_server, open_indexes, tmp_path):
    index_server.add(A1)
    (tmp_path / "file").touch()
    cache = Cache(tmp_path / "file")
    assert listed(read(open_indexes, index_server.url, cache=cache)) == [[A1.filename]]
    assert len(cache.notes) == 1


def test_pages_have_validators(index_server, open_indexes, cache, clock):
    index_server.add(A1)
    indexes = open_indexes(index_server.url_of(credentials="me:secret"), cache=cache)
    indexes.pages("a")
    indexes.pages("b")
    first = dict(indexes.validators())
    assert first[f"{index_server.url}a/"].startswith('etag:"')
    assert first[f"{index_server.url}b/"] == "absent"
    indexes.close()
    again = open_indexes(index_server.url_of(credentials="me:secret"), cache=cache)
    again.pages("a")
    assert again.validators()[f"{index_server.url}a/"] == first[f"{index_server.url}a/"]
    index_server.add(A2)
    clock.now += 600
    changed = open_indexes(index_server.url_of(credentials="me:secret"), cache=cache)
    changed.pages("a")
    assert changed.validators()[f"{index_server.url}a/"] != first[f"{index_server.url}a/"]


# --- find-links -----------------------------------------------------------------------------------------------------


@pytest.fixture
def wheels(tmp_path):
    folder = tmp_path / "wheels"
    folder.mkdir()
    for one in (A1, wheel("b", "1")):
        (folder / one.filename).write_bytes(one.content)
    return folder


def test_archives_first_then_link_pages_then_indexes(index_server, open_indexes, wheels):
    index_server.add(A1)
    index_server.index("linked").add(A2, wheel("b", "3"))
    indexes = open_indexes(index_server.url, find_links=(index_server.links_of("linked"), str(wheels)))
    pages = indexes.pages("a")
    assert [page.index.reveal() for page in pages] == [
        wheels.as_uri(),
        index_server.links_of("linked"),
        index_server.url,
    ]
    assert listed(pages) == [[A1.filename], [A2.filename], [A1.filename]]
    assert pages[0].url_of(pages[0].files[0]) == (wheels / A1.filename).as_uri()
    assert pages[1].url_of(pages[1].files[0]).startswith(f"{index_server.root}/linked/files/")


def test_a_links_page_is_read_once_for_all_projects(index_server, open_indexes):
    index_server.add(A1, wheel("b", "1"))
    indexes = open_indexes(find_links=(index_server.links_of(),))
    assert [len(indexes.pages(name)) for name in ("a", "b", "c")] == [1, 1, 0]
    assert index_server.paths() == ["/links/"]


def test_a_links_page_that_is_not_there_is_said(index_server, open_indexes):
    indexes = open_indexes(find_links=(f"{index_server.root}/nothing/",))
    assert indexes.pages("a") == ()
    assert "there is no such page" in indexes.notes[0]


def test_html_files_in_a_folder_are_pages_too(open_indexes, wheels):
    (wheels / "more.html").write_text('<a href="elsewhere/a-3-py3-none-any.whl#sha256=ab">a</a>')
    archives, page = open_indexes(find_links=(str(wheels),)).pages("a")
    assert listed([archives]) == [[A1.filename]]
    assert page.url_of(page.files[0]) == f"{wheels.as_uri()}/elsewhere/a-3-py3-none-any.whl"


def test_single_files_here_and_elsewhere(open_indexes, wheels):
    there = "https://files.example/x/a-7-py3-none-any.whl#sha256=ab"
    pages = open_indexes(find_links=(str(wheels / A1.filename), there)).pages("a")
    assert listed(pages) == [["a-7-py3-none-any.whl"], [A1.filename]]
    assert pages[0].files[0].hashes == {"sha256": "ab"}


def test_folders_come_by_url_backwards_as_in_pip(open_indexes, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / A1.filename).write_bytes(A1.content)
    pages = open_indexes(find_links=(str(tmp_path / "one"), str(tmp_path / "two"))).pages("a")
    assert [page.index.reveal() for page in pages] == [(tmp_path / name).as_uri() for name in ("two", "one")]


def test_an_index_may_be_a_folder(open_indexes, tmp_path):
    (tmp_path / "simple" / "a").mkdir(parents=True)
    (tmp_path / "simple" / "a" / "index.html").write_text('<a href="../../a-1.tar.gz">a</a>')
    indexes = open_indexes((tmp_path / "simple").as_uri())
    (page,) = indexes.pages("a")
    assert page.url_of(page.files[0]) == (tmp_path / "a-1.tar.gz").as_uri()
    assert indexes.pages("b") == ()


def test_a_changed_folder_has_another_validator(open_indexes, wheels):
    def validators():
        indexes = open_indexes(find_links=(str(wheels),))
        indexes.pages("a")
        return indexes.validators()

    before = validators()
    assert before == validators()
    (wheels / "a-9.zip").touch()
    assert before != validators()
