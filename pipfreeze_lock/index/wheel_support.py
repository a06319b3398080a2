"""Why a target's pip does not take a wheel, in words: too old a pip, too old a libc, another Python, another platform.

Answered by asking for the tags that a target would have with a newer pip, then with the newest libc as well; what is
still missing then can only be another Python or another platform.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from pipfreeze_lock.model.target import Libc
from pipfreeze_lock.target.tag_steps import STEPS, pip_release
from pipfreeze_lock.target.tags import supported_tags

if TYPE_CHECKING:
    from pipfreeze_lock.model.target import Target

__all__ = ["needed_pip", "why_unsupported"]

_NEWEST_LIBC = {"glibc": Libc("glibc", 2, 99), "musl": Libc("musl", 1, 99)}
_LIBC_OF_NAMED = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_LIBC_OF_TAG = re.compile(r"(manylinux|musllinux)_(\d+)_(\d+)_")


@lru_cache(maxsize=4096)
def why_unsupported(tags: str, target: Target) -> str:
    """Say why none of a wheel's tags (``cp36-cp36m-manylinux2014_x86_64``) is supported; a clause."""
    wanted = _expanded(tags)
    pip = needed_pip(tags, target)
    if pip is not None:
        return f"it needs pip >= {pip} ({_named(wanted & _tags_of(replace(target, pip=pip)))})"
    newest = replace(target, pip=_newest_pip())
    libc = target.libc and _needed_libc(wanted, newest)
    if libc is not None:
        return f"it needs {libc.family} >= {libc.major}.{libc.minor}; the target has {target.libc}"
    interpreters = {tag.split("-", 2)[0] for tag in wanted}
    if interpreters.isdisjoint(tag.partition("-")[0] for tag in supported_tags(newest)):
        return f"it is for another Python ({', '.join(sorted(interpreters))})"
    abis = {"-".join(tag.split("-", 2)[:2]) for tag in wanted}
    if abis.isdisjoint("-".join(tag.split("-", 2)[:2]) for tag in supported_tags(newest)):
        return f"it is for another Python or another build of it ({', '.join(sorted(abis))})"
    return f"it is for another platform ({', '.join(sorted({tag.split('-', 2)[-1] for tag in wanted}))})"


def needed_pip(tags: str, target: Target) -> str | None:
    """Give the first pip, above the target's, that takes one of these tags there; None where none does."""
    wanted = _expanded(tags)
    release = pip_release(target.pip)
    for step in sorted(STEPS, key=lambda step: step.since):
        pip = ".".join(map(str, step.since))
        if step.since > release and not wanted.isdisjoint(_tags_of(replace(target, pip=pip))):
            return pip
    return None


def _needed_libc(wanted: frozenset[str], target: Target) -> Libc | None:
    """Give the lowest libc with which one of the tags would be supported."""
    if target.libc is None:
        return None
    takes = wanted & _tags_of(replace(target, libc=_NEWEST_LIBC[target.libc.family]))
    versions = filter(None, (_libc_version(tag.split("-", 2)[2]) for tag in takes))
    lowest = min(versions, default=None)
    return Libc(target.libc.family, *lowest) if lowest is not None else None


def _libc_version(platform: str) -> tuple[int, int] | None:
    match = _LIBC_OF_TAG.match(platform)
    if match is not None:
        return int(match[2]), int(match[3])
    return _LIBC_OF_NAMED.get(platform.partition("_")[0])


def _named(tags: frozenset[str]) -> str:
    """What is new to that pip: the manylinux name where the tag has one, else the whole tag."""
    names = {tag.split("-", 2)[2] for tag in tags}
    short = {re.sub(r"^((?:many|musl)linux[^_]*(?:_\d+_\d+)?)_.*", r"\1", name) for name in names}
    return ", ".join(sorted(short if any("linux" in name for name in short) else tags))


@lru_cache(maxsize=64)
def _tags_of(target: Target) -> frozenset[str]:
    return frozenset(supported_tags(target))


def _newest_pip() -> str:
    return ".".join(map(str, max(step.since for step in STEPS)))


def _expanded(tags: str) -> frozenset[str]:
    parts = tags.lower().split("-", 2)
    return frozenset("-".join(tag) for tag in product(*(part.split(".") for part in parts)))
