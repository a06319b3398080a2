from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING

import pytest

from pipfreeze_lock.resolve.catalogue import Replayable

if TYPE_CHECKING:
    from collections.abc import Iterator


def counted(taken: list[int]) -> Iterator[int]:
    for number in count():
        taken.append(number)
        yield number


def test_nothing_is_taken_before_it_is_asked_for_and_nothing_twice() -> None:
    taken: list[int] = []
    numbers = Replayable(counted(taken))
    assert taken == []
    assert list(islice(numbers, 2)) == [0, 1]
    assert taken == [0, 1]
    assert list(islice(numbers, 3)) == [0, 1, 2]
    assert taken == [0, 1, 2]


def test_walks_may_overlap() -> None:
    numbers = Replayable(iter(range(3)))
    one, other = iter(numbers), iter(numbers)
    assert [next(one), next(other), next(other), next(one), next(one)] == [0, 0, 1, 1, 2]
    assert list(other) == [2]
    assert list(one) == []
    assert list(numbers) == [0, 1, 2]
    assert list(Replayable([])) == []


def test_an_error_is_met_by_each_who_comes_to_it() -> None:
    """A generator that raised is exhausted: the second to come would be told that there is nothing more."""

    def failing() -> Iterator[int]:
        yield 1
        message = "no network"
        raise OSError(message)

    numbers = Replayable(failing())
    for _ in range(2):
        with pytest.raises(OSError, match="no network"):
            list(numbers)
