"""Whole ordered tag lists, ours against what the real pips compute on real interpreters that are described to them.

A part of what `make fidelity-tags` compares: pips on both sides of every step, of the interpreters every eighth on each
Python (in CI every second), another eighth on the next, so that each is asked about somewhere.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from fidelity.tags.asking import ask
from fidelity.tags.interpreters import PYTHONS, Interpreter, interpreters_of

from pipfreeze_lock.target.tag_steps import STEPS, pip_release, rules_of

# Each side of every step, and each pip's Pythons: those on which its tag modules import.
PIPS = {
    "8.0.3": ("2.7", "3.9"),
    "8.1.2": ("2.7", "3.9"),
    "9.0.3": ("2.7", "3.9"),
    "18.1": ("2.7", "3.9"),
    "19.1.1": ("2.7", "3.9"),
    "19.2.2": ("2.7", "3.9"),
    "19.2.3": ("2.7", "3.9"),
    "19.3.1": ("2.7", "3.9"),
    "20.0.1": ("2.7", "3.11"),
    "20.0.2": ("2.7", "3.11"),
    "20.1.1": ("2.7", "3.11"),
    "20.2.4": ("2.7", "3.11"),
    "20.3.1": ("2.7", "3.11"),
    "20.3.4": ("2.7", "3.11"),
    "21.0": ("3.6", "3.11"),
    "21.0.1": ("3.6", "3.11"),
    "21.1.3": ("3.6", "3.11"),
    "21.2.4": ("3.6", "3.14"),
    "24.0": ("3.7", "3.14"),
    "24.1": ("3.8", "3.14"),
    "26.0": ("3.9", "3.14"),
    "26.1": ("3.9", "3.14"),
    "26.3": ("3.10", "3.14"),
}
NUMBERS = list(PYTHONS)
PART = 2 if os.environ.get("CI") == "true" else 8


def runs_on(pip: str, python: str) -> bool:
    oldest, newest = PIPS[pip]
    return NUMBERS.index(oldest) <= NUMBERS.index(python) <= NUMBERS.index(newest)


def part_of(python: str, pip: str) -> list[Interpreter]:
    part = interpreters_of(python)[NUMBERS.index(python) % PART :: PART]
    if pip.startswith("8.0"):  # not modelled: its macOS, and that it knows nothing of 32 bits on a 64-bit kernel
        return [one for one in part if one.system != "macos" and (one.bits == 64 or "64" not in one.machine)]
    return part


@pytest.mark.parametrize("python", NUMBERS)
def test_tags_are_those_of_the_real_pips(python, interpreters, unpacked_pips):
    # 3.14 is described to 3.13 where it is not there itself.
    executable = interpreters.get(python) or (interpreters.get("3.13") if python == "3.14" else None)
    if executable is None:
        pytest.skip(f"no interpreter of Python {python} on this machine")
    pips = [pip for pip in PIPS if runs_on(pip, python) and pip in unpacked_pips]
    if not pips:
        pytest.skip("no wheel of any pip could be had from the index")
    questions = [(pip, unpacked_pips[pip], part_of(python, pip)) for pip in pips]
    answers = ask(Path(executable), questions)
    for answer in answers:
        assert not answer.error, f"pip {answer.pip} does not import on Python {python}:\n{answer.error}"
    differences = [line for answer in answers for line in answer.differences]
    assert not differences, f"{len(differences)} lists differ:\n" + "\n".join(differences[:40])


def test_a_difference_is_seen(interpreters, unpacked_pips):
    """The comparison can fail: a pip is held against the tags of another one."""
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if "24.0" not in unpacked_pips or python not in NUMBERS:
        pytest.skip("no wheel of pip 24.0 could be had from the index")
    linux = [one for one in interpreters_of(python) if one.machine == "x86_64" and one.libc == "glibc-2.36"]
    (answer,) = ask(Path(interpreters[python]), [("19.1.1", unpacked_pips["24.0"], linux)])
    assert len(answer.differences) == answer.compared > 0
    assert "ours ('cp" in answer.differences[0]


def test_every_step_has_a_real_pip_on_each_side():
    releases = sorted(pip_release(pip) for pip in PIPS)
    for step in STEPS:
        before = [release for release in releases if release < step.since]
        after = [release for release in releases if release >= step.since]
        assert rules_of(text(before[-1])) != rules_of(text(after[0])), step
        neighbours = [other.since for other in STEPS if before[-1] < other.since <= after[0]]
        assert neighbours == [step.since], f"no real pip between the steps {neighbours}"


def text(release: tuple[int, ...]) -> str:
    return ".".join(map(str, release))
