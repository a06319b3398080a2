"""Findings: what a check or a verification has to say of one lock, as data; nothing here raises or prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

__all__ = ["Examination", "Finding", "Location", "RelatedLocation", "Rule", "Severity"]

Severity = Literal["error", "warning", "note"]
"""``error``: lock and world disagree. ``warning``: they agree, and something should be looked at. ``note``: they agree,
and differ in something that changes nothing; ``--strict`` makes errors of those whose rule is `Rule.strict`."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file."""

    path: str
    """As a person would type it from the working folder: POSIX, or a URL without credentials."""
    line: int = 0
    """From 1; 0 where it is the whole file."""

    def __str__(self) -> str:
        """``requirements.txt:3``."""
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class RelatedLocation:
    """A second place that a finding speaks of, and what it is."""

    location: Location
    message: str
    """``the pin``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One way to disagree."""

    id: str
    """Stable, lower case with dashes: ``unsatisfied-requirement``."""
    title: str
    """What is wrong in general, one line without full stop: ``A pin does not satisfy a requirement``."""
    help: str
    """Why it matters and what mends it, in full sentences."""
    severity: Severity = "error"
    """Of its findings, as a rule."""
    strict: bool = False
    """Whether ``--strict`` makes an error of its notes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One disagreement."""

    rule: Rule
    severity: Severity
    message: str
    """One sentence that says who disagrees with whom and why, no full stop, back-ticks round names."""
    location: Location | None = None
    """The line that a person would look at first."""
    related: tuple[RelatedLocation, ...] = ()
    name: NormalizedName | None = None
    """The distribution that it is about."""
    pin: str | None = None
    """As the lock has it: ``grpcio==1.34.1``."""
    remedy: str | None = None
    """The command, or the line of a file, that mends it."""
    details: tuple[tuple[str, str], ...] = ()
    """Further facts for machines and for readers who want more, as (key, value): ``("expected", "1.34.1")``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Examination:
    """What came of looking at one lock."""

    lock: str
    """Its path, as `Location.path`."""
    subject: str | None = None
    """What it was compared with, where that is no requirements file: an image, an interpreter."""
    target: str | None = None
    """The lock's ``target`` line."""
    pins: int = 0
    """How many there are."""
    findings: tuple[Finding, ...] = ()
    """By severity, then by place."""
    unchecked: tuple[str, ...] = ()
    """What could not be looked at, and why: a sentence each, no full stop. Never a pass in silence."""
    hidden: int = 0
    """Findings that a policy of the reader leaves out."""

    @property
    def agrees(self) -> bool:
        """Whether there is no error among the findings."""
        return not any(finding.severity == "error" for finding in self.findings)
