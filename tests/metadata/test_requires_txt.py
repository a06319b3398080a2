from __future__ import annotations

from importlib.metadata import PathDistribution

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from pipfreeze_lock.metadata.requires_txt import (
    extras_to_requires_dist,
    parse_requires_txt,
    requirement_lines,
    requires_dist,
)

TEXT = """\
six
# a comment
requests>=2

[:python_version < "3.4"]
enum34

[socks]
PySocks!=1.5.7

[socks:sys_platform == "win32" or os_name == "nt"]
win_inet_pton

[empty]
"""


def test_sections_become_markers():
    found = parse_requires_txt(TEXT)
    assert found.requires_dist == (
        "six",
        "requests>=2",
        'enum34; python_version < "3.4"',
        'PySocks!=1.5.7; extra == "socks"',
        'win_inet_pton; (sys_platform == "win32" or os_name == "nt") and extra == "socks"',
    )
    assert found.provides_extra == ("socks", "empty")


def test_a_section_joins_the_marker_that_a_requirement_has():
    assert (
        requires_dist('idna>=2; os_name == "nt"', "x:python_version < '3'")
        == 'idna>=2; (os_name == "nt") and (python_version < \'3\') and extra == "x"'
    )


def test_a_url_keeps_its_distance_from_the_marker():
    found = requires_dist("demo @ https://files.example/demo;a=1.whl", "x")
    assert found == 'demo @ https://files.example/demo;a=1.whl ; extra == "x"'
    assert Requirement(found).url == "https://files.example/demo;a=1.whl"


def test_an_unclosed_section_is_refused():
    with pytest.raises(ValueError, match="not closed"):
        parse_requires_txt("[socks\nPySocks\n")


def test_lines_as_pkg_resources_reads_them():
    assert list(requirement_lines("a  # why\n\n# no\nb>=1, \\\n  <2\n")) == ["a", "b>=1,<2"]
    assert list(requirement_lines(["a\nb", "c"])) == ["a", "b", "c"]
    with pytest.raises(ValueError, match="continued"):
        list(requirement_lines("a \\"))


def test_extras_of_setup():
    assert list(extras_to_requires_dist({"x": ["a", "b"], ":os_name == 'nt'": "c"})) == [
        'a; extra == "x"',
        'b; extra == "x"',
        "c; os_name == 'nt'",
    ]


MARKERS = ['python_version < "3"', 'os_name == "nt" or python_version >= "3.8"', 'sys_platform == "linux"']
SECTIONS = st.dictionaries(
    st.one_of(
        st.sampled_from(["x", "test"]),
        st.builds(":{}".format, st.sampled_from(MARKERS)),
        st.builds("{}:{}".format, st.sampled_from(["x", "y-z"]), st.sampled_from(MARKERS)),
    ),
    st.lists(st.sampled_from(["a", "b>=1,<2", "c[d]==1.*"]), min_size=1, max_size=3),
    max_size=4,
)


@given(st.lists(st.sampled_from(["six", "e~=1.1"]), max_size=2), SECTIONS)
def test_it_means_what_the_standard_library_reads(tmp_path_factory, plain, sections):
    text = "\n".join([*plain, *(line for head, items in sections.items() for line in ["", f"[{head}]", *items])])
    folder = tmp_path_factory.mktemp("demo") / "demo.egg-info"
    folder.mkdir()
    folder.joinpath("requires.txt").write_text(text)
    expected = PathDistribution(folder).requires or []
    found = parse_requires_txt(text).requires_dist
    assert [str(Requirement(line)) for line in found] == [str(Requirement(line)) for line in expected]
