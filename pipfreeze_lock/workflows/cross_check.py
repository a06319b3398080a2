"""Cross-check: ask two engines, and find out why where they differ.

The other engine answers for the machine that it runs on. So a difference is put to the proof: our own engine is asked
again, step by step, for a target that is this machine instead: its tags, then the pip beside the other engine, then
its Python's patch level, then nothing installed. A difference that goes away by such a step comes of it; one that stays
when all are taken comes of nothing that is known.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol

from packaging.version import InvalidVersion, Version

from pipfreeze_lock.errors import DisagreementError, PipfreezeLockError, ResolutionError
from pipfreeze_lock.resolve.interface import Preferred
from pipfreeze_lock.resolve.pip_tools.failures import NoAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.resolve.interface import Resolution, Resolver, ResolveRequest
    from pipfreeze_lock.resolve.pip_tools.engine import Compiled

__all__ = ["Cause", "CrossCheckedResolver", "Difference", "OtherEngine"]

Cause = Literal["machine", "pip", "python", "base"]
_EXPLAINED: frozenset[Cause] = frozenset({"machine", "pip"})
Pins = dict["NormalizedName", str | None]
"""Name to version; None is that of a direct reference."""


class OtherEngine(Protocol):
    """pip-tools, asked in two steps."""

    def compile(self, request: ResolveRequest) -> Compiled:
        """Give names and versions, and for whom they are."""
        ...  # pragma: no cover

    def settle(self, request: ResolveRequest, compiled: Compiled) -> Resolution:
        """Give the files for them."""
        ...  # pragma: no cover


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A distribution of which the engines say otherwise."""

    name: NormalizedName
    ours: str
    """A version, or that there is none."""
    theirs: str
    causes: tuple[Cause, ...]
    """The steps by which our own engine came to the other's answer; empty: it never did."""
    words: str

    @property
    def is_explained(self) -> bool:
        """Whether this machine's own tags or pip explain it, all by themselves."""
        return bool(self.causes) and _EXPLAINED.issuperset(self.causes)


