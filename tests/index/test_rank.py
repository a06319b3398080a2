"""The order of the files of a project, by hand; the same put to real pips in ``tests/fidelity/test_candidate_rules.py``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from support.index_files import index_file, project_page

from pipfreeze_lock.errors import NetworkError
from pipfreeze_lock.index.rank import ProjectFiles

if TYPE_CHECKING:
    from pipfreeze_lock.model.artifact import IndexFile

CP36 = "cp36-cp36m-manylinux1_x86_64"
ANY = "py3-none-any"


def ranked(files, rules, specifier="", *, hashes=(), pages=None, **words):
    project = ProjectFiles("foo", pages or [project_page(*files)], rules)
    return [one.file.filename for one in project.ranked(specifier=SpecifierSet(specifier), hashes=hashes, **words)]


def wheel(version: str, tag: str = ANY, **fields: object) -> IndexFile:
    return index_file(f"foo-{version}-{tag}.whl", **fields)


def sdist(version: str, **fields: object) -> IndexFile:
    return index_file(f"foo-{version}.tar.gz", **fields)


def test_newest_version_first_and_the_best_wheel_before_others_and_the_sdist(rules):
    files = [
        sdist("1.0"),
        wheel("1.0"),
        wheel("1.0", CP36),
        sdist("1.10"),
        wheel("1.9"),
        wheel("1.11", "cp27-none-any"),
    ]
    assert ranked(files, rules()) == [
        "foo-1.10.tar.gz",
        "foo-1.9-py3-none-any.whl",
        f"foo-1.0-{CP36}.whl",
        "foo-1.0-py3-none-any.whl",
        "foo-1.0.tar.gz",
    ]


def test_two_texts_of_one_version_are_one_version(rules):
    project = ProjectFiles("foo", [project_page(sdist("1.0"), wheel("1.0.0"), wheel("1"))], rules())
    assert project.versions() == [Version("1.0")]
    found = list(project.ranked(specifier=SpecifierSet("==1.0")))
    assert [one.version_text for one in found] == ["1", "1.0.0", "1.0"]
    assert len({one.version for one in found}) == 1


@pytest.mark.parametrize(
    ("pip", "best"),
    [
        ("9.0.3", f"foo-1-1-{CP36}.whl"),  # build numbers are not looked at, and the first of equals is taken
        ("10.0.1", "foo-1-3-py3-none-any.whl"),
        ("21.0.1", "foo-1-3-py3-none-any.whl"),
        ("21.1", f"foo-1-2-{CP36}.whl"),
    ],
)
def test_build_numbers(pip, best, rules):
    files = [f"foo-1-1-{CP36}.whl", f"foo-1-2-{CP36}.whl", "foo-1-3-py3-none-any.whl", "foo-1.tar.gz"]
    assert ranked(files, rules(pip))[0] == best


def test_build_numbers_compare_as_numbers_then_as_text(rules):
    files = [f"foo-1-{build}-py3-none-any.whl" for build in ("9", "10", "10b", "2z")] + ["foo-1-py3-none-any.whl"]
    assert [name.split("-")[2] for name in ranked(files, rules())] == ["10b", "10", "9", "2z", "py3"]


def test_prefer_binary_puts_every_wheel_before_every_sdist(rules):
    files = [sdist("3"), wheel("2"), sdist("2"), wheel("1")]
    expected = ["foo-2-py3-none-any.whl", "foo-1-py3-none-any.whl", "foo-3.tar.gz", "foo-2.tar.gz"]
    for pip in ("9.0.3", "18.1", "21.3.1"):
        assert ranked(files, rules(pip, prefer_binary=True)) == expected


@pytest.mark.parametrize(("pip", "best"), [("20.2.4", ".zip"), ("20.3", ".tar.gz"), ("26.3", ".tar.gz")])
def test_of_equals_the_old_resolver_takes_the_first_and_the_new_one_the_last(pip, best, rules):
    assert ranked(["foo-1.zip", "foo-1.tar.gz"], rules(pip))[0] == f"foo-1{best}"


def test_of_equals_on_two_indexes(rules):
    one = project_page("foo-1.zip", index="https://one.example/")
    two = project_page("foo-1.tar.gz", index="https://two.example/")
    assert ranked([], rules("20.2.4"), pages=[one, two]) == ["foo-1.zip", "foo-1.tar.gz"]
    assert ranked([], rules("20.3"), pages=[one, two]) == ["foo-1.tar.gz", "foo-1.zip"]


def test_files_of_folders_stand_before_those_of_indexes_by_descending_url(rules):
    folder = "file:///wheels/"
    local = project_page("foo-1.tbz", "foo-1.zip", "foo-1.tar.gz", index=folder, url=folder)
    for file in local.files:
        assert file.url.startswith("https:")
    remote = project_page("foo-1.tgz")
    assert ranked([], rules("20.2.4"), pages=[remote, local])[-1] == "foo-1.tgz"
    assert ranked([], rules("21.3.1"), pages=[remote, local]) == ["foo-1.tgz", "foo-1.tar.gz", "foo-1.tbz", "foo-1.zip"]


def test_pages_of_find_links_move_from_last_to_first_in_21_1(rules):
    links = project_page("foo-1.zip", index="https://links.example/", url="https://links.example/")
    remote = project_page("foo-1.tar.gz")
    for pages in ([links, remote], [remote, links]):
        assert ranked([], rules("21.0.1"), pages=pages)[0] == "foo-1.zip"
        assert ranked([], rules("21.1"), pages=pages)[0] == "foo-1.tar.gz"


@pytest.mark.parametrize(
    ("pip", "specifier", "versions"),
    [
        ("9.0.3", "", "2.0 1.0"),
        ("9.0.3", ">=1.0", "2.0 1.0"),
        ("9.0.3", ">=2.1", ""),
        ("25.3", ">=2.1", ""),
        ("26.0", ">=2.1", "3.0rc1"),
        ("9.0.3", ">=2.1.dev0", "3.0rc1 2.1.dev1"),
        ("9.0.3", "==3.0rc1", "3.0rc1"),
        ("9.0.3", "!=2.1.dev1", "2.0 1.0"),
        ("24.3.1", "<3.0rc2", "2.0 1.0"),
        ("25.0", "<3.0rc2", "3.0rc1 2.1.dev1 2.0 1.0"),
    ],
)
def test_prereleases(pip, specifier, versions, rules):
    files = [sdist(version) for version in ("1.0", "2.0", "2.1.dev1", "3.0rc1")]
    assert [name[4:-7] for name in ranked(files, rules(pip), specifier)] == versions.split()


@pytest.mark.parametrize("pip", ["9.0.3", "25.3", "26.3"])
def test_only_prereleases_are_taken_where_nothing_is_asked(pip, rules):
    assert ranked([sdist("1.0a1"), sdist("1.0a2")], rules(pip)) == ["foo-1.0a2.tar.gz", "foo-1.0a1.tar.gz"]
    # a final release that does not fit this Python is as good as none
    files = [sdist("1.0a1"), sdist("1.0", requires_python=">=3.9")]
    assert ranked(files, rules(pip)) == ["foo-1.0a1.tar.gz"]


def test_pre_asks_for_prereleases_and_can_be_overruled(rules):
    files = [sdist("1.0"), sdist("2.0a1")]
    assert ranked(files, rules(pre=True)) == ["foo-2.0a1.tar.gz", "foo-1.0.tar.gz"]
    assert ranked(files, rules(pre=True), allow_prereleases=False) == ["foo-1.0.tar.gz"]
    assert ranked(files, rules(), allow_prereleases=True)[0] == "foo-2.0a1.tar.gz"


@pytest.mark.parametrize(
    ("pip", "specifier", "expected"),
    [
        ("19.1.1", "", "3 2 1"),
        ("19.2", "", "2 3 1"),
        ("20.3.1", "", "2 3 1"),
        ("20.3.2", "", "2"),
        ("21.3.1", ">2", "3"),
        ("21.3.1", "==3", "3"),
        ("22.0", "==3", "3"),
        ("22.0", "===3", "3"),
        ("22.0", "==3.*", ""),
        ("22.0", ">2", ""),
        ("22.0", "", "2"),
        ("26.3", "!=2", ""),
    ],
)
def test_yanked(pip, specifier, expected, rules):
    files = [sdist("1", yanked=True), sdist("2"), sdist("3", yanked="broken")]
    assert [name[4:-7] for name in ranked(files, rules(pip), specifier)] == expected.split()


def test_an_empty_reason_is_a_yank(rules):
    assert ranked([sdist("1"), sdist("2", yanked="")], rules()) == ["foo-1.tar.gz"]


def test_a_yanked_final_release_does_not_let_prereleases_in(rules):
    """The specifier is applied before yanked files are left out, so the final release counts."""
    assert ranked([sdist("1.0", yanked=True), sdist("2.0a1")], rules("22.0")) == []


def test_one_yanked_file_does_not_yank_its_version(rules):
    files = [wheel("2", yanked=True), sdist("2"), wheel("1")]
    assert ranked(files, rules()) == ["foo-2.tar.gz", "foo-1-py3-none-any.whl"]


SHA = {"sha256": "a" * 64}
OTHER = {"sha256": "b" * 64}
ALLOWED = frozenset(SHA.items())


def test_an_allowed_hash_comes_first_from_19_2_on(rules):
    files = [sdist("1", hashes=SHA), wheel("1", hashes=OTHER), sdist("2", hashes=OTHER)]
    assert ranked(files, rules("19.1.1"), hashes=ALLOWED)[0] == "foo-2.tar.gz"
    assert ranked(files, rules("19.2"), hashes=ALLOWED) == ["foo-1.tar.gz"]


def test_files_without_a_hash_stay_behind_the_allowed_ones(rules):
    files = [sdist("1", hashes=SHA), wheel("1"), sdist("2", hashes=OTHER)]
    assert ranked(files, rules(), hashes=ALLOWED) == ["foo-1.tar.gz", "foo-1-py3-none-any.whl"]


def test_where_no_hash_is_allowed_the_order_is_as_without(rules):
    files = [sdist("1", hashes=OTHER), wheel("1", hashes=OTHER), sdist("2", hashes=OTHER)]
    assert ranked(files, rules(), hashes=ALLOWED) == ranked(files, rules())


def test_an_allowed_hash_outranks_a_yank(rules):
    files = [sdist("1", hashes=SHA, yanked=True), wheel("1", hashes=OTHER)]
    assert ranked(files, rules("19.2"), hashes=ALLOWED) == ["foo-1.tar.gz"]
    assert ranked(files, rules("22.0"), "==1", hashes=ALLOWED) == ["foo-1.tar.gz"]
    assert ranked(files, rules("22.0"), ">=1", hashes=ALLOWED) == []


def test_files_of_a_pin_are_found_among_local_versions(rules):
    files = [sdist("1.0"), sdist("1.0+cpu"), sdist("1.0.post1"), sdist("0.9")]
    assert ranked(files, rules(), "==1.0") == ["foo-1.0+cpu.tar.gz", "foo-1.0.tar.gz"]
    assert ranked(files, rules(), "==1.0+cpu") == ["foo-1.0+cpu.tar.gz"]


def test_a_version_that_pep_440_does_not_know_ranks_last_and_is_taken_when_named(rules):
    files = [sdist("2011k"), sdist("0.dev0"), sdist("2012x")]
    project = ProjectFiles("foo", [project_page(*files)], rules())
    assert [str(version) for version in project.versions()] == ["0.dev0", "2012x", "2011k"]
    assert [one.version_text for one in project.ranked(specifier=SpecifierSet("===2011K"))] == ["2011k"]
    for text in ("", "!=1", "<2012", "===2011k,!=1", "===2011k,>=0.dev0"):
        found = [one.version_text for one in project.ranked(specifier=SpecifierSet(text))]
        assert "2011k" not in found


def test_versions_and_rejections_for_a_message(rules):
    files = ["foo-1.0-cp37-cp37m-win32.whl", "foo-2.0-cp27-none-any.whl", sdist("1.0"), "foo-x.tar.gz", "bar-1.tar.gz"]
    project = ProjectFiles("foo", [project_page(*files)], rules(pip="25.3"))
    assert project.versions() == [Version("2.0"), Version("1.0")]
    assert [one.file.filename for one in project.rejections(Version("1.0"))] == ["foo-1.0-cp37-cp37m-win32.whl"]
    rejections = project.rejections()
    assert [one.file.filename for one in rejections] == [
        "foo-2.0-cp27-none-any.whl",
        "foo-1.0-cp37-cp37m-win32.whl",
        "foo-x.tar.gz",
        "bar-1.tar.gz",
    ]
    assert all(one.reason for one in rejections)


def test_only_what_is_reached_is_evaluated(rules):
    """So that one file without upload time, far behind, does not end a resolution."""
    files = [sdist("2", upload_time="2020-01-01T00:00:00Z"), sdist("1")]
    project = ProjectFiles("foo", [project_page(*files)], rules(exclude_newer=datetime(2021, 1, 1, tzinfo=UTC)))
    found = project.ranked(specifier=SpecifierSet())
    assert next(found).version == Version("2")
    with pytest.raises(NetworkError):
        next(found)


@pytest.mark.parametrize("pip", ["9.0.3", "21.3.1", "25.1", "26.3"])
def test_odd_names_land_at_their_version(pip, rules):
    files = ["foo-1.0_1-2-py3-none-any.whl", "foo-1.0_rc1-py3-none-any.whl", "foo-1.0-py3.6.tar.gz", "Foo-1.1.zip"]
    project = ProjectFiles("foo", [project_page(*files)], rules(pip))
    for version in project.versions():
        assert {one.version for one in project.candidates(version)} <= {version}
    taken = [one.file.filename for version in project.versions() for one in project.candidates(version)]
    rejected = [one.file.filename for one in project.rejections()]
    assert sorted(taken + rejected) == sorted(files)
    assert ("foo-1.0_1-2-py3-none-any.whl" in taken) is (pip != "26.3")


def test_the_spelling_that_pips_below_19_must_be_asked_by(rules):
    page = project_page("Zope.Interface-1.0.tar.gz", name="zope-interface")
    project = ProjectFiles("zope-interface", [page], rules("18.1"))
    assert next(project.ranked(specifier=SpecifierSet())).spelling == "Zope.Interface"
