"""Parts of sentences that say what a verification found, and what it did not look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["listed"]

_MOST = 6


def listed(names: Sequence[str]) -> str:
    """Write names in back-ticks, those that are too many as a number."""
    shown = [f"`{name}`" for name in names[:_MOST]]
    if len(names) > _MOST:
        shown.append(f"{len(names) - _MOST} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
