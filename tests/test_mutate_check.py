"""A hundred random edits of known effect; `make mutate-check` makes two thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mutate_check.campaign import EDITS_OF_A_PAIR, campaign
from support.command_line import enter_workplace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("start", [10_000, 20_000])
def test_every_verdict_is_right(start: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter_workplace(tmp_path, monkeypatch)
    verdicts = list(campaign(range(start, start + EDITS_OF_A_PAIR)))
    assert [(one.seed, one.edits, one.wrong) for one in verdicts if one.wrong] == []
    assert 10 < sum(one.is_stale for one in verdicts) < 40  # neither answer alone would do


def test_a_wrong_verdict_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter_workplace(tmp_path, monkeypatch)
    monkeypatch.setattr("pipfreeze_lock.workflows.check.closure_findings", lambda *_: iter(()))
    assert any(one.wrong for one in campaign(range(10_000, 10_000 + EDITS_OF_A_PAIR)))
