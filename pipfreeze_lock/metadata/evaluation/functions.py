"""Functions that setup scripts call: builtins and those of the standard library that can be told without running."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.metadata.evaluation.file_functions import FILE_FUNCTIONS
from pipfreeze_lock.metadata.evaluation.imports import import_module
from pipfreeze_lock.metadata.evaluation.methods import elements
from pipfreeze_lock.metadata.evaluation.operators import truth
from pipfreeze_lock.metadata.evaluation.values import (
    BoundMethod,
    DictValue,
    FileValue,
    FunctionValue,
    ListValue,
    PathValue,
    Prefix,
    Scope,
    Symbol,
    Unknown,
    Unproven,
    Value,
    VersionValue,
    is_plain,
    unknown_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipfreeze_lock.metadata.evaluation.expressions import Expressions

__all__ = ["BUILTINS", "call_symbol", "is_setup"]

BUILTINS = frozenset(
    """
    __import__ abs all any bool bytes callable chr compile dict enumerate eval exec execfile exit filter
    float format frozenset getattr globals hasattr input int isinstance issubclass iter len list locals
    map max min next object open ord print property quit range raw_input repr reversed round set setattr
    sorted staticmethod str sum super tuple type unicode vars zip BaseException Exception
    ArithmeticError AssertionError AttributeError EOFError EnvironmentError FileNotFoundError IOError
    ImportError IndexError KeyError KeyboardInterrupt LookupError ModuleNotFoundError NameError
    NotImplementedError OSError PermissionError RuntimeError StopIteration SyntaxError SystemError
    SystemExit TypeError UnicodeDecodeError UnicodeError ValueError WindowsError
    """.split()  # noqa: SIM905  a line for each would take pages
)

_SETUP = frozenset({"setuptools.setup", "distutils.core.setup", "setuptools.distutils.core.setup"})

_FIXED = (
    "re.",
    "json.",
    "ast.",
    "textwrap.",
    "string.",
    "posixpath.",
    "email.",
    "configparser.",
    "itertools.",
    "tomllib.",
)
"""Modules whose functions give the same for the same arguments on any machine."""

_HARMLESS = (
    *_FIXED,
    *(
        "os.",
        "sys.",
        "platform.",
        "io.",
        "codecs.",
        "logging.",
        "warnings.",
        "print",
        "sysconfig.",
        "time.",
        "datetime.",
    ),
    *("setuptools.", "distutils.", "pkg_resources.", "locale.", "shutil.", "glob.", "fnmatch.", "pathlib.", "typing."),
    *("struct.", "errno.", "packaging.", "multiprocessing.", "ctypes.", "collections.", "functools.", "operator."),
)
"""Modules whose functions change none of the lists and dictionaries that they are given."""


_CHANGES_FILES = frozenset(
    f"os.{name}"
    for name in ("remove", "unlink", "rename", "replace", "renames", "link", "symlink", "system", "truncate")
)


def is_setup(function: Value) -> bool:
    """Whether a value is setuptools' or distutils' ``setup``."""
    return isinstance(function, Symbol) and function.path in _SETUP


def call_symbol(evaluator: Expressions, path: str, items: list[Value], keywords: dict[str, Value], line: int) -> Value:  # noqa: C901, PLR0911  a return for each kind of value
    """Call a builtin or a function of a module by its full name."""
    constant = evaluator.world.constant(f"{path}()") if not items else None
    if constant is not None:
        return constant[0]
    function = _FUNCTIONS.get(path)
    if function is not None:
        try:
            return function(evaluator, *items, **keywords)
        except TypeError:
            return evaluator.call_unknown(Unknown(f"`{path}` is called in an unusual way (line {line})"), items)
    if path in ("sys.exit", "exit", "quit", "os._exit", "os.abort"):
        return evaluator.leave(items[0] if items else None, line)
    evaluator.risk(unknown_of([*items, *keywords.values()]), follows=path.startswith(_FIXED))
    if path in _CHANGES_FILES or path.startswith("shutil."):
        evaluator.files_changed = True
    arguments = [*items, *keywords.values()]
    if path in BUILTINS and path[0].isupper():
        return Symbol(path)
    if path.startswith(_FIXED):
        unknown = unknown_of(arguments)
        return Unknown(f"`{path}()` is not evaluated (line {line})", fixed=unknown is None or unknown.fixed)
    reason = Unknown(f"`{path}()` is not known (line {line})", fixed=path == "setuptools.find_packages")
    if path.startswith(_HARMLESS):
        for argument in arguments:
            if isinstance(argument, FunctionValue):
                evaluator.spoil(argument, reason)
        return reason
    return evaluator.call_unknown(reason, arguments)


def _len(_: Expressions, value: Value) -> Value:
    if isinstance(value, (str, bytes, tuple)):
        return len(value)
    found = elements(value) if isinstance(value, (ListValue, DictValue)) else Unknown("a length is not known")
    return found if isinstance(found, Unknown) else len(found)


def _convert(kind: Callable[..., Any]) -> Callable[..., Value]:
    def convert(evaluator: Expressions, *values: Value) -> Value:
        if unknown := unknown_of(list(values)):
            evaluator.risk(unknown)
            return unknown
        if values and isinstance(values[0], PathValue) and kind is str:
            return values[0].path
        if not all(is_plain(value) for value in values):
            return Unknown("an object is converted")
        try:
            return kind(*values)
        except (ValueError, TypeError):
            evaluator.may_raise = True
            return Unknown("a conversion would fail", fixed=True)

    return convert


def _list(evaluator: Expressions, value: Value = ()) -> Value:
    found = elements(value)
    if isinstance(found, Unknown):
        return ListValue([], evaluator.regions, found)
    return ListValue(found, evaluator.regions)


def _set(evaluator: Expressions, value: Value = ()) -> Value:
    found = elements(value)
    if isinstance(found, Unknown) or not all(is_plain(item) for item in found):
        spoilt = found if isinstance(found, Unknown) else Unknown("a set of objects")
        return ListValue([], evaluator.regions, spoilt, kind="set")
    return ListValue(list(dict.fromkeys(found)), evaluator.regions, kind="set")


def _tuple(_: Expressions, value: Value = ()) -> Value:
    found = elements(value)
    return found if isinstance(found, Unknown) else tuple(found)


def _dict(evaluator: Expressions, *pairs: Value, **entries: Value) -> Value:
    result = DictValue({}, evaluator.regions)
    evaluator.call(BoundMethod(result, "update"), list(pairs), entries, 0)
    return result


def _sorted(evaluator: Expressions, value: Value, **keywords: Value) -> Value:
    found = elements(value)
    if isinstance(found, Unknown) or keywords or not all(isinstance(item, str) for item in found):
        spoilt = found if isinstance(found, Unknown) else Unknown("an order is not known", fixed=not keywords)
        return ListValue([], evaluator.regions, spoilt)
    return ListValue(sorted(found), evaluator.regions)


def _sum(evaluator: Expressions, values: Value, start: Value = 0) -> Value:
    found = elements(values)
    if isinstance(found, Unknown):
        return found
    from pipfreeze_lock.metadata.evaluation.operators import binary  # noqa: PLC0415  used here alone

    for item in found:
        start = binary(ast.Add, start, item, evaluator.regions)
    return start


def _map(evaluator: Expressions, function: Value, values: Value) -> Value:
    found = elements(values)
    if isinstance(found, Unknown):
        evaluator.spoil(function, found)
        return ListValue([], evaluator.regions, found)
    return ListValue([evaluator.call(function, [item], {}, 0) for item in found], evaluator.regions)


def _filter(evaluator: Expressions, function: Value, values: Value) -> Value:
    found = elements(values)
    if isinstance(found, Unknown):
        evaluator.spoil(function, found)
        return ListValue([], evaluator.regions, found)
    result = ListValue([], evaluator.regions)
    for item in found:
        kept = truth(item if function is None else evaluator.call(function, [item], {}, 0))
        if isinstance(kept, Unknown):
            result.spoilt = kept
        elif kept:
            result.items.append(item)
    return result


def _quantifier(*, expected: bool) -> Callable[..., Value]:
    def quantifier(_: Expressions, values: Value) -> Value:
        found = elements(values)
        if isinstance(found, Unknown):
            return found
        truths = [truth(item) for item in found]
        if any(certain is expected for certain in truths):
            return expected
        return next((certain for certain in truths if isinstance(certain, Unknown)), not expected)

    return quantifier


def _zip(evaluator: Expressions, *values: Value) -> Value:
    columns = [elements(value) for value in values]
    unknown = next((column for column in columns if isinstance(column, Unknown)), None)
    if unknown is not None:
        return ListValue([], evaluator.regions, unknown)
    known = [column for column in columns if not isinstance(column, Unknown)]
    return ListValue(list(zip(*known, strict=False)), evaluator.regions)


def _enumerate(evaluator: Expressions, values: Value) -> Value:
    found = elements(values)
    if isinstance(found, Unknown):
        return ListValue([], evaluator.regions, found)
    return ListValue(list(enumerate(found)), evaluator.regions)


def _range(evaluator: Expressions, *bounds: Value) -> Value:
    if not all(isinstance(bound, int) for bound in bounds) or len(range(*bounds)) > 10_000:
        return ListValue([], evaluator.regions, unknown_of(list(bounds)) or Unknown("a range is not evaluated"))
    return ListValue(list(range(*bounds)), evaluator.regions)


def _isinstance(_: Expressions, value: Value, kind: Value) -> Value:
    kinds = {
        "str": str,
        "bytes": bytes,
        "int": int,
        "float": float,
        "tuple": tuple,
        "list": ListValue,
        "dict": DictValue,
    }
    if isinstance(kind, Symbol) and kind.path in kinds and not isinstance(value, (Unknown, Prefix, Symbol)):
        return isinstance(value, kinds[kind.path])
    return unknown_of([value]) or Unknown("a type is not known")


def _hasattr(evaluator: Expressions, value: Value, name: Value) -> Value:
    if isinstance(value, Symbol) and isinstance(name, str):
        known = evaluator.world.has_attribute(value.path, name)
        if known is not None:
            return known
    return Unknown("it is not known whether an attribute is there")


def _getattr(evaluator: Expressions, value: Value, name: Value, *default: Value) -> Value:
    if isinstance(value, Symbol) and isinstance(name, str):
        constant = evaluator.world.constant(f"{value.path}.{name}")
        if constant is not None:
            return constant[0]
        if evaluator.world.has_attribute(value.path, name) is False and default:
            return default[0]
        return Unknown(f"`{value.path}.{name}` may not be there") if default else Symbol(f"{value.path}.{name}")
    return Unknown("an attribute is not known")


def _exec(evaluator: Expressions, code: Value, *scopes: Value) -> Value:
    if not isinstance(code, str):
        part = unknown_of([code])
        msg = f"it runs code that is not known{': ' + part.reason if part else ''}"
        raise Unproven(msg)
    namespace = scopes[0] if scopes else None
    evaluator.may_raise = True
    if isinstance(namespace, DictValue):
        scope = Scope(dict(namespace.entries), evaluator.regions)
        evaluator.run_code(code, scope)
        namespace.change().update(scope.names)
    elif namespace is None or isinstance(namespace, Scope):
        evaluator.run_code(code, namespace or evaluator.scope)
    else:
        msg = "it runs code in a namespace that is not known"
        raise Unproven(msg)
    return None


def _execfile(evaluator: Expressions, path: Value, *scopes: Value) -> Value:
    opened = evaluator.open_file(path, "r", None, None)
    return _exec(evaluator, opened.take() if isinstance(opened, FileValue) else opened, *scopes)


def _compile(_: Expressions, source: Value, *__: Value, **___: Value) -> Value:
    return source.decode("utf-8", "replace") if isinstance(source, bytes) else source


def _eval(_: Expressions, *__: Value) -> Value:
    msg = "it evaluates an expression that it computes"
    raise Unproven(msg)


def _import(evaluator: Expressions, name: Value, *_: Value, **__: Value) -> Value:
    if not isinstance(name, str):
        evaluator.may_raise = True
        return Unknown("it is not known what is imported")
    return import_module(evaluator, name, whole=False)


def _import_whole(evaluator: Expressions, name: Value, *_: Value) -> Value:
    return import_module(evaluator, name, whole=True) if isinstance(name, str) else Unknown("what is imported?")


def _globals(evaluator: Expressions) -> Value:
    return evaluator.scope.module


def _locals(evaluator: Expressions) -> Value:
    return evaluator.scope


def _environment(evaluator: Expressions, name: Value, default: Value = None) -> Value:
    if evaluator.world.is_unset(name):
        return default
    return Unknown(f"the environment variable `{name}` is not known" if isinstance(name, str) else "which variable?")


def _version(evaluator: Expressions, text: Value) -> Value:
    if isinstance(text, str):
        return VersionValue(text)
    evaluator.may_raise = True
    return unknown_of([text]) or Unknown("a version is made of an object")


def _nothing(*_: Value, **__: Value) -> Value:
    return None


def _set_attribute(*_: Value) -> Value:
    msg = "it sets an attribute whose name it computes"
    raise Unproven(msg)


def _partial(evaluator: Expressions, function: Value, *items: Value, **keywords: Value) -> Value:
    if is_setup(function):
        msg = "it calls `setup()` indirectly"
        raise Unproven(msg)
    return evaluator.call_unknown(Unknown("`functools.partial()` is not evaluated"), [*items, *keywords.values()])


def _literal(_: Expressions, text: Value) -> Value:
    if not isinstance(text, str):
        return unknown_of([text]) or Unknown("an object is evaluated")
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return Unknown("`ast.literal_eval()` would fail", fixed=True)
    return value if is_plain(value) else Unknown("a literal list is not evaluated", fixed=True)


def _class_type(*_: Value) -> Value:
    return Unknown("a type is not known")


_VERSIONS = (
    *("pkg_resources.parse_version", "packaging.version.parse", "packaging.version.Version"),
    *("distutils.version.LooseVersion", "distutils.version.StrictVersion"),
)

_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "len": _len,
    "str": _convert(str),
    "unicode": _convert(str),
    "int": _convert(int),
    "float": _convert(float),
    "bool": lambda _, value=False: truth(value),
    "list": _list,
    "tuple": _tuple,
    "set": _set,
    "frozenset": _set,
    "dict": _dict,
    "collections.OrderedDict": _dict,
    "sorted": _sorted,
    "sum": _sum,
    "map": _map,
    "filter": _filter,
    "any": _quantifier(expected=True),
    "all": _quantifier(expected=False),
    "zip": _zip,
    "enumerate": _enumerate,
    "range": _range,
    "iter": _list,
    "isinstance": _isinstance,
    "hasattr": _hasattr,
    "getattr": _getattr,
    "setattr": _set_attribute,
    "type": _class_type,
    "exec": _exec,
    "execfile": _execfile,
    "compile": _compile,
    "eval": _eval,
    "__import__": _import,
    "importlib.import_module": _import_whole,
    "globals": _globals,
    "locals": _locals,
    "vars": _locals,
    "print": _nothing,
    "os.fspath": _convert(str),
    "os.environ.get": _environment,
    "os.getenv": _environment,
    **dict.fromkeys(_VERSIONS, _version),
    "functools.partial": _partial,
    "ast.literal_eval": _literal,
    **FILE_FUNCTIONS,
}
