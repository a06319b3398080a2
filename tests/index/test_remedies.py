"""What would let in a file that a pip passes over."""

from __future__ import annotations

import pytest
from support.index_files import index_file, project_page

from pipfreeze_lock.index.rank import ProjectFiles
from pipfreeze_lock.index.remedies import remedies


def told(rules, *filenames: str) -> list[str]:
    project = ProjectFiles("foo", [project_page(*(index_file(one) for one in filenames))], rules)
    return remedies(project.rejections(), "foo", rules)


@pytest.mark.parametrize(
    ("pip", "filename", "sentence"),
    [
        ("9.0.3", "foo-v1-py3-none-any.whl", "is read by pip 10.0.0 or newer, not by 9.0.3."),
        ("9.0.3", "foo-x1-py3-none-any.whl", None),  # no version by PEP 440, whoever reads the name
        ("25.3", "foo-1.0_1-py3-none-any.whl", "is read by pip below 25.1, not by 25.3."),
        ("25.3", "bar-1.0-py3-none-any.whl", None),  # of another project, for every pip
    ],
)
def test_the_pips_that_read_a_name(pip, filename, sentence, rules):
    found = told(rules(pip), filename)
    assert found == ([f"The name of `{filename}` {sentence}"] if sentence else [])


def test_the_lowest_pip_and_libc_of_all_versions(rules):
    found = told(
        rules("19.1.1"),
        "foo-3-cp36-cp36m-manylinux_2_99_x86_64.whl",
        "foo-3-cp36-cp36m-manylinux_2_35_x86_64.whl",
        "foo-2-cp36-cp36m-manylinux_2_24_x86_64.whl",
        "foo-1-cp36-cp36m-manylinux2014_x86_64.whl",
        "foo-1-cp36-cp36m-macosx_10_9_x86_64.whl",
    )
    assert found == [
        "A newer pip in the image, 19.3 at least, would take `foo-1-cp36-cp36m-manylinux2014_x86_64.whl`.",
        "A base image with glibc 2.35 or newer would do for `foo-3-cp36-cp36m-manylinux_2_35_x86_64.whl`.",
    ]


def test_nothing_helps_with_wheels_of_other_platforms(rules):
    assert told(rules("19.1.1"), "foo-1-cp36-cp36m-macosx_10_9_x86_64.whl", "foo-1.exe") == []


def test_many_pythons_are_cut_short(rules):
    names = [f"foo-1-cp3{minor}-none-any.whl" for minor in range(7, 15)]
    (sentence,) = told(rules("21.3.1"), *names)
    assert sentence.endswith("cp37, cp38, cp39, cp310, cp311, cp312, ….")
