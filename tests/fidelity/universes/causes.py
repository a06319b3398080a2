"""Why a pip and we answer a universe differently, where that can be shown and not only supposed.

A cause is told by an experiment: the same universe put to our engine over the pip's own resolvelib, or the pip held to
our lock. What no experiment explains is a difference, and a difference is an error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fidelity.universes.resolvelib_of_pips import carried_resolvelib, searching_as

if TYPE_CHECKING:
    from fidelity.universes.asking import Answer, Asker
    from fidelity.universes.universe import Universe

__all__ = ["cause_of"]


def cause_of(universe: Universe, theirs: Answer, ours: Answer, asker: Asker) -> str | None:
    """Give the cause of a difference, as docs/fidelity.md lists it; None where there is none to be shown."""
    if ours.is_broken:
        return None
    if not universe.pair.resolves:
        return _first_seen(universe, theirs, ours, asker)
    return _hash_mode(universe, theirs, ours, asker) or _resolvelib(universe, theirs, asker)


def _resolvelib(universe: Universe, theirs: Answer, asker: Asker) -> str | None:
    """Whether our engine over the resolvelib of that pip answers as the pip does."""
    pip = universe.pair.pip
    with searching_as(pip):
        again = asker.ours(universe)
    return f"resolvelib {carried_resolvelib(pip).__version__}" if again.agrees_with(theirs) else None


def _first_seen(universe: Universe, theirs: Answer, ours: Answer, asker: Asker) -> str | None:
    """A pip that does not resolve ends where its first choice does not do: another one is in the lock, and suits it.

    Where it does answer, there is nothing to excuse: its universes are trees, in which no two ask for the same.
    """
    if theirs.files is not None or ours.files is None:
        return None
    return "pip does not resolve" if asker.theirs_held_to(universe, ours.lock).agrees_with(ours) else None


def _hash_mode(universe: Universe, theirs: Answer, ours: Answer, asker: Asker) -> str | None:
    """One hash in the input makes pip demand one of all; the lock is what has them."""
    if theirs.files is not None or ours.files is None or not re.search(_DEMANDS_HASHES, theirs.said):
        return None
    return "hash mode" if asker.theirs_held_to(universe, ours.lock).agrees_with(ours) else None


_DEMANDS_HASHES = r"(In --require-hashes mode, all requirements must have|Hashes are required in --require-hashes mode)"
