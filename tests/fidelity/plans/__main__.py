"""Put many random questions to real pips in real venvs and to the planner: ``python -m fidelity.plans [-n 300]``.

Each number from the seed on is a question for one of the pips in turn. Ends with 1 where a difference is left that
nothing explains; ``make fidelity-plans``.
"""

from __future__ import annotations

import argparse
import collections
import sys
import tempfile
from pathlib import Path

import pytest
from fidelity.plans.comparing import compare
from planning.worlds import MORE_PIPS
from support import needs
from support.command_line import enter_workplace
from support.index_server import IndexServer
from support.pip_sites import PipSites


def main() -> int:
    """Compare, print, and give the exit code."""
    parser = argparse.ArgumentParser(prog="fidelity.plans", description=__doc__)
    parser.add_argument("-n", type=int, default=300, help="how many questions")
    parser.add_argument("--seed", type=int, default=0, help="the first of them; a long run goes on where it stopped")
    parser.add_argument("--pair", metavar="PYTHON/PIP", help="only this pip, every seed")
    options = parser.parse_args()
    pairs = [pair for pair in MORE_PIPS if options.pair in (None, "/".join(pair))]
    if not pairs:
        parser.error(f"there is no {options.pair} among {' '.join('/'.join(pair) for pair in MORE_PIPS)}")
    counts: dict[str, collections.Counter[str]] = {}
    with (
        tempfile.TemporaryDirectory(prefix="plans-") as folder,
        pytest.MonkeyPatch.context() as patch,
        IndexServer() as server,
    ):
        patch.setenv("PIPFREEZE_LOCK_TEST_CACHE", str(needs.test_cache()))
        work = enter_workplace(Path(folder), patch)
        sites = PipSites(Path(folder) / "sites")
        for seed in range(options.seed, options.seed + options.n):
            pair = pairs[seed % len(pairs)]
            outcome = compare(pair, seed, sites(*pair), server, work)
            counts.setdefault("/".join(pair), collections.Counter())[outcome.verdict] += 1
            if outcome.report:
                print(f"\n{outcome.report}", flush=True)
        sites.close()
    for pip, verdicts in counts.items():
        print(f"  {pip:12} {dict(sorted(verdicts.items()))}")
    total = sum(counts.values(), collections.Counter())
    print(f"{total.total()} questions: {dict(sorted(total.items()))}")
    return 1 if total["DIFFER"] else 0


if __name__ == "__main__":
    sys.exit(main())
