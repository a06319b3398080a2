"""On which Pythons a pip runs, so that a pair which no image can have is not taken without a word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipfreeze_lock.model.target import Target

__all__ = ["OLDEST_PYTHONS", "STARTS_FAILING", "why_it_cannot_run"]

Release = tuple[int, int]

OLDEST_PYTHONS: tuple[tuple[Release, Release, Release], ...] = (
    ((26, 1), (3, 10), (3, 10)),
    ((25, 1), (3, 9), (3, 9)),
    ((24, 1), (3, 8), (3, 8)),
    ((22, 0), (3, 7), (3, 7)),
    ((21, 0), (3, 6), (3, 6)),
    ((19, 2), (2, 7), (3, 5)),
    ((18, 0), (2, 7), (3, 4)),
    ((10, 0), (2, 7), (3, 3)),
    ((0, 0), (2, 6), (3, 3)),
)
"""From which pip on, newest first: the oldest Python, and the oldest Python 3. By the Requires-Python of its wheel."""

STARTS_FAILING: tuple[tuple[Release, Release], ...] = (((19, 2), (3, 10)), ((23, 1), (3, 12)))
"""Below which pip it does not start on a Python and newer ones, which no Requires-Python says: 3.10 lost
``collections.MutableMapping`` and the like, 3.12 ``distutils`` and ``pkgutil.ImpImporter``."""


def why_it_cannot_run(target: Target) -> str | None:
    """Say why this pip does not run on this Python, as a sentence; None where it does as far as is known."""
    pip, python = _release(target.pip), target.python_release
    _, oldest, oldest_3 = next(row for row in OLDEST_PYTHONS if pip >= row[0])
    needed = oldest_3 if python[0] >= 3 else oldest
    if python < needed:
        return f"{_pair(target)} (Requires-Python: {_text(needed)} or newer)"
    for since, failing in reversed(STARTS_FAILING):
        if pip < since and python >= failing:
            return f"{_pair(target)}: on {_text(failing)} and newer it takes pip {_text(since)} at least"
    return None


def _pair(target: Target) -> str:
    return f"pip {target.pip} does not run on Python {target.python}, so that no image has both"


def _release(pip: str) -> Release:
    numbers = [int(number) for number in re.findall(r"\d+", pip)[:2]]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else (numbers[0] if numbers else 0, 0)


def _text(release: Release) -> str:
    return f"{release[0]}.{release[1]}"
