"""What the lock's header says beside what is in force now: target, options, inputs, and the file's own digest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipfreeze_lock.check import rules
from pipfreeze_lock.lockfile.options import hidden_options, render_options
from pipfreeze_lock.model.finding import Location
from pipfreeze_lock.model.lock import BUILT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    PlaceInInputs = Callable[[str, Sequence[str]], Location | None]
    """Gives the line of the inputs that has an option, that with one of some values where there are several."""

    from pipfreeze_lock.check.context import CheckContext
    from pipfreeze_lock.model.finding import Finding
    from pipfreeze_lock.model.requirement import IndexOptions, InputFile
    from pipfreeze_lock.model.target import BaseDistribution, Target

__all__ = ["OptionChange", "file_findings", "input_findings", "option_findings", "target_findings"]


@dataclass(frozen=True, kw_only=True, slots=True)
class OptionChange:
    """An option of the command that the lock records, beside what the configuration says by now."""

    option: str
    recorded: tuple[str, ...]
    """Its values; for a flag, ``("",)`` where it stands there."""
    now: tuple[str, ...]
    location: Location | None
    """The configuration."""
    is_of_target: bool
    """Whether it says which image: what becomes of the target is then told by `target_findings`."""


def file_findings(context: CheckContext) -> Iterator[Finding]:
    """Say what is odd in the file itself."""
    rule_of = {"digest": rules.EDITED_LOCK, "form": rules.FILE_FORM, "line": rules.UNKNOWN_LINE}
    for problem in context.read.problems:
        rule = rule_of[problem.kind]
        yield context.finding(rule, problem.message, location=context.places.line(problem.line))


def target_findings(
    context: CheckContext, target: Target, source: Location | None, changes: Sequence[OptionChange]
) -> Iterator[Finding]:
    """Say whether the target is still the one that the lock was made for, with what is installed in it.

    :param target: As it is now.
    :param source: Where that is said: a Dockerfile's FROM, the configuration; None: in the lock.
    :param changes: As `option_findings`.
    """
    lock = context.lock
    if str(target) != lock.target:
        message = f"the target is `{target}` now, and the lock was made for `{lock.target}`"
        place = source or context.places.header("target")
        yield context.finding(rules.CHANGED_TARGET, message, location=place, details=(("now", str(target)),))
        return
    if target.base != lock.base:
        now, then = _named(target.base), _named(lock.base)
        message = f"the base set is {now} now, and the lock was made for {then}"
        yield context.finding(rules.CHANGED_BASE, message, location=source or context.places.header("base"))
        return
    for change in changes:
        if change.is_of_target:
            now, then = _shown(change.option, change.now), _shown(change.option, change.recorded)
            message = f"`{now}` is said now, and the lock records `{then}`: the target is the same"
            yield context.finding(rules.CHANGED_TARGET_SOURCE, message, location=change.location)


def option_findings(
    context: CheckContext, changes: Iterable[OptionChange], place_in_inputs: PlaceInInputs
) -> Iterator[Finding]:
    """Say which options that shape the answer are others now: of the configuration, and in the inputs."""
    told: set[str] = set()
    for change in changes:
        if not change.is_of_target:
            told.add(change.option)
            message = _said(change.option, change.now, change.recorded)
            yield context.finding(rules.CHANGED_OPTION, message, location=change.location)
    built = {pin.name for pin in context.lock.pins if any(note.startswith(BUILT) for note in pin.notes)}
    both = (_without_names(one, built) for one in (context.lock.options, context.requirements.options))
    recorded, current = _without_what_is_equal(*both)
    before = _options_in_force(render_options(recorded), dict(context.lock.remarks).get("options", ""))
    after = _options_in_force(render_options(current), " ".join(hidden_options(current)))
    for option in sorted(before.keys() | after.keys()):
        then, now = before.get(option, ()), after.get(option, ())
        if then != now and option not in told:
            message = _said(option, now, then)
            location = (place_in_inputs(option, now) if now else None) or context.places.option(option)
            yield context.finding(rules.CHANGED_OPTION, message, location=location)


def input_findings(context: CheckContext) -> Iterator[Finding]:
    """Say which files are read now and were not, and the other way round."""
    lock = context.lock
    now = {context.path_in_lock(one.path): one for one in context.requirements.inputs}
    before = {one.path: one for one in lock.inputs if one.path not in context.unread}
    for path, one in now.items():
        if path not in before:
            message = f"`{one.path}` is read, and the lock does not know it"
            yield context.finding(rules.NEW_INPUT, message, location=Location(one.path))
    for path, one in before.items():
        if path not in now:
            message = f"`{path}` was read when the lock was made, and is not any longer"
            yield context.finding(rules.DROPPED_INPUT, message, location=_header_of(context, one))


def _header_of(context: CheckContext, one: InputFile) -> Location:
    return context.places.header(one.role, one.path)


def _without_names(options: IndexOptions, built: Collection[str]) -> IndexOptions:
    """Leave out what makes pip build, where a frozen image had it built: the pin says so, whoever asks for it."""
    control = options.format_control
    return replace(options, format_control=replace(control, no_binary=control.no_binary - set(built)))


def _without_what_is_equal(one: IndexOptions, other: IndexOptions) -> tuple[IndexOptions, IndexOptions]:
    """Take the same index out of both: to render one takes pip's own constant, which is not quickly imported."""
    if one.index_url is None or other.index_url is None:
        return one, other
    if one.index_url.without_credentials != other.index_url.without_credentials:
        return one, other
    return replace(one, index_url=None), replace(other, index_url=None)


def _options_in_force(lines: Iterable[str], hidden: str) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    for line in lines:
        option, _, value = line.partition(" ")
        values[option] = (*values.get(option, ()), value)
    words = hidden.split()
    for place, word in enumerate(words):
        if word.startswith("--"):
            value = words[place + 1] if place + 1 < len(words) and not words[place + 1].startswith("--") else ""
            values[word] = (*values.get(word, ()), value)
    return values


def _said(option: str, now: Sequence[str], then: Sequence[str]) -> str:
    if not then:
        return f"`{_shown(option, now)}` is in force now, and was not when the lock was made"
    if not now:
        return f"`{_shown(option, then)}` was in force when the lock was made, and is not now"
    return f"`{_shown(option, now)}` is in force now, and the lock was made with `{_shown(option, then)}`"


def _shown(option: str, values: Sequence[str]) -> str:
    if not values:
        return f"no {option}"
    return " ".join(f"{option} {value}".rstrip() for value in values)


def _named(base: Sequence[BaseDistribution]) -> str:
    return ", ".join(f"{one.name} {one.version}" for one in base) or "empty"
