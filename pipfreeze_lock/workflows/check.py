"""Check: do requirements and lock still agree? Offline, at once, and without resolving anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipfreeze_lock.check.closure import closure_findings
from pipfreeze_lock.check.context import CheckContext, pin_text
from pipfreeze_lock.check.hashes import hash_findings
from pipfreeze_lock.check.header import file_findings, input_findings, option_findings, target_findings
from pipfreeze_lock.check.roots import pin_findings, word_findings
from pipfreeze_lock.model.finding import Examination, Finding
from pipfreeze_lock.model.requirement import RequirementSet
from pipfreeze_lock.target.markers import TargetMarkers
from pipfreeze_lock.target.pip_capabilities import capabilities
from pipfreeze_lock.target.specifiers import SpecifierRules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pipfreeze_lock.check.header import OptionChange, PlaceInInputs
    from pipfreeze_lock.check.places import LockPlaces
    from pipfreeze_lock.lockfile.interface import ReadLock
    from pipfreeze_lock.model.finding import Location
    from pipfreeze_lock.model.lock import Pin
    from pipfreeze_lock.model.target import Target

__all__ = ["CheckRequest", "check", "context_of", "in_order", "with_strictness"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckRequest:
    """A lock as it was read, and what it has to agree with."""

    path: str
    """Of the lock, as it is to be shown."""
    read: ReadLock
    places: LockPlaces
    relock: str
    """The command that renews it."""
    path_in_lock: Callable[[str], str]
    requirements: RequirementSet | None
    """None where an input cannot be read, which a finding of the caller says."""
    unread: frozenset[str] = frozenset()
    """Inputs that are not here to be looked at (a URL, standard input), as the lock has their paths."""
    target: Target
    """For whom markers and specifiers are read: as it is now, else as the lock records it."""
    target_is_known: bool = True
    """Whether it is what is said now; else the caller's finding says why not."""
    target_source: Location | None = None
    changes: tuple[OptionChange, ...] = ()
    place_in_inputs: PlaceInInputs = lambda _option, _values: None
    findings: tuple[Finding, ...] = ()
    """What the caller found while reading."""
    unchecked: tuple[str, ...] = ()


def check(request: CheckRequest) -> Examination:
    """Say in which ways lock and requirements disagree.

    Linear in pins, edges and lines of the inputs.
    """
    markers = TargetMarkers(request.target)
    context = context_of(
        read=request.read,
        places=request.places,
        requirements=request.requirements,
        target=request.target,
        relock=request.relock,
        path_in_lock=request.path_in_lock,
        unread=request.unread,
        markers=markers,
    )
    unchecked = list(request.unchecked)
    findings = [*request.findings, *file_findings(context), *hash_findings(context)]
    if request.target_is_known:
        findings += target_findings(context, request.target, request.target_source, request.changes)
    if request.requirements is not None:
        findings += input_findings(context)
        findings += option_findings(context, request.changes, request.place_in_inputs)
        if request.requirements.unnamed:
            from pipfreeze_lock.check.frozen import name_unnamed, unnamed_findings  # noqa: PLC0415  of frozen images

            name_unnamed(context)
            findings += unnamed_findings(context, unchecked)
        asked = context.requirements_that_hold()
        constraints = context.constraints_that_hold()
        lines = [*asked, *constraints]
        wrong = list(pin_findings(context, lines))
        findings += wrong
        findings += word_findings(context, lines, {one.location for one in wrong if one.location is not None})
        findings += closure_findings(context, asked, constraints)
        findings += context.senseless
        if findings:  # without any, nothing was changed
            unchecked += (_depends_on_the_search(pin) for pin in context.let_in_by_others)
    lock = request.read.lock
    return Examination(
        lock=request.path,
        target=lock.target,
        pins=len(lock.pins),
        findings=tuple(in_order(findings)),
        unchecked=(*unchecked, *context.unanswered, *markers.guesses()),
    )


def _depends_on_the_search(pin: Pin) -> str:
    return (
        f"whether `{pin_text(pin)}` stays when locking again: it is a pre-release that only other pins let in, so that "
        "it depends on which of them pip comes to first"
    )


def context_of(
    *,
    read: ReadLock,
    places: LockPlaces,
    requirements: RequirementSet | None,
    target: Target,
    relock: str,
    path_in_lock: Callable[[str], str] = str,
    unread: frozenset[str] = frozenset(),
    markers: TargetMarkers | None = None,
) -> CheckContext:
    """Lay out what every part of a check looks at; arguments as the fields of `CheckRequest`."""
    return CheckContext(
        read=read,
        places=places,
        requirements=requirements or RequirementSet(requirements=()),
        holds=(markers or TargetMarkers(target)).holds,
        specifiers=SpecifierRules(capabilities(target.pip)),
        path_in_lock=path_in_lock,
        unread=unread,
        relock=relock,
    )


_RANKS = {"error": 0, "warning": 1, "note": 2}


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by severity, then by place; what was found twice is said once."""

    def key(finding: Finding) -> tuple[int, str, int]:
        place = finding.location
        return _RANKS[finding.severity], place.path if place else "", place.line if place else 0

    return sorted(dict.fromkeys(findings), key=key)


def with_strictness(examination: Examination) -> Examination:
    """Make errors of the notes that ``--strict`` does not let pass."""
    findings = [
        replace(finding, severity="error") if finding.rule.strict else finding for finding in examination.findings
    ]
    return replace(examination, findings=tuple(in_order(findings)))
