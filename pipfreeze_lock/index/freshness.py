"""How long an answer may be used again without asking (RFC 9111), and how it is recognised. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["lifetime", "validator"]

_DIRECTIVE = re.compile(r"""([\w-]+)(?:=(?:"([^"]*)"|([^\s,;]*)))?""")
_SECONDS = re.compile(r"\d{1,10}")


def lifetime(headers: Mapping[str, str], now: float) -> float | None:
    """Give the seconds for which an answer may be used without asking, 0 where it must be asked about each time.

    We are a private cache, so ``s-maxage``, ``private`` and ``public`` are not for us; nothing is guessed from
    ``Last-Modified`` (RFC 9111, 4.2.2), as pip does not; what is too old is never used, so ``must-revalidate`` asks for
    nothing more.

    :param headers: Of the answer, names in lower case.
    :param now: Seconds since the epoch.
    :return: None where it may not be kept at all: ``no-store``, or an answer that varies with everything.
    """
    directives = {
        match[1].lower(): match[2] or match[3] or "" for match in _DIRECTIVE.finditer(headers.get("cache-control", ""))
    }
    if "no-store" in directives or headers.get("vary", "").strip() == "*":
        return None
    if "no-cache" in directives:
        return 0.0
    if "max-age" in directives:
        allowed = _seconds(directives["max-age"])
    elif "expires" in headers:
        allowed = _date(headers["expires"]) - (_date(headers.get("date", "")) or now)
    else:
        return 0.0
    return max(0.0, allowed - _seconds(headers.get("age", "")))


def validator(headers: Mapping[str, str], body: bytes | memoryview) -> str:
    """Give a text that is another one when the page is: its ETag, else its date, else its SHA-256."""
    if etag := headers.get("etag"):
        return f"etag:{etag}"
    if modified := headers.get("last-modified"):
        return f"modified:{modified}"
    from hashlib import sha256  # noqa: PLC0415  most servers have an ETag

    return f"sha256:{sha256(body).hexdigest()}"


def _seconds(text: str) -> float:
    """Read delta-seconds; what cannot be read is 0, which is stale (RFC 9111, 4.2.1)."""
    return float(text) if _SECONDS.fullmatch(text.strip()) else 0.0


def _date(text: str) -> float:
    """Read an HTTP date into seconds since the epoch, 0 where it is none: ``Expires: 0`` is common."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415  7 ms, and few servers need it

    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return 0.0
