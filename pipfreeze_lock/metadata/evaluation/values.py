"""What an expression of a setup script can be worth, and what becomes of it where paths of control meet.

Numbers, strings, bytes, booleans, None and tuples of values stand for themselves. Objects that a script can change
(`ListValue`, `DictValue`, `Scope`) note their state in every open `Region` before the first change, so that a branch
that may or may not run can be rolled back and merged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import ast

__all__ = [
    "Argument",
    "Arguments",
    "BoundMethod",
    "ClassValue",
    "DictValue",
    "FileValue",
    "FunctionValue",
    "ListValue",
    "Mutable",
    "PathValue",
    "Prefix",
    "Region",
    "Regions",
    "Scope",
    "Symbol",
    "Unknown",
    "Unproven",
    "Value",
    "VersionValue",
    "is_plain",
    "merge_values",
    "same",
    "unknown_of",
]

Value = Any
"""One of the classes here, or a plain immutable Python value."""


class Unproven(Exception):  # noqa: N818  not an error: the script is beyond what can be proven
    """The script cannot be evaluated; the message says why, with the line."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is not known."""

    reason: str
    fixed: bool = False
    """Whether it follows from the archive alone, so that it was the same when the sdist was made."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A module, or something in one, by its full name: ``os.path.join``."""

    path: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """A string of which only the beginning is known, as of ``sys.version``."""

    text: str


@dataclass(frozen=True, slots=True)
class Arguments:
    """``sys.argv`` of a build, of which is known only what cannot be in it."""

    possible: frozenset[str]


@dataclass(frozen=True, slots=True)
class Argument:
    """An item of `Arguments`."""

    possible: frozenset[str]


@dataclass(frozen=True, slots=True)
class VersionValue:
    """What ``parse_version`` and its kin give."""

    text: str


@dataclass(frozen=True, slots=True)
class PathValue:
    """A ``pathlib.Path``."""

    path: str


@dataclass(slots=True, eq=False)
class FileValue:
    """An open file; what was read of it once is not read again."""

    content: str | bytes
    position: int = 0

    def take(self, end: int | None = None) -> str | bytes:
        """Give what is left, up to a position."""
        start, self.position = self.position, len(self.content) if end is None else end
        return self.content[start : self.position]


