"""Put many random universes to the real pips and to us: ``python -m fidelity.universes [-n 5000] [--seed 0]``.

Each number from the seed on is a universe for one of the pips in turn. Ends with 1 where a difference is left that no
experiment explains; each is told with its seed and the smallest universe that shows it, as a scenario file.
"""

from __future__ import annotations

import argparse
import collections
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TYPE_CHECKING

from fidelity.universes.chunks import Told, chunks, compare_chunk, start
from fidelity.universes.comparing import MORE_PAIRS

if TYPE_CHECKING:
    from collections.abc import Iterable


def main() -> int:
    """Compare, print, and give the exit code."""
    parser = argparse.ArgumentParser(prog="fidelity.universes", description=__doc__)
    parser.add_argument("-n", type=int, default=5000, help="how many universes")
    parser.add_argument("--seed", type=int, default=0, help="the first of them; a long run goes on where it stopped")
    parser.add_argument("--pair", metavar="PYTHON/PIP", help="only this pip, every seed")
    parser.add_argument("-j", "--jobs", type=int, default=multiprocessing.cpu_count())
    options = parser.parse_args()
    pairs = [pair for pair in MORE_PAIRS if options.pair in (None, str(pair))]
    if not pairs:
        parser.error(f"there is no {options.pair} among {' '.join(map(str, MORE_PAIRS))}")
    started, told = time.monotonic(), []
    with ProcessPoolExecutor(options.jobs, multiprocessing.get_context("spawn"), initializer=start) as pool:
        futures = [pool.submit(compare_chunk, *chunk) for chunk in chunks(options.n, options.seed, pairs)]
        for future in as_completed(futures):
            done = future.result()
            told += done
            _show_reports(done)
            _show_progress(told, options.n, time.monotonic() - started)
    print(_summary(told), flush=True)
    return 1 if any(one.verdict == "DIFFER" for one in told) else 0


def _show_reports(done: Iterable[Told]) -> None:
    for one in done:
        if one.report:
            print(f"\n{one.report}", flush=True)


def _show_progress(told: list[Told], count: int, seconds: float) -> None:
    differing = sum(one.verdict == "DIFFER" for one in told)
    line = f"{len(told)} of {count} in {seconds:.0f} s, {differing} differ"
    print(
        f"\r{line}" if sys.stderr.isatty() else line,
        end="" if sys.stderr.isatty() else "\n",
        file=sys.stderr,
        flush=True,
    )


def _summary(told: list[Told]) -> str:
    """Say how many agree and why others do not, and whether the universes were worth asking."""
    verdicts = collections.Counter(one.verdict for one in told)
    known = {key: count for key, count in verdicts.items() if key not in ("agree", "both refuse", "DIFFER")}
    by_pair: dict[str, collections.Counter[str]] = {}
    for one in told:
        by_pair.setdefault(one.pair, collections.Counter())[one.verdict] += 1
    answered = [one for one in told if one.verdict == "agree"]
    lines = [
        "",
        f"{len(told)} universes: {verdicts['agree']} agree, {verdicts['both refuse']} are refused by both, {_rest(verdicts)}",
        *(f"  explained by {cause}: {count}" for cause, count in sorted(known.items())),
        *(f"  {pair:12} {dict(sorted(counts.items()))}" for pair, counts in sorted(by_pair.items())),
        f"  projects: {_spread([one.projects for one in told])}; files chosen: {_spread([one.files for one in answered])}",
        f"  the search stepped back in {sum(one.steps_back > 0 for one in told)}",
    ]
    return "\n".join(lines)


def _rest(verdicts: collections.Counter[str]) -> str:
    explained = verdicts.total() - verdicts["agree"] - verdicts["both refuse"] - verdicts["DIFFER"]
    return f"{explained} explained, {verdicts['DIFFER']} differ"


def _spread(numbers: list[int]) -> str:
    ordered = sorted(numbers) or [0]
    return f"{ordered[0]} to {ordered[-1]}, median {ordered[len(ordered) // 2]}"


if __name__ == "__main__":
    sys.exit(main())
