from __future__ import annotations

import pytest
from packaging.requirements import InvalidRequirement

from pipfreeze_lock.resolve.needs import needs_of, parse_dependency


def described(text: str) -> list[tuple[str, str, bool]]:
    return [(one.identifier, str(one.specifier), one.is_direct) for one in needs_of(parse_dependency(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A_b", [("a-b", "", False)]),
        ("a>=1", [("a", ">=1", False)]),
        ("a[X_y,b]", [("a[b,x-y]", "", False)]),
        ("a[x]>=1", [("a", ">=1", False), ("a[x]", ">=1", False)]),
        ("a @ https://files.example/a.whl", [("a", "", True)]),
        ("a[x] @ https://files.example/a.whl", [("a", "", True), ("a[x]", "", True)]),
    ],
)
def test_a_requirement_is_split_as_pip_splits_it(text: str, expected: list[tuple[str, str, bool]]) -> None:
    assert described(text) == expected


@pytest.mark.parametrize(
    ("specifier", "pinned", "bounded"),
    [
        ("", False, False),
        ("==1", True, False),
        ("===1", True, False),
        ("==1.*", False, True),
        ("~=1.0", False, True),
        ("<2", False, True),
        (">=1,<=2", False, True),
        ("!=1.5,>=1", False, False),
        ("==1,<2", True, True),
    ],
)
def test_what_a_need_leaves_open(specifier: str, pinned: bool, bounded: bool) -> None:  # noqa: FBT001  a table
    (need,) = needs_of(parse_dependency(f"a{specifier}"))
    assert (need.is_pinned, need.is_upper_bounded) == (pinned, bounded)


def test_one_object_for_one_text() -> None:
    assert parse_dependency("a>=1") is parse_dependency("a>=1")


@pytest.mark.parametrize("text", ["a b", "", ">=1", "a[", "a ; nonsense"])
def test_what_is_no_requirement(text: str) -> None:
    with pytest.raises(InvalidRequirement):
        parse_dependency(text)
