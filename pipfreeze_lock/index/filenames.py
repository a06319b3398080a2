"""What a file name says of project, version, build and tags, as one pip reads it.

Sources: ``Wheel`` in pip's ``models/wheel.py`` (``wheel.py`` before 20.0), ``LinkEvaluator.evaluate_link`` and
``_extract_version_from_fragment`` in its ``index/package_finder.py`` (``index.py`` before 20.0).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from pipfreeze_lock.target.pip_capabilities import WheelNames

__all__ = ["SdistName", "WheelName", "parse_version", "parse_wheel_name", "sdist_name", "sdist_version", "split_suffix"]

SUFFIXES = frozenset({".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz"})
"""Of archives that every pip unpacks."""
LZMA_SUFFIXES = frozenset({".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma"})
"""Of those that need the lzma module, which Python 2 lacks."""


@dataclass(frozen=True, slots=True)
class WheelName:
    """The parts of a wheel's file name."""

    name: NormalizedName
    version_text: str
    """As pip takes it from there: below 25.1 with ``_`` read as ``-``."""
    build: tuple[()] | tuple[int, str]
    """The build tag: empty, or its number and what follows it; compares as pip compares it."""
    tags: str
    """``cp36.cp37-abi3-manylinux1_x86_64``, not expanded."""


@dataclass(frozen=True, slots=True)
class SdistName:
    """The parts of an sdist's file name."""

    spelling: str
    """The project's name as the file spells it."""
    version_text: str


_PATTERNS: dict[WheelNames, re.Pattern[str]] = {
    "version starts with a digit": re.compile(
        r"(?P<name>.+?)-(?P<version>\d.*?)(?:-(?P<build>\d.*?))?-(?P<tags>.+?-.+?-.+?)\.whl"
    ),
    "loose": re.compile(r"(?P<name>.+?)-(?P<version>.*?)(?:-(?P<build>\d[^-]*?))?-(?P<tags>.+?-.+?-.+?)\.whl"),
    "no spaces": re.compile(
        r"(?P<name>[^\s-]+?)-(?P<version>[^\s-]*?)(?:-(?P<build>\d[^-]*?))?"
        r"-(?P<tags>[^\s-]+?-[^\s-]+?-[^\s-]+?)\.whl"
    ),
}
_BUILD = re.compile(r"(\d+)(.*)")
_STRICT_NAME = re.compile(r"[\w._]+")


def parse_wheel_name(filename: str, style: WheelNames) -> WheelName | None:
    """Take a wheel's file name apart; None where this pip says ``invalid wheel filename``."""
    if style not in ("strict", "strict or no spaces"):
        return _parse_loosely(filename, style)
    parsed = _parse_strictly(filename)
    if parsed is None and style == "strict or no spaces":
        parsed = _parse_loosely(filename, "no spaces")
        # Where there is no build number, these pips let it in and then crash on it, in `Wheel.build_tag`.
        return parsed if parsed is not None and parsed.build else None
    return parsed


def _parse_strictly(filename: str) -> WheelName | None:
    """By ``packaging.utils.parse_wheel_filename``."""
    parts = filename.removesuffix(".whl").split("-")
    if len(parts) not in (5, 6) or "__" in parts[0] or _STRICT_NAME.fullmatch(parts[0]) is None:
        return None
    version = parse_version(parts[1])
    build = _build_of(parts[2]) if len(parts) == 6 else ()
    if version is None or build is None:
        return None
    return WheelName(_canonical(parts[0]), str(version), build, "-".join(parts[-3:]))


def _parse_loosely(filename: str, style: WheelNames) -> WheelName | None:
    match = _PATTERNS[style].fullmatch(filename)
    if match is None:
        return None
    build = _build_of(match["build"]) if match["build"] is not None else ()
    return WheelName(_canonical(match["name"]), match["version"].replace("_", "-"), build or (), match["tags"])


def _build_of(text: str) -> tuple[int, str] | None:
    match = _BUILD.fullmatch(text)
    return (int(match[1]), match[2]) if match is not None else None


def split_suffix(filename: str) -> tuple[str, str]:
    """Part a file name into stem and suffix, ``.tar`` being part of the suffix: ``splitext`` in pip's ``misc.py``."""
    stem, dot, last = filename.rpartition(".")
    if not dot or not stem.strip("."):
        return filename, ""
    suffix = f".{last}"
    if stem.lower().endswith(".tar"):
        return stem[:-4], stem[-4:] + suffix
    return stem, suffix


def sdist_name(stem: str, name: NormalizedName) -> SdistName | None:
    """Find the dash between name and version: the first one before which the project's name stands.

    None where there is none, or nothing after it.
    """
    position = stem.find("-")
    while position != -1:
        if _canonical(stem[:position]) == name:
            version = stem[position + 1 :]
            return SdistName(stem[:position], version) if version else None
        position = stem.find("-", position + 1)
    return None


def sdist_version(stem: str, name: NormalizedName) -> str | None:
    """Give the version part of an sdist's stem, or None."""
    found = sdist_name(stem, name)
    return found.version_text if found is not None else None


_canonical = lru_cache(maxsize=4096)(canonicalize_name)


@lru_cache(maxsize=1 << 16)
def parse_version(text: str) -> Version | None:
    """Read a version by PEP 440; each distinct text once in a process. None where it is none."""
    try:
        return Version(text)
    except InvalidVersion:
        return None
