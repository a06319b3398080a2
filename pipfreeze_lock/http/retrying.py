"""When a request is sent again, and after how long. Pure, but for the dice."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LONGEST_WAIT", "RETRIED_STATUSES", "backoff", "retry_after"]

RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504, 520, 527})
"""What is likely to pass: pip's list (``_internal/network/session.py``), and 429 and 504 (RFC 9110, RFC 6585)."""

LONGEST_WAIT = 60.0
"""Seconds. A server that asks for more is not waited for: the person is told instead."""

_FIRST_WAIT = 0.25
"""pip's ``backoff_factor``."""


def backoff(attempt: int) -> float:
    """Give the seconds to wait after the given attempt, counted from 0: 0.25, 0.5, 1, … at most 8, and up to half less.

    The jitter keeps some thirty requests that failed together from coming back together.
    """
    return min(8.0, _FIRST_WAIT * 2.0**attempt) * random.uniform(0.5, 1.0)  # noqa: S311  no secret depends on it


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Read ``Retry-After`` (RFC 9110, 10.2.3), which is in seconds or a date, into seconds from now.

    :param now: Seconds since the epoch.
    :return: None where there is none, or it cannot be read.
    """
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isdecimal():
        return float(value)
    from email.utils import parsedate_to_datetime  # noqa: PLC0415  7 ms, and rarely needed

    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):
        return None
