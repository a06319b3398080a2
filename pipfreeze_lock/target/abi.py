"""The ABI tag that an interpreter has when nobody says otherwise, and which others it could have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import UsageError

if TYPE_CHECKING:
    from pipfreeze_lock.model.target import Implementation, OperatingSystem

__all__ = ["check_abi", "default_abi"]

_CPYTHON_FLAGS = re.compile(r"(?P<t>t?)(?P<d>d?)(?P<m>m?)(?P<u>u?)")
_PYPY_ABI = re.compile(r"pypy(?P<python>\d*)_(?:pp)?\d+")


def default_abi(
    python_release: tuple[int, int],
    implementation: Implementation,
    implementation_version: str,
    operating_system: OperatingSystem,
) -> str:
    """Give ``cp27mu``, ``cp36m``, ``cp38`` or ``pypy310_pp73``: a release build with the GIL.

    CPython below 3.3 has wide characters (``u``) as built: the official images and Linux distributions have them,
    Windows and the installers for macOS do not. ``m`` (pymalloc) went with 3.8, as PEP 3149 flags did.
    PyPy names the Python in its ABI from 7.3 on; before, and on Python 2.7, it is ``pypy3_71``, ``pypy_73``.
    """
    version = "".join(map(str, python_release))
    if implementation == "pypy":
        major, minor = (int(part) for part in implementation_version.split(".")[:2])
        if python_release < (3, 0):
            return f"pypy_{major}{minor}"
        return f"pypy{version}_pp{major}{minor}" if (major, minor) >= (7, 3) else f"pypy3_{major}{minor}"
    if python_release >= (3, 8):
        return f"cp{version}"
    wide = python_release < (3, 3) and operating_system == "linux"
    return f"cp{version}m{'u' if wide else ''}"


def check_abi(abi: str, *, python_release: tuple[int, int], implementation: Implementation, usual: str) -> None:
    """Hold an ABI that somebody gave to the interpreter that it is given for.

    :param usual: What `default_abi` gives for that interpreter.
    :raises UsageError: where no build of that interpreter has it.
    """
    python = f"{implementation} {'.'.join(map(str, python_release))}"
    hints = [f"Leave `--abi` out for `{usual}`, or give the `--python-version` that it belongs to."]
    if implementation == "pypy":
        known = _PYPY_ABI.fullmatch(abi)
        if known is None or known["python"] not in ("", "3", "".join(map(str, python_release))):
            raise _no_abi(abi, python, usual, hints)
        return
    version = f"cp{''.join(map(str, python_release))}"
    flags = _CPYTHON_FLAGS.fullmatch(abi.removeprefix(version)) if abi.startswith(version) else None
    if flags is None:
        raise _no_abi(abi, python, usual, hints)
    for is_given, is_possible, what in (
        (flags["t"], python_release >= (3, 13), "free-threaded builds (`t`) begin with Python 3.13"),
        (flags["m"], python_release < (3, 8), "pymalloc (`m`) is no part of the ABI from Python 3.8 on"),
        (flags["u"], python_release < (3, 3), "wide characters (`u`) are no part of the ABI from Python 3.3 on"),
    ):
        if is_given and not is_possible:
            message = f"`--abi {abi}` is no ABI of {python}: {what}"
            raise UsageError(message, hints=hints)


def _no_abi(abi: str, python: str, usual: str, hints: list[str]) -> UsageError:
    return UsageError(f"`--abi {abi}` is no ABI of {python}, which is `{usual}` as a rule", hints=hints)
