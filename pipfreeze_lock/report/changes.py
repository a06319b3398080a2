"""What moved between two locks, and why as far as the locks tell, as values.

As text: `pipfreeze_lock.report.changes_text`; with what the index knows of it, as Markdown and JSON: `lock_difference`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from pipfreeze_lock.model.url import Url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.lock import LockedSet, Pin, Via
    from pipfreeze_lock.model.requirement import IndexOptions

__all__ = ["KINDS", "Changes", "HeaderChange", "PinChange", "PinChangeKind", "changes", "holders", "pin_changes"]

PinChangeKind = Literal["upgraded", "downgraded", "replaced", "added", "removed", "rehashed", "extras", "via", "notes"]
"""``replaced``: another URL, or versions of which neither is newer. ``rehashed``: the same version, other files.
``via`` and ``notes``: who asks, or what we say of it, and nothing that would be installed."""

KINDS: tuple[PinChangeKind, ...] = get_args(PinChangeKind)


@dataclass(frozen=True, kw_only=True, slots=True)
class PinChange:
    """One distribution that the two locks pin differently."""

    kind: PinChangeKind
    name: NormalizedName
    old: Pin | None
    """None when it was added."""
    new: Pin | None
    """None when it was removed."""
    causes: tuple[Via, ...] = ()
    """Of a move: who asks, in the new lock, for what the old version is not. Of an addition: who asks for it. Of a
    removal: who had asked. Empty where the locks do not tell: a newer release, ``--upgrade``."""
    freed_by: tuple[Via, ...] = ()
    """Of a move: who asked, in the old lock, for what the new version is not, and does so no longer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HeaderChange:
    """One fact of the header that differs."""

    key: str
    """``target``, ``command``, ``base``, ``satisfied``, ``option``, ``input``, ``requirement``, ``constraint``, or a
    remark's own."""
    old: str | None
    new: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """All that differs between two locks; false when nothing does."""

    header: tuple[HeaderChange, ...] = ()
    pins: tuple[PinChange, ...] = ()
    """By name."""

    def __bool__(self) -> bool:
        return bool(self.header or self.pins)

    @property
    def counts(self) -> dict[PinChangeKind, int]:
        """How many of each kind there are, in the order of `PinChangeKind`; kinds without any are left out."""
        counter = Counter(change.kind for change in self.pins)
        return {kind: counter[kind] for kind in KINDS if counter[kind]}

    @property
    def installs_differ(self) -> bool:
        """Whether the new lock installs anything else than the old one."""
        return any(change.kind not in ("via", "notes") for change in self.pins)


def changes(old: LockedSet, new: LockedSet) -> Changes:
    """Compare two locks."""
    return Changes(header=tuple(_header_changes(old, new)), pins=pin_changes(old.pins, new.pins))


def pin_changes(old: Iterable[Pin], new: Iterable[Pin]) -> tuple[PinChange, ...]:
    """Compare pins, each name of which is there once; by name."""
    old_pins = {pin.name: pin for pin in old}
    new_pins = {pin.name: pin for pin in new}
    names = sorted(old_pins.keys() | new_pins.keys())
    compared = (_compare(name, old_pins.get(name), new_pins.get(name)) for name in names)
    return tuple(change for change in compared if change is not None)


def holders(pin: Pin) -> tuple[Via, ...]:
    """Give who keeps a pin from any newer version: those whose constraint has an upper bound."""
    return tuple(via for via in pin.via if via.constraint.startswith("@") or _has_upper_bound(via.constraint))


def _has_upper_bound(constraint: str) -> bool:
    return any(clause.strip().startswith(("<", "==", "~=")) for clause in constraint.split(","))


