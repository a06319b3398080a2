"""One universe put to both, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fidelity.universes.causes import cause_of
from fidelity.universes.making import make_universe
from fidelity.universes.shrinking import shrunk
from fidelity.universes.universe import Pair

if TYPE_CHECKING:
    from fidelity.universes.asking import Answer, Asker
    from fidelity.universes.universe import Universe

__all__ = ["MORE_PAIRS", "PAIRS", "Outcome", "compare", "compared", "report"]

PAIRS = (
    Pair("3.6", "19.1.1", glibc="2.24"),
    Pair("3.6", "20.3.4", glibc="2.24"),
    Pair("3.6", "21.3.1", glibc="2.28", machine="aarch64"),
    Pair("3.7", "23.0.1", glibc="2.31"),
    Pair("3.9", "24.0"),
    Pair("3.9", "24.3.1", glibc="2.31", machine="aarch64"),
    Pair("3.11", "25.0.1"),
    Pair("3.13", "25.3", glibc="2.41"),
    Pair("3.13", "26.3"),
)
"""Asked in ``make test``."""

MORE_PAIRS = (
    *PAIRS,
    Pair("3.6", "21.0.1", glibc="2.17"),
    Pair("3.6", "21.1.3"),
    Pair("3.9", "21.2.4"),
    Pair("3.7", "22.0.4", machine="aarch64"),
    Pair("3.11", "22.3.1"),
    Pair("3.9", "23.1.2", glibc="2.17"),
    Pair("3.11", "23.3.2"),
    Pair("3.9", "25.1.1"),
    Pair("3.11", "26.0.1", machine="aarch64"),
)
"""Asked by ``make fidelity``: a pip for each resolvelib and each order of search."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What both said."""

    universe: Universe
    theirs: Answer
    ours: Answer
    cause: str | None = None
    """Of a difference, where one was shown."""

    @property
    def verdict(self) -> str:
        if self.theirs.agrees_with(self.ours):
            return "both refuse" if self.theirs.files is None else "agree"
        return self.cause or "DIFFER"


def compare(pair: Pair, seed: int, asker: Asker) -> Outcome:
    """Put the universe of a seed to both."""
    return compared(make_universe(pair, seed), asker)


def compared(universe: Universe, asker: Asker) -> Outcome:
    """Put a universe to both."""
    theirs, ours = asker.theirs(universe), asker.ours(universe)
    if not universe.pair.resolves and ours.files is not None and theirs.agrees_with(ours):
        theirs = asker.theirs_held_to(universe, ours.lock)  # which for these pips is another question
    cause = None if theirs.agrees_with(ours) else cause_of(universe, theirs, ours, asker)
    return Outcome(universe=universe, theirs=theirs, ours=ours, cause=cause)


def report(outcome: Outcome, asker: Asker) -> str:
    """Tell of a difference: the seed, both answers, and the smallest universe that shows it, as a scenario file."""
    universe = outcome.universe

    def differs(smaller: Universe) -> bool:
        again = compared(smaller, asker)
        return again.verdict == "DIFFER" and _kind(again) == _kind(outcome)

    smallest = compared(shrunk(universe, differs), asker)
    expect = {"files": sorted(smallest.theirs.files.values())} if smallest.theirs.files is not None else {"exit": 4}
    toml = smallest.universe.as_toml(asker.python(universe.pair), about="Found at random.", expect=expect)
    again = f"make fidelity N=1 SEED={universe.seed} PAIR={universe.pair}"
    return f"""{universe.pair}, seed {universe.seed}: again with `{again}`
  pip {outcome.theirs.names}
  we  {outcome.ours.names}
the smallest universe that shows it, in which pip {smallest.theirs.names}, we {smallest.ours.names}:
{toml}"""


def _kind(outcome: Outcome) -> tuple[bool, bool, bool]:
    return outcome.theirs.files is None, outcome.ours.files is None, outcome.ours.is_broken
