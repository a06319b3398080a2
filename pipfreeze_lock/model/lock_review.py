"""What the index knows of the pins of two locks: what a reviewer of the move asks for, and the locks do not tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.lock import Via

__all__ = ["FileState", "HeldBack", "LockReview", "PinnedFile", "TotalSize"]

FileState = Literal["offered", "gone", "direct", "unknown"]
"""``gone``: no file with a hash of the pin is offered any longer. ``direct``: a requirement names the file by its URL,
so that no index was asked. ``unknown``: the index gives no sha256 to know it by."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PinnedFile:
    """The file of a pin that pip fetches."""

    state: FileState
    filename: str | None = None
    """None where it is not known."""
    size: int | None = None
    """Bytes, where the index tells."""
    uploaded: str | None = None
    """RFC 3339, as the index gives it."""
    yanked: str | None = None
    """The reason, in one line."""
    release_page: str | None = None
    """URL of a page for people; only of a file that pip's own default index offers."""

    @property
    def is_compiled(self) -> bool:
        """Whether pip builds a wheel of it first."""
        return self.filename is not None and not self.filename.endswith(".whl")


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldBack:
    """A release that is newer than a pin, and what keeps it out of the lock."""

    name: NormalizedName
    version: str
    """That is pinned."""
    newer: str
    uploaded: str | None
    """Of the first file of the newer one; RFC 3339, as the index gives it."""
    by: tuple[Via, ...] = ()
    """Whose constraints exclude it."""
    reasons: tuple[str, ...] = ()
    """What else does, a clause each: ``it needs Python >=3.7``."""
    is_image: bool = False
    """Whether the image is the reason: its pip would take no file of it, whatever is asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TotalSize:
    """What pip fetches for all pins of a lock."""

    files: int
    size: int
    """Bytes, of those files of which it is known."""
    unknown: int
    """How many files it is not known of."""

    @classmethod
    def of(cls, files: Iterable[PinnedFile]) -> TotalSize:
        """Add them up."""
        sizes = [file.size for file in files]
        known = [size for size in sizes if size is not None]
        return cls(files=len(sizes), size=sum(known), unknown=len(sizes) - len(known))


@dataclass(frozen=True, kw_only=True, slots=True)
class LockReview:
    """All of it, for one pair of locks."""

    old: Mapping[NormalizedName, PinnedFile]
    """By the name of the pin; empty where there was no lock."""
    new: Mapping[NormalizedName, PinnedFile]
    held: tuple[HeldBack, ...]
    """By name; of a pin two at the most, one that the image rules out and one that it does not."""
