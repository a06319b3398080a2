"""What the inputs ask for by its place, beside what a frozen image had from there and no line can pin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.check import rules
from pipfreeze_lock.model.finding import Location
from pipfreeze_lock.model.lock import UNMATCHED
from pipfreeze_lock.model.origin import is_same_origin
from pipfreeze_lock.requirements.naming import KnownOrigin, has_no_hash, is_from, with_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName

    from pipfreeze_lock.check.context import Asked, CheckContext
    from pipfreeze_lock.model.finding import Finding
    from pipfreeze_lock.model.lock import LockedSet, Pin, Unpinned
    from pipfreeze_lock.model.requirement import Requirement, RequirementSet

__all__ = [
    "has_lines_without_hash",
    "is_pinned_from",
    "name_unnamed",
    "place_findings",
    "unnamed_findings",
    "unpinned_named",
]


def has_lines_without_hash(requirements: RequirementSet) -> bool:
    """Whether ``lock`` would refuse them, so that only freezing again renews their lock."""
    return bool(requirements.unnamed) or any(map(has_no_hash, requirements.requirements))


def unpinned_named(lock: LockedSet, name: NormalizedName) -> Unpinned | None:
    """Give what a frozen image had of that name without a pin."""
    return next((one for one in lock.unpinned if one.name == name and one.reason != "hidden"), None)


def is_pinned_from(pin: Pin, requirement: Requirement) -> bool:
    """Whether the file of a pin had been copied into a frozen image from the place that a line names."""
    if requirement.url is None or requirement.is_editable or pin.origin is None:
        return False
    return is_same_origin(requirement.url.without_credentials, pin.origin) is not False


def name_unnamed(context: CheckContext) -> None:
    """Name the lines that name a place alone: as the lock has them, else by what is known to be from there."""
    recorded = {via: name for name, via in context.recorded()}
    origins = [_known(one) for one in context.lock.unpinned if one.origin is not None and one.reason != "hidden"]
    context.requirements = with_names(
        context.requirements,
        origins,
        recorded=lambda line: recorded.get(context.via_of("-r", line)),
    )


def unnamed_findings(context: CheckContext, unchecked: list[str]) -> Iterator[Finding]:
    """Say which lines name a place that nothing is from; of which freezing could not tell, it cannot be told here.

    :param unchecked: Is given a sentence on each of those.
    """
    unmatched = {text for key, text in context.lock.remarks if key == UNMATCHED}
    for line in context.requirements.unnamed:
        if not context.applies(line):
            continue
        if str(context.via_of("-r", line)) in unmatched:
            unchecked.append(f"`{line.text}` ({line.source}): nothing told what the frozen image has from there")
        else:
            message = f"`{line.text}` is asked for, and nothing in the lock is known to be from there"
            place = Location(line.source.file, line.source.line)
            yield context.finding(rules.MISSING_PIN, message, location=place)


def place_findings(context: CheckContext, asked: Asked) -> Iterator[Finding]:
    """Say whether an unpinned distribution is from the place that a line names, as far as both tell.

    Where they do not, as of a branch, the line has to be the one that the lock was made from.
    """
    known = unpinned_named(context.lock, asked.name)
    if asked.requirement is None or known is None:
        return
    agrees = _is_from(asked, known)
    before = [via for name, via in context.recorded() if name == asked.name and via.parent == asked.via.parent]
    if agrees or (agrees is None and any(via.constraint == asked.via.constraint for via in before)):
        return
    there = f"the image that was frozen had `{known.name}` {known.version} {_place(known)}"
    was = f", asked for as `{before[0].constraint.removeprefix('@ ')}`" if before and agrees is None else ""
    message = f"`{asked.text}` is asked for, and {there}{was}"
    yield context.finding(rules.OTHER_URL, message, location=asked.location, name=asked.name)


def _is_from(asked: Asked, known: Unpinned) -> bool | None:
    if asked.requirement is None:
        return None
    if known.origin is not None:
        return is_from(asked.requirement, _known(known))
    return None if asked.requirement.is_editable == (known.reason == "editable") else False


def _known(one: Unpinned) -> KnownOrigin:
    return KnownOrigin(name=one.name, reference=one.origin or "", is_editable=one.reason == "editable")


def _place(known: Unpinned) -> str:
    what = "as a source tree, from" if known.reason == "editable" else "from"
    return f"{what} `{known.origin}`" if known.origin is not None else f"{what} where nothing tells"
