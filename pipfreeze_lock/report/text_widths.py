"""How wide a text will be, for drawings whose reader has fonts that we do not know."""

from __future__ import annotations

import unicodedata

__all__ = ["fitting", "shortened", "text_width"]

_NARROW = frozenset("ijltfrI|.,:;'`!()[]{}/\\ -")
_BROAD = frozenset("mwMW@%&")


def text_width(text: str, size: float) -> float:
    """Give the width at a font size, rather too much than too little: that of DejaVu Sans, the widest that is usual."""
    return size * sum(map(_width, text))


def fitting(text: str, room: float, sizes: tuple[float, ...]) -> float | None:
    """Give the largest of these font sizes, descending, at which the whole text fits; None where there is none."""
    return next((size for size in sizes if text_width(text, size) <= room), None)


def shortened(text: str, room: float, size: float) -> str:
    """Cut what does not fit, with an ellipsis for it; empty where not even four letters would stay."""
    if text_width(text, size) <= room:
        return text
    left = room / size - _width("…")
    kept = 0
    for character in text:
        left -= _width(character)
        if left < 0:
            break
        kept += 1
    return f"{text[:kept].rstrip()}…" if kept > 3 else ""


def _width(character: str) -> float:
    """Give the width of one in em."""
    if character in _NARROW:
        return 0.42
    if character in _BROAD:
        return 0.98
    if character.isascii():
        return 0.74 if character.isupper() else 0.64
    if unicodedata.combining(character):
        return 0.0
    return 1.05 if unicodedata.east_asian_width(character) in "WF" else 0.8