@dataclass(kw_only=True, slots=True)
class CrossCheckedResolver:
    """Resolves by one engine, and holds its answer against the other's."""

    ours: Resolver
    theirs: OtherEngine
    takes_theirs: bool
    """Whether the lock is to be of the other engine's answer."""
    resolver_for: Callable[[Target], AbstractContextManager[Resolver]]
    """Gives our own engine for another target."""
    holds: Callable[[Marker, Collection[NormalizedName]], bool]
    """Whether a marker holds on the target."""
    why_no_wheel: Callable[[NormalizedName, str], str | None]
    """Says why the target's pip takes no wheel of a release."""
    report: tuple[str, ...] = ()
    """What came of it, line by line, once `resolve` has returned."""

    def resolve(self, request: ResolveRequest) -> Resolution:
        """Find the answer; see `pipfreeze_lock.resolve.interface.Resolver`.

        :raises DisagreementError: where the engines differ, and neither this machine's tags nor its pip explain it.
        """
        own = _InThread(self.ours, request)
        own.start()
        # The other in this thread, which an interrupt reaches, so that its program is ended.
        try:
            compiled = self.theirs.compile(request)
        except NoAnswerError as refusal:
            return self._only_ours(request, own.result(), refusal)
        resolution = own.result()
        if isinstance(resolution, ResolutionError):
            raise self._only_theirs(request, resolution, compiled) from None
        if isinstance(resolution, BaseException):
            raise resolution
        return self._compared(request, resolution, compiled)

    def _compared(self, request: ResolveRequest, resolution: Resolution, compiled: Compiled) -> Resolution:
        ours, theirs = _pins_of(resolution), dict(compiled.pins)
        names = sorted(name for name in ours.keys() | theirs.keys() if not _agree(name, ours, theirs))
        differences = self._explained(request, compiled, ours, names) if names else []
        unexplained = [one for one in differences if not one.is_explained]
        lines = _lines(compiled, request.target, len(ours.keys() | theirs.keys()), differences)
        if unexplained:
            raise _disagreement(lines, unexplained, self._search_hints(request, compiled, ours, unexplained))
        self.report = tuple(lines)
        return self.theirs.settle(request, compiled) if self.takes_theirs else resolution

    def _only_ours(
        self, request: ResolveRequest, resolution: Resolution | BaseException, refusal: NoAnswerError
    ) -> Resolution:
        """Go on where pip-compile has no answer and it is plain why; where we have none either, ours says why."""
        if isinstance(resolution, BaseException):
            raise resolution
        steps = _steps(request.target, refusal.own_target) if refusal.own_target is not None else []
        refusing = [cause for cause, target in steps if self._answer(request, target) is None]
        if refusal.own_target is not None and refusing and refusing[0] in _EXPLAINED:
            if self.takes_theirs:
                raise refusal
            words = _words(refusing[0], request.target, refusal.own_target)
            self.report = (f"cross-check: {refusal.message}, which comes of {words}",)
            return resolution
        message = f"{refusal.message}, and we do"
        hints = [
            "Read what pip-compile says: that a release does not build here need not concern the image.",
            *_on_search(refusal.steps_back),
            "No lock was written: leave out `--cross-check` to lock all the same.",
        ]
        raise DisagreementError(message, context=refusal.context, hints=hints) from None

    def _only_theirs(self, request: ResolveRequest, refusal: ResolutionError, compiled: Compiled) -> PipfreezeLockError:
        """Give what to raise where we have no answer: an error of the target's own is no disagreement."""
        steps = _steps(request.target, compiled.own_target)
        for cause, target in steps:
            if self._answer(request, target) is not None:
                hint = (
                    f"pip-compile finds an answer here, which comes of {_SHORT[cause]}: the image is not this machine."
                )
                return type(refusal)(
                    refusal.message,
                    context=refusal.context,
                    hints=[*refusal.hints, hint],
                    reference=refusal.reference,
                )
        message = f"pip-compile {compiled.environment.pip_tools} finds an answer, and we do not: {refusal.message}"
        return DisagreementError(message, context=refusal.context, hints=refusal.hints)

    def _explained(
        self, request: ResolveRequest, compiled: Compiled, ours: Pins, names: Sequence[NormalizedName]
    ) -> list[Difference]:
        steps = _steps(request.target, compiled.own_target)
        answers: list[tuple[Cause, Pins | None]] = []
        for cause, target in steps:
            answers.append((cause, self._answer(request, target)))
        return [self._difference(name, request.target, compiled, ours, answers) for name in names]

    def _difference(
        self,
        name: NormalizedName,
        target: Target,
        compiled: Compiled,
        ours: Pins,
        answers: Sequence[tuple[Cause, Pins | None]],
    ) -> Difference:
        causes: list[Cause] = []
        before: Pins | None = ours
        for cause, answer in answers:
            if before is None or answer is None or not _agree(name, before, answer):
                causes.append(cause)
            before = answer
        is_theirs = before is not None and _agree(name, before, compiled.pins)
        found = tuple(causes) if is_theirs else ()
        own = compiled.own_target
        words = ", ".join(_words(cause, target, own) for cause in found) or "nothing that is known explains it"
        version = compiled.pins.get(name)
        reason = self.why_no_wheel(name, version) if found and version is not None else None
        return Difference(
            name=name,
            ours=_shown(name, ours),
            theirs=_shown(name, compiled.pins),
            causes=found,
            words=f"{words} ({version}: {reason})" if reason else words,
        )

    def _answer(self, request: ResolveRequest, target: Target) -> Pins | None:
        """Give what our own engine says for another target; None where it has no answer."""
        preferred = dict(request.preferred)
        if not target.base:  # pip-compile is told of what is installed as of an earlier answer
            preferred = {one.name: Preferred(version=one.version) for one in request.target.base} | preferred
        held = [one for one in request.requirements.requirements if one.marker is None or self.holds(one.marker, ())]
        requirements = replace(request.requirements, requirements=tuple(replace(one, marker=None) for one in held))
        asked = replace(request, target=target, preferred=preferred, requirements=requirements)
        with self.resolver_for(target) as resolver:
            try:
                return _pins_of(resolver.resolve(asked))
            except ResolutionError:  # that there is none is an answer here
                return None

    def _search_hints(
        self, request: ResolveRequest, compiled: Compiled, ours: Pins, unexplained: Sequence[Difference]
    ) -> Iterator[str]:
        """Say whether pip-compile takes our versions when they stand in a lock: then both are answers."""
        preferred = {name: Preferred(version=version) for name, version in ours.items() if version is not None}
        try:
            again = self.theirs.compile(replace(request, preferred={**request.preferred, **preferred}))
        except NoAnswerError:
            yield "pip-compile finds no answer at all when our versions stand in a lock: one of them is wrong for it."
            return
        if all(_agree(one.name, ours, again.pins) for one in unexplained):
            yield (
                "pip-compile keeps our versions when they stand in a lock already: both answers meet all requirements, "
                "and the two searches differ."
            )
        yield from _on_search(compiled.environment.steps_back)


class _InThread(threading.Thread):
    """A resolution in a thread that nobody has to wait for."""

    def __init__(self, resolver: Resolver, request: ResolveRequest) -> None:
        super().__init__(name="cross-check", daemon=True)
        self._resolver = resolver
        self._request = request
        self._result: Resolution | BaseException | None = None

    def run(self) -> None:
        try:
            self._result = self._resolver.resolve(self._request)
        except BaseException as error:  # noqa: BLE001  raised again where the result is asked for
            self._result = error

    def result(self) -> Resolution | BaseException:
        """Wait for it, and give it, or what was raised instead."""
        self.join()
        if self._result is None:  # pragma: no cover  a thread that has ended has one
            message = "the resolution has not ended"
            raise RuntimeError(message)
        return self._result


