"""One pair of locks with all that a reviewer is told of it; formats: `changes_markdown`, `changes_json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.model.lock_review import TotalSize

if TYPE_CHECKING:
    from datetime import datetime

    from pipfreeze_lock.model.lock_review import LockReview
    from pipfreeze_lock.report.changes import Changes

__all__ = ["Asked", "LockDifference"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """When the index was asked, and for what."""

    at: datetime
    """UTC."""
    exclude_newer: datetime | None = None
    """UTC; what was uploaded then or later was passed over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LockDifference:
    """What moved from the lock that there was to the one that there is, or would be."""

    path: str
    """Of the lock, for a heading."""
    target: str
    command: str
    """That made the new lock, without credentials."""
    is_new: bool
    """Whether there was no lock before."""
    changes: Changes
    review: LockReview

    @property
    def old_size(self) -> TotalSize | None:
        """What pip fetches by the old lock; None where there was none."""
        return None if self.is_new else TotalSize.of(self.review.old.values())

    @property
    def new_size(self) -> TotalSize:
        """What pip fetches by the new lock."""
        return TotalSize.of(self.review.new.values())
