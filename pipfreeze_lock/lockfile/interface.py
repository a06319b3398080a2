"""What reading a lock gives beside the lock itself, and what every format can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from pipfreeze_lock.model.lock import LockedSet

__all__ = ["LockRenderer", "Problem", "ReadLock"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something odd in a file that could be read all the same: data for ``check``, never an exception."""

    line: int
    """From 1; 0 where it is the whole file."""
    message: str
    """No full stop at its end."""
    kind: Literal["form", "digest", "line"] = "line"
    """``form``: bytes that say nothing, such as line ends. ``digest``: it was changed after it was written. ``line``: a
    line that no lock has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadLock:
    """A lock as it was read."""

    lock: LockedSet
    digest_ok: bool
    """Whether the file is, but for line ends and a byte order mark, as it was written."""
    problems: tuple[Problem, ...] = ()
    """In order of lines; one of them says why when `digest_ok` is false."""


class LockRenderer(Protocol):
    """One format: ``requirements_txt.render``, ``pylock.render``, ``constraints.render``."""

    def __call__(self, lock: LockedSet, /) -> bytes:
        """Give the bytes of the file: the same for the same lock, on any system.

        :raises LockFileError: when the format cannot say what the lock says.
        """
        ...  # pragma: no cover
