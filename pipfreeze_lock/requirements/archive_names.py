"""File names of archives, and which distribution they say that they are of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from pipfreeze_lock.requirements.problems import LineProblem, shown

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

__all__ = ["archive_suffix", "is_version", "name_of_file"]

_ARCHIVE_SUFFIXES = (
    ".whl",
    ".zip",
    ".tar.gz",
    ".tgz",
    ".tar",
    ".tar.bz2",
    ".tbz",
    ".tar.xz",
    ".txz",
    ".tlz",
    ".tar.lz",
    ".tar.lzma",
)
_NAME = re.compile(r"[A-Z0-9](?:[\w.-]*[A-Z0-9])?", re.IGNORECASE | re.ASCII)


def archive_suffix(path: str) -> str | None:
    """Give how the name of an archive ends that pip takes; None for any other name."""
    lowered = path.lower()
    return next((suffix for suffix in _ARCHIVE_SUFFIXES if lowered.endswith(suffix)), None)


def name_of_file(filename: str, text: str) -> NormalizedName | None:
    """Give the name of the distribution; None where the file's name does not tell.

    :param text: The requirement, for messages.
    :raises LineProblem: for a wheel that is not named as one.
    """
    if filename.lower().endswith(".whl"):
        return _name_of_wheel(filename, text)
    suffix = archive_suffix(filename)
    return _name_of_sdist(filename[: -len(suffix)]) if suffix else None


def _name_of_wheel(filename: str, text: str) -> NormalizedName:
    try:
        name = parse_wheel_filename(filename)[0]
    except InvalidWheelFilename:
        name = None
    if name and _NAME.fullmatch(name):
        return name
    msg = f"`{shown(text)}` is not named as a wheel is"
    hint = "A wheel's file name is `NAME-VERSION-PYTHON-ABI-PLATFORM.whl`; pip refuses any other."
    raise LineProblem(msg, hints=[hint], reference="PEP 427")


def _name_of_sdist(stem: str) -> NormalizedName | None:
    """Give the name in ``NAME-VERSION`` where one reading alone makes sense: ``a-1-2`` may be of ``a`` or ``a-1``."""
    dashes = [match.start() for match in re.finditer("-", stem)]
    names = [stem[:dash] for dash in dashes if dash and is_version(stem[dash + 1 :])]
    if len(names) != 1 or not _NAME.fullmatch(names[0]):
        return None
    return canonicalize_name(names[0])


def is_version(text: str) -> bool:
    """Whether it is one by PEP 440."""
    try:
        Version(text)
    except ValueError:
        return False
    return True
