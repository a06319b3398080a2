"""The order of each pip's search, put to that pip's own provider with made-up searches."""

from __future__ import annotations

import json
import math
import random
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet
from support import needs

from pipfreeze_lock.resolve.needs import PYTHON, Need
from pipfreeze_lock.resolve.preference import _STEPS, OrderOf26_1, search_order

PIPS = [
    *(
        ("3.6", pip)
        for pip in ("20.3", "20.3.1", "20.3.2", "20.3.4", "21.0.1", "21.1", "21.1.3", "21.2.4", "21.3", "21.3.1")
    ),
    *(("3.7", pip) for pip in ("22.0", "22.3.1", "23.0.1", "23.1.2", "24.0")),
    *(("3.8", pip) for pip in ("24.1", "25.0.1")),
    *(("3.10", pip) for pip in ("25.1", "25.3", "26.0.1", "26.1", "26.3")),
]
USER_REQUESTED = {"b": 0, "a[x]": 1, "setuptools": 2, "a": 3}
NAMES = ["a", "a[x]", "b", "c", "d", "e", "setuptools", "3to2"]
SPECIFIERS = ["", "", ">=1", "==1.0", "===1.0", "==1.*", "~=1.0", "<2", "<=2", "!=1.5", ">1,<3", "==1.0,<2", "@"]


@pytest.mark.parametrize(("python", "pip"), PIPS)
def test_the_same_order(python: str, pip: str) -> None:
    searches = [search(random.Random(seed), with_python=pip >= "21.2") for seed in range(60)]
    theirs = ask(python, pip, searches)
    for asked, answers in zip(searches, theirs, strict=True):
        order = search_order(pip, USER_REQUESTED)
        for one, answer in zip(
            asked, map(without_constant, answers) if "21.2" <= pip < "23.1" else answers, strict=True
        ):
            assert ours(order, one) == answer


def without_constant(answer: list[list[Any]]) -> list[list[Any]]:
    """Leave out what these pips mean to say of direct URLs (they test a value that is never None).

    pip 21.2 says nothing of causes, where our key has one word for all.
    """
    assert not any(key[2] for _, key in answer)
    return [[name, [*key[:2], key[3], *(key[4:] if len(key) > 8 else (False, *key[4:]))]] for name, key in answer]


def search(source: random.Random, *, with_python: bool) -> list[dict[str, Any]]:
    return [one_round(source, with_python=with_python and source.random() < 0.1) for _ in range(12)]


def one_round(source: random.Random, *, with_python: bool) -> dict[str, Any]:
    identifiers = source.sample(NAMES, source.randint(2, len(NAMES))) + ([PYTHON] if with_python else [])
    information = {
        name: [[source.choice(SPECIFIERS), parent(source)] for _ in range(source.randint(1, 3))] for name in identifiers
    }
    if with_python:
        information[PYTHON] = [["", "c"]]
    causes = [[source.choice(NAMES), parent(source)] for _ in range(source.choice([0, 0, 1, 2, 4]))]
    settled = [name for name in NAMES if name not in identifiers]
    return {"identifiers": identifiers, "information": information, "causes": causes, "settled": settled}


def parent(source: random.Random) -> str | None:
    return source.choice([None, *NAMES])


def ask(python: str, pip: str, searches: list[Any]) -> Any:
    ran = subprocess.run(
        [needs.interpreter(python), Path(__file__).with_name("ask_pip_for_preferences.py"), needs.pip_folder(pip)],
        input=json.dumps({"user_requested": USER_REQUESTED, "searches": searches}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def ours(order: Any, asked: dict[str, Any]) -> list[list[Any]]:
    information = {
        name: [(need(name, text), candidate(of)) for text, of in found] for name, found in asked["information"].items()
    }
    causes = [SimpleNamespace(requirement=candidate(name), parent=candidate(of)) for name, of in asked["causes"]]
    left = order.narrow(asked["identifiers"], dict.fromkeys(asked["settled"]), causes)
    return [[name, plain(order.preference(name, information[name], causes))] for name in left]


def candidate(identifier: str | None) -> Any:
    return None if identifier is None else SimpleNamespace(identifier=identifier)


def need(identifier: str, text: str) -> Need:
    name, _, extra = identifier.rstrip("]").partition("[")
    exact: Any = object() if text == "@" else None
    extras: Any = frozenset({extra} if extra else ())
    return Need(
        name=name,  # type: ignore[arg-type]
        extras=extras,
        specifier=SpecifierSet("" if text == "@" else text),
        origin=None,
        exact=exact,
    )


def plain(key: tuple[Any, ...]) -> list[Any]:
    return ["inf" if part == math.inf else part for part in key]


def test_pips_that_do_not_resolve_get_the_newest_order() -> None:
    for pip in ("9.0.3", "19.1.1", "20.2.4"):
        assert type(search_order(pip, {})) is OrderOf26_1


def test_each_step_is_chosen_from_its_version_on() -> None:
    for start, order in _STEPS:
        assert type(search_order(start, {})) is order
    assert type(search_order("99.0", {})) is OrderOf26_1
    assert type(search_order("20.3b1", {})) is OrderOf26_1  # a beta of 2020 that resolved only where it was told to
