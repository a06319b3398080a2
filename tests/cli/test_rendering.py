from __future__ import annotations

import io

import pytest

from pipfreeze_lock.cli.rendering import Talk, error_text, wants_colour
from pipfreeze_lock.errors import InputError, NetworkError

ERROR = InputError(
    "`a b` is no requirement", context="requirements.txt:3", hints=["Do this.", "Or that."], reference="PEP 508"
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_an_error_in_full() -> None:
    assert error_text(ERROR) == (
        "error: `a b` is no requirement\n  --> requirements.txt:3\nhint: Do this.\nhint: Or that.\nsee: PEP 508\n"
    )


def test_an_error_with_lines_of_output() -> None:
    assert (
        error_text(NetworkError("it broke", context="line 1\n\n  line 2"))
        == "error: it broke\n  line 1\n\n    line 2\n"
    )
    assert error_text(NetworkError("it broke")) == "error: it broke\n"


def test_colour_adds_nothing_but_colour() -> None:
    import re  # noqa: PLC0415  only here

    coloured = error_text(ERROR, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == error_text(ERROR)


@pytest.mark.parametrize(
    ("variables", "on_terminal", "in_pipe"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
    ],
)
def test_when_to_colour(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], *, on_terminal: bool, in_pipe: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert (wants_colour(Terminal()), wants_colour(io.StringIO())) == (on_terminal, in_pipe)


@pytest.mark.parametrize(
    ("quiet", "verbose", "expected"),
    [
        (0, 1, ["said", "detail", "warning: warned", "hint: hinted"]),
        (0, 0, ["said", "warning: warned", "hint: hinted"]),
        (1, 0, ["warning: warned"]),
        (2, 0, []),
        (1, 1, ["said", "warning: warned", "hint: hinted"]),
    ],
)
def test_how_much_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, quiet: int, verbose: int, expected: list[str]
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    talk = Talk(quiet=quiet, verbose=verbose)
    talk.say("said")
    talk.detail("detail")
    talk.warn("warned")
    talk.hint("hinted")
    assert capsys.readouterr() == ("", "".join(f"{line}\n" for line in expected))
    talk.error(NetworkError("always"))
    assert capsys.readouterr() == ("", "error: always\n")
