"""What cannot be read, as findings: ``check`` tells of it beside the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.check import rules
from pipfreeze_lock.model.finding import Finding, Location
from pipfreeze_lock.requirements.problems import RequirementsError

if TYPE_CHECKING:
    from pipfreeze_lock.errors import InputError, PipfreezeLockError
    from pipfreeze_lock.model.finding import Rule

__all__ = ["finding", "location_of", "unreadable_inputs"]


def unreadable_inputs(error: InputError) -> list[Finding]:
    """Give a finding for each of the problems that an error tells of."""
    errors = error.problems if isinstance(error, RequirementsError) else (error,)
    return [
        finding(rules.UNREADABLE_INPUT, one.message, location_of(one), " ".join(one.hints) or None) for one in errors
    ]


def location_of(error: PipfreezeLockError, path: str = "") -> Location:
    """Read the place that an error names, else give the path."""
    text, _, line = (error.context or path).rpartition(":")
    return Location(text, int(line)) if text and line.isdigit() else Location(error.context or path)


def finding(rule: Rule, message: str, location: Location, remedy: str | None = None) -> Finding:
    """Make a finding of the severity that its rule has."""
    return Finding(rule=rule, severity=rule.severity, message=message, location=location, remedy=remedy)
