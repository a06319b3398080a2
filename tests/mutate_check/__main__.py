"""Random edits of known effect on good pairs of requirements and lock, and what ``check`` says of each.

What is right is what locking again does: where it would change the target, the base set, an option, or a pin with its
version, extras, place or hashes, the lock is stale; else it is not. Of edits in the lock itself the effect is known.

``python -m mutate_check [N] [--first SEED]``, in ``tests/``: ends with 1 where a verdict was wrong. A single round
(``1 --first SEED``) shows what it was about.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest
from mutate_check.campaign import campaign
from support.command_line import enter_workplace


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="the seed of the first round")
    arguments = parser.parse_args()
    seeds = range(arguments.first, arguments.first + arguments.count)
    start = time.monotonic()
    kinds: Counter[str] = Counter()
    stale = wrong = 0
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        enter_workplace(Path(folder), patch)
        for verdict in campaign(seeds):
            kinds.update(verdict.edits)
            stale += verdict.is_stale
            if verdict.wrong:
                wrong += 1
                print(f"seed {verdict.seed}, {' and '.join(verdict.edits)}: {verdict.wrong}")
                if arguments.count == 1:
                    print(verdict.said, *(f"--- {name}\n{text}" for name, text in verdict.files.items()), sep="\n")
    print(", ".join(f"{name} {count}" for name, count in sorted(kinds.items())))
    took = time.monotonic() - start
    print(
        f"{len(seeds)} rounds, seeds {seeds.start} to {seeds.stop - 1}: {stale} stale, {wrong} wrong verdicts, {took:.0f} s"
    )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
