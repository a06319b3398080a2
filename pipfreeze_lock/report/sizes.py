"""Bytes as people read them, the same in each report; decimal units, as registries and docker count."""

from __future__ import annotations

__all__ = ["exact_size", "percentage", "readable_size", "size_difference"]

_UNITS = ("kB", "MB", "GB", "TB")


def readable_size(size: int) -> str:
    """``0 B``, ``999 B``, ``1.0 kB``, ``713.2 MB``; page.js has the same rule."""
    if size < 1000:
        return f"{size} B"
    value = float(size)
    for unit in _UNITS:
        value /= 1000
        # 999,950 bytes would be written 1000.0 kB.
        if value < 999.95 or unit == _UNITS[-1]:
            return f"{value:.1f} {unit}"
    raise AssertionError  # the last unit takes all


def exact_size(size: int) -> str:
    """``713,204,112 B``."""
    return f"{size:,} B"


def size_difference(old: int, new: int) -> str:
    """``+98.3 kB``, ``-1.2 MB``; ``±0 B``."""
    sign = "±" if old == new else "+" if new > old else "-"
    return f"{sign}{readable_size(abs(new - old))}"


def percentage(part: int, whole: int) -> str:
    """``29.4 %``; what is there but too little for that is ``< 0.1 %``."""
    if not part or not whole:
        return "0 %"
    share = 100 * part / whole
    return f"{share:.1f} %" if share >= 0.1 else "< 0.1 %"
