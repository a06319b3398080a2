from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from support.distribution import Distribution
from support.index_files import make_target
from support.metadata_parts import Heard, MemoryStore, interpreter, page_of
from support.sdists import build_sdist
from support.wheels import build_wheel

from pipfreeze_lock.errors import BuildError, MetadataError, NetworkError

DEMO = Distribution(name="demo", version="1.0", requires=("six",))
RUNNING = interpreter(sys.executable, ".".join(map(str, sys.version_info[:3])))


def test_a_wheel_by_its_sidecar(index_server, make_source):
    index_server.add(build_wheel(DEMO))
    page = page_of(index_server, "demo")
    found = make_source().metadata(page, page.files[0])
    assert (found.name, found.requires_dist, found.tier) == ("demo", ("six",), "sidecar")


def test_a_wheel_by_its_tail(index_server, make_source):
    index_server.add(replace(build_wheel(DEMO), metadata=None))
    page = page_of(index_server, "demo")
    assert make_source().metadata(page, page.files[0]).tier == "wheel"


def test_a_second_question_costs_nothing(index_server, make_source):
    index_server.add(build_wheel(DEMO))
    page = page_of(index_server, "demo")
    source = make_source()
    first = source.metadata(page, page.files[0])
    index_server.requests.clear()
    assert source.metadata(page, page.files[0]) is first
    assert not index_server.requests


def test_many_threads_ask_once(index_server, make_source):
    index_server.add(build_wheel(DEMO))
    page = page_of(index_server, "demo")
    source = make_source()
    index_server.requests.clear()
    source.prefetch(page, page.files[0])
    with ThreadPoolExecutor(8) as pool:
        found = set(map(id, pool.map(lambda _: source.metadata(page, page.files[0]), range(32))))
    assert len(found) == 1
    assert len(index_server.requests) == 1


@pytest.mark.parametrize("artifact", [build_wheel(DEMO), build_sdist(DEMO)], ids=["wheel", "sdist"])
def test_the_store_answers_the_next_run(index_server, make_source, artifact):
    index_server.add(artifact)
    page = page_of(index_server, "demo")
    store = MemoryStore()
    first = make_source(store=store).metadata(page, page.files[0])
    index_server.requests.clear()
    assert make_source(store=store).metadata(page, page.files[0]) == first
    assert not index_server.requests


def test_an_sdist_is_kept_for_its_target_alone(index_server, make_source):
    index_server.add(build_sdist(DEMO, style="dynamic"))
    page = page_of(index_server, "demo")
    store = MemoryStore()
    assert make_source(store=store).metadata(page, page.files[0]).requires_dist == ("six",)
    old = make_target(python="2.7.18", implementation_version="2.7.18", abi="cp27mu")
    assert make_source(store=store, target=old).metadata(page, page.files[0]).requires_dist == ()


def test_a_garbled_store_is_as_good_as_none(index_server, make_source):
    index_server.add(build_wheel(DEMO))
    page = page_of(index_server, "demo")
    store = MemoryStore()
    expected = make_source(store=store).metadata(page, page.files[0])
    store.content = dict.fromkeys(store.content, b"\xc1 garbled")
    assert make_source(store=store).metadata(page, page.files[0]) == expected


def test_a_file_without_hash_is_not_kept(index_server, make_source):
    index_server.add(build_wheel(DEMO))
    page = page_of(index_server, "demo", hashes=False)
    store = MemoryStore()
    make_source(store=store).metadata(page, page.files[0])
    assert store.content == {}


def test_an_sdist_with_another_hash_is_refused(index_server, make_source):
    artifact = build_sdist(DEMO)
    index_server.add(replace(artifact, sha256="0" * 64))
    page = page_of(index_server, "demo")
    with pytest.raises(MetadataError, match="sha256"):
        make_source().metadata(page, page.files[0])


def test_a_prefetched_error_is_kept_for_who_asks(index_server, make_source):
    index_server.add(build_sdist(DEMO))
    page = page_of(index_server, "demo")
    index_server.fail("*.tar.gz", status=410, times=None)
    source = make_source()
    source.prefetch(page, page.files[0])
    for _ in range(2):
        with pytest.raises(NetworkError, match="410"):
            source.metadata(page, page.files[0])


UNPROVEN = "import os\nfrom setuptools import setup\nsetup(name='demo', install_requires=[os.environ['HOME']])"


