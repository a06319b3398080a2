"""What the inputs ask for now, beside the pins and beside what the lock recorded of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from pipfreeze_lock.check import rules
from pipfreeze_lock.check.context import pin_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.check.context import Asked, CheckContext
    from pipfreeze_lock.model.finding import Finding, Location
    from pipfreeze_lock.model.lock import Pin, Via
    from pipfreeze_lock.model.requirement import Requirement

__all__ = ["pin_findings", "word_findings"]


def pin_findings(context: CheckContext, lines: Sequence[Asked]) -> Iterator[Finding]:
    """Say of each line of the inputs whether its pin satisfies it.

    :param lines: The requirements and constraints that hold on the target.
    """
    pins = {pin.name: pin for pin in context.lock.pins}
    base = context.held()
    for one in lines:
        yield from _against_pin(context, one, pins.get(one.name), base.get(one.name))


def _against_pin(context: CheckContext, asked: Asked, pin: Pin | None, base: str | None) -> Iterator[Finding]:
    if pin is None:
        yield from _against_base(context, asked, base)
        return
    if asked.requirement is not None and asked.requirement.url is not None:
        if pin.url != asked.via.constraint.removeprefix("@ ") and not _was_copied(pin, asked.requirement):
            message = f"`{asked.text}` is asked for, and `{pin_text(pin)}` is pinned"
            yield context.finding(rules.OTHER_URL, message, location=asked.location, pin=pin)
            return
    elif not _satisfied(context, asked, pin.version):
        rule = rules.UNSATISFIED_CONSTRAINT if asked.via.kind == "-c" else rules.UNSATISFIED_REQUIREMENT
        verb = "constrains it" if asked.via.kind == "-c" else "is asked for"
        message = f"`{asked.text}` {verb}, and `{pin_text(pin)}` is pinned"
        details = (("expected", asked.via.constraint), ("pinned", pin.version))
        yield context.finding(rule, message, location=asked.location, pin=pin, details=details)
    missing = [extra for extra in asked.via.extras if extra not in pin.extras]
    if missing:
        message = f"`{asked.text}` asks for {_listed(missing)}, and `{pin_text(pin)}` is pinned without"
        yield context.finding(rules.MISSING_EXTRA, message, location=asked.location, pin=pin)
    yield from _against_hashes(context, asked, pin)


def _was_copied(pin: Pin, requirement: Requirement) -> bool:
    if pin.origin is None:
        return False
    from pipfreeze_lock.check.frozen import is_pinned_from  # noqa: PLC0415  of frozen images alone

    return is_pinned_from(pin, requirement)


def _satisfied(context: CheckContext, asked: Asked, version: str) -> bool:
    if asked.requirement is not None:
        return context.satisfies(version, asked.requirement.specifier)
    return asked.via.constraint.startswith("@") or context.satisfies_text(version, asked.via.constraint)


def _against_base(context: CheckContext, asked: Asked, base: str | None) -> Iterator[Finding]:
    """Say whether what the image has already will do, where nothing is pinned; a constraint asks for nothing."""
    if base is None:
        if asked.via.kind == "-r":
            message = f"`{asked.text}` is asked for, and the lock has no pin of `{asked.name}`"
            yield context.finding(rules.MISSING_PIN, message, location=asked.location, name=asked.name)
        return
    if asked.via.kind == "-c" and not any(kept.name == asked.name for kept in context.lock.satisfied):
        return
    yield from _against_held(context, asked, base)
    kept = (one for one in context.lock.satisfied if one.name == asked.name)
    known = {extra for one in kept for via in one.via for extra in via.extras}
    missing = [extra for extra in asked.via.extras if extra not in known]
    if missing:
        message = f"`{asked.text}` asks for {_listed(missing)}, and what that needs of the lock is not known"
        yield context.finding(rules.MISSING_EXTRA, message, location=asked.location, name=asked.name)


def _against_held(context: CheckContext, asked: Asked, base: str) -> Iterator[Finding]:
    is_direct = asked.via.constraint.startswith("@")
    if is_direct and any(one.name == asked.name for one in context.lock.unpinned):
        from pipfreeze_lock.check.frozen import place_findings  # noqa: PLC0415  of frozen images alone

        yield from place_findings(context, asked)
    elif is_direct or not _satisfied(context, asked, base):
        rule = rules.UNSATISFIED_CONSTRAINT if asked.via.kind == "-c" else rules.UNSATISFIED_REQUIREMENT
        message = f"`{asked.text}` is asked for, and the image's own `{asked.name}` {base} is left in place"
        yield context.finding(rule, message, location=asked.location, name=asked.name)


def _against_hashes(context: CheckContext, asked: Asked, pin: Pin) -> Iterator[Finding]:
    """Where the line names hashes, one of them must be the pin's; what has no algorithm in common cannot be told."""
    if asked.requirement is None or not asked.requirement.hashes or not pin.hashes:
        return
    allowed = {f"{algorithm}:{digest}" for algorithm, digest in asked.requirement.hashes}
    algorithms = {text.partition(":")[0] for text in allowed} & {text.partition(":")[0] for text in pin.hashes}
    if algorithms and allowed.isdisjoint(pin.hashes):
        message = f"`{asked.text}` names hashes, and none of them stands at `{pin_text(pin)}`"
        yield context.finding(rules.HASH_NOT_ALLOWED, message, location=asked.location, pin=pin)


