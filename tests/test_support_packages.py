"""The builders: the same bytes for the same words, and what broken distributions look like."""

from __future__ import annotations

import io
import tarfile
import zipfile
from typing import get_args

import pytest
from packaging.metadata import parse_email
from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename
from support.packages import SdistStyle, sdist, universe, wheel


def test_same_words_same_bytes() -> None:
    assert wheel("a", "1", requires=["b"]) == wheel("a", "1", requires=["b"])
    assert sdist("a", "1", requires=["b"]) == sdist("a", "1", requires=["b"])
    assert wheel("a", "1", requires=["b"]).sha256 != wheel("a", "1", requires=["c"]).sha256


def test_wheel_reads_back() -> None:
    built = wheel(
        "Foo.Bar-x",
        "1.0+cpu",
        requires=["b>1"],
        extras={"y": ["c; python_version < '3'"]},
        tag="cp36-cp36m-manylinux1_x86_64",
        build="2",
    )
    name, version, build, tags = parse_wheel_filename(built.filename)
    assert (name, str(version), build) == ("foo-bar-x", "1.0+cpu", (2, ""))
    assert [str(tag) for tag in tags] == ["cp36-cp36m-manylinux1_x86_64"]
    with zipfile.ZipFile(io.BytesIO(built.content)) as archive:
        assert archive.testzip() is None
        metadata = archive.read("Foo.Bar_x-1.0+cpu.dist-info/METADATA")
    assert metadata == built.metadata
    raw, unparsed = parse_email(metadata)
    assert not unparsed
    assert raw["provides_extra"] == ["y"]
    assert [str(Requirement(one)) for one in raw["requires_dist"]] == [
        "b>1",
        'c; python_version < "3" and extra == "y"',
    ]


@pytest.mark.parametrize("style", get_args(SdistStyle))
@pytest.mark.parametrize("suffix", [".tar.gz", ".tar.bz2", ".zip"])
def test_sdist_has_one_folder(style: SdistStyle, suffix: str) -> None:
    built = sdist("a-b", "1.0", style=style, suffix=suffix, requires=["c; python_version < '3'", "d"])
    assert built.filename == f"a-b-1.0{suffix}"
    stream = io.BytesIO(built.content)
    if suffix == ".zip":
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
    else:
        with tarfile.open(fileobj=stream) as tar:
            names = tar.getnames()
    assert {name.partition("/")[0] for name in names} == {"a-b-1.0"}


def test_universe_lets_a_file_differ_from_its_release() -> None:
    words = {
        "requires-python": ">=3",
        "files": ["py3-none-any", {"tag": "py3-none-any", "build": "1", "yanked": True}, "sdist:bare"],
    }
    plain, yanked, source = universe({"a": {"1": words}})
    assert [one.yanked for one in (plain, yanked, source)] == [False, True, False]
    assert {one.requires_python for one in (plain, yanked, source)} == {">=3"}


def test_index_may_say_other_than_the_metadata() -> None:
    built = wheel("a", "1", requires_python=">=3.9", listed_requires_python="")
    assert built.requires_python is None
    assert b"Requires-Python: >=3.9" in (built.metadata or b"")


def test_broken_on_purpose() -> None:
    contradicting = wheel("a", "1", metadata_fields={"Version": "2"})
    assert b"Version: 2" in (contradicting.metadata or b"")
    without = wheel("a", "1", without_metadata=True)
    assert without.metadata is None
    (garbage,) = universe({"a": {"1": {"files": [{"content": "no zip"}]}}})
    assert (garbage.filename, garbage.content) == ("a-1-py2.py3-none-any.whl", b"no zip")


def test_misspelt_word_is_refused() -> None:
    with pytest.raises(TypeError, match="require"):
        wheel("a", "1", require=["b"])