def test_a_sibling_wheel_tells(index_server, make_source):
    index_server.add(build_sdist(DEMO, setup_py=UNPROVEN), build_wheel(DEMO, tag="cp36-cp36m-macosx_10_9_x86_64"))
    page = page_of(index_server, "demo")
    sdist = next(file for file in page.files if file.filename.endswith(".tar.gz"))
    found = make_source().metadata(page, sdist)
    assert (found.requires_dist, found.tier) == (("six",), "sibling-wheel")
    assert "demo-1.0-cp36-cp36m-macosx_10_9_x86_64.whl" in found.note


def test_a_twin_spares_fetching_the_sdist(index_server, make_source):
    wheel = build_wheel(DEMO, tag="cp36-cp36m-manylinux2014_x86_64")
    index_server.add(build_sdist(DEMO, setup_py=UNPROVEN), wheel)
    page = page_of(index_server, "demo")
    sdist = next(file for file in page.files if file.filename.endswith(".tar.gz"))
    found = make_source(target=make_target(pip="19.1.1")).metadata(page, sdist)
    assert (found.requires_dist, found.tier) == (("six",), "sibling-wheel")
    assert not [path for path in index_server.paths() if path.endswith(".tar.gz")]


def test_a_twin_that_is_gone_is_passed_over(index_server, make_source):
    index_server.add(build_sdist(DEMO), build_wheel(DEMO, tag="cp36-cp36m-manylinux2014_x86_64"))
    page = page_of(index_server, "demo")
    index_server.fail("*.whl*", status=404, times=None)
    sdist = next(file for file in page.files if file.filename.endswith(".tar.gz"))
    assert make_source(target=make_target(pip="19.1.1")).metadata(page, sdist).requires_dist == ("six",)


def test_no_build_refuses_sibling_and_build_and_says_what_to_do(index_server, make_source):
    index_server.add(build_sdist(DEMO, setup_py=UNPROVEN), build_wheel(DEMO, tag="cp36-cp36m-macosx_10_9_x86_64"))
    page = page_of(index_server, "demo")
    sdist = next(file for file in page.files if file.filename.endswith(".tar.gz"))
    store = MemoryStore()
    make_source(store=store).metadata(page, sdist)
    with pytest.raises(BuildError, match=r"`demo-1\.0\.tar\.gz` are not known without building") as caught:
        make_source(no_build=True, store=store).metadata(page, sdist)
    assert "`install_requires` is not known" in caught.value.context
    assert any("--no-build" in hint for hint in caught.value.hints)


def test_a_build_is_told_of_and_prefetch_never_builds(index_server, make_source):
    index_server.add(build_sdist(DEMO, style="backend"))
    page = page_of(index_server, "demo")
    heard = Heard()
    source = make_source(reporter=heard, interpreter=lambda: RUNNING)
    source.prefetch(page, page.files[0])
    source._pool.shutdown()
    assert heard.events == []
    found = source.metadata(page, page.files[0])
    assert (found.requires_dist, found.tier, found.note) == (("six",), "build", None)
    assert [event[:2] for event in heard.events] == [("building", "demo-1.0.tar.gz"), ("built", "demo-1.0.tar.gz")]


def test_for_want_of_the_right_python_the_running_one_builds_and_says_so(index_server, make_source):
    index_server.add(build_sdist(DEMO, style="backend"))
    page = page_of(index_server, "demo")
    store = MemoryStore()
    found = make_source(store=store, interpreter=lambda: None).metadata(page, page.files[0])
    assert found.note == f"its metadata was built under Python {RUNNING.version}, for want of Python 3.6"
    assert store.content == {}


def test_a_local_folder(index_server, make_source, tmp_path):
    artifact = build_wheel(DEMO)
    index_server.add(artifact)
    page = page_of(index_server, "demo")
    path = tmp_path / artifact.filename
    path.write_bytes(artifact.content)
    file = type(page.files[0])(artifact.filename, path.as_uri())
    assert make_source().metadata(replace_url(page, tmp_path), file).tier == "wheel"


def replace_url(page, folder):
    return type(page)(page.name, folder.as_uri(), page.index, [])


def test_it_does_not_wait_for_a_place_in_the_pool(index_server, make_source):
    index_server.add(build_wheel(DEMO))
    page = page_of(index_server, "demo")
    source = make_source()
    release = threading.Event()
    for _ in range(64):
        source._pool.submit(release.wait)
    source.prefetch(page, page.files[0])
    assert source.metadata(page, page.files[0]).name == "demo"
    release.set()
