"""Random universes shared out among processes, each of which asks a few pips for many."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from fidelity.universes.asking import asker
from fidelity.universes.comparing import compare, report
from support.real_pip import RealPips

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fidelity.universes.universe import Pair

__all__ = ["Told", "chunks", "compare_chunk", "start"]

_CHUNK = 25
"""Universes that one process asks one pip in a row."""


class Told(NamedTuple):
    """What came of one universe, as it is passed between processes."""

    pair: str
    seed: int
    verdict: str
    projects: int
    files: int
    steps_back: int
    report: str


def chunks(count: int, first: int, pairs: Sequence[Pair]) -> Iterator[tuple[Pair, list[int]]]:
    """Share the seeds out among the pips in turn, so that a process asks the same one for a while."""
    shares: dict[Pair, list[int]] = {pair: [] for pair in pairs}
    for seed in range(first, first + count):
        shares[pairs[seed % len(pairs)]].append(seed)
    for begin in range(0, max(map(len, shares.values())), _CHUNK):
        for pair, seeds in shares.items():
            if seeds[begin : begin + _CHUNK]:
                yield pair, seeds[begin : begin + _CHUNK]


_pips: RealPips | None = None


def start() -> None:
    """Prepare a process."""
    global _pips  # noqa: PLW0603  one for each process of the pool
    _pips = RealPips()


def compare_chunk(pair: Pair, seeds: list[int]) -> list[Told]:
    """Put the universes of some seeds to one pip and to us."""
    assert _pips is not None
    told = []
    with tempfile.TemporaryDirectory(prefix="universes-") as folder, asker(Path(folder), _pips) as both:
        for seed in seeds:
            try:
                outcome = compare(pair, seed, both)
            except pytest.skip.Exception as lacking:  # see `support.needs`
                told.append(Told(str(pair), seed, f"not asked, {lacking}", 0, 0, 0, ""))
                continue
            text = report(outcome, both) if outcome.verdict == "DIFFER" else ""
            files = len(outcome.theirs.files or ())
            count = len(outcome.universe.packages)
            told.append(Told(str(pair), seed, outcome.verdict, count, files, outcome.ours.steps_back, text))
    return told
