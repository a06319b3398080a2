"""The names in a lock, as the pip that is held to it looks them up: see `pipfreeze_lock.resolve.spelling`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fidelity.universes.asking import asker
from fidelity.universes.universe import Pair, Universe

if TYPE_CHECKING:
    from pathlib import Path

    from support.real_pip import RealPips

PIPS = ("9.0.3", "18.1", "19.1.1", "19.2.3", "19.3.1", "20.2.4", "21.3.1")


@pytest.mark.parametrize("pip", PIPS)
@pytest.mark.parametrize("needed", ["zope.nest", "Zope.Nest>=1", "zope_nest", "zope-nest; python_version > '3'"])
def test_pip_finds_the_pin_of_what_somebody_needs(real_pips: RealPips, tmp_path: Path, pip: str, needed: str) -> None:
    packages = {"a": {"1": {"requires": [needed]}}, "zope.nest": {"1": {}}}
    universe = Universe(pair=Pair("3.6", pip), packages=packages, requirements=("a",))
    with asker(tmp_path, real_pips) as both:
        ours = both.ours(universe)
        held = both.theirs_held_to(universe, ours.lock)
    assert ours.files is not None, ours.said
    assert held.agrees_with(ours), held.said


def test_the_lock_is_normalised_where_pip_takes_all_spellings_for_the_same(real_pips: RealPips, tmp_path: Path) -> None:
    packages = {"a": {"1": {"requires": ["zope.nest"]}}, "zope.nest": {"1": {}}}
    with asker(tmp_path, real_pips) as both:
        locks = {
            pip: both.ours(Universe(pair=Pair("3.6", pip), packages=packages, requirements=("a",))).lock
            for pip in ("19.2.3", "19.3.1")
        }
    assert "\nzope.nest==1" in locks["19.2.3"]
    assert "\nzope-nest==1" in locks["19.3.1"]
