"""Accepted, or rejected for a reason that a reader understands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from support.index_files import index_file, make_target, project_page

from pipfreeze_lock.errors import NetworkError
from pipfreeze_lock.index.evaluate import Accepted, Rejected, evaluate
from pipfreeze_lock.model.legacy_version import LegacyVersion
from pipfreeze_lock.model.requirement import FormatControl
from pipfreeze_lock.model.target import Libc


def judge(file, rules, *, name="foo", page=None):
    listed = index_file(file) if isinstance(file, str) else file
    return evaluate(listed, page or project_page(listed), name, rules)


@pytest.mark.parametrize(
    "filename",
    ["foo-1.0-py3-none-any.whl", "foo-1.0-cp36-cp36m-manylinux1_x86_64.whl", "foo-1.0-cp35-abi3-linux_x86_64.whl"]
    + [f"foo-1.0{suffix}" for suffix in (".tar.gz", ".zip", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz")],
)
def test_accepted(filename, rules):
    verdict = judge(filename, rules())
    assert isinstance(verdict, Accepted)
    assert str(verdict.version) == "1.0"
    assert (verdict.tag_place is not None) is filename.endswith(".whl")


@pytest.mark.parametrize(
    ("filename", "cause", "reason"),
    [
        ("foo-1.0", "file kind", "pip does not install `.0` files"),
        ("foo", "file kind", "it is no archive"),
        ("foo-1.0-py3.6.egg", "file kind", "pip does not install `.egg` files"),
        ("foo-1.0.win32-py3.6.exe", "file kind", "pip does not install `.exe` files"),
        ("foo-1.0.TAR.GZ", "file kind", "pip does not install `.TAR.GZ` files"),
        ("foo-1.0.macosx10.9.zip", "file kind", "pip takes it for a binary archive of macOS"),
        ("foo-1.0-none-any.whl", "file name", "its name is not that of a wheel, as pip 21.3.1 reads it"),
        ("bar-1.0-py3-none-any.whl", "file name", "it belongs to `bar`"),
        ("bar-1.0.tar.gz", "file name", "its name is not `foo` and a version"),
        ("foo-1.0-py2.7.tar.gz", "python suffix", "it is for Python 2.7"),
        ("foo-1.0-py2-none-any.whl", "tags", "it is for another Python (py2)"),
        ("foo-1.0-cp37-cp37m-manylinux1_x86_64.whl", "tags", "it is for another Python (cp37)"),
        (
            "foo-1.0-cp36-cp36dm-linux_x86_64.whl",
            "tags",
            "it is for another Python or another build of it (cp36-cp36dm)",
        ),
        ("foo-1.0-cp36-cp36m-win_amd64.whl", "tags", "it is for another platform (win_amd64)"),
        ("foo-1.0-cp36-cp36m-manylinux1_i686.whl", "tags", "it is for another platform (manylinux1_i686)"),
        (
            "foo-1.0-cp36-cp36m-manylinux_2_28_x86_64.whl",
            "tags",
            "it needs glibc >= 2.28; the target has glibc-2.24",
        ),
    ],
)
def test_rejected(filename, cause, reason, rules):
    verdict = judge(filename, rules())
    assert isinstance(verdict, Rejected)
    assert (verdict.cause, verdict.reason) == (cause, reason)


def test_a_version_that_pep_440_does_not_know(rules):
    accepted = judge("foo-2011k.zip", rules(pip="24.0"))
    assert isinstance(accepted, Accepted)
    assert accepted.version == LegacyVersion("2011k")
    rejected = judge("foo-2011k.zip", rules(pip="24.1"))
    assert isinstance(rejected, Rejected)
    assert rejected.version_text == "2011k"
    assert rejected.reason == "`2011k` is not a version by PEP 440, the only ones from pip 24.1 on"


@pytest.mark.parametrize(
    ("pip", "tag", "reason"),
    [
        ("18.1", "manylinux2010_x86_64", "it needs pip >= 19.0 (manylinux2010)"),
        ("19.1.1", "manylinux2014_x86_64", "it needs pip >= 19.3 (manylinux2014)"),
        ("19.1.1", "manylinux2014_x86_64.manylinux_2_17_x86_64", "it needs pip >= 19.3 (manylinux2014)"),
        ("20.2.4", "manylinux_2_24_x86_64", "it needs pip >= 20.3 (manylinux_2_24)"),
        ("19.1.1", "manylinux_2_28_x86_64", "it needs glibc >= 2.28; the target has glibc-2.24"),
    ],
)
def test_a_wheel_for_a_newer_pip_says_for_which(pip, tag, reason, rules):
    verdict = judge(f"foo-1.0-cp36-cp36m-{tag}.whl", rules(pip))
    assert isinstance(verdict, Rejected)
    assert verdict.reason == reason


def test_on_musl_it_is_the_musl_that_is_too_old(rules):
    target = make_target("21.3.1", libc=Libc("musl", 1, 1))
    verdict = judge("foo-1.0-cp36-cp36m-musllinux_1_2_x86_64.whl", rules(target=target))
    assert isinstance(verdict, Rejected)
    assert verdict.reason == "it needs musl >= 1.2; the target has musl-1.1"


def test_python_2_has_no_lzma(rules):
    target = make_target("19.1.1", python="2.7.18", implementation_version="2.7.18", abi="cp27mu")
    assert isinstance(judge("foo-1.0.tar.xz", rules(target=target)), Rejected)
    assert isinstance(judge("foo-1.0.tar.gz", rules(target=target)), Accepted)


@pytest.mark.parametrize(
    ("control", "wheel", "sdist"),
    [
        (FormatControl(), True, True),
        (FormatControl(no_binary=frozenset({"foo"})), False, True),
        (FormatControl(only_binary=frozenset({"foo"})), True, False),
        (FormatControl(no_binary=frozenset({":all:"})), False, True),
        (FormatControl(no_binary=frozenset({":all:"}), only_binary=frozenset({"foo"})), True, False),
        (FormatControl(only_binary=frozenset({":all:"}), no_binary=frozenset({"foo"})), False, True),
        (FormatControl(only_binary=frozenset({"bar"})), True, True),
    ],
)
def test_format_control(control, wheel, sdist, rules):
    made = rules(format_control=control)
    assert isinstance(judge("foo-1.0-py3-none-any.whl", made), Accepted) is wheel
    assert isinstance(judge("foo-1.0.tar.gz", made), Accepted) is sdist


@pytest.mark.parametrize("pip", ["8.1.2", "9.0.3", "21.3.1", "26.3"])
def test_requires_python_is_held_to_in_full_with_every_pip(pip, rules):
    refused = judge(index_file("foo-1.0.tar.gz", requires_python="!=3.6.*"), rules(pip))
    assert isinstance(refused, Rejected)
    assert refused.reason == "it needs Python !=3.6.*"
    assert isinstance(judge(index_file("foo-1.0.tar.gz", requires_python=">=3.6,<4"), rules(pip)), Accepted)


def test_an_invalid_requires_python_is_overlooked(rules):
    file = index_file("foo-1.0.tar.gz", requires_python=">=3.7.*")
    assert isinstance(judge(file, rules("24.1")), Accepted)
    assert isinstance(judge(file, rules("24.0")), Rejected)


def test_a_prerelease_of_python_counts_as_its_release(rules):
    target = make_target("26.3", python="3.14.0rc1", implementation_version="3.14.0rc1", abi="cp314")
    assert isinstance(judge(index_file("foo-1.0.tar.gz", requires_python=">=3.14"), rules(target=target)), Accepted)


LIMIT = datetime(2021, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "limit", "is_accepted"),
    [
        ("2021-01-15T23:59:59.999999Z", LIMIT, True),
        ("2021-01-16T00:00:00Z", LIMIT, False),
        ("2021-01-16T00:00:00.000001Z", LIMIT, False),
        ("2021-01-15T22:00:00", LIMIT, True),
        ("2021-01-15T23:30:00Z", LIMIT.replace(tzinfo=timezone(timedelta(hours=1))), False),
        ("2021-01-16T00:30:00+01:00", LIMIT, True),
    ],
)
def test_exclude_newer_is_exclusive_and_knows_offsets(moment, limit, is_accepted, rules):
    verdict = judge(index_file("foo-1.0.tar.gz", upload_time=moment), rules(exclude_newer=limit))
    assert isinstance(verdict, Accepted) is is_accepted


def test_a_missing_upload_time_names_the_index_without_its_password(rules):
    page = project_page("foo-1.0.tar.gz", index="https://me:secret@index.example/simple/")
    with pytest.raises(NetworkError, match=r"index\.example/simple/` does not say when `foo-1\.0\.tar\.gz`") as caught:
        judge(page.files[0], rules(exclude_newer=LIMIT), page=page)
    assert "secret" not in str(caught.value)


def test_a_missing_upload_time_is_no_error_where_the_file_does_not_fit_anyway_or_is_local(rules):
    made = rules(exclude_newer=LIMIT)
    assert isinstance(judge("foo-1.0-cp27-cp27m-win32.whl", made), Rejected)
    local = index_file("foo-1.0.tar.gz")
    page = project_page(local, index="file:///wheels/", url="file:///wheels/")
    file = type(local)("foo-1.0.tar.gz", "file:///wheels/foo-1.0.tar.gz")
    assert isinstance(judge(file, made, page=page), Accepted)
