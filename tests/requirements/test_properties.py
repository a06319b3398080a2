"""Whatever the text: an answer or an `InputError`, and what was read is written so that it reads the same."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from pipfreeze_lock.errors import InputError
from pipfreeze_lock.model.requirement import SourceLine
from pipfreeze_lock.requirements.loader import load_requirements
from pipfreeze_lock.requirements.parser import format_requirement, parse_requirement, parse_requirements_text

HERE = SourceLine("r.txt", 1)
PIECES = [
    *["a", "b-c", "numpy", "==", ">=", "<2", "1.0", "1.*", "~=", "!=", "=", "^", ",", ";", " ", " ", "\t", "\n", "\n"],
    *["[", "]", "x", "(", ")", "@", " @ ", "https://h.example/", "file:", "git+https://", "./", "/", ".whl", ".zip"],
    *[
        "a-1.0-py3-none-any.whl",
        "#",
        " #",
        "#egg=",
        "&subdirectory=",
        "#sha256=",
        "\\",
        "\\\n",
        "'",
        '"',
        "${A}",
        "${B_}",
    ],
    *[
        "-",
        "--",
        "--hash",
        "=sha256:",
        "f" * 64,
        "-r ",
        "-c",
        "-e ",
        "-i",
        "--index-url ",
        "--pre",
        "--no-binary ",
        ":all:",
    ],
    *[
        "--find-links=",
        "--config-settings ",
        "python_version",
        "'3'",
        "and",
        "or",
        "extra",
        "u:p@",
        "\x0c",
        "\u2028",
        "\0",
    ],
    *["é", "pip install ", "http://[", "%", "<<<<<<< ", "file://h/", "ssh:", "~", "*", "v", "|", "&&"],
]
LINES = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=14).map("".join))


@given(LINES, st.booleans(), st.dictionaries(st.sampled_from(["A", "B_"]), st.text(max_size=9)))
@example(text="a==1" + "1" * 5000, is_constraint=False, environment={})
@example(text="a @ https://h.example:port/a.zip", is_constraint=False, environment={})
@example(text="https://h.example/%00a-1.0.zip", is_constraint=False, environment={})
@example(text="\ud800/a-1.0.zip", is_constraint=False, environment={})
def test_reading_raises_nothing(text: str, is_constraint: bool, environment: dict[str, str]) -> None:  # noqa: FBT001
    file = parse_requirements_text(text, file="r.txt", environment=environment, is_constraint=is_constraint)
    for error in file.errors:
        assert error.context
        assert error.context.startswith("r.txt:")
        assert "\n" not in error.message
        assert not error.message.endswith(".")
    for entry in file.entries:
        assert 1 <= entry.source.line <= text.count("\n") + len(text.splitlines()) + 1


@given(LINES)
def test_one_line_is_a_requirement_or_an_error(text: str) -> None:
    try:
        requirement = parse_requirement(text, source=HERE)
    except InputError as error:
        assert error.context == "r.txt:1"  # noqa: PT017  either outcome is right
        return
    if "@" in (requirement.url.reveal() if requirement.url else ""):
        return  # its credentials are not written
    again = parse_requirement(format_requirement(requirement), source=HERE)
    for field in ("name", "extras", "specifier", "url", "hashes"):
        assert getattr(again, field) == getattr(requirement, field)
    assert str(again.marker) == str(requirement.marker)
    assert format_requirement(again) == format_requirement(requirement)


@given(st.binary(max_size=80))
@example(b"# coding: undefined\na")
@example(b"# coding: punycode\na\xff")
def test_loading_raises_input_errors_alone(data: bytes) -> None:
    try:
        load_requirements(["r.txt"], read=lambda location: data if location == "r.txt" else b"", environment={})
    except InputError as error:
        assert error.hints is not None  # noqa: PT017  either outcome is right
