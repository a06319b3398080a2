"""A wheel of the same release, for the same Python but perhaps another platform, to take an sdist's metadata from.

Most projects build all their wheels from one source, so that a wheel for macOS tells what the sdist would say on
Linux. A build could still differ; so this tier comes after all that is proven, and says so in `CoreMetadata.note`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from pipfreeze_lock.index.wheel_support import needed_pip
from pipfreeze_lock.target.tags import supported_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.tags import Tag

    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.target import Target

__all__ = ["sibling_wheels", "twin_wheel"]

_PLATFORMS = {"linux": ("manylinux", "linux", "musllinux"), "macos": ("macosx",), "windows": ("win",)}


def sibling_wheels(page: ProjectPage, file: IndexFile, target: Target) -> list[IndexFile]:
    """Give the wheels of an sdist's release that the target's Python could run on some platform, nearest first."""
    release = _release(file.filename)
    if release is None:
        return []
    found: list[tuple[int, str, IndexFile]] = []
    for other, tags in _wheels_of(page, file, *release):
        distance = _distance(tags, target)
        if distance is not None:
            found.append((distance, other.filename, other))
    return [other for _, _, other in sorted(found, key=lambda row: row[:2])]


def twin_wheel(page: ProjectPage, file: IndexFile, target: Target) -> IndexFile | None:
    """Give a wheel of an sdist's release that runs on the very target, and that only its pip is too old to read."""
    release = _release(file.filename)
    if release is None:
        return None
    supported = frozenset(supported_tags(target))
    for other, tags in _wheels_of(page, file, *release):
        if not supported.isdisjoint(map(str, tags)):
            continue
        if needed_pip("-".join(other.filename.removesuffix(".whl").split("-")[-3:]), target) is not None:
            return other
    return None


def _wheels_of(
    page: ProjectPage, sdist: IndexFile, name: str, version: Version
) -> Iterator[tuple[IndexFile, frozenset[Tag]]]:
    """Give the wheels of a release, less those that are for other Pythons than its sdist: they say something else."""
    texts: dict[str, bool] = {}
    for other in page.files:
        if not other.filename.endswith(".whl"):
            continue
        # A cheap test first: a page may list ten thousand wheels, of some hundred versions.
        text = other.filename.split("-", 2)[1]
        if text not in texts:
            texts[text] = _is_version(text, version)
        if not texts[text]:
            continue
        try:
            found, _, _, tags = parse_wheel_filename(other.filename)
        except (InvalidWheelFilename, InvalidVersion):
            continue
        differs = sdist.requires_python and other.requires_python and sdist.requires_python != other.requires_python
        if found == name and not differs:
            yield other, tags


def _is_version(text: str, version: Version) -> bool:
    try:
        return Version(text.replace("_", "-")) == version
    except InvalidVersion:
        return False


def _release(filename: str) -> tuple[str, Version] | None:
    stem = filename
    for suffix in (".tar.bz2", ".tar.xz", ".tgz", ".tar"):
        stem = stem.removesuffix(suffix)
    # packaging knows the two suffixes of PEP 625 only; the rest of the name has the same shape.
    normal = filename if filename.endswith((".tar.gz", ".zip")) else f"{stem}.tar.gz"
    try:
        name, version = parse_sdist_filename(normal)
    except (InvalidSdistFilename, InvalidVersion):
        return None
    return canonicalize_name(name), version


def _distance(tags: Iterable[Tag], target: Target) -> int | None:
    """Say how far a wheel is from the target; None when its Python is another."""
    best: int | None = None
    for tag in tags:
        if not _fits_python(tag, target):
            continue
        if tag.platform == "any":
            distance = 1
        elif tag.platform.startswith(_PLATFORMS[target.operating_system]):
            distance = 0 if tag.platform.endswith(target.machine.lower()) else 2
        else:
            distance = 3
        best = distance if best is None else min(best, distance)
    return best


def _fits_python(tag: Tag, target: Target) -> bool:
    major, minor = target.python_release
    if tag.interpreter in (f"py{major}", f"py{major}{minor}"):
        return tag.abi == "none"
    if target.implementation == "pypy":
        return tag.abi == target.abi
    if tag.abi == "abi3":
        digits = tag.interpreter.removeprefix("cp3")
        return major == 3 and tag.interpreter.startswith("cp3") and digits.isdigit() and int(digits) <= minor
    return tag.interpreter == f"cp{major}{minor}" and tag.abi in (target.abi, "none")
