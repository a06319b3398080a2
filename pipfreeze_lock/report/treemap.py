"""Rectangles whose areas are as sizes are: a squarified treemap.

Source: Bruls, Huizing, van Wijk, "Squarified Treemaps" (2000). `squarify` on the index calls itself for each row, so
that one large size beside some thousands of small ones is a RecursionError, and lays each row out anew for each size
that it tries; page.js needs the layout in the browser anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Rectangle", "enclosing", "squarified"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rectangle:
    """A part of a drawing; y grows downwards."""

    left: float
    top: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """In square units."""
        return self.width * self.height

    def inset(self, margin: float, *, top: float | None = None) -> Rectangle:
        """Leave a margin on each side, another one on top where that is given; nothing is left of what is too small."""
        above = margin if top is None else top
        return Rectangle(
            left=self.left + min(margin, self.width / 2),
            top=self.top + min(above, self.height),
            width=max(self.width - 2 * margin, 0.0),
            height=max(self.height - above - margin, 0.0),
        )


def enclosing(rectangles: Sequence[Rectangle]) -> Rectangle:
    """Give the smallest that has all of these, one at least, in it."""
    left, top = min(one.left for one in rectangles), min(one.top for one in rectangles)
    right = max(one.left + one.width for one in rectangles)
    bottom = max(one.top + one.height for one in rectangles)
    return Rectangle(left=left, top=top, width=right - left, height=bottom - top)


def squarified(sizes: Sequence[int], bounds: Rectangle) -> list[Rectangle]:
    """Give a rectangle for each size, in their order; together they fill the bounds, the largest at the top left.

    :param sizes: None below 0; those of 0 have no area, nor those that are too small for the numbers of the machine.
    """
    corner = Rectangle(left=bounds.left + bounds.width, top=bounds.top + bounds.height, width=0.0, height=0.0)
    placed = [corner] * len(sizes)
    order = sorted((place for place, size in enumerate(sizes) if size), key=lambda place: -sizes[place])
    # Not strict: what is too small gets none.
    for place, rectangle in zip(order, _rows([sizes[place] for place in order], bounds), strict=False):
        placed[place] = rectangle
    return placed


def _rows(sizes: Sequence[int], bounds: Rectangle) -> Iterator[Rectangle]:
    """Put row after row along the shorter side of what is free; each takes sizes as long as that makes it squarer."""
    free, remaining = bounds, sum(sizes)
    start = 0
    while start < len(sizes) and free.area > 0:
        # Counted anew for each row, so that roundings do not add up to a gap at the end.
        end, total = _row_end(sizes, start, _flatness(free) * remaining)
        share = total / remaining
        yield from _row(sizes[start:end], total, free, share)
        free = _rest(free, share)
        remaining -= total
        start = end


def _flatness(free: Rectangle) -> float:
    """Give the square of the shorter side, the area being 1."""
    return min(free.width, free.height) / max(free.width, free.height)


def _row_end(sizes: Sequence[int], start: int, side: float) -> tuple[int, int]:
    """Give where the row ends that starts there, and the sum of its sizes.

    :param side: The square of the row's length, in the unit of sizes.
    """
    largest = total = sizes[start]
    worst = max(side / largest, largest / side)
    end = start + 1
    while end < len(sizes):
        wider = total + sizes[end]
        # The largest and the smallest are the ones farthest from a square.
        ratio = max(side * largest / wider**2, wider**2 / (side * sizes[end]))
        if ratio > worst:
            break
        worst, total, end = ratio, wider, end + 1
    return end, total


def _row(sizes: Sequence[int], total: int, free: Rectangle, share: float) -> Iterator[Rectangle]:
    """Lay one row out at the left or the top of what is free, `share` of it thick."""
    before = 0
    for size in sizes:
        start, length = before / total, size / total
        if free.width >= free.height:
            yield Rectangle(
                left=free.left,
                top=free.top + free.height * start,
                width=free.width * share,
                height=free.height * length,
            )
        else:
            yield Rectangle(
                left=free.left + free.width * start,
                top=free.top,
                width=free.width * length,
                height=free.height * share,
            )
        before += size


def _rest(free: Rectangle, share: float) -> Rectangle:
    """Give what is free beside, or below, a row."""
    taken_width = free.width * share if free.width >= free.height else 0.0
    taken_height = 0.0 if free.width >= free.height else free.height * share
    return Rectangle(
        left=free.left + taken_width,
        top=free.top + taken_height,
        width=max(free.width - taken_width, 0.0),
        height=max(free.height - taken_height, 0.0),
    )
