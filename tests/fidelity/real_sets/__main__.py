"""Put every set to the real pip and to ours, and compare the files: ``python -m fidelity.real_sets [-k HOURS] [NAME…]``.

Needs the public index and the interpreters; ends with 1 where something differs that no set explains.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fidelity.real_sets.answers import Answer, full_version, our_answer, their_answer
from fidelity.real_sets.as_of_proxy import AsOfProxy
from fidelity.real_sets.reading import Asked, RealSet, read_sets
from support import needs

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One comparison."""

    set: RealSet
    asked: Asked
    theirs: Answer
    ours: Answer
    unexplained: list[str] = field(default_factory=list)
    explained: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        if self.unexplained:
            return "DIFFERS"
        if self.explained:
            return "explained"
        return "refused by both" if self.theirs.files is None else f"{len(self.theirs.files)} files"


def main() -> int:
    """Compare, print, and give the exit code."""
    parser = argparse.ArgumentParser(prog="fidelity.real_sets", description=__doc__)
    parser.add_argument("-k", "--keep", type=float, default=0.0, metavar="HOURS", help="reuse pip's answers so old")
    parser.add_argument("-t", "--target", metavar="PYTHON/PIP", help="only this one")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("names", nargs="*", metavar="NAME", help="beginning of a set's name; default: all")
    options = parser.parse_args()
    pairs = [
        (one, asked)
        for one in read_sets(options.names)
        for asked in one.targets
        if options.target in (None, str(asked))
    ]
    outcomes = []
    with AsOfProxy() as proxy, ThreadPoolExecutor(options.jobs) as pool:
        futures = [pool.submit(compare, *pair, proxy, options.keep) for pair in pairs]
        for future in as_completed(futures):
            outcome = future.result()
            outcomes.append(outcome)
            print(f"{outcome.verdict:16} {outcome.set.name} on {outcome.asked}", flush=True)
            for line in outcome.unexplained:
                print(f"    {line}", flush=True)
    differing = [one for one in outcomes if one.unexplained]
    known = sum(1 for one in outcomes if one.explained and not one.unexplained)
    print(f"{len({one.set.name for one in outcomes})} sets, {len(outcomes)} comparisons: ", end="")
    print(f"{len(outcomes) - len(differing) - known} agree, {known} explained, {len(differing)} differ")
    return 1 if differing else 0


def compare(one: RealSet, asked: Asked, proxy: AsOfProxy, keep: float) -> Outcome:
    """Ask both."""
    theirs = _kept_answer(one, asked, proxy, keep)
    ours = our_answer(asked, one.path, one.as_of)
    outcome = Outcome(set=one, asked=asked, theirs=theirs, ours=ours)
    reasons = one.explained.get(str(asked), {})
    for project, line in _differences(one, asked, theirs, ours):
        (outcome.explained if project in reasons else outcome.unexplained).append(line)
    return outcome


def _differences(one: RealSet, asked: Asked, theirs: Answer, ours: Answer) -> Iterator[tuple[str, str]]:
    """Give (project, sentence) for each; ``*`` where one of the two has no answer at all."""
    if ours.is_broken:
        yield "*", f"we fail: {_tail(ours.said)}"
    elif theirs.files is None or ours.files is None:
        if theirs.files is not None:
            yield "*", f"we refuse: {_tail(ours.said)}"
        elif ours.files is not None:
            yield "*", f"pip refuses: {_tail(theirs.said)}"
        elif str(asked) not in one.refused:
            yield "*", f"both refuse, unexpectedly: {_tail(theirs.said)} || {_tail(ours.said)}"
    else:
        for project in sorted(theirs.files.keys() | ours.files.keys()):
            their, our = theirs.files.get(project, {}), ours.files.get(project, {})
            if their.keys() != our.keys():
                yield project, f"{project}: pip takes {_names(their)}, we {_names(our)}"


def _names(files: dict[str, str]) -> str:
    return ", ".join(f"{name} ({digest[:8]})" for digest, name in files.items()) or "nothing"


def _tail(said: str) -> str:
    return " | ".join(line.strip() for line in said.splitlines()[-6:] if line.strip())[-600:]


def _kept_answer(one: RealSet, asked: Asked, proxy: AsOfProxy, keep: float) -> Answer:
    question = json.dumps([one.text, full_version(asked.python), asked.pip])
    kept = needs.test_cache() / "real-sets" / "answers" / f"{hashlib.sha256(question.encode()).hexdigest()[:24]}.json"
    if kept.exists() and time.time() - kept.stat().st_mtime < keep * 3600:
        return Answer(*json.loads(kept.read_text()))
    answer = their_answer(asked, one.path, proxy.url_of(one.as_of) if one.as_of else None)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps([answer.files, answer.said]))
    return answer


if __name__ == "__main__":
    sys.exit(main())
