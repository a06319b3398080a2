"""Compare ordered tag lists with every real pip on every interpreter at hand: ``python -m fidelity.tags [PIP…]``.

Ends with 1 where one differs. What is not there (an interpreter, a pip that the index no longer has) is said and left out.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from fidelity.tags.asking import Answer, ask
from fidelity.tags.interpreters import PYTHONS, interpreters_of
from support import needs

if TYPE_CHECKING:
    from pathlib import Path

PIPS = tuple(
    """
    8.1.0 8.1.2 9.0.0 9.0.3 10.0.0 10.0.1 18.0 18.1 19.0 19.0.3 19.1 19.1.1 19.2 19.2.1 19.2.2 19.2.3 19.3 19.3.1 20.0
    20.0.1 20.0.2 20.1 20.1.1 20.2 20.2.4 20.3 20.3.1 20.3.2 20.3.3 20.3.4 21.0 21.0.1 21.1 21.1.3 21.2 21.2.4 21.3
    21.3.1 22.0 22.0.4 22.1 22.1.2 22.2 22.2.2 22.3 22.3.1 23.0 23.0.1 23.1 23.1.2 23.2 23.2.1 23.3 23.3.2 24.0 24.1
    24.1.2 24.2 24.3 24.3.1 25.0 25.0.1 25.1 25.1.1 25.2 25.3 26.0 26.0.1 26.1 26.1.1 26.2 26.3
    """.split()  # noqa: SIM905  a list of 75 strings would take 75 lines
)
NEWEST_ASKED = (3, 13)
"""The newest Python that is at hand as a rule; newer ones are described to it."""


def main() -> int:
    """Compare, print, and give the exit code."""
    parser = argparse.ArgumentParser(prog="fidelity.tags", description=__doc__)
    parser.add_argument("-p", "--python", action="append", metavar="3.6", help="only this one; may be repeated")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("pips", nargs="*", metavar="PIP", default=PIPS)
    options = parser.parse_args()
    folders = {pip: folder for pip in options.pips if (folder := folder_of(pip))}
    tasks = [(python, pip) for python in options.python or PYTHONS for pip in folders]
    with ThreadPoolExecutor(options.jobs) as pool:
        answers = list(pool.map(lambda task: compare(*task, folders[task[1]]), tasks))
    for (python, pip), answer in zip(tasks, answers, strict=True):
        report(python, pip, answer)
    compared = sum(one.compared for one in answers if one)
    differing = sum(len(one.differences) for one in answers if one)
    pairs = sum(1 for one in answers if one and one.compared)
    print(f"{pairs} pairs of pip and Python, {compared} ordered lists of tags: {differing} differ")
    return 1 if differing or not compared else 0


def folder_of(pip: str) -> Path | None:
    """Give the folder of a pip, or say that it is not to be had."""
    import pytest  # noqa: PLC0415  what `needs` raises

    try:
        return needs.pip_folder(pip)
    except pytest.skip.Exception as reason:
        print(f"left out: {reason}")
        return None


def compare(python: str, pip: str, folder: Path) -> Answer | None:
    """Ask; None where no interpreter can be asked."""
    executable = needs.find_interpreter(python)
    if executable is None and tuple(map(int, python.split("."))) > NEWEST_ASKED:
        executable = needs.find_interpreter(".".join(map(str, NEWEST_ASKED)))
    if executable is None:
        return None
    return ask(executable, [(pip, folder, interpreters_of(python))])[0]


def report(python: str, pip: str, answer: Answer | None) -> None:
    """Print one line, and one for each difference."""
    if answer is None:
        print(f"pip {pip:8} Python {python:5} left out: no such interpreter here")
    elif answer.error:
        print(f"pip {pip:8} Python {python:5} does not run there: {answer.error.strip().splitlines()[-1]}")
    else:
        verdict = f"{len(answer.differences)} differ" if answer.differences else "equal"
        print(f"pip {pip:8} Python {python:5} {answer.compared} lists {verdict}")
    for line in answer.differences if answer else ():
        print(f"    {line}")


if __name__ == "__main__":
    sys.exit(main())