def _compare(name: NormalizedName, old: Pin | None, new: Pin | None) -> PinChange | None:
    if old is None or new is None:
        known = new or old
        kind: PinChangeKind = "removed" if new is None else "added"
        return PinChange(kind=kind, name=name, old=old, new=new, causes=known.via if known else ())
    if (old.version, old.url) != (new.version, new.url):
        return PinChange(
            kind=_direction(old, new),
            name=name,
            old=old,
            new=new,
            causes=_asking_newly(new.via, old),
            freed_by=_asking_newly(old.via, new),
        )
    differs: dict[PinChangeKind, bool] = {
        "rehashed": set(old.hashes) != set(new.hashes),
        "extras": old.extras != new.extras,
        "via": set(old.via) != set(new.via),
        "notes": old.notes != new.notes,
    }
    first = next((kind for kind, does in differs.items() if does), None)
    return PinChange(kind=first, name=name, old=old, new=new) if first else None


def _direction(old: Pin, new: Pin) -> PinChangeKind:
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415  most comparisons find few moves or none

    try:
        before, after = Version(old.version), Version(new.version)
    except InvalidVersion:
        return "replaced"
    if before == after:
        return "replaced"
    return "upgraded" if before < after else "downgraded"


def _asking_newly(vias: Iterable[Via], other: Pin) -> tuple[Via, ...]:
    """Find who asks for what the other pin is not, in words that nobody uses there."""
    known = set(other.via)
    return tuple(via for via in vias if via not in known and not _allows(via.constraint, other))


def _allows(constraint: str, pin: Pin) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415  as in `_direction`

    if constraint.startswith("@"):
        return pin.url is not None and constraint == f"@ {pin.url}"
    try:
        return SpecifierSet(constraint).contains(pin.version, prereleases=True)
    except InvalidSpecifier:  # a legacy one, of which nobody knows what it allows: it is named as a cause
        return False


def _header_changes(old: LockedSet, new: LockedSet) -> Iterator[HeaderChange]:
    facts, other = _facts(old), _facts(new)
    for key in dict.fromkeys([*facts, *other]):
        before, after = facts.get(key, {}), other.get(key, {})
        if len(before) == len(after) == 1:  # one of a kind: it changed, and was not taken away and another put there
            before, after = {"": next(iter(before.values()))}, {"": next(iter(after.values()))}
        yield from _by_name(key, before, after)


def _facts(lock: LockedSet) -> dict[str, dict[str, str]]:
    """Give what the header says, by key, then by what tells the values of a key apart."""
    facts: dict[str, dict[str, str]] = {"target": {"": lock.target}, "command": {"": lock.command}}
    facts["base"] = {item.name: f"{item.name} {item.version}" for item in lock.base}
    facts["satisfied"] = {item.name: str(item.name) for item in lock.satisfied}
    facts["unpinned"] = {f"{one.name} {one.path}": f"{one.name} {one.version}" for one in lock.unpinned}
    facts["inconsistent"] = {str(one): str(one) for one in lock.inconsistent}
    facts["root"] = {name: str(name) for name in lock.roots}
    facts["option"] = {line: line for line in _option_lines(lock.options)}
    for file in lock.inputs:
        facts.setdefault(file.role, {})[file.path] = f"{file.path} sha256:{file.sha256[:12]}"
    for key, value in lock.remarks:
        facts.setdefault(key, {})[value] = value
    return facts


def _by_name(key: str, old: dict[str, str], new: dict[str, str]) -> Iterator[HeaderChange]:
    """Compare what has a name; what one side lacks is None there."""
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield HeaderChange(key=key, old=old.get(name), new=new.get(name))


def _option_lines(options: IndexOptions) -> Iterator[str]:
    """Give the options as pip writes them, credentials hidden; only those that a lock carries."""
    if options.index_url is not None:
        yield f"--index-url {options.index_url.without_credentials}"
    yield from (f"--extra-index-url {url.without_credentials}" for url in options.extra_index_urls)
    yield from (f"--find-links {Url(place).without_credentials}" for place in options.find_links)
    if options.no_index:
        yield "--no-index"
    yield from (f"--trusted-host {host}" for host in options.trusted_hosts)
    yield from (f"--no-binary {name}" for name in sorted(options.format_control.no_binary))
    yield from (f"--only-binary {name}" for name in sorted(options.format_control.only_binary))