def word_findings(context: CheckContext, lines: Iterable[Asked], wrong: Collection[Location]) -> Iterator[Finding]:
    """Say where the inputs' words are others than the lock recorded.

    :param lines: As `pin_findings` has them.
    :param wrong: Lines of which `pin_findings` has said more already.
    """
    recorded = _recorded(context)
    now: dict[tuple[NormalizedName, str, str], list[Asked]] = defaultdict(list)
    pinned = {pin.name: pin for pin in context.lock.pins}
    held = pinned.keys() | context.held().keys()
    needed = {name for name, _ in context.recorded()}  # of what the image has, a constraint is of no account otherwise
    for one in lines:
        if one.requirement is not None and one.name in held:
            now[one.name, one.via.kind, one.via.parent].append(one)
    for key, asked in now.items():
        before = recorded.pop(key, [])
        new, gone = _unmatched(asked, before)
        for one in new:
            was = gone.pop(0) if gone else None
            if one.location not in wrong and (one.via.kind == "-r" or one.name in needed):
                yield _moved(context, one, was, pinned.get(one.name))
        for via in gone:
            yield from _removed(context, key[0], via, pinned)
    for (name, _, _), gone in recorded.items():
        for via in gone:
            yield from _removed(context, name, via, pinned)


def _recorded(context: CheckContext) -> dict[tuple[NormalizedName, str, str], list[Via]]:
    found: dict[tuple[NormalizedName, str, str], list[Via]] = defaultdict(list)
    for name, via in context.recorded():
        if via.kind != "distribution" and via.parent not in context.unread:
            found[name, via.kind, via.parent].append(via)
    return found


def _unmatched(lines: list[Asked], recorded: list[Via]) -> tuple[list[Asked], list[Via]]:
    """Leave out what says the same; a line that stands in a file twice was recorded once."""
    new: list[Asked] = []
    matched: list[Via] = []
    for line in lines:
        same = next((via for via in recorded if _says_the_same(line.via, via)), None)
        if same is None:
            new.append(line)
        else:
            matched.append(same)
    return new, [via for via in recorded if via not in matched]


def _says_the_same(one: Via, other: Via) -> bool:
    if one == other:
        return True
    return (one.extras, one.marker) == (other.extras, other.marker) and _same_versions(one.constraint, other.constraint)


def _same_versions(one: str, other: str) -> bool:
    """Whether two constraints are the same but for trailing zeros and the like."""
    if one.startswith("@") or other.startswith("@"):
        return one == other
    try:
        return SpecifierSet(one) == SpecifierSet(other)
    except InvalidSpecifier:
        return False


def _moved(context: CheckContext, asked: Asked, was: Via | None, pin: Pin | None) -> Finding:
    held = f"`{pin_text(pin)}`" if pin is not None else f"the image's own `{asked.name}`"
    if was is not None:
        message = f"`{asked.text}` was `{_words(asked.name, was)}` when the lock was made; {held} satisfies both"
        return context.finding(rules.CHANGED_REQUIREMENT, message, location=asked.location, pin=pin, name=asked.name)
    message = f"`{asked.text}` was not there when the lock was made; {held} satisfies it"
    return context.finding(rules.NEW_REQUIREMENT, message, location=asked.location, pin=pin, name=asked.name)


def _removed(
    context: CheckContext, name: NormalizedName, via: Via, pinned: dict[NormalizedName, Pin]
) -> Iterator[Finding]:
    """Say that a line is gone; where nothing else leads to its pin, the closure says so."""
    pin = pinned.get(name)
    held = f"`{pin_text(pin)}` stays" if pin is not None else f"the image's own `{name}` stays"
    message = f"`{via.parent}` no longer says `{_words(name, via)}`; {held}"
    yield context.finding(rules.REMOVED_REQUIREMENT, message, pin=pin, name=name)


def _words(name: NormalizedName, via: Via) -> str:
    extras = f"[{','.join(via.extras)}]" if via.extras else ""
    detail = f" {via.constraint}" if via.constraint.startswith("@") else via.constraint
    marker = f"; {via.marker}" if via.marker else ""
    return f"{name}{extras}{detail}{marker}"


def _listed(extras: Sequence[str]) -> str:
    names = ", ".join(f"`{extra}`" for extra in extras)
    return f"the extra {names}" if len(extras) == 1 else f"the extras {names}"
