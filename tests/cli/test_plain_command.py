from __future__ import annotations

import sys
from typing import Annotated, Any

import pytest
import typer

from pipfreeze_lock.cli.plain_command import PlainCommand


def answer(arguments: list[str]) -> dict[str, Any]:
    """Run a command with an option of each kind, and give what it was called with."""
    found: dict[str, Any] = {}
    application = typer.Typer()

    @application.command(cls=PlainCommand)
    def command(
        inputs: Annotated[list[str] | None, typer.Argument()] = None,
        text: Annotated[str | None, typer.Option("--text", envvar="SOME_TEXT")] = None,
        texts: Annotated[list[str] | None, typer.Option("--texts", envvar="SOME_TEXTS")] = None,
        number: Annotated[float | None, typer.Option("--number")] = None,
        whole: Annotated[int | None, typer.Option("--whole")] = None,
        flag: Annotated[bool, typer.Option("--flag", envvar="SOME_FLAG")] = False,  # noqa: FBT002  typer's way
        count: Annotated[int, typer.Option("-v", count=True)] = 0,
    ) -> None:
        found.update(inputs=inputs, text=text, texts=texts, number=number, whole=whole, flag=flag, count=count)

    typer.main.get_command(application)(args=arguments, standalone_mode=False)
    return found


NOTHING = {"inputs": [], "text": None, "texts": [], "number": None, "whole": None, "flag": False, "count": 0}


def given(arguments: str) -> dict[str, Any]:
    """Give what is not as it is without arguments; None and empty are one."""
    return {key: value for key, value in answer(arguments.split()).items() if (value or NOTHING[key]) != NOTHING[key]}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", {}),
        ("a b --", {"inputs": ["a", "b"]}),
        ("--text 3", {"text": "3"}),
        ("--texts a --texts b", {"texts": ["a", "b"]}),
        ("--number 1.5", {"number": 1.5}),
        ("--number 2", {"number": 2.0}),
        ("--whole 2", {"whole": 2}),
        ("--flag -vv", {"flag": True, "count": 2}),
    ],
)
def test_values_are_what_typer_makes_of_them(arguments: str, expected: dict[str, Any]) -> None:
    assert given(arguments) == expected
    assert [type(value) for value in given(arguments).values()] == [type(value) for value in expected.values()]


def test_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TEXT", "t")
    monkeypatch.setenv("SOME_TEXTS", "a b")
    monkeypatch.setenv("SOME_FLAG", "yes")
    assert given("") == {"text": "t", "texts": ["a", "b"], "flag": True}
    monkeypatch.setenv("SOME_FLAG", "0")
    assert "flag" not in given("")


@pytest.mark.parametrize("arguments", ["--number x", "--whole 1.5", "--whole x"])
def test_a_wrong_number_is_a_usage_error(arguments: str) -> None:
    with pytest.raises(Exception, match="valid") as caught:
        given(arguments)
    assert getattr(caught.value, "exit_code", None) == 2


def test_plain_values_do_not_bring_pydantic(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in ("pydantic", "pydantic_core")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pydantic", None)  # whoever imports it gets an ImportError
    assert given("a --text t --texts u --flag -v")["text"] == "t"
