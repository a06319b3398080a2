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

__all__ = ["needed_libc", "needed_pip", "why_unsupported"]

_NEWEST_LIBC = {"glibc": Libc("glibc", 2, 99), "musl": Libc("musl", 1, 99)}
_LIBC_OF_NAMED = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_LIBC_OF_TAG = re.compile(r"(manylinux|musllinux)_(\d+)_(\d+)_")


def why_unsupported(tags: str, target: Target) -> str:
    """Say why none of a wheel's tags (``cp36-cp36m-manylinux2014_x86_64``) is supported; a clause."""
    return _reach(target).why(tags)


def needed_pip(tags: str, target: Target) -> str | None:
    """Give the first pip, above the target's, that takes one of these tags there; None where none does."""
    return _reach(target).needed_pip(_expanded(tags))


def needed_libc(tags: str, target: Target) -> Libc | None:
    """Give the lowest libc, above the target's, with which one of these tags is taken there by the newest pip."""
    return _reach(target).needed_libc(_expanded(tags))


class _Reach:
    """The tags that a target would have with each newer pip, and with the newest libc; worked out once."""

    def __init__(self, target: Target) -> None:
        self._libc = target.libc
        release = pip_release(target.pip)
        newer = sorted({step.since for step in STEPS if step.since > release})
        self._by_pip = [(pip, _tags_of(replace(target, pip=pip))) for pip in (".".join(map(str, one)) for one in newer)]
        self._with_any_pip: frozenset[str] = frozenset().union(*(tags for _, tags in self._by_pip))
        newest = replace(target, pip=".".join(map(str, max(step.since for step in STEPS))))
        split = [tag.split("-", 2) for tag in _tags_of(newest)]
        self._interpreters = {interpreter for interpreter, _, _ in split}
        self._abis = {f"{interpreter}-{abi}" for interpreter, abi, _ in split}
        libc = _NEWEST_LIBC[target.libc.family] if target.libc is not None else None
        self._with_newest_libc = _tags_of(replace(newest, libc=libc)) if libc is not None else frozenset()
        self._answers: dict[str, str] = {}

    def why(self, tags: str) -> str:
        answer = self._answers.get(tags)
        if answer is None:
            answer = self._answers[tags] = self._why(_expanded(tags))
        return answer

    def needed_pip(self, wanted: frozenset[str]) -> str | None:
        if wanted.isdisjoint(self._with_any_pip):
            return None
        return next(pip for pip, tags in self._by_pip if not wanted.isdisjoint(tags))

    def _why(self, wanted: frozenset[str]) -> str:
        pip = self.needed_pip(wanted)
        if pip is not None:
            return f"it needs pip >= {pip} ({_named(wanted & dict(self._by_pip)[pip])})"
        libc = self.needed_libc(wanted)
        if libc is not None:
            return f"it needs {libc.family} >= {libc.major}.{libc.minor}; the target has {self._libc}"
        interpreters = {tag.split("-", 2)[0] for tag in wanted}
        if interpreters.isdisjoint(self._interpreters):
            return f"it is for another Python ({', '.join(sorted(interpreters))})"
        abis = {"-".join(tag.split("-", 2)[:2]) for tag in wanted}
        if abis.isdisjoint(self._abis):
            return f"it is for another Python or another build of it ({', '.join(sorted(abis))})"
        return f"it is for another platform ({', '.join(sorted({tag.split('-', 2)[-1] for tag in wanted}))})"

    def needed_libc(self, wanted: frozenset[str]) -> Libc | None:
        """Give the lowest libc with which one of the tags would be supported."""
        takes = wanted & self._with_newest_libc
        versions = filter(None, (_libc_version(tag.split("-", 2)[2]) for tag in takes))
        lowest = min(versions, default=None)
        return Libc(self._libc.family, *lowest) if lowest is not None and self._libc is not None else None


@lru_cache(maxsize=8)
def _reach(target: Target) -> _Reach:
    return _Reach(target)


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


def _tags_of(target: Target) -> frozenset[str]:
    return frozenset(supported_tags(target))


def _expanded(tags: str) -> frozenset[str]:
    parts = tags.lower().split("-", 2)
    return frozenset("-".join(tag) for tag in product(*(part.split(".") for part in parts)))
