from __future__ import annotations

from typing import Any

import pytest
from packaging.utils import canonicalize_name
from support.index_files import index_file, make_target, project_page

from pipfreeze_lock.index.rank import ProjectFiles, SelectionRules
from pipfreeze_lock.model.requirement import FormatControl, IndexOptions
from pipfreeze_lock.resolve.releases import IndexReleases

FOO = canonicalize_name("foo")


def releases(*files: Any, pip: str = "19.1.1", **options: Any) -> IndexReleases:
    rules = SelectionRules.of(make_target(pip), IndexOptions(**options))
    project = ProjectFiles(FOO, [project_page(*files)], rules)
    catalogue: Any = type("Catalogue", (), {"project": lambda _, name: {FOO: project}[name]})()
    return IndexReleases(catalogue, rules)


def names(found: Any) -> list[str]:
    return sorted(file.filename for _, file in found)


def test_every_file_of_a_release_whoever_it_is_for() -> None:
    found = releases(
        "foo-1.0.tar.gz",
        "foo-1.0-cp36-cp36m-manylinux1_x86_64.whl",
        "foo-1.0-cp36-cp36m-win_amd64.whl",
        "foo-1.0-1-py3-none-any.whl",
        index_file("foo-1.0-py3-none-any.whl", yanked="broken"),
        "foo-1.0.1-py3-none-any.whl",
        "foo-2.0-py3-none-any.whl",
    )
    assert names(found.files_of(FOO, "1.0")) == [
        "foo-1.0-1-py3-none-any.whl",
        "foo-1.0-cp36-cp36m-manylinux1_x86_64.whl",
        "foo-1.0-cp36-cp36m-win_amd64.whl",
        "foo-1.0.tar.gz",
    ]
    assert names(found.files_of(FOO, "2.0")) == ["foo-2.0-py3-none-any.whl"]


def test_a_release_that_is_yanked_as_a_whole() -> None:
    found = releases(index_file("foo-1.0-py3-none-any.whl", yanked=True), index_file("foo-1.0.tar.gz", yanked=""))
    assert names(found.files_of(FOO, "1.0")) == ["foo-1.0-py3-none-any.whl", "foo-1.0.tar.gz"]


@pytest.mark.parametrize(
    ("wheels", "pip", "why"),
    [
        ([], None, None),
        (
            ["foo-1.0-cp36-cp36m-manylinux2014_x86_64.whl"],
            "19.3",
            "its wheel needs pip >= 19.3 (manylinux2014)",
        ),
        (
            # The nearer of two, and neither of those that no pip would help to.
            [
                "foo-1.0-cp36-cp36m-manylinux_2_17_x86_64.whl",
                "foo-1.0-cp36-cp36m-manylinux2014_x86_64.whl",
                "foo-1.0-cp311-cp311-manylinux1_x86_64.whl",
                "foo-1.0-cp36-cp36m-manylinux_2_39_x86_64.whl",
            ],
            "19.3",
            "its wheel needs pip >= 19.3 (manylinux2014)",
        ),
        (["foo-1.0-cp311-cp311-manylinux1_x86_64.whl"], None, "none of its wheels is for this Python and platform"),
        (["foo-1.0-cp36-cp36m-win_amd64.whl"], None, "none of its wheels is for this Python and platform"),
    ],
)
def test_why_no_wheel_is_taken(wheels: list[str], pip: str | None, why: str | None) -> None:
    found = releases("foo-1.0.tar.gz", *wheels)
    assert found.needed_pip(FOO, "1.0") == pip
    assert found.why_no_wheel(FOO, "1.0") == why


def test_wheels_that_were_ruled_out_by_hand() -> None:
    found = releases(
        "foo-1.0.tar.gz", "foo-1.0-py3-none-any.whl", format_control=FormatControl(no_binary=frozenset({"foo"}))
    )
    assert found.needed_pip(FOO, "1.0") is None
    assert "--no-binary" in (found.why_no_wheel(FOO, "1.0") or "")


def test_glibc_that_is_too_old() -> None:
    found = releases("foo-1.0.tar.gz", "foo-1.0-cp36-cp36m-manylinux_2_39_x86_64.whl", pip="21.3.1")
    assert found.needed_pip(FOO, "1.0") is None
    assert found.why_no_wheel(FOO, "1.0") == "its wheel needs glibc >= 2.39; the target has glibc-2.24"


def test_another_release_with_a_wheel_that_is_taken() -> None:
    assert releases("foo-2.0.tar.gz", "foo-1.0-py3-none-any.whl").has_wheel_in_reach(FOO)
    assert not releases("foo-2.0.tar.gz", "foo-1.0-cp311-cp311-win_amd64.whl").has_wheel_in_reach(FOO)
    assert not releases("foo-2.0.tar.gz").has_wheel_in_reach(FOO)
