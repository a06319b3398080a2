from __future__ import annotations

from email import message_from_string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipfreeze_lock.errors import MetadataError
from pipfreeze_lock.metadata.core_metadata import read_fields, to_core_metadata

METADATA = b"""\
Metadata-Version: 2.1
Name: demo
Version: 1.0
License: MIT
        Version: not this one
Requires-Dist: one (>=1)
requires-dist:two; extra == "x"
Requires-Dist: three
\t>=3
Provides-Extra: x
Requires-Python: >=3.6,
    !=3.7.*
Dynamic: Requires-Dist

Name: not this one
Requires-Dist: nor this
"""


def test_the_fields_of_the_header_and_nothing_of_the_body():
    fields = read_fields(METADATA)
    assert (fields.metadata_version, fields.name, fields.version) == ("2.1", "demo", "1.0")
    assert fields.requires_dist == ("one (>=1)", 'two; extra == "x"', "three\n\t>=3")
    assert fields.requires_python == ">=3.6,\n    !=3.7.*"
    assert fields.provides_extra == ("x",)
    assert fields.dynamic == {"requires-dist"}


def test_the_first_of_a_repeated_single_field_counts():
    assert read_fields(b"Name: a\nName: b\nVersion: 1\n").name == "a"


def test_a_line_that_is_no_header_ends_the_header():
    assert read_fields(b"Name: a\nnonsense\nVersion: 1\n").version is None


def test_bytes_that_are_no_utf_8_are_overlooked():
    fields = read_fields(b"Name: a\nAuthor: Ren\xe9\nVersion: 1\n")
    assert (fields.name, fields.version) == ("a", "1")


def test_an_empty_file_has_no_fields():
    fields = read_fields(b"")
    assert fields.name is None
    assert fields.requires_dist == ()


@pytest.mark.parametrize(("content", "missing"), [(b"Version: 1\n", "name"), (b"Name: a\n", "version")])
def test_metadata_without_name_or_version_is_refused(content, missing):
    with pytest.raises(MetadataError, match=f"has no {missing}") as caught:
        to_core_metadata(read_fields(content), tier="wheel", origin="a-1.whl")
    assert caught.value.context == "a-1.whl"


LINES = st.lists(
    st.one_of(
        st.builds(
            "{}{}{}".format,
            st.sampled_from(
                ["Name", "version", "Requires-Dist", "Provides-Extra", "X", "From ", "", "Na me", "Summary"]
            ),
            st.sampled_from([":", ": ", ":\t ", "", " :"]),
            st.text(
                st.characters(exclude_categories=("Cs",), exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
            ),
        ),
        st.builds("{}{}".format, st.sampled_from([" ", "\t", "   "]), st.text("ab: ", max_size=5)),
        st.just(""),
    ),
    max_size=12,
)


@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]))
@example(["From x", "Name: a"], "\n")
@example(["Name: a", "From x", "Version: 1"], "\n")
@example([": nameless", "Name: a"], "\n")
@example([" folded", "Name: a"], "\n")
def test_it_agrees_with_the_email_parser(lines, newline):
    text = newline.join(lines) + newline
    message = message_from_string(text)
    fields = read_fields(text.encode())
    assert fields.name == message["Name"]
    assert fields.version == message["Version"]
    assert list(fields.requires_dist) == message.get_all("Requires-Dist", [])
    assert list(fields.provides_extra) == message.get_all("Provides-Extra", [])
