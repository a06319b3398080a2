from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipfreeze_lock.errors import InputError
from pipfreeze_lock.requirements.loader import load_requirements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipfreeze_lock.model.requirement import RequirementSet

PROJECT = """\
[build-system]
requires = ["b"]

[project]
name = "My.Project"
dependencies = [
    "a>=1; python_version < \\"3\\"",
    'b',
]

[project.optional-dependencies]
Test_Tools = ["pytest", "b<2"]
all = ["my-project[test-tools]", "c"]
"""


def load(text: str | bytes, extras: Sequence[str] = (), file: str = "sub/pyproject.toml") -> RequirementSet:
    data = text.encode() if isinstance(text, str) else text
    return load_requirements([file], read={file: data}.__getitem__, environment={}, extras=extras)


def failing(text: str | bytes, extras: Sequence[str] = ()) -> InputError:
    with pytest.raises(InputError) as caught:
        load(text, extras)
    return caught.value


def places(result: RequirementSet) -> list[str]:
    return [f"{requirement.name} {requirement.source}" for requirement in result.requirements]


def test_dependencies() -> None:
    result = load(PROJECT)
    assert places(result) == ["a sub/pyproject.toml:7", "b sub/pyproject.toml:8"]
    assert [(one.path, one.role) for one in result.inputs] == [("sub/pyproject.toml", "input")]


def test_extras_however_they_are_spelled() -> None:
    assert places(load(PROJECT, ["test.tools"]))[2:] == ["pytest sub/pyproject.toml:12", "b sub/pyproject.toml:12"]


def test_an_extra_that_names_extras_of_the_project_itself() -> None:
    assert [line.partition(" ")[0] for line in places(load(PROJECT, ["all"]))] == ["a", "b", "c", "pytest", "b"]


def test_a_project_without_dependencies() -> None:
    assert load("[project]\nname = 'x'\n").requirements == ()


@pytest.mark.parametrize(
    ("text", "extras", "context", "message", "hint"),
    [
        ("[project]\ndynamic = ['dependencies']\n", [], 2, "its dependencies are dynamic", "State them"),
        (
            "[project]\ndynamic = ['optional-dependencies']\n",
            ["x"],
            2,
            "optional-dependencies are dynamic",
            "State them",
        ),
        ("[tool.poetry.dependencies]\na = '*'\n", [], 1, "no `[project]` table", "poetry export"),
        ("[tool.x]\n", [], 1, "no `[project]` table", "Add a `[project]` table"),
        (PROJECT, ["test-tool"], 11, "no extra `test-tool`", "`test-tools`"),
        (PROJECT, ["zzz"], 11, "no extra `zzz`", "It has `all`, `test-tools`"),
        ("[project]\n\ndependencies = 'a'\n", [], 3, "is not a list of strings", ""),
        ("[project]\ndependencies = [\n'a',\n'b=1']\n", [], 4, "`b=1` is not a requirement", "b==1"),
        ("[project]\ndependencies = ['a'\n", [], 3, "not TOML", ""),
        (b"[project]\n\xff\n", [], 2, "always UTF-8", ""),
    ],
)
def test_errors(text: str | bytes, extras: list[str], context: int, message: str, hint: str) -> None:
    error = failing(text, extras)
    assert message in error.message
    assert hint in " ".join(error.hints)
    assert error.context == f"sub/pyproject.toml:{context}"


def test_dynamic_extras_matter_only_when_they_are_asked_for() -> None:
    assert places(load("[project]\ndynamic = ['optional-dependencies']\ndependencies = ['a']\n")) == [
        "a sub/pyproject.toml:3"
    ]
