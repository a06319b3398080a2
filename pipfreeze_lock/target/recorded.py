"""A target from the ``# target:`` line of a lock, for a lock whose source can no longer be evaluated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.target.from_flags import target_from_flags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipfreeze_lock.model.target import Target

__all__ = ["target_of_line"]

_LINE = re.compile(
    r"(?P<implementation>cpython|pypy) (?P<python>\S+) (?P<abi>\S+) (?P<platform>\S+) (?P<libc>\S+) pip-(?P<pip>\S+)"
)
_PYPY_ABI = re.compile(r"_pp(\d)(\d+)$")


def target_of_line(line: str, *, markers: Sequence[str] = ()) -> Target | None:
    """Read `str` of a target back, as far as it goes: the base set and, of PyPy, the last part of its version are lost.

    :param markers: ``NAME=VALUE`` each.
    :return: None for a line that is none: it was edited by hand.
    """
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    is_linux = match["platform"].startswith("linux/")
    implementation = "cpython"
    if match["implementation"] == "pypy":
        abi = _PYPY_ABI.search(match["abi"])
        implementation = f"pypy-{abi[1]}.{abi[2]}.0" if abi else "pypy-7.3.0"
    try:
        return target_from_flags(
            python_version=match["python"],
            implementation=implementation,
            abi=match["abi"],
            platform=match["platform"],
            libc=match["libc"] if is_linux and match["libc"] != "-" else None,
            pip_version=match["pip"],
            markers=markers,
            no_base=True,
        )
    except UsageError:
        return None
