"""A squarified treemap: what must hold of any sizes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipfreeze_lock.report.treemap import Rectangle, enclosing, squarified

BOUNDS = Rectangle(left=10, top=20, width=1200, height=500)

sizes = st.lists(st.integers(0, 10**6) | st.integers(10**11, 10**12) | st.integers(0, 2), max_size=60)
sides = st.floats(1, 5000)
bounds = st.builds(Rectangle, left=st.floats(-99, 99), top=st.floats(-99, 99), width=sides, height=sides)


def right(one: Rectangle) -> float:
    return one.left + one.width


def bottom(one: Rectangle) -> float:
    return one.top + one.height


def worst_ratio(placed: list[Rectangle]) -> float:
    return max(max(one.width / one.height, one.height / one.width) for one in placed)


@given(sizes, bounds)
@settings(deadline=None)
def test_areas_are_as_sizes_are(sizes: list[int], bounds: Rectangle) -> None:
    placed = squarified(sizes, bounds)
    assert len(placed) == len(sizes)
    for size, one in zip(sizes, placed, strict=True):
        assert one.area == pytest.approx(bounds.area * size / max(sum(sizes), 1), rel=1e-6, abs=bounds.area * 1e-12)


@given(sizes, bounds)
@settings(deadline=None)
def test_all_lie_within_the_bounds(sizes: list[int], bounds: Rectangle) -> None:
    slack = 1e-9 * (bounds.width + bounds.height)
    for one in squarified(sizes, bounds):
        assert one.left >= bounds.left - slack
        assert one.top >= bounds.top - slack
        assert right(one) <= right(bounds) + slack
        assert bottom(one) <= bottom(bounds) + slack


@given(sizes, bounds)
@settings(deadline=None)
def test_none_lies_upon_another(sizes: list[int], bounds: Rectangle) -> None:
    slack = 1e-9 * (bounds.width + bounds.height)
    placed = [one for one in squarified(sizes, bounds) if one.area]
    for place, one in enumerate(placed):
        for other in placed[place + 1 :]:
            across = min(right(one), right(other)) - max(one.left, other.left)
            down = min(bottom(one), bottom(other)) - max(one.top, other.top)
            assert min(across, down) <= slack


def test_the_example_of_the_paper() -> None:
    """Figure 4: sizes 6, 6, 4, 3, 2, 2, 1 on 6 x 4."""
    placed = squarified([6, 6, 4, 3, 2, 2, 1], Rectangle(left=0, top=0, width=6, height=4))
    found = [(round(one.left, 2), round(one.top, 2), round(one.width, 2), round(one.height, 2)) for one in placed]
    assert found == [
        (0, 0, 3, 2),
        (0, 2, 3, 2),
        (3, 0, 1.71, 2.33),
        (4.71, 0, 1.29, 2.33),
        (3, 2.33, 1.2, 1.67),
        (4.2, 2.33, 1.2, 1.67),
        (5.4, 2.33, 0.6, 1.67),
    ]


def test_the_largest_lies_at_the_top_left_whatever_the_order() -> None:
    placed = squarified([1, 5, 3], BOUNDS)
    assert (placed[1].left, placed[1].top) == (BOUNDS.left, BOUNDS.top)
    assert [one.area for one in squarified([5, 3, 1], BOUNDS)] == [placed[1].area, placed[2].area, placed[0].area]


def test_usual_sizes_come_out_nearly_square() -> None:
    sizes = [10**8 // (place + 1) for place in range(200)]
    assert worst_ratio(squarified(sizes, BOUNDS)) < 4


@pytest.mark.parametrize(
    "sizes",
    [[10**9] + [1] * 5000, [2**place for place in range(60)], [7] * 5000],
    ids=["one and many", "powers", "equal"],
)
def test_thousands_need_no_deeper_stack(sizes: list[int]) -> None:
    placed = squarified(sizes, BOUNDS)
    assert sum(one.area for one in placed) == pytest.approx(BOUNDS.area)


def test_nothing() -> None:
    assert squarified([], BOUNDS) == []
    assert [one.area for one in squarified([0, 0], BOUNDS)] == [0, 0]
    assert [one.area for one in squarified([3], Rectangle(left=0, top=0, width=0, height=9))] == [0]


def test_enclosing_and_inset() -> None:
    placed = squarified([4, 3, 2], BOUNDS)
    around = enclosing(placed)
    assert (around.left, around.top, around.width, around.height) == pytest.approx((10, 20, 1200, 500))
    assert BOUNDS.inset(5) == Rectangle(left=15, top=25, width=1190, height=490)
    assert BOUNDS.inset(5, top=50) == Rectangle(left=15, top=70, width=1190, height=445)
    assert Rectangle(left=0, top=0, width=4, height=4).inset(5).area == 0


@given(st.lists(st.integers(1, 10**9), min_size=2, max_size=40))
@settings(deadline=None)
def test_the_same_sizes_come_in_the_same_order(sizes: list[int]) -> None:
    placed = squarified(sorted(sizes, reverse=True), BOUNDS)
    assert all(one.area >= other.area * (1 - 1e-9) for one, other in pairwise(placed))
