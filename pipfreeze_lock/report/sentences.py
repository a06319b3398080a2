"""What is said of an examination and of a finding, the same in each format that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.model.finding import Examination, Finding

__all__ = ["SEVERITIES", "body", "counted", "outcome", "tally"]

SEVERITIES = ("error", "warning", "note")


def outcome(examination: Examination) -> str:
    """Say which way it went: ``agrees with its requirements``, ``disagrees with python:3.6.8``."""
    verb = "agrees" if examination.agrees else "disagrees"
    return f"{verb} with {examination.subject or 'its requirements'}"


def tally(examination: Examination) -> str:
    """Count: ``2 errors, 1 note, 61 pins, 1 thing not checked, 3 findings hidden``."""
    counts = dict.fromkeys(SEVERITIES, 0)
    for finding in examination.findings:
        counts[finding.severity] += 1
    parts = [counted(count, severity) for severity, count in counts.items() if count]
    parts.append(counted(examination.pins, "pin"))
    if examination.unchecked:
        parts.append(f"{counted(len(examination.unchecked), 'thing')} not checked")
    if examination.hidden:
        parts.append(f"{counted(examination.hidden, 'finding')} hidden")
    return ", ".join(parts)


def counted(count: int, noun: str) -> str:
    """``1 pin``, ``2 pins``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def body(finding: Finding, *, elsewhere: str = "") -> Iterator[str]:
    """Give message, places and remedy, a line each, for formats that have a field for text and no more.

    :param elsewhere: Where it is, if the format cannot say so.
    """
    yield finding.message
    if elsewhere:
        yield f"at {elsewhere}"
    for related in finding.related:
        yield f"{related.message}: {related.location}"
    if finding.remedy:
        yield f"mend with: {finding.remedy}"
