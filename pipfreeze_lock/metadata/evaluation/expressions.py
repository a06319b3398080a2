"""Expressions of a setup script."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.metadata.evaluation import functions
from pipfreeze_lock.metadata.evaluation.methods import call_method, elements, path_attribute
from pipfreeze_lock.metadata.evaluation.operators import binary, compare, subscript, truth, unary
from pipfreeze_lock.metadata.evaluation.values import (
    BoundMethod,
    ClassValue,
    DictValue,
    FileValue,
    FunctionValue,
    ListValue,
    PathValue,
    Prefix,
    Regions,
    Scope,
    Symbol,
    Unknown,
    Unproven,
    Value,
    is_plain,
    merge_values,
    unknown_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipfreeze_lock.metadata.evaluation.world import World

__all__ = ["Expressions"]

_STEPS = 200_000
_ENVIRONMENT = Symbol("os.environ")
_CHANGEABLE = (ListValue, DictValue, FunctionValue)
_TUPLE_NAMES = {"major": 0, "minor": 1, "micro": 2, "releaselevel": 3, "serial": 4}


class Expressions:
    """Evaluates expressions; `Statements` builds on it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.regions = Regions()
        self.may_raise_fixed = False
        """Set by what may raise an exception for reasons that follow from the archive; read and reset by ``try``."""
        self.may_raise = False
        """Set by whatever else may raise an exception."""
        self.scope = Scope({}, self.regions)
        self.steps = 0
        self.setup_calls: list[dict[str, Value]] = []
        self.files_changed = False
        """Whether the script may have changed the files beside it, so that none of them is known any more."""

    def evaluate(self, node: ast.expr) -> Value:
        """Give the value of an expression."""
        self.steps += 1
        if self.steps > _STEPS:
            msg = "it takes too long to evaluate"
            raise Unproven(msg)
        method: Callable[[Any], Value] | None = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            self.may_raise = True
            return Unknown(f"`{type(node).__name__}` is not evaluated (line {node.lineno})")
        return method(node)

    def risk(self, unknown: Unknown | None, *, follows: bool = True) -> None:
        """Note that an exception may be raised, depending on something unknown.

        :param follows: Whether it depends on nothing else.
        """
        if follows and (unknown is None or unknown.fixed):
            self.may_raise_fixed = True
        else:
            self.may_raise = True

    def is_conditional(self) -> bool:
        """Whether it is not known that what runs now runs at all."""
        raise NotImplementedError

    def _constant(self, node: ast.Constant) -> Value:
        return node.value if is_plain(node.value) else Unknown("an ellipsis")

    def _name(self, node: ast.Name) -> Value:
        found = self.scope.lookup(node.id)
        if found is not None:
            return found[0]
        if node.id in functions.BUILTINS:
            return Symbol(node.id)
        self.may_raise = True
        return Unknown(f"the name `{node.id}` is not known (line {node.lineno})")

    def _attribute(self, node: ast.Attribute) -> Value:
        value = self.evaluate(node.value)
        if isinstance(value, Symbol):
            path = f"{value.path}.{node.attr}"
            constant = self.world.constant(path)
            return constant[0] if constant is not None else Symbol(path)
        if isinstance(value, tuple) and node.attr in _TUPLE_NAMES and len(value) == 5:
            return value[_TUPLE_NAMES[node.attr]]
        if isinstance(value, Scope):
            return self._member(value, node.attr)
        if isinstance(value, PathValue):
            return path_attribute(value, node.attr)
        if isinstance(value, (Unknown, ClassValue)):
            self.risk(value if isinstance(value, Unknown) else None, follows=isinstance(value, Unknown))
            return value if isinstance(value, Unknown) else Unknown(f"`.{node.attr}` of a class is not known")
        return BoundMethod(value, node.attr)

    def _member(self, module: Scope, name: str) -> Value:
        if name in module.names:
            return module.names[name]
        package = module.names.get("__package__")
        submodule = self.load_local(f"{package}.{name}") if package else None
        if submodule is None:
            self.may_raise = True
            return Unknown(f"a module of the sdist may not have `{name}`")
        return submodule

    def _subscript(self, node: ast.Subscript) -> Value:
        value = self.evaluate(node.value)
        result = subscript(value, self._key(node.slice), self.regions)
        if isinstance(result, Unknown):
            self.risk(result)
        return result

    def _key(self, node: ast.expr) -> Value:
        if not isinstance(node, ast.Slice):
            return self.evaluate(node)
        parts = [self.evaluate(part) if part is not None else None for part in (node.lower, node.upper, node.step)]
        if unknown := unknown_of(parts):
            return unknown
        return slice(*parts)

    def _tuple(self, node: ast.Tuple) -> Value:
        items = self._items(node.elts)
        return items if isinstance(items, Unknown) else tuple(items)

    def _list(self, node: ast.List) -> Value:
        items = self._items(node.elts)
        return ListValue([], self.regions, items) if isinstance(items, Unknown) else ListValue(items, self.regions)

    def _set(self, node: ast.Set) -> Value:
        items = self._items(node.elts)
        spoilt = items if isinstance(items, Unknown) else None
        return ListValue([] if isinstance(items, Unknown) else items, self.regions, spoilt, kind="set")

    def _items(self, nodes: list[ast.expr]) -> list[Value] | Unknown:
        items: list[Value] = []
        for node in nodes:
            if not isinstance(node, ast.Starred):
                items.append(self.evaluate(node))
                continue
            found = elements(self.evaluate(node.value))
            if isinstance(found, Unknown):
                return found
            items.extend(found)
        return items

    def _dict(self, node: ast.Dict) -> Value:
        result = DictValue({}, self.regions)
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            value = self.evaluate(value_node)
            if key_node is None:
                call_method(self, result, "update", [value], {})
                continue
            key = self.evaluate(key_node)
            if is_plain(key):
                result.entries[key] = value
            else:
                result.spoilt = unknown_of([key]) or Unknown("a key is an object")
        return result

    def _binop(self, node: ast.BinOp) -> Value:
        result = binary(type(node.op), self.evaluate(node.left), self.evaluate(node.right), self.regions)
        if isinstance(result, Unknown):
            self.risk(result)
        return result

    def _unaryop(self, node: ast.UnaryOp) -> Value:
        return unary(type(node.op), self.evaluate(node.operand))

    def _boolop(self, node: ast.BoolOp) -> Value:
        stops_at = isinstance(node.op, ast.Or)
        uncertain: list[Value] = []
        reason: Unknown | None = None
        value: Value = None
        for operand in node.values:
            value = self.evaluate(operand) if reason is None else self._perhaps(operand, reason)
            certain = truth(value)
            if isinstance(certain, Unknown):
                reason = reason or certain
                uncertain.append(value)
            elif certain == stops_at:
                break
        if reason is None:
            return value
        return merge_values([*uncertain, value], reason)

    def _perhaps(self, node: ast.expr, reason: Unknown) -> Value:
        """Evaluate what may or may not be evaluated."""
        region = self.regions.open()
        value = self.evaluate(node)
        reached = self.regions.roll_back(region)
        self.regions.merge([reached, {}], reason)
        return value

    def _compare(self, node: ast.Compare) -> Value:
        left = self.evaluate(node.left)
        for kind, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.evaluate(right_node)
            if right == _ENVIRONMENT and isinstance(kind, (ast.In, ast.NotIn)) and self.world.is_unset(left):
                result: bool | Unknown = isinstance(kind, ast.NotIn)
            else:
                result = compare(type(kind), left, right)
            if isinstance(result, Unknown) or not result:
                return result
            left = right
        return True

    def _ifexp(self, node: ast.IfExp) -> Value:
        certain = truth(self.evaluate(node.test))
        if not isinstance(certain, Unknown):
            return self.evaluate(node.body if certain else node.orelse)
        return merge_values([self._perhaps(node.body, certain), self._perhaps(node.orelse, certain)], certain)

    def _joinedstr(self, node: ast.JoinedStr) -> Value:
        parts: list[str] = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                parts.append(str(part.value))
                continue
            if not isinstance(part, ast.FormattedValue):
                return Unknown("a part of an f-string is not evaluated")
            value = self.evaluate(part.value)
            if not isinstance(value, (str, int)) or part.format_spec is not None or part.conversion != -1:
                return unknown_of([value]) or Unknown("a part of an f-string is not evaluated", fixed=is_plain(value))
            parts.append(str(value))
        return "".join(parts)

    def _namedexpr(self, node: ast.NamedExpr) -> Value:
        value = self.evaluate(node.value)
        self.scope.bind(node.target.id, value)
        return value

    def _lambda(self, node: ast.Lambda) -> Value:
        return self.make_function(node)

    def make_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> FunctionValue:
        """Make the value of a function definition, its defaults evaluated now."""
        defaults = tuple(self.evaluate(default) for default in node.args.defaults)
        keyword = tuple(self.evaluate(default) if default is not None else None for default in node.args.kw_defaults)
        return FunctionValue(node, self.scope, defaults, keyword)

    def _listcomp(self, node: ast.ListComp) -> Value:
        return self._comprehend(node.generators, lambda: self.evaluate(node.elt))

    def _generatorexp(self, node: ast.GeneratorExp) -> Value:
        return self._comprehend(node.generators, lambda: self.evaluate(node.elt))

    def _setcomp(self, node: ast.SetComp) -> Value:
        found = self._comprehend(node.generators, lambda: self.evaluate(node.elt))
        return ListValue(found.items, self.regions, found.spoilt, kind="set")

    def _dictcomp(self, node: ast.DictComp) -> Value:
        found = self._comprehend(node.generators, lambda: (self.evaluate(node.key), self.evaluate(node.value)))
        result = DictValue({}, self.regions, found.spoilt)
        for key, value in found.items:
            if is_plain(key):
                result.entries[key] = value
            else:
                result.spoilt = unknown_of([key]) or Unknown("a key is an object")
        return result

    def _comprehend(self, generators: list[ast.comprehension], element: Callable[[], Value]) -> ListValue:
        result = ListValue([], self.regions)
        outer, self.scope = self.scope, Scope({}, self.regions, self.scope)
        try:
            self._generate(generators, element, result)
        finally:
            self.scope = outer
        return result

    def _generate(self, generators: list[ast.comprehension], element: Callable[[], Value], result: ListValue) -> None:
        if not generators:
            result.items.append(element())
            return
        first, *rest = generators
        found = elements(self.evaluate(first.iter))
        if isinstance(found, Unknown):
            result.spoilt = found
            return
        for item in found:
            self.assign(first.target, item)
            kept = True
            for condition in first.ifs:
                certain = truth(self.evaluate(condition))
                if isinstance(certain, Unknown):
                    result.spoilt = certain
                    return
                kept = kept and certain
                if not kept:
                    break
            if kept:
                self._generate(rest, element, result)

    def _starred(self, node: ast.Starred) -> Value:
        return Unknown(f"a star is not evaluated (line {node.lineno})")

    # Calls.

    def _call(self, node: ast.Call) -> Value:
        function = self.evaluate(node.func)
        items = self._items(node.args)
        keywords = self._keywords(node)
        if functions.is_setup(function):
            self._note_setup_call(node, items, keywords)
            return Unknown("what `setup()` returns")
        if isinstance(items, Unknown) or keywords.spoilt is not None:
            spoilt = items if isinstance(items, Unknown) else keywords.spoilt
            return self.call_unknown(spoilt or Unknown("arguments"), [*keywords.entries.values()])
        return self.call(function, items, {str(key): value for key, value in keywords.entries.items()}, node.lineno)

    def _keywords(self, node: ast.Call) -> DictValue:
        result = DictValue({}, self.regions)
        for keyword in node.keywords:
            value = self.evaluate(keyword.value)
            if keyword.arg is not None:
                result.entries[keyword.arg] = value
            else:
                call_method(self, result, "update", [value], {})
        return result

    def _note_setup_call(self, node: ast.Call, items: list[Value] | Unknown, keywords: DictValue) -> None:
        self.may_raise = True
        if items or keywords.spoilt is not None:
            part = items if isinstance(items, Unknown) else keywords.spoilt
            why = part.reason if part else "they are positional"
            msg = f"the arguments of `setup()` are not known: {why} (line {node.lineno})"
            raise Unproven(msg)
        # Lists may change after the call, so what counts is copied now.
        self.setup_calls.append({str(key): _frozen(value) for key, value in keywords.entries.items()})

    def call(self, function: Value, items: list[Value], keywords: dict[str, Value], line: int) -> Value:
        """Call a value."""
        if isinstance(function, BoundMethod):
            return call_method(self, function.receiver, function.name, items, keywords)
        if isinstance(function, FunctionValue):
            return self.call_function(function, items, keywords)
        if isinstance(function, Symbol):
            return functions.call_symbol(self, function.path, items, keywords, line)
        reason = function if isinstance(function, Unknown) else Unknown(f"what is called on line {line} is not known")
        arguments = [*items, *keywords.values()]
        part = unknown_of(arguments)
        if reason.fixed and not any(isinstance(argument, _CHANGEABLE) for argument in arguments):
            self.risk(part)
            return Unknown(reason.reason, fixed=part is None or part.fixed)
        result = self.call_unknown(reason, arguments)
        # A method of what follows from the archive, given what does, gives what does.
        return Unknown(result.reason, fixed=reason.fixed and (part is None or part.fixed))

    def call_unknown(self, reason: Unknown, arguments: list[Value]) -> Unknown:
        """Treat a call of something unknown: it may raise, and change or call whatever it is given."""
        self.may_raise = True
        for argument in arguments:
            self.spoil(argument, Unknown(f"it is given to something unknown: {reason.reason}"))
        return Unknown(reason.reason)

    def spoil(self, value: Value, reason: Unknown) -> None:
        """Forget a value that something unknown may have changed, and all that can be reached from it."""
        if isinstance(value, ListValue):
            inner = value.items
        elif isinstance(value, DictValue):
            inner = list(value.entries.values())
        elif isinstance(value, tuple):
            inner = list(value)
        elif isinstance(value, FunctionValue):
            self._call_perhaps(value, reason)
            return
        else:
            return
        if isinstance(value, (ListValue, DictValue)):
            if value.spoilt is not None:
                return
            value.spoil(reason)
        for item in inner:
            self.spoil(item, reason)

    def _call_perhaps(self, function: FunctionValue, reason: Unknown) -> None:
        region = self.regions.open()
        names = [argument.arg for argument in (*function.node.args.posonlyargs, *function.node.args.args)]
        self.call_function(function, [reason] * len(names), {})
        reached = self.regions.roll_back(region)
        self.regions.merge([reached, {}], reason)

    # What `Statements` adds.

    def assign(self, target: ast.expr, value: Value) -> None:
        """Bind a target."""
        raise NotImplementedError

    def call_function(self, function: FunctionValue, items: list[Value], keywords: dict[str, Value]) -> Value:
        """Run a function of the script."""
        raise NotImplementedError

    def run_code(self, text: str, scope: Scope) -> None:
        """Run a piece of source text in a scope."""
        raise NotImplementedError

    def load_local(self, name: str) -> Scope | None:
        """Run a module of the sdist, once."""
        raise NotImplementedError

    def import_may_fail(self, name: str) -> None:
        """Note an import that may fail."""
        raise NotImplementedError

    def leave(self, status: Value, line: int) -> Value:
        """Treat ``sys.exit()``."""
        raise NotImplementedError

    def search(self, path: str) -> None:
        """Let modules of the sdist be found in a folder of it."""
        raise NotImplementedError

    # The archive.

    def open_file(self, path: Value, mode: Value, encoding: Value, errors: Value) -> Value:
        """Open a file of the archive."""
        if isinstance(path, PathValue):
            path = path.path
        if unknown := unknown_of([path, mode, encoding, errors]):
            self.may_raise = True
            return Unknown(unknown.reason, fixed=unknown.fixed)
        normal = self.world.normal_path(path) if isinstance(path, str) else None
        if normal is None or not isinstance(mode, str):
            self.may_raise = True
            return Unknown("a file outside the sdist is opened")
        if self.files_changed or set(mode) & set("wax+"):
            self.files_changed = self.may_raise = True
            return Unknown(f"the setup script may have written `{normal}`")
        content = self.world.tree.read(normal)
        if content is None:
            self.may_raise = True
            missing = not self.world.tree.is_file(normal)
            # A file that the sdist lacks was there, perhaps, when it was made.
            return Unknown(f"`{normal}` is not in the sdist" if missing else f"`{normal}` is large", fixed=not missing)
        return self._decoded(content, mode, encoding, errors)

    def _decoded(self, content: bytes, mode: str, encoding: Value, errors: Value) -> Value:
        if "b" in mode:
            return FileValue(content)
        try:
            text = content.decode(encoding or "utf-8", errors or "strict")
        except (UnicodeDecodeError, LookupError, TypeError):
            self.may_raise = True
            return Unknown("a file is not in the encoding that it is read with")
        return FileValue(text.replace("\r\n", "\n").replace("\r", "\n"))

    def path_exists(self, path: Value, test: str) -> Value:
        """Answer ``os.path.exists``, ``isfile`` and ``isdir``."""
        if isinstance(path, PathValue):
            path = path.path
        normal = self.world.normal_path(path) if isinstance(path, str) else None
        if normal is None:
            return unknown_of([path]) or Unknown("a file outside the sdist is looked for")
        if self.files_changed:
            return Unknown(f"the setup script may have written `{normal}`")
        is_file, is_folder = self.world.tree.is_file(normal), self.world.tree.is_folder(normal)
        if normal.startswith((".git", ".hg", ".svn")) or is_file or is_folder:
            return {"exists": is_file or is_folder, "isfile": is_file, "isdir": is_folder}[test]
        return False


def _frozen(value: Value) -> Value:
    """Copy what may change later: lists to lists, dictionaries to dictionaries, of a state that nobody else has."""
    if isinstance(value, ListValue):
        return ListValue([_frozen(item) for item in value.items], Regions(), value.spoilt, value.kind)
    if isinstance(value, DictValue):
        return DictValue({key: _frozen(item) for key, item in value.entries.items()}, Regions(), value.spoilt)
    if isinstance(value, Prefix):
        return Unknown(f"only the beginning of `{value.text}…` is known")
    return value
