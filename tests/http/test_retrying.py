from __future__ import annotations

import pytest

from pipfreeze_lock.http.retrying import backoff, retry_after

NOON = 1_600_000_000.0  # Sun, 13 Sep 2020 12:26:40 GMT


@pytest.mark.parametrize(("attempt", "longest"), [(0, 0.25), (1, 0.5), (2, 1), (5, 8), (50, 8), (2000, 8)])
def test_backoff_doubles_up_to_eight_seconds(attempt, longest):
    waits = [backoff(min(attempt, 900)) for _ in range(50)]
    assert all(longest / 2 <= wait <= longest for wait in waits)
    assert len(set(waits)) > 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Sun, 13 Sep 2020 12:27:40 GMT", 60.0),
        ("Sun, 13 Sep 2020 12:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
    ],
)
def test_retry_after(value, seconds):
    assert retry_after({"retry-after": value}, NOON) == seconds


def test_without_the_header():
    assert retry_after({}, NOON) is None
