"""200 random universes: the files that a real pip takes from them are the ones that we name.

``make fidelity N=5000`` asks more of them, and more pips. A difference is told with the smallest universe that shows
it, ready to be put among the scenarios.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fidelity.universes.asking import asker
from fidelity.universes.comparing import PAIRS, compare, report
from fidelity.universes.making import make_universe, universes
from fidelity.universes.shrinking import shrunk
from hypothesis import HealthCheck, given, settings

if TYPE_CHECKING:
    from pathlib import Path

    from fidelity.universes.universe import Pair, Universe
    from support.real_pip import RealPips

FIRST_SEED = 1
COUNT = 200
"""Fewer would not notice a broken rule: see docs/fidelity.md."""
SHARES = [(pair, range(FIRST_SEED + place, FIRST_SEED + COUNT, len(PAIRS))) for place, pair in enumerate(PAIRS)]


@pytest.mark.parametrize(("pair", "seeds"), [pytest.param(*share, id=str(share[0])) for share in SHARES])
def test_the_files_that_pip_takes(pair: Pair, seeds: range, real_pips: RealPips, tmp_path: Path) -> None:
    with asker(tmp_path, real_pips) as both:
        outcomes = [compare(pair, seed, both) for seed in seeds]
        differing = [one for one in outcomes if one.verdict == "DIFFER"]
        assert not differing, "\n\n".join(report(one, both) for one in differing)
    refused = sum(one.verdict == "both refuse" for one in outcomes)
    assert refused <= len(outcomes) * 2 / 3, "most universes have no answer, which shows little"


def test_a_seed_names_one_universe() -> None:
    pair = PAIRS[-1]
    assert make_universe(pair, 7) == make_universe(pair, 7) != make_universe(pair, 8)
    assert make_universe(pair, 7).files() == make_universe(pair, 7).files()


def test_what_is_made_has_what_it_shall_have() -> None:
    """So that nothing that pips treat in their own way drops out of the universes unseen."""
    made = [make_universe(pair, seed) for pair in PAIRS for seed in range(60)]
    text = "\n".join(universe.as_toml("3.6.15", about="", expect={}) for universe in made)
    for wanted in (
        *("yanked = true", 'yanked = "broken"', "requires-python", "listed-requires-python", "sdist:pkg-info"),
        *("--pre", "--prefer-binary", "--only-binary", "--no-binary", "constraints", "--hash=sha256:", "===", "!="),
        *("a1", ".dev1", ".post1", "+local.1", "1!", "manylinux1_x86_64", "manylinux_2_28_aarch64", "win_amd64"),
        *("python_version", "sys_platform", "platform_machine", 'extra == \\"', "[nowhere]", "~=", ".*", "10-py3-none"),
    ):
        assert wanted in text, f"no universe has {wanted}"
    counts = {len(universe.packages) for universe in made}
    assert counts >= set(range(2, 13))


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
@given(universes(PAIRS[-1]))
def test_what_hypothesis_makes_can_be_served(universe: Universe) -> None:
    assert universe.requirements
    assert all(one.sha256 for one in universe.files())


def test_shrinking_leaves_what_matters() -> None:
    universe = make_universe(PAIRS[-1], 3)
    wanted = next(iter(universe.packages))
    smallest = shrunk(universe, lambda one: wanted in one.packages and len(one.requirements) > 0)
    assert list(smallest.packages) == [wanted]
    assert [len(releases) for releases in smallest.packages.values()] == [1]
    assert len(smallest.requirements) == 1
