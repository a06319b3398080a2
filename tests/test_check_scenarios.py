"""Every scenario file under `tests/check_scenarios`: a lock, an edit, and what ``check`` says of it, offline."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest
from support.check_scenario import apply_edit, make_locks, read_check_scenario
from support.command_line import enter_workplace, run
from support.index_server import IndexServer

from pipfreeze_lock.cli.checking import check_lock
from pipfreeze_lock.cli.settings import read_settings
from pipfreeze_lock.cli.unchanged import unchanged_since_lock

FOUND = sorted(Path(__file__).with_name("check_scenarios").glob("*/*.toml"))
SCENARIOS = [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in FOUND]


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return enter_workplace(tmp_path, monkeypatch)


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize("path", SCENARIOS)
def test_check(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = read_check_scenario(path)
    with IndexServer() as server:
        make_locks(scenario, server)
        assert_nothing_is_said_of_what_was_just_made()
        apply_edit(scenario, server)
    monkeypatch.setattr(socket.socket, "connect", _no_network)
    monkeypatch.setattr(socket, "getaddrinfo", _no_network)

    ran = run("check", *scenario.arguments)
    assert ran.code == scenario.expect.exit, ran.out + ran.said
    for snippet in scenario.expect.says:
        assert snippet in ran.out + ran.said
    for secret in scenario.expect.hides:
        assert secret not in ran.out + ran.said
    if not ran.out:  # nothing was looked at
        return
    report = run("check", *scenario.arguments, "--format", "json")
    assert report.code == ran.code
    found = json.loads(report.out)
    assert findings_of(found) == scenario.expect.finding_lines(), ran.out
    unchecked = [sentence for one in found["examinations"] for sentence in one["unchecked"]]
    assert len(unchecked) == len(scenario.expect.unchecked), unchecked
    for expected in scenario.expect.unchecked:
        assert any(sentence.startswith(expected) for sentence in unchecked), unchecked
    assert_told(ran.out, found)


def assert_nothing_is_said_of_what_was_just_made() -> None:
    """Look at every lock, and without looking: the digest alone must come to the same."""
    settings = read_settings(Path.cwd())
    for lock in (one.relative_to(Path.cwd()) for one in Path.cwd().rglob("*.lock")):
        looked_at = check_lock(lock, settings).examination
        assert looked_at.findings == ()
        assert unchanged_since_lock(lock, settings) in (looked_at, None)


def findings_of(report: dict[str, Any]) -> list[str]:
    """Give each finding of a JSON report as the scenario files write it."""
    lines: list[str] = []
    for one in (one for examination in report["examinations"] for one in examination["findings"]):
        place = one["location"]
        where = f"{place['path']}:{place['line']}" if place["line"] else place["path"]
        lines.append(f"{one['severity']} {one['rule']} {where} {one['name'] or '-'}")
    return sorted(lines)


def assert_told(text: str, report: dict[str, Any]) -> None:
    """Hold the text for people to what the JSON says, and every message to its form."""
    for one in (one for examination in report["examinations"] for one in examination["findings"]):
        assert f"{one['severity']}[{one['rule']}]: {one['message']}" in text
        assert not one["message"].endswith(".")
        assert re.search(r"[a-z]", one["message"])
        assert one["location"] is not None
        if one["severity"] == "error" and not one["rule"].startswith("unreadable-"):
            assert one["remedy"], one


def _no_network(*arguments: object) -> NoReturn:
    pytest.fail(f"check went to the network: {arguments}")


def test_there_are_scenarios() -> None:
    assert len(SCENARIOS) >= 45
