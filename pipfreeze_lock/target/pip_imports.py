"""Which files a ``pip install`` imports: of the standard library, and of pip itself.

An interpreter writes the ``.pyc`` of what it imports where there is none. The official images have none at all (their
Dockerfiles delete ``*.pyc``), so that the first pip in them leaves some 5 MB beside what it was asked to install.

``pip_imports.txt`` was written by ``python -m fidelity.pip_imports``, which asked real pips. Its first line has the
pips with the Pythons that ran them, its second the bytes of all that each imports. Each further line is a path relative
to ``lib/pythonX.Y``, and the numbers of those that import it: ``0-3,7``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from packaging.version import Version

__all__ = ["imported_bytes", "imported_files", "is_imported_file"]

_TABLE = Path(__file__).with_name("pip_imports.txt")
_IN_LIBRARY = re.compile(r"lib/(?:python|pypy)\d+\.\d+t?/(.+\.py)")
_STARTED = "site-packages/pip/__main__.py"
"""Of ``python -m pip``; the script ``pip`` does not import it."""
_FROZEN_SINCE = (3, 11)
_FROZEN = frozenset(
    f"{name}.py"
    for name in (
        *("_collections_abc", "_sitebuiltins", "abc", "codecs", "genericpath", "importlib/machinery"),
        *("importlib/util", "io", "ntpath", "os", "posixpath", "runpy", "site", "stat"),
    )
)
"""Part of the interpreter from then on (CPython's ``Tools/build/freeze_modules.py``): no file of theirs is read."""


class _Table:
    def __init__(self, text: str) -> None:
        pairs, sizes, *lines = text.splitlines()
        self.pairs = [(Version(pip), int(python.split(".")[1])) for pip, python in map(_pair, pairs.split()[1:])]
        self.sizes = [int(one) for one in sizes.split()[1:]]
        self.users = dict(_line(line) for line in lines)

    def number_of(self, pip: str, python: tuple[int, int]) -> int:
        """Give the measured pip that is as new or the next older one, on the nearest Python that it was measured on."""
        wanted = Version(pip)
        nearest = max((one for one, _ in self.pairs if one <= wanted), default=self.pairs[0][0])
        numbers = [number for number, (one, _) in enumerate(self.pairs) if one == nearest]
        return min(numbers, key=lambda number: abs(self.pairs[number][1] - python[1]))


@lru_cache(maxsize=1)
def _table() -> _Table:
    return _Table(_TABLE.read_text(encoding="ascii"))


def _pair(text: str) -> tuple[str, str]:
    pip, _, python = text.partition("/")
    return pip, python


def _line(line: str) -> tuple[str, frozenset[int]]:
    path, _, spans = line.rpartition(" ")
    numbers: set[int] = set()
    for span in spans.split(","):
        first, _, last = span.partition("-")
        numbers.update(range(int(first), int(last or first) + 1))
    return path, frozenset(numbers)


def imported_files(pip: str, python: tuple[int, int]) -> list[str]:
    """Give what is imported, relative to ``lib/pythonX.Y``; some of it may not be there on this Python.

    :param pip: Its version.
    :param python: ``(3, 6)``.
    """
    table = _table()
    number = table.number_of(pip, python)
    left_out = _FROZEN | {_STARTED} if python >= _FROZEN_SINCE else {_STARTED}
    return [path for path, users in table.users.items() if number in users and path not in left_out]


def imported_bytes(pip: str, python: tuple[int, int]) -> tuple[int, int]:
    """Give how many files are imported, and the bytes of their sources."""
    table = _table()
    number = table.number_of(pip, python)
    return sum(number in users for users in table.users.values()), table.sizes[number]


def is_imported_file(path: str) -> bool:
    """Whether a file of an image is one that some pip imports."""
    found = _IN_LIBRARY.search(path)
    return found is not None and found[1] in _table().users
