"""Operators and subscripts on values. Pure: nothing here changes a value or looks at the world."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.metadata.evaluation.values import (
    Argument,
    Arguments,
    DictValue,
    ListValue,
    PathValue,
    Prefix,
    Regions,
    Symbol,
    Unknown,
    Value,
    VersionValue,
    is_plain,
    same,
    unknown_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["binary", "compare", "subscript", "truth", "unary"]

_LARGEST = 1_000_000
"""Longer strings, lists and numbers are not computed: a script may be made to waste time."""

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def truth(value: Value) -> bool | Unknown:
    """Give the truth of a value."""
    if is_plain(value) or isinstance(value, tuple):
        return bool(value)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, ListValue):
        return value.spoilt or bool(value.items)
    if isinstance(value, DictValue):
        return value.spoilt or bool(value.entries)
    if isinstance(value, Symbol):
        return Unknown(f"`{value.path}` is not known") if value.path == "os.environ" else True
    return True


def binary(kind: type[ast.operator], left: Value, right: Value, regions: Regions) -> Value:  # noqa: PLR0911  a return for each kind of value
    """Give the value of ``left OP right``."""
    unknown = unknown_of([item for item in (left, right) if not isinstance(item, (ListValue, DictValue, tuple))])
    if unknown is not None:
        return Unknown(unknown.reason, fixed=unknown.fixed)
    if kind is ast.Add and isinstance(left, ListValue) and isinstance(right, ListValue):
        spoilt = unknown_of([value.spoilt for value in (left, right) if value.spoilt])
        return ListValue([*left.items, *right.items], regions, spoilt)
    if kind is ast.Mult and isinstance(left, ListValue) and isinstance(right, int):
        if len(left.items) * right > _LARGEST:
            return Unknown("the list is too long", fixed=True)
        return ListValue(left.items * right, regions, left.spoilt)
    if kind is ast.Add and isinstance(left, tuple) and isinstance(right, tuple):
        return (*left, *right)
    if kind is ast.Div and isinstance(left, PathValue) and isinstance(right, (str, PathValue)):
        return PathValue(f"{left.path}/{right if isinstance(right, str) else right.path}")
    if kind is ast.Mod and isinstance(left, str) and isinstance(right, DictValue):
        right = right.entries if right.spoilt is None else right
    if not is_plain(left) or not (is_plain(right) or isinstance(right, dict)):
        part = unknown_of([left, right])
        return part or Unknown("an operator is used on objects")
    return _compute(kind, left, right)


def _compute(kind: type[ast.operator], left: Any, right: Any) -> Value:
    function = _BINARY.get(kind)
    too_much = kind is ast.Mult and any(
        isinstance(one, (str, bytes, tuple)) and isinstance(other, int) and len(one) * other > _LARGEST
        for one, other in ((left, right), (right, left))
    )
    if kind is ast.Pow and not (isinstance(left, int) and isinstance(right, int) and 0 <= right <= 64):
        too_much = True
    if isinstance(right, dict) and not all(is_plain(value) for value in right.values()):
        return unknown_of(list(right.values())) or Unknown("an operator is used on objects")
    if function is None or too_much or (kind is ast.Mod and isinstance(left, (str, bytes)) and len(left) > _LARGEST):
        return Unknown("an operator is not evaluated", fixed=True)
    try:
        return function(left, right)
    except (TypeError, ValueError, ArithmeticError, KeyError):
        return Unknown("an operator would fail", fixed=True)


def unary(kind: type[ast.unaryop], value: Value) -> Value:
    """Give the value of ``OP value``."""
    if kind is ast.Not:
        certain = truth(value)
        return certain if isinstance(certain, Unknown) else not certain
    if isinstance(value, (int, float)):
        return -value if kind is ast.USub else +value if kind is ast.UAdd else Unknown("an operator is not evaluated")
    return unknown_of([value]) or Unknown("an operator is used on objects")


def compare(kind: type[ast.cmpop], left: Value, right: Value) -> bool | Unknown:  # noqa: PLR0911  a return for each kind of value
    """Give the value of one comparison."""
    if kind in (ast.Is, ast.IsNot):
        return _identity(left, right, negated=kind is ast.IsNot)
    if kind in (ast.In, ast.NotIn):
        found = _contains(right, left)
        return found if isinstance(found, Unknown) else found != (kind is ast.NotIn)
    if isinstance(left, Prefix) and isinstance(right, str):
        return _compare_prefix(kind, left, right)
    if isinstance(left, Argument) and isinstance(right, str) and right not in left.possible:
        return {ast.Eq: False, ast.NotEq: True}.get(kind, Unknown("the command line of the build is not known"))
    if isinstance(left, VersionValue) and isinstance(right, VersionValue):
        return _compare_versions(kind, left.text, right.text)
    if kind in (ast.Eq, ast.NotEq) and same(left, right):
        return kind is ast.Eq
    if isinstance(left, ListValue) and isinstance(right, ListValue) and unknown_of([left, right]) is None:
        left, right = tuple(left.items), tuple(right.items)
    if not (is_plain(left) and is_plain(right)):
        return unknown_of([left, right]) or Unknown("objects are compared")
    try:
        return bool(_COMPARE[kind](left, right))
    except TypeError:
        return Unknown("a comparison would fail", fixed=True)


def _compare_versions(kind: type[ast.cmpop], left: str, right: str) -> bool | Unknown:
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415  scripts that compare versions alone

    try:
        return bool(_COMPARE[kind](Version(left), Version(right)))
    except (InvalidVersion, KeyError):
        return Unknown("versions are compared that are none", fixed=True)


def _identity(left: Value, right: Value, *, negated: bool) -> bool | Unknown:
    unknown = next((value for value in (left, right) if isinstance(value, (Unknown, Prefix))), None)
    if unknown is not None:
        return unknown_of([unknown]) or Unknown("an identity is not known")
    if left is None or right is None or isinstance(left, bool) or isinstance(right, bool):
        return (left is right) != negated
    return Unknown("identities are compared", fixed=True)


def _contains(container: Value, item: Value) -> bool | Unknown:  # noqa: C901, PLR0911, PLR0912  a return for each kind of value
    if isinstance(container, Arguments) and isinstance(item, str) and item not in container.possible:
        return False
    if isinstance(item, Argument):
        others = container.items if isinstance(container, ListValue) and container.spoilt is None else container
        if isinstance(others, (list, tuple)) and not any(other in item.possible for other in others):
            return False
    if isinstance(container, str) and isinstance(item, str):
        return item in container
    if isinstance(container, bytes) and isinstance(item, bytes):
        return item in container
    if isinstance(container, DictValue):
        if unknown := container.spoilt or unknown_of([item]):
            return unknown
        if not is_plain(item):
            return Unknown("an object is sought")
        value = container.entries.get(item)
        return value if isinstance(value, Unknown) else item in container.entries
    items = container.items if isinstance(container, ListValue) and container.spoilt is None else container
    if isinstance(items, (list, tuple)):
        if any(same(item, other) for other in items):
            return True
        part = unknown_of([item, list(items)])
        if part is None and not all(is_plain(other) for other in (item, *items)):
            part = Unknown("an object is sought")
        return part or False
    if isinstance(container, Symbol):
        # Whoever runs a setup script has imported setuptools already: pip's shim does, and so does build_meta.
        if container.path == "sys.modules" and item == "setuptools":
            return True
        return Unknown(f"`{container.path}` is not known")
    return unknown_of([container, item]) or Unknown("an object is searched")


def _compare_prefix(kind: type[ast.cmpop], left: Prefix, right: str) -> bool | Unknown:
    known = left.text[: len(right)]
    if known != right[: len(known)] and kind in _COMPARE:
        return bool(_COMPARE[kind](known, right[: len(known)]))
    if kind in (ast.Gt, ast.GtE) and len(right) <= len(left.text):
        return True
    if kind in (ast.Lt, ast.LtE) and len(right) <= len(left.text):
        return False
    return Unknown(f"only the beginning of `{left.text}…` is known")


def subscript(value: Value, key: Value, regions: Regions) -> Value:  # noqa: C901, PLR0911  a return for each kind of value
    """Give ``value[key]``; a slice comes as a Python slice of known bounds."""
    if isinstance(value, Prefix):
        return _prefix_part(value, key)
    if isinstance(value, Arguments):
        return value if isinstance(key, slice) else Argument(value.possible)
    if isinstance(value, (Unknown, Symbol)):
        return value if isinstance(value, Unknown) else Unknown(f"an item of `{value.path}` is not known")
    if unknown := unknown_of([key] if not isinstance(key, slice) else []):
        return unknown
    if isinstance(value, ListValue):
        if value.spoilt is not None:
            return value.spoilt
        part = _item(value.items, key)
        return ListValue(part, regions) if isinstance(part, list) and isinstance(key, slice) else part
    if isinstance(value, DictValue):
        if value.spoilt is not None and key not in value.entries:
            return value.spoilt
        if value.spoilt is not None:
            return value.spoilt
        return _item(value.entries, key)
    if isinstance(value, (str, bytes, tuple)):
        return _item(value, key)
    return Unknown("an item of an object is not known")


def _item(container: Any, key: Any) -> Value:
    try:
        return container[key]
    except (LookupError, TypeError):
        return Unknown("an item is sought that is not there", fixed=True)


def _prefix_part(value: Prefix, key: Value) -> Value:
    if isinstance(key, int) and 0 <= key < len(value.text):
        return value.text[key]
    if isinstance(key, slice) and isinstance(key.stop, int) and 0 <= key.stop <= len(value.text):
        return value.text[key]
    return Unknown(f"only the beginning of `{value.text}…` is known")
