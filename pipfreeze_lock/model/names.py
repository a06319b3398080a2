"""Names of distributions, normalised."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

__all__ = ["canonical_name"]

_NORMALIZED = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SEPARATORS = re.compile(r"[-_.]+")


def canonical_name(name: str) -> NormalizedName:
    """Normalise a name (PEP 503); ``packaging.utils`` does the same, and costs a check its time budget to import."""
    if not _NORMALIZED.fullmatch(name):
        name = _SEPARATORS.sub("-", name).lower()
    return cast("NormalizedName", name)
