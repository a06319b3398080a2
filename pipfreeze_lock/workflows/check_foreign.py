"""Check a lock that another tool made, as far as it tells: who asks for what by name, and from which files."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipfreeze_lock.check import rules
from pipfreeze_lock.check.closure import closure_findings
from pipfreeze_lock.check.context import CheckContext
from pipfreeze_lock.check.hashes import hash_findings
from pipfreeze_lock.check.roots import pin_findings
from pipfreeze_lock.lockfile.interface import ReadLock
from pipfreeze_lock.model.finding import Examination
from pipfreeze_lock.model.lock import LockedSet
from pipfreeze_lock.model.requirement import IndexOptions
from pipfreeze_lock.model.url import Url
from pipfreeze_lock.requirements.problems import hide_credentials
from pipfreeze_lock.target.pip_capabilities import capabilities
from pipfreeze_lock.target.specifiers import SpecifierRules
from pipfreeze_lock.workflows.check import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pipfreeze_lock.check.context import Asked
    from pipfreeze_lock.check.places import LockPlaces
    from pipfreeze_lock.lockfile.foreign import ForeignLock, ForeignPin
    from pipfreeze_lock.model.finding import Finding
    from pipfreeze_lock.model.lock import Pin
    from pipfreeze_lock.model.requirement import RequirementSet

__all__ = ["ForeignRequest", "check_foreign"]

_OPTIONS = tuple(
    f"`{option}"
    for option in (
        *("-i ", "--index-url", "--extra-index-url", "--no-index", "-f ", "--find-links", "--trusted-host"),
        *("--no-binary", "--only-binary", "--prefer-binary", "--pre", "--require-hashes"),
    )
)
"""Lines of pip's global options, which ask for nothing."""
_NEWEST_PIP = "9999"
"""The file does not say which pip it is for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeignRequest:
    """A lock of another tool, and the inputs that it names."""

    path: str
    foreign: ForeignLock
    places: LockPlaces
    path_in_lock: Callable[[str], str]
    requirements: RequirementSet | None
    """None where it names none, or they are not there."""
    unread: frozenset[str] = frozenset()
    """Those of them that are not there."""
    findings: tuple[Finding, ...] = ()
    """What the caller found while reading."""
    unchecked: tuple[str, ...] = ()


def check_foreign(request: ForeignRequest) -> Examination:
    """Say where requirements and pins disagree, and what cannot be said of such a lock."""
    pins = tuple(map(_without_credentials, request.foreign.pins))
    variants: dict[str, list[ForeignPin]] = defaultdict(list)
    for one in pins:
        variants[one.pin.name].append(one)
    several = {name for name, pins in variants.items() if len(pins) > 1}
    context = _context(request, variants.values())
    findings = [*request.findings, *_duplicates(context, pins)]
    findings += hash_findings(context, [one.pin for one in pins])
    unchecked = [*_limits(request, several), *request.unchecked]
    if request.requirements is not None:
        asked: list[Asked] = []
        for line in [*context.requirements_that_hold(), *context.constraints_that_hold()]:
            if line.via.marker and line.name not in variants:
                unchecked.append(f"`{line.text}` has no pin: whether its marker holds depends on the target")
            elif line.name in request.foreign.left_out and line.name not in variants:
                unchecked.append(f"`{line.text}` has no pin: `{request.foreign.tool}` left it out as unsafe")
            else:
                asked.append(replace(line, via=replace(line.via, extras=())))
        findings += pin_findings(
            context,
            [one for one in asked if one.name not in several or not _some_satisfies(context, one, variants[one.name])],
        )
        if any(one.pin.via for one in request.foreign.pins):
            findings += closure_findings(context, [line for line in asked if line.via.kind == "-r"])
    return Examination(
        lock=request.path,
        pins=len(request.foreign.pins),
        findings=tuple(in_order(findings)),
        unchecked=tuple(unchecked),
    )


def _without_credentials(one: ForeignPin) -> ForeignPin:
    if one.pin.url is None:
        return one
    return replace(one, pin=replace(one.pin, url=Url(one.pin.url).without_credentials))


def _some_satisfies(context: CheckContext, line: Asked, variants: Iterable[ForeignPin]) -> bool:
    """Whether a line is satisfied by one of several pins: it is for the target to say which counts."""
    specifier = line.requirement.specifier if line.requirement is not None else None
    return specifier is None or any(context.satisfies(one.pin.version, specifier) for one in variants)


def _merged(variants: Sequence[ForeignPin]) -> Pin:
    """Make one pin of those of a distribution, without what such a file may or may not say: extras."""
    pins = [one.pin for one in variants]
    via = {replace(via, extra=None, extras=(), constraint="") for pin in pins for via in pin.via}
    by_another = any(one.kind == "distribution" for one in via)
    return replace(
        pins[0],
        extras=(),
        url=None if by_another else pins[0].url,  # in which words the other asked is not recorded
        hashes=tuple(text for pin in pins for text in pin.hashes),
        via=tuple(sorted(via, key=str)),
    )


def _context(request: ForeignRequest, variants: Iterable[Sequence[ForeignPin]]) -> CheckContext:
    """Lay the pins out as a lock of ours."""
    pins = tuple(map(_merged, variants))
    lock = LockedSet(command="", target="", options=IndexOptions(), pins=pins)
    requirements = request.requirements
    if requirements is None:
        from pipfreeze_lock.model.requirement import RequirementSet  # noqa: PLC0415  only where there is none

        requirements = RequirementSet(requirements=())
    tool = request.foreign.tool or "the tool that made it"
    return CheckContext(
        read=ReadLock(lock=lock, digest_ok=True),
        places=request.places,
        requirements=requirements,
        holds=lambda _marker, _extras: True,
        specifiers=SpecifierRules(capabilities(_NEWEST_PIP)),
        path_in_lock=request.path_in_lock,
        unread=request.unread,
        relock=f"Compile it again with {f'`{tool}`' if request.foreign.tool else tool}.",
    )


def _duplicates(context: CheckContext, pins: Sequence[ForeignPin]) -> Iterator[Finding]:
    seen: dict[tuple[str, str | None], ForeignPin] = {}
    for one in pins:
        first = seen.setdefault((one.pin.name, one.marker), one)
        if first is not one:
            message = f"`{one.pin.name}` is pinned twice, to {first.pin.version} and to {one.pin.version}"
            yield context.finding(rules.DUPLICATE_PIN, message, location=context.places.line(one.line), pin=first.pin)


def _limits(request: ForeignRequest, several: set[str]) -> Iterator[str]:
    made_by = f"`{request.foreign.tool}` made it" if request.foreign.tool else "it is not a lock of ours"
    yield f"{made_by}: what pins need of each other, the target and the options are not recorded in it"
    for problem in request.foreign.problems:
        if not problem.message.startswith(_OPTIONS):
            yield f"line {problem.line}: {hide_credentials(problem.message)}"
    if request.requirements is None and not request.findings:
        yield "which files it was made from is not recorded, or they are not here"
    if not any(one.pin.via for one in request.foreign.pins):
        yield "who asks for a pin is not recorded, so that one too many does not show"
    for name in sorted({one.pin.name for one in request.foreign.pins if one.marker} & several):
        yield f"`{name}` is pinned more than once, under markers"
