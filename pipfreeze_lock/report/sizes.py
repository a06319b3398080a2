"""Bytes as people read them, the same in each report; decimal units, as registries and docker count."""

from __future__ import annotations

__all__ = ["exact_size", "percentage", "readable_size", "size_difference"]

_UNITS = ("kB", "MB", "GB", "TB")


def readable_size(size: int) -> str:
    """``0 B``, ``999 B``, ``1.0 kB``, ``713.2 MB``.

    By whole numbers, so that format.js, which has the same rule for the page of ``weigh``, rounds alike: halves up.
    """
    if size < 1000:
        return f"{size} B"
    for power, unit in enumerate(_UNITS, start=1):
        tenths = _rounded(size * 10, 1000**power)
        # 999,950 bytes would be written 1000.0 kB.
        if tenths < 10_000 or unit == _UNITS[-1]:
            return f"{_with_tenths(tenths)} {unit}"
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
    return f"{_with_tenths(_rounded(part * 1000, whole))} %" if part * 1000 >= whole else "< 0.1 %"


def _rounded(part: int, whole: int) -> int:
    return (part + whole // 2) // whole


def _with_tenths(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"