def _on_search(steps_back: bool) -> list[str]:  # noqa: FBT001  what it is stands at each call
    return (
        []
        if steps_back
        else ["This pip-tools, the newest for the target's Python, has a search that never steps back."]
    )


def _pins_of(resolution: Resolution) -> Pins:
    pins: Pins = {one.name: None if one.direct_url else one.version for one in resolution.distributions}
    return pins | {one.distribution.name: one.distribution.version for one in resolution.kept}


def _agree(
    name: NormalizedName, one: Mapping[NormalizedName, str | None], other: Mapping[NormalizedName, str | None]
) -> bool:
    if name not in one or name not in other:
        return (name in one) == (name in other)
    return _same(one[name], other[name])


def _shown(name: NormalizedName, pins: Mapping[NormalizedName, str | None]) -> str:
    return (pins[name] or "by URL") if name in pins else "none"


def _same(one: str | None, other: str | None) -> bool:
    if one is None or other is None:  # a direct reference is what it is
        return True
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other


def _steps(target: Target, own: Target) -> list[tuple[Cause, Target]]:
    """Give the way from the target to what the other engine ran on, each step on top of those before it."""
    machine = replace(
        target,
        abi=own.abi,
        operating_system=own.operating_system,
        os_version=own.os_version,
        machine=own.machine,
        libc=own.libc,
        markers=own.markers,
    )
    pip = replace(machine, pip=own.pip)
    python = replace(pip, python=own.python, implementation_version=own.implementation_version)
    way: list[tuple[Cause, Target]] = [
        ("machine", machine),
        ("pip", pip),
        ("python", python),
        ("base", replace(python, base=())),
    ]
    steps, before = [], target
    for cause, one in way:
        if one != before:
            steps.append((cause, one))
        before = one
    return steps


_SHORT: dict[Cause, str] = {
    "machine": "this machine's tags and markers",
    "pip": "the pip that pip-compile runs with",
    "python": "the patch level of the Python that pip-compile runs on",
    "base": "the base set",
}


def _words(cause: Cause, target: Target, own: Target) -> str:
    match cause:
        case "machine":
            here = " ".join(part for part in _parts(own) if part not in _parts(target))
            there = " ".join(part for part in _parts(target) if part not in _parts(own))
            if not here and not there:
                return f"this machine's own markers: platform_release is {dict(own.markers)['platform_release']}"
            return f"this machine's own tags and markers: {here or 'none'}, not {there or 'none'}"
        case "pip":
            return f"pip {own.pip}, not {target.pip}"
        case "python":
            return f"Python {own.python}, not {target.python}"
        case "base":
            return "the base set, which pip-compile does not know"


def _parts(target: Target) -> list[str]:
    return [str(part) for part in (target.platform, target.os_version, target.abi, target.libc) if part]


def _lines(compiled: Compiled, target: Target, count: int, differences: Sequence[Difference]) -> list[str]:
    environment, own = compiled.environment, compiled.own_target
    notes = [
        *([f"the target's pip is {target.pip}"] if own.pip != target.pip else []),
        *([f"the target's Python is {target.python}"] if own.python != target.python else []),
    ]
    ran = f"pip-compile {environment.pip_tools} with pip {own.pip} on Python {own.python}, {' '.join(_parts(own))}"
    first = f"cross-check: {ran} ({'; '.join(notes)})" if notes else f"cross-check: {ran}"
    agreeing = count - len(differences)
    if not differences:
        return [first, f"  all {count} distributions agree"]
    return [first, f"  {agreeing} of {count} distributions agree", *_table(differences)]


def _table(differences: Iterable[Difference]) -> Iterator[str]:
    rows = [(one.name, one.ours, one.theirs, one.words) for one in differences]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for name, ours, theirs, words in rows:
        yield (f"  {name:{widths[0]}}  ours {ours:{widths[1]}}  pip-compile {theirs:{widths[2]}}  {words}")


def _disagreement(
    lines: Sequence[str], unexplained: Sequence[Difference], search_hints: Iterable[str]
) -> DisagreementError:
    several = f"{len(unexplained)} distributions" if len(unexplained) > 1 else f"`{unexplained[0].name}`"
    message = f"pip-compile answers otherwise for {several}, and neither this machine's tags nor its pip explain it"
    hints = list(search_hints)
    if any("python" in one.causes for one in unexplained):
        hints.append("Put a Python of the target's own patch level on PATH, and run this again.")
    hints.append("No lock was written: leave out `--cross-check` to lock all the same.")
    return DisagreementError(message, context="\n".join(lines), hints=hints)
