"""File names as each pip reads them."""

from __future__ import annotations

import pytest

from pipfreeze_lock.index.filenames import WheelName, parse_wheel_name, sdist_version, split_suffix


@pytest.mark.parametrize(
    "style", ["version starts with a digit", "loose", "no spaces", "strict or no spaces", "strict"]
)
def test_every_pip_reads_a_proper_wheel_name(style):
    expected = WheelName("foo-bar", "1.0", (), "cp36.cp37-abi3-manylinux1_x86_64")
    assert parse_wheel_name("Foo_Bar-1.0-cp36.cp37-abi3-manylinux1_x86_64.whl", style) == expected
    assert parse_wheel_name("foo-1.0-12b-py3-none-any.whl", style) == WheelName("foo", "1.0", (12, "b"), "py3-none-any")


@pytest.mark.parametrize(
    ("filename", "readers"),
    [
        ("foo-v1.0-py3-none-any.whl", "loose, no spaces, strict or no spaces, strict"),
        ("foo-1.0_1-py3-none-any.whl", "version starts with a digit, loose, no spaces"),
        ("foo__bar-1.0-py3-none-any.whl", "version starts with a digit, loose, no spaces"),
        ("foo-1.0_1-2-py3-none-any.whl", "version starts with a digit, loose, no spaces, strict or no spaces"),
        ("foo -1.0-py3-none-any.whl", "version starts with a digit, loose"),
        ("foo-2011k-py3-none-any.whl", "version starts with a digit, loose, no spaces"),
        ("foo-1.0-b1-py3-none-any.whl", "version starts with a digit, loose"),
        ("foo-1.0-py3-none.whl", ""),
        ("foo.whl", ""),
    ],
)
def test_who_reads_an_odd_wheel_name(filename, readers):
    styles = ["version starts with a digit", "loose", "no spaces", "strict or no spaces", "strict"]
    assert ", ".join(style for style in styles if parse_wheel_name(filename, style)) == readers


def test_an_underscore_in_a_version_is_a_dash_to_loose_readers():
    parsed = parse_wheel_name("foo-1.0_1-py3-none-any.whl", "loose")
    assert parsed is not None
    assert parsed.version_text == "1.0-1"


def test_a_strict_reader_normalises_the_version():
    parsed = parse_wheel_name("foo-1.0.RC1-py3-none-any.whl", "strict")
    assert parsed is not None
    assert parsed.version_text == "1.0rc1"


@pytest.mark.parametrize(
    ("filename", "stem", "suffix"),
    [
        ("foo-1.0.tar.gz", "foo-1.0", ".tar.gz"),
        ("foo-1.0.TAR.gz", "foo-1.0", ".TAR.gz"),
        ("foo-1.0.tgz", "foo-1.0", ".tgz"),
        ("foo-1.0.zip", "foo-1.0", ".zip"),
        ("foo-1.0", "foo-1", ".0"),
        ("foo", "foo", ""),
        (".foo", ".foo", ""),
    ],
)
def test_split_suffix(filename, stem, suffix):
    assert split_suffix(filename) == (stem, suffix)


@pytest.mark.parametrize(
    ("stem", "name", "version"),
    [
        ("foo-1.0", "foo", "1.0"),
        ("foo-bar-1.0", "foo-bar", "1.0"),
        ("Foo__bar-1.0", "foo-bar", "1.0"),
        ("foo.bar-1.0", "foo-bar", "1.0"),
        ("foo-1.0-1", "foo", "1.0-1"),
        ("foo-1.0-1", "foo-1-0", "1"),
        ("foo-bar-1.0", "foo", "bar-1.0"),
        ("foo-", "foo", None),
        ("foo", "foo", None),
        ("bar-1.0", "foo", None),
    ],
)
def test_sdist_version(stem, name, version):
    assert sdist_version(stem, name) == version
