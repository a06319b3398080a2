"""Methods of known values: strings, lists, dictionaries, open files, paths."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.metadata.evaluation.values import (
    Arguments,
    BoundMethod,
    DictValue,
    FileValue,
    ListValue,
    PathValue,
    Prefix,
    Scope,
    Unknown,
    Unproven,
    Value,
    is_plain,
    unknown_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipfreeze_lock.metadata.evaluation.expressions import Expressions

__all__ = ["call_method", "elements", "path_attribute"]

_PURE = frozenset(
    """
    capitalize casefold center count decode encode endswith expandtabs find format index isalnum isalpha
    isascii isdecimal isdigit isidentifier islower isnumeric isspace istitle isupper join ljust lower
    lstrip partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split
    splitlines startswith strip swapcase title translate upper zfill bit_length is_integer conjugate hex
    """.split()  # noqa: SIM905  a line for each would take pages
)


def call_method(
    evaluator: Expressions, receiver: Value, name: str, arguments: list[Value], keywords: dict[str, Value]
) -> Value:
    """Call a method of a value; what is not known here spoils nothing but its own result and what it could change."""
    if isinstance(receiver, Prefix) and name == "startswith" and arguments and isinstance(arguments[0], str):
        wanted = arguments[0]
        if not receiver.text.startswith(wanted) and not wanted.startswith(receiver.text):
            return False
        return True if receiver.text.startswith(wanted) else Unknown("the rest of a string is not known")
    if isinstance(receiver, (str, bytes, int, float, tuple)):
        return _pure(evaluator, receiver, name, arguments, keywords)
    if isinstance(receiver, Scope):
        msg = f"it changes its own namespace by `.{name}()`"
        raise Unproven(msg)
    table: dict[type, dict[str, Callable[..., Value]]] = {
        ListValue: _LIST,
        DictValue: _DICT,
        FileValue: _FILE,
        PathValue: _PATH,
    }
    method = table.get(type(receiver), {}).get(name)
    if method is not None:
        try:
            return method(evaluator, receiver, *arguments, **keywords)
        except TypeError:
            return _forget(receiver, Unknown(f"`.{name}()` is called in an unusual way", fixed=True))
    return _forget(receiver, Unknown(f"`.{name}()` is not evaluated"))


def elements(value: Value) -> list[Value] | Unknown:
    """Give what iterating over a value yields."""
    if isinstance(value, ListValue):
        return value.spoilt or list(value.items)
    if isinstance(value, DictValue):
        return value.spoilt or unknown_of(list(value.entries.values())) or list(value.entries)
    if isinstance(value, (tuple, str)):
        return list(value)
    if isinstance(value, FileValue):
        content = value.take()
        return list(content.splitlines(keepends=True))
    return unknown_of([value]) or Unknown("an object is iterated over")


def _forget(receiver: Value, reason: Unknown) -> Unknown:
    if isinstance(receiver, (ListValue, DictValue)):
        receiver.spoil(reason)
    return reason


def _pure(
    evaluator: Expressions, receiver: Value, name: str, arguments: list[Value], keywords: dict[str, Value]
) -> Value:
    plain = [_plain_argument(argument) for argument in arguments]
    unknown = unknown_of([receiver, *arguments, *keywords.values()])
    if unknown is not None:
        return unknown
    if name not in _PURE and not (isinstance(receiver, tuple) and name in ("count", "index")):
        return Unknown(f"`.{name}()` is not evaluated", fixed=True)
    if not all(is_plain(argument) or isinstance(argument, list) for argument in (*plain, *keywords.values())):
        return Unknown(f"`.{name}()` is given objects")
    if name in ("center", "ljust", "rjust", "zfill", "expandtabs", "format") and len(str(plain)) > 10_000:
        return Unknown(f"`.{name}()` is given too much", fixed=True)
    try:
        result: Any = getattr(receiver, name)(*plain, **keywords)
    except (TypeError, ValueError, LookupError, AttributeError):
        evaluator.risk(None)
        return Unknown(f"`.{name}()` would fail", fixed=True)
    return ListValue(result, evaluator.regions) if isinstance(result, list) else result


def _plain_argument(argument: Value) -> Value:
    return argument.items if isinstance(argument, ListValue) and argument.spoilt is None else argument


# Lists.


def _append(_: Expressions, receiver: ListValue, item: Value) -> None:
    receiver.change().append(item)


def _extend(_: Expressions, receiver: ListValue, items: Value) -> None:
    found = elements(items)
    if isinstance(found, Unknown):
        receiver.spoil(found)
    else:
        receiver.change().extend(found)


def _insert(_: Expressions, receiver: ListValue, index: Value, item: Value) -> None:
    if isinstance(index, int):
        receiver.change().insert(index, item)
    else:
        receiver.spoil(Unknown("it is not known where an item is inserted"))


def _remove(evaluator: Expressions, receiver: ListValue, item: Value) -> Value:
    if not is_plain(item) or item not in receiver.items or unknown_of([receiver]):
        evaluator.may_raise = True
        return _forget(receiver, Unknown("it is not known which item is removed"))
    receiver.change().remove(item)
    return None


def _pop_item(evaluator: Expressions, receiver: ListValue, index: Value = -1) -> Value:
    if receiver.spoilt is None and isinstance(index, int) and -len(receiver.items) <= index < len(receiver.items):
        return receiver.change().pop(index)
    evaluator.may_raise = True
    return _forget(receiver, Unknown("it is not known which item is removed"))


def _sort(_: Expressions, receiver: ListValue) -> None:
    if all(isinstance(item, str) for item in receiver.items):
        receiver.change().sort()
    else:
        receiver.spoil(Unknown("a list of objects is sorted", fixed=True))


def _copy_list(evaluator: Expressions, receiver: ListValue) -> ListValue:
    return ListValue(list(receiver.items), evaluator.regions, receiver.spoilt, receiver.kind)


def _add(_: Expressions, receiver: ListValue, item: Value) -> None:
    if is_plain(item) and item not in receiver.items:
        receiver.change().append(item)
    elif not is_plain(item):
        receiver.spoil(Unknown("an object is added to a set"))


def _intersection(evaluator: Expressions, receiver: ListValue, other: Value) -> ListValue:
    if isinstance(other, Arguments) and receiver.spoilt is None:
        if not any(item in other.possible for item in receiver.items if is_plain(item)):
            return ListValue([], evaluator.regions, kind="set")
        return ListValue([], evaluator.regions, unknown_of([other]), kind="set")
    found = elements(other)
    if isinstance(found, Unknown) or unknown_of([receiver, found]):
        return ListValue([], evaluator.regions, Unknown("a set is not known"), kind="set")
    return ListValue([item for item in receiver.items if item in found], evaluator.regions, kind="set")


_LIST: dict[str, Callable[..., Value]] = {
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "remove": _remove,
    "pop": _pop_item,
    "sort": _sort,
    "copy": _copy_list,
    "add": _add,
    "intersection": _intersection,
}


# Dictionaries.


def _get(_: Expressions, receiver: DictValue, key: Value, default: Value = None) -> Value:
    if receiver.spoilt is not None or not is_plain(key):
        return receiver.spoilt or unknown_of([key]) or Unknown("a key is not known")
    return receiver.entries.get(key, default)


def _update(_: Expressions, receiver: DictValue, *others: Value, **entries: Value) -> None:
    for other in others:
        if isinstance(other, DictValue) and other.spoilt is None:
            receiver.change().update(other.entries)
            continue
        pairs = elements(other) if not isinstance(other, DictValue) else other.spoilt
        if isinstance(pairs, list) and all(isinstance(pair, tuple) and len(pair) == 2 for pair in pairs):
            receiver.change().update(pairs)
        else:
            receiver.spoil(pairs if isinstance(pairs, Unknown) else Unknown("a dictionary is updated with objects"))
    if entries:
        receiver.change().update(entries)


def _set_default(_: Expressions, receiver: DictValue, key: Value, default: Value = None) -> Value:
    if receiver.spoilt is not None or not is_plain(key):
        return _forget(receiver, receiver.spoilt or Unknown("a key is not known"))
    return receiver.change().setdefault(key, default)


def _pop_key(evaluator: Expressions, receiver: DictValue, key: Value, *default: Value) -> Value:
    if receiver.spoilt is not None or not is_plain(key):
        return _forget(receiver, receiver.spoilt or Unknown("a key is not known"))
    if key not in receiver.entries and not default:
        evaluator.may_raise = True
        return Unknown("a key is removed that is not there", fixed=True)
    return receiver.change().pop(key, *default)


def _view(what: str) -> Callable[..., Value]:
    def view(evaluator: Expressions, receiver: DictValue) -> Value:
        parts = {
            "keys": list(receiver.entries),
            "values": list(receiver.entries.values()),
            "items": list(receiver.entries.items()),
        }
        # An entry that is unknown may be missing, so that even the keys are not certain.
        spoilt = receiver.spoilt or next((v for v in receiver.entries.values() if isinstance(v, Unknown)), None)
        return ListValue(parts[what], evaluator.regions, spoilt)

    return view


def _copy_dict(evaluator: Expressions, receiver: DictValue) -> DictValue:
    return DictValue(dict(receiver.entries), evaluator.regions, receiver.spoilt)


_DICT: dict[str, Callable[..., Value]] = {
    "get": _get,
    "update": _update,
    "setdefault": _set_default,
    "pop": _pop_key,
    "keys": _view("keys"),
    "values": _view("values"),
    "items": _view("items"),
    "iteritems": _view("items"),
    "copy": _copy_dict,
}


# Files and paths.


def _read(_: Expressions, receiver: FileValue) -> Value:
    return receiver.take()


def _read_line(_: Expressions, receiver: FileValue) -> Value:
    content = receiver.content
    end = content.find("\n" if isinstance(content, str) else b"\n", receiver.position)  # type: ignore[arg-type]
    return receiver.take(None if end < 0 else end + 1)


def _read_lines(evaluator: Expressions, receiver: FileValue) -> Value:
    return ListValue(list(receiver.take().splitlines(keepends=True)), evaluator.regions)


def _nothing(*_: Value) -> None:
    return None


def _itself(_: Expressions, receiver: Value, *__: Value) -> Value:
    return receiver


_FILE: dict[str, Callable[..., Value]] = {
    "read": _read,
    "readline": _read_line,
    "readlines": _read_lines,
    "close": _nothing,
    "__enter__": _itself,
}


def _read_text(evaluator: Expressions, receiver: PathValue, encoding: Value = None, errors: Value = None) -> Value:
    opened = evaluator.open_file(receiver.path, "r", encoding, errors)
    return opened.take() if isinstance(opened, FileValue) else opened


def _read_bytes(evaluator: Expressions, receiver: PathValue) -> Value:
    opened = evaluator.open_file(receiver.path, "rb", None, None)
    return opened.take() if isinstance(opened, FileValue) else opened


def _open(
    evaluator: Expressions, receiver: PathValue, mode: Value = "r", encoding: Value = None, errors: Value = None
) -> Value:
    return evaluator.open_file(receiver.path, mode, encoding, errors)


def _join_path(_: Expressions, receiver: PathValue, *parts: Value) -> Value:
    if all(isinstance(part, str) for part in parts):
        return PathValue(posixpath.join(receiver.path, *parts))
    return unknown_of(list(parts)) or Unknown("a path is joined with objects")


def _exists(evaluator: Expressions, receiver: PathValue) -> Value:
    return evaluator.path_exists(receiver.path, "exists")


def _is_file(evaluator: Expressions, receiver: PathValue) -> Value:
    return evaluator.path_exists(receiver.path, "isfile")


_PATH: dict[str, Callable[..., Value]] = {
    "read_text": _read_text,
    "read_bytes": _read_bytes,
    "open": _open,
    "joinpath": _join_path,
    "resolve": _itself,
    "absolute": _itself,
    "exists": _exists,
    "is_file": _is_file,
}


def path_attribute(value: PathValue, name: str) -> Value:
    """Give an attribute of a path."""
    match name:
        case "parent":
            return PathValue(posixpath.dirname(value.path) or ".")
        case "name":
            return posixpath.basename(value.path)
        case "suffix":
            return posixpath.splitext(value.path)[1]
        case _:
            return BoundMethod(value, name)
