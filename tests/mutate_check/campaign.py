"""Many edits, and those of which ``check`` says something wrong."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from mutate_check.edits import EDITS, Draft
from mutate_check.pairs import LOCK, lock_again, make_pair, put
from support.command_line import run
from support.index_server import IndexServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mutate_check.edits import Effect
    from mutate_check.pairs import Pair

__all__ = ["EDITS_OF_A_PAIR", "Verdict", "campaign"]

EDITS_OF_A_PAIR = 50
DEPENDS = "it depends on which of them pip comes to first"
"""What nobody can say offline, and check says that it does not: an order of the search, which any line may change."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What came of one round."""

    seed: int
    """Alone makes the round again: `campaign` takes it as the first of one."""
    edits: tuple[str, ...]
    is_stale: bool
    wrong: str
    """What is wrong with what check said; empty for nothing."""
    said: str
    files: dict[str, str]


def campaign(seeds: range) -> Iterator[Verdict]:
    """Make a pair for every `EDITS_OF_A_PAIR` seeds, and edit it: once, or in a third of the rounds twice.

    To be called in a folder of its own, with nothing of this machine's configuration in force.
    """
    pair: Pair | None = None
    of_pair = -1
    with IndexServer() as server:
        for seed in seeds:
            if pair is None or seed // EDITS_OF_A_PAIR != of_pair:
                of_pair = seed // EDITS_OF_A_PAIR
                pair = make_pair(Random(f"pair {of_pair}"), server)
            yield _round(seed, pair)


def _round(seed: int, pair: Pair) -> Verdict:
    random = Random(seed)
    files = dict(pair.files)
    effects: list[Effect] = []
    names: list[str] = []
    wanted = 2 if random.random() < 0.33 else 1
    while len(effects) < wanted:
        edit = random.choice(EDITS)
        trial = dict(files)
        try:
            effect = edit(Draft(random, pair, trial))
        except KeyError:  # the file that it edits was deleted
            effect = None
        if effect is not None:
            files = trial
            effects.append(effect)
            names.append(edit.__name__)
    before = pair.files.keys() | files.keys() | {"new.txt"}
    put(dict.fromkeys(before, ""), files)
    report = run("check", LOCK, "--format", "json")
    is_stale = any(effect.is_stale for effect in effects)
    if not is_stale and any(effect.is_stale is None for effect in effects):
        is_stale = lock_again(pair) != pair.answer
    wrong = _wrong(effects, report.code, report.out, is_stale=is_stale)
    return Verdict(
        seed=seed, edits=tuple(names), is_stale=is_stale, wrong=wrong, said=report.out + report.said, files=files
    )


def _wrong(effects: list[Effect], code: int, out: str, *, is_stale: bool) -> str:
    examinations = json.loads(out)["examinations"] if code != 70 else []
    if code == 0 and is_stale and any(DEPENDS in text for one in examinations for text in one["unchecked"]):
        return ""
    if code not in ({1, 3} if is_stale else {0}):
        return f"exit {code}, and the lock is {'stale' if is_stale else 'fine'}"
    findings = [finding for one in examinations for finding in one["findings"]]
    if all(effect.is_silent for effect in effects) and findings:
        return "something is said, and nothing was changed"
    found = Counter(finding["rule"] for finding in findings if finding["severity"] == "error")
    expected = frozenset().union(*(effect.rules for effect in effects))
    if is_stale and all(effect.rules for effect in effects) and not found.keys() & (expected | {"unreadable-lock"}):
        return f"found {', '.join(found)}, and none of {', '.join(sorted(expected))}"
    return ""
