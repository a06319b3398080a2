"""Whether every pin is asked for, and is what those who ask for it need: the recorded edges, walked from the roots."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pipfreeze_lock.check import rules
from pipfreeze_lock.check.context import pin_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.utils import NormalizedName

    from pipfreeze_lock.check.context import Asked, CheckContext
    from pipfreeze_lock.model.finding import Finding
    from pipfreeze_lock.model.lock import Inconsistency, Pin, Via

__all__ = ["closure_findings"]

Node = tuple[str, str | None]
"""A distribution, and one of its extras or None for itself."""


def closure_findings(
    context: CheckContext, asked: Iterable[Asked], constraints: Iterable[Asked] = ()
) -> Iterator[Finding]:
    """Walk from what the inputs ask for over the ``via`` edges, and say what does not hold or is not reached.

    Linear in the edges; each is looked at once.

    :param constraints: They lead nowhere, and count only where it is about letting pre-releases in.
    """
    walk = _Walk(context)
    for one in constraints:
        walk.asked[one.name].append(one)
    walk.start(asked, context.lock.roots)
    yield from walk.findings()


class _Walk:
    """What was reached so far."""

    def __init__(self, context: CheckContext) -> None:
        self.context = context
        self.pins: dict[str, Pin] = {pin.name: pin for pin in context.lock.pins}
        self.base: dict[str, str] = {str(name): version for name, version in context.held().items()}
        self.recorded_as_broken = {(one.name, one.via) for one in context.lock.inconsistent}
        self.edges: dict[Node, list[tuple[NormalizedName, Via]]] = defaultdict(list)
        for name, via in context.recorded():
            if via.kind == "distribution":
                self.edges[via.parent, via.extra].append((name, via))
        self.reached: set[Node] = set()
        self.broken: list[tuple[NormalizedName, Via]] = []
        self.named_places: set[NormalizedName] = set()
        """Distributions for which somebody gives a URL."""
        self.asked: dict[NormalizedName, list[Asked]] = defaultdict(list)
        """The lines of the inputs that name a distribution."""

    def start(self, asked: Iterable[Asked], roots: Iterable[NormalizedName]) -> None:
        """Follow every edge whose marker holds.

        :param roots: What a frozen image has on somebody's wish.
        """
        waiting: list[Node] = [(name, None) for name in roots]
        for one in asked:
            self.asked[one.name].append(one)
            waiting.append((one.name, None))
            waiting += [(one.name, extra) for extra in one.via.extras]
            if one.via.constraint.startswith("@"):
                self.named_places.add(one.name)
        while waiting:
            node = waiting.pop()
            if node in self.reached:
                continue
            self.reached.add(node)
            for child, via in self.edges.get(node, ()):
                if not self.context.holds_text(via.marker, via.extra):
                    continue
                waiting.append((child, None))
                waiting += [(child, extra) for extra in via.extras]
                if via.constraint.startswith("@"):
                    self.named_places.add(child)
                if (child, via) not in self.recorded_as_broken and not self._is_satisfied(child, via):
                    self.broken.append((child, via))

    def _is_satisfied(self, child: NormalizedName, via: Via) -> bool:
        pin = self.pins.get(child)
        if via.constraint.startswith("@"):
            place = via.constraint.removeprefix("@ ")
            return pin.url == place if pin is not None else self._is_unpinned_from(child, place)
        version = pin.version if pin is not None else self.base.get(child)
        return version is not None and self.context.satisfies_text(version, via.constraint)

    def _is_unpinned_from(self, child: NormalizedName, place: str) -> bool:
        """Whether a frozen image had it, and from nowhere else."""
        from pipfreeze_lock.check.frozen import unpinned_named  # noqa: PLC0415  few locks have a place in them
        from pipfreeze_lock.model.origin import is_same_origin  # noqa: PLC0415  likewise

        unpinned = unpinned_named(self.context.lock, child)
        if unpinned is None:
            return False
        return unpinned.origin is None or is_same_origin(place, unpinned.origin) is not False

    def findings(self) -> Iterator[Finding]:
        """Say what came of it."""
        for child, via in self.broken:
            yield self._broken(child, via)
        yield from map(self._inconsistent, self.context.lock.inconsistent)
        for pin in self.context.lock.pins:
            if (pin.name, None) not in self.reached:
                yield self._unasked(pin)
                continue
            yield from self._extras(pin)
            yield from self._parents(pin)
            yield from self._place(pin)
            yield from self._prerelease(pin)
            yield from self._of_base(pin)

    def _broken(self, child: NormalizedName, via: Via) -> Finding:
        pin = self.pins.get(child)
        held = f"`{pin_text(pin)}` is pinned" if pin is not None else f"the image has `{child}` {self.base.get(child)}"
        message = f"`{_parent(via)}` needs `{_needed(child, via)}`, and {held}"
        return self.context.finding(rules.UNSATISFIED_DEPENDENCY, message, pin=pin, name=child)

    def _inconsistent(self, one: Inconsistency) -> Finding:
        """Tell what the image that was frozen lacked, as a note: the lock is what was there."""
        message = f"{one}, in the image that was frozen"
        place = self.context.places.header("inconsistent", f"{one.name} ")
        return self.context.finding(rules.INCONSISTENT_IMAGE, message, name=one.name, location=place)

    def _unasked(self, pin: Pin) -> Finding:
        files = sorted({via.parent for via in pin.via if via.kind == "-r" and via.parent not in self.context.unread})
        parents = sorted({_parent(via) for via in pin.via if via.kind == "distribution"})
        if files:
            message = f"nothing asks for `{pin_text(pin)}`: {_listed(files)} did when the lock was made"
        elif parents:
            message = f"nothing asks for `{pin_text(pin)}`: it is there for {_listed(parents)}"
        else:
            message = f"nothing asks for `{pin_text(pin)}`"
        return self.context.finding(rules.UNASKED_PIN, message, pin=pin)

    def _extras(self, pin: Pin) -> Iterator[Finding]:
        for extra in pin.extras:
            if (pin.name, extra) not in self.reached:
                message = f"`{pin_text(pin)}` has the extra `{extra}`, and nothing asks for it"
                yield self.context.finding(rules.UNASKED_EXTRA, message, pin=pin)
        for via in pin.via:
            if via.extras and via.kind == "distribution" and (via.parent, via.extra) in self.reached:
                for extra in (extra for extra in via.extras if extra not in pin.extras):
                    message = f"`{_parent(via)}` asks for the extra `{extra}`, and `{pin_text(pin)}` is pinned without"
                    yield self.context.finding(rules.MISSING_EXTRA, message, pin=pin)

    def _parents(self, pin: Pin) -> Iterator[Finding]:
        for parent in sorted({via.parent for via in pin.via if via.kind == "distribution"}):
            if parent not in self.pins and parent not in self.base:
                message = f"`{pin_text(pin)}` is there for `{parent}`, which is not pinned"
                yield self.context.finding(rules.UNKNOWN_PARENT, message, pin=pin)

    def _place(self, pin: Pin) -> Iterator[Finding]:
        """Say of a direct reference when nobody names a place any longer; that one names another is said elsewhere.

        Of a frozen image nobody says why it came from there: the line that named the place need not be known.
        """
        if pin.url is not None and pin.name not in self.named_places and pin.name not in self.context.lock.roots:
            message = f"`{pin_text(pin)}` is pinned, and nothing asks for that place: pip would look on the index"
            yield self.context.finding(rules.OTHER_URL, message, pin=pin)

    def _prerelease(self, pin: Pin) -> Iterator[Finding]:
        """Say of a pre-release when what let it in is gone; one that was taken for want of others had nothing."""
        if not self.context.is_prerelease(pin) or self.context.prereleases_are_let_in(pin.name):
            return
        if not any(self.context.lets_prereleases_in(via.constraint) for via in pin.via):
            return
        lines = self.asked[pin.name]
        if any(self.context.lets_prereleases_in(one.via.constraint) for one in lines):
            return
        if any(map(self.context.lets_prereleases_in, self._constraints_now(pin))):
            self.context.let_in_by_others.append(pin)
        else:
            message = f"`{pin_text(pin)}` is a pre-release, and nothing that asks for it names one any longer"
            place = lines[0].location if lines else None
            yield self.context.finding(rules.UNINVITED_PRERELEASE, message, location=place, pin=pin)

    def _of_base(self, pin: Pin) -> Iterator[Finding]:
        """Say of a pin when the image's own distribution did not satisfy what asked for it then, and does now."""
        own = self.base.get(pin.name)
        if own is None:
            return
        then = [via.constraint for via in pin.via]
        if self._all_satisfied(own, self._constraints_now(pin)) and not self._all_satisfied(own, then):
            message = f"`{pin_text(pin)}` is pinned, and the image's own `{pin.name}` {own} satisfies all by now"
            yield self.context.finding(rules.NEEDLESS_PIN, message, pin=pin)

    def _all_satisfied(self, version: str, constraints: Iterable[str]) -> bool:
        return all(not text.startswith("@") and self.context.satisfies_text(version, text) for text in constraints)

    def _constraints_now(self, pin: Pin) -> list[str]:
        """Give what is said of a pin: by the lines of the inputs, and by what they lead to."""
        return [one.via.constraint for one in self.asked[pin.name]] + [
            via.constraint
            for via in pin.via
            if via.kind == "distribution"
            and (via.parent, via.extra) in self.reached
            and self.context.holds_text(via.marker, via.extra)
        ]


def _needed(name: str, via: Via) -> str:
    return f"{name} {via.constraint}" if via.constraint.startswith("@") else f"{name}{via.constraint}"


def _parent(via: Via) -> str:
    return f"{via.parent}[{via.extra}]" if via.extra else via.parent


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
