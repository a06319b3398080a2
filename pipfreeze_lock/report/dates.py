"""Dates of an index, for people."""

from __future__ import annotations

import re

__all__ = ["day"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?=T|$)", re.ASCII)


def day(instant: str | None) -> str:
    """Give the date of an instant (RFC 3339, UTC) as an index wrote it; nothing where it is none."""
    found = _DAY.match(instant or "")
    return found[0] if found is not None else ""
