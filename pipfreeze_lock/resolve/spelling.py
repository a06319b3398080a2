"""How a lock must spell the names of distributions for pips that tell some spellings apart.

pip below 19.3 looks a dependency up among the lines of the lock with ``_`` and ``-`` and upper and lower case taken for
the same, but not ``.`` (``get_requirement`` in ``req/req_set.py``): held to a lock with ``zope-interface``, it finds no
pin for the ``zope.interface`` that somebody needs, and refuses. pip below 19.0 looks for sdists in the same way.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from pipfreeze_lock.resolve.needs import FileCandidate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from pipfreeze_lock.resolve.needs import Candidate, Dependency
    from pipfreeze_lock.resolve.provider import PipProvider

__all__ = ["spellings", "spellings_of_needs"]

_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def spellings(settled: Iterable[Candidate], provider: PipProvider) -> dict[NormalizedName, str]:
    """Give the names that must not stand normalised in a lock for this pip.

    An sdist that is found under its own spelling alone has that; else what those who need it write is taken, and where
    they do not agree, what most of them do.
    """
    known = provider.rules.capabilities
    settled = list(settled)
    found = _as_needed(settled, provider) if known.names_keep_dots else {}
    if known.sdist_names == "as asked":
        for candidate in settled:
            if isinstance(candidate, FileCandidate) and not candidate.found.is_wheel:
                found[candidate.name] = candidate.found.spelling
    return found


def _as_needed(settled: Iterable[Candidate], provider: PipProvider) -> dict[NormalizedName, str]:
    return spellings_of_needs(
        dependency for candidate in settled for dependency in provider.dependencies_that_hold(candidate)
    )


def spellings_of_needs(dependencies: Iterable[Dependency]) -> dict[NormalizedName, str]:
    """Give the names that those who need them spell otherwise than normalised, for pips that keep dots."""
    needed: dict[NormalizedName, Counter[str]] = {}
    for dependency in dependencies:
        match = _NAME.match(dependency.text)
        if match is not None:
            spelling = re.sub(r"[^a-z0-9.]+", "-", match[1].lower())
            needed.setdefault(dependency.name, Counter())[spelling] += 1
    return {
        name: max(sorted(counts), key=lambda spelling: counts[spelling])
        for name, counts in needed.items()
        if counts.keys() != {name}
    }
