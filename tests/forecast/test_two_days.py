"""What moved between two days, held against what real pips choose on each of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.command_line import enter_workplace, run
from support.real_pip import RealPips

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.command_line import Ran
    from support.index_server import IndexServer

BEFORE, AFTER = "2021-02-01", "2021-04-01"
LIST = "app>=1\ntool\n"
PIPS = {
    "19.1.1": ("3.6", {"pip": "19.1.1", "setuptools": "41.0.1", "wheel": "0.33.4"}),
    "26.3": ("3.13", {"pip": "26.3"}),
}


@pytest.fixture(scope="module")
def real_pips() -> Iterator[RealPips]:
    pips = RealPips()
    yield pips
    pips.close()


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    work = enter_workplace(tmp_path, monkeypatch)
    (work / "requirements.txt").write_text(LIST)
    return work


def forecast(server: IndexServer, pip: str, *arguments: str) -> Ran:
    python, _ = PIPS[pip]
    target = ("--python-version", f"{python}.0", "--pip-version", pip, "--libc", "glibc-2.31")
    return run("forecast", "requirements.txt", *target, "-i", server.url, "--since", BEFORE, *arguments)


def told(server: IndexServer, pip: str) -> dict[str, Any]:
    ran = forecast(server, pip, "--uploaded-prior-to", AFTER, "--format", "json")
    assert ran.code == 0, ran.said
    return json.loads(ran.out)


@pytest.mark.parametrize("pip", PIPS)
def test_what_moved_is_what_real_pips_choose_otherwise(
    pip: str, server: IndexServer, real_pips: RealPips, work: Path
) -> None:
    real = real_pips(PIPS[pip][0], pip)

    def chosen(day: str) -> dict[str, str]:
        arguments = ("-r", "requirements.txt", "-i", server.url_of(as_of=day))
        ran, files = real.download(*arguments, folder=work / day, cwd=work)
        assert ran.returncode == 0, ran.output
        return dict(file.split("-")[:2] for file in files)

    before, after = chosen(BEFORE), chosen(AFTER)
    moved = {
        name: (before.get(name), after.get(name)) for name in before | after if before.get(name) != after.get(name)
    }
    assert moved == {
        one["name"]: tuple(one[side]["version"] if one[side] else None for side in ("old", "new"))
        for one in told(server, pip)["moves"]
    }


def test_each_move_has_its_cause(server: IndexServer) -> None:
    found = {one["name"]: one for one in told(server, "19.1.1")["moves"]}
    assert {name: (one["kind"], one["is_written"], one["brought_by"]) for name, one in found.items()} == {
        "app": ("upgraded", True, []),
        "base": ("upgraded", False, []),
        "come": ("added", False, ["tool"]),
        "gone": ("removed", False, ["tool"]),
        "lib": ("upgraded", False, ["app"]),
        "tool": ("upgraded", True, []),
    }
    assert [via["text"] for via in found["base"]["let_in_by"]] == ["app", "tool"]
    assert [via["text"] for via in found["lib"]["causes"]] == ["app (>=1.1)"]
    assert found["app"]["new"]["file"]["uploaded"] == "2021-03-10T00:00:00Z"


def test_sizes_are_those_of_both_days(server: IndexServer) -> None:
    found = told(server, "19.1.1")
    for side, day in (("earlier", BEFORE), ("later", AFTER)):
        alone = run(
            *("forecast", "requirements.txt", "--python-version", "3.6.0", "--pip-version", "19.1.1"),
            *("--libc", "glibc-2.31", "-i", server.url, "--uploaded-prior-to", day, "--format", "json"),
        )
        for key in ("fetched", "layer", "actions"):
            assert json.loads(alone.out)[key] == found[side][key]


def test_the_text_has_a_line_for_each(server: IndexServer) -> None:
    ran = forecast(server, "19.1.1", "--uploaded-prior-to", AFTER)
    assert ran.code == 0
    assert "\n6 of 6 distributions moved, 4 of them unwritten: +" in ran.out
    assert "\nupgraded  lib           1.0 -> 1.1" in ran.out
    assert "asked for by app (>=1.1) (upgraded)" in ran.out
    assert "\nremoved   gone          1.0 " in ran.out


def test_now_is_the_later_day_where_no_other_is_given(server: IndexServer) -> None:
    ran = forecast(server, "19.1.1", "--format", "json", "--exit-non-zero-on-change")
    assert ran.code == 1
    found = json.loads(ran.out)
    assert found["until"] is None
    assert next(one for one in found["moves"] if one["name"] == "lib")["new"]["version"] == "1.2"