@dataclass(frozen=True, slots=True, eq=False)
class FunctionValue:
    """A function or lambda of the script."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    defaults: tuple[Value, ...]
    keyword_defaults: tuple[Value | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ClassValue:
    """A class of the script; nothing is known of its instances."""

    node: ast.ClassDef
    bases: tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False)
class BoundMethod:
    """A method of a value, about to be called."""

    receiver: Value
    name: str


class Mutable(Protocol):
    """Something whose state can be noted, put back and merged."""

    def snapshot(self) -> Any:
        """Give the state, as something that later changes leave alone."""
        ...  # pragma: no cover

    def restore(self, state: Any) -> None:
        """Put a state back."""
        ...  # pragma: no cover

    def merge(self, states: list[Any], reason: Unknown) -> Any:
        """Give the state that is one of several."""
        ...  # pragma: no cover


class Region(dict[int, tuple[Mutable, Any]]):
    """What was changed since it was opened, with the state before."""


class Regions:
    """The open regions, outermost first."""

    def __init__(self) -> None:
        self._open: list[Region] = []

    def open(self) -> Region:
        """Begin to note what changes."""
        region = Region()
        self._open.append(region)
        return region

    def close(self, region: Region) -> None:
        """End a region; what was changed in it stays."""
        self._open = [other for other in self._open if other is not region]

    def before_change(self, thing: Mutable) -> None:
        """Note the state of what is about to change."""
        for region in self._open:
            if id(thing) not in region:
                region[id(thing)] = (thing, thing.snapshot())

    def roll_back(self, region: Region) -> dict[int, tuple[Mutable, Any]]:
        """Close a region and undo it; gives what was changed with the state it had reached."""
        self.close(region)
        reached = {key: (thing, thing.snapshot()) for key, (thing, _) in region.items()}
        for thing, state in region.values():
            self.before_change(thing)
            thing.restore(state)
        return reached

    def merge(self, outcomes: list[dict[int, tuple[Mutable, Any]]], reason: Unknown) -> None:
        """Let the current state become that of any of the outcomes, none of which is certain."""
        things = {key: thing for outcome in outcomes for key, (thing, _) in outcome.items()}
        for key, thing in things.items():
            self.before_change(thing)
            here = thing.snapshot()
            states = [outcome[key][1] if key in outcome else here for outcome in outcomes]
            thing.restore(thing.merge(states, reason))


@dataclass(slots=True, eq=False)
class ListValue:
    """A list, or a set or iterator, whose elements are known."""

    items: list[Value]
    regions: Regions
    spoilt: Unknown | None = None
    kind: str = "list"

    def snapshot(self) -> tuple[tuple[Value, ...], Unknown | None]:
        """See `Mutable`."""
        return tuple(self.items), self.spoilt

    def restore(self, state: tuple[tuple[Value, ...], Unknown | None]) -> None:
        """See `Mutable`."""
        self.items, self.spoilt = list(state[0]), state[1]

    def merge(self, states: list[Any], reason: Unknown) -> tuple[tuple[Value, ...], Unknown | None]:
        """See `Mutable`."""
        first = states[0]
        spoilt = unknown_of([state[1] for state in states if state[1] is not None])
        if spoilt is None and not all(same(first[0], state[0]) for state in states[1:]):
            spoilt = reason
        return first[0], spoilt

    def change(self) -> list[Value]:
        """Give what may be changed now, its state noted."""
        self.regions.before_change(self)
        return self.items

    def spoil(self, reason: Unknown) -> None:
        """Forget the contents."""
        self.regions.before_change(self)
        self.spoilt = reason


@dataclass(slots=True, eq=False)
class DictValue:
    """A dictionary. An entry may be `Unknown`, which then also stands for its absence."""

    entries: dict[Value, Value]
    regions: Regions
    spoilt: Unknown | None = None

    def snapshot(self) -> tuple[dict[Value, Value], Unknown | None]:
        """See `Mutable`."""
        return dict(self.entries), self.spoilt

    def restore(self, state: tuple[dict[Value, Value], Unknown | None]) -> None:
        """See `Mutable`."""
        self.entries, self.spoilt = dict(state[0]), state[1]

    def merge(self, states: list[Any], reason: Unknown) -> tuple[dict[Value, Value], Unknown | None]:
        """See `Mutable`."""
        spoilt = unknown_of([state[1] for state in states if state[1] is not None])
        return _merge_entries([state[0] for state in states], reason), spoilt

    def change(self) -> dict[Value, Value]:
        """Give what may be changed now, its state noted."""
        self.regions.before_change(self)
        return self.entries

    def spoil(self, reason: Unknown) -> None:
        """Forget the contents."""
        self.regions.before_change(self)
        self.spoilt = reason


@dataclass(slots=True, eq=False)
class Scope:
    """The names of a module or of one call of a function."""

    names: dict[str, Value]
    regions: Regions
    parent: Scope | None = None
    module_names: set[str] = field(default_factory=set)
    """Names declared ``global`` here."""

    def snapshot(self) -> dict[str, Value]:
        """See `Mutable`."""
        return dict(self.names)

    def restore(self, state: dict[str, Value]) -> None:
        """See `Mutable`."""
        self.names = dict(state)

    def merge(self, states: list[Any], reason: Unknown) -> dict[str, Value]:
        """See `Mutable`."""
        return _merge_entries(states, reason)

    @property
    def module(self) -> Scope:
        """The outermost scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def lookup(self, name: str) -> tuple[Value] | None:
        """Give the value of a name, here or further out, as a one-tuple."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return (scope.names[name],)
            scope = scope.parent
        return None

    def bind(self, name: str, value: Value) -> None:
        """Set a name."""
        scope = self.module if name in self.module_names else self
        scope.regions.before_change(scope)
        scope.names[name] = value

    def unbind(self, name: str) -> None:
        """Delete a name."""
        self.regions.before_change(self)
        self.names.pop(name, None)


_UNCERTAIN = (Unknown, Prefix, Argument, Arguments)


def is_plain(value: Value) -> bool:
    """Whether a value is a plain Python value, known through and through."""
    if isinstance(value, tuple):
        return all(is_plain(item) for item in value)
    return value is None or isinstance(value, (str, bytes, int, float, complex))


def same(one: Value, other: Value) -> bool:  # noqa: PLR0911  a return for each kind of value
    """Whether two values are certainly equal."""
    if one is other:
        return True
    if isinstance(one, _UNCERTAIN) or isinstance(other, _UNCERTAIN):
        return False
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        return len(one) == len(other) and all(same(left, right) for left, right in zip(one, other, strict=True))
    if isinstance(one, ListValue) and isinstance(other, ListValue):
        return one.spoilt is None and other.spoilt is None and one.kind == other.kind and same(one.items, other.items)
    if isinstance(one, DictValue) and isinstance(other, DictValue):
        if one.spoilt is not None or other.spoilt is not None or list(one.entries) != list(other.entries):
            return False
        return all(same(one.entries[key], other.entries[key]) for key in one.entries)
    return type(one) is type(other) and bool(one == other)


def merge_values(values: list[Value], reason: Unknown) -> Value:
    """Give the value that is one of several; the reason says why it is not known which."""
    first = values[0]
    if all(value is first or (is_plain(value) and same(first, value)) for value in values[1:]):
        return first
    if isinstance(first, (ListValue, DictValue)) and all(same(first, value) for value in values[1:]):
        return first
    unknown = unknown_of(values)
    return Unknown(reason.reason, fixed=reason.fixed and (unknown is None or unknown.fixed))


def unknown_of(values: list[Value]) -> Unknown | None:
    """Give the unknown part that decides: the first that does not follow from the archive, else the first."""
    found: Unknown | None = None
    for value in values:
        part = _unknown_part(value)
        if part is not None and (found is None or (found.fixed and not part.fixed)):
            found = part
    return found


def _unknown_part(value: Value) -> Unknown | None:  # noqa: PLR0911  a return for each kind of value
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Prefix):
        return Unknown(f"only the beginning of `{value.text}…` is known")
    if isinstance(value, (Argument, Arguments)):
        return Unknown("the command line of the build is not known")
    if isinstance(value, (tuple, list)):
        return unknown_of(list(value))
    if isinstance(value, ListValue):
        return value.spoilt or unknown_of(value.items)
    if isinstance(value, DictValue):
        return value.spoilt or unknown_of(list(value.entries.values()))
    return None


def _merge_entries(states: list[dict[Any, Value]], reason: Unknown) -> dict[Any, Value]:
    merged: dict[Any, Value] = {}
    missing = object()
    for key in dict.fromkeys(key for state in states for key in state):
        values = [state.get(key, missing) for state in states]
        known = [value for value in values if value is not missing]
        if len(known) == len(values):
            merged[key] = merge_values(values, reason)
        else:
            part = unknown_of(known)
            merged[key] = Unknown(reason.reason, fixed=reason.fixed and (part is None or part.fixed))
    return merged
