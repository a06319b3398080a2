"""Statements of a setup script, run in order; where it is not known which way they go, both ways."""

from __future__ import annotations

import ast
import warnings
from enum import Enum, auto
from typing import TYPE_CHECKING

from pipfreeze_lock.metadata.evaluation.assignments import Assignments
from pipfreeze_lock.metadata.evaluation.imports import import_member, import_module
from pipfreeze_lock.metadata.evaluation.methods import elements
from pipfreeze_lock.metadata.evaluation.operators import truth
from pipfreeze_lock.metadata.evaluation.syntax import catches_import_error, is_guard, is_interrupt
from pipfreeze_lock.metadata.evaluation.values import (
    ClassValue,
    DictValue,
    FunctionValue,
    ListValue,
    Region,
    Scope,
    Symbol,
    Unknown,
    Unproven,
    Value,
    merge_values,
)
from pipfreeze_lock.metadata.evaluation.world import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pipfreeze_lock.metadata.evaluation.values import Mutable
    from pipfreeze_lock.metadata.evaluation.world import World

__all__ = ["Flow", "Statements"]

_DEPTH = 40
_LOCAL_MODULES = 60


class Flow(Enum):
    """How control left a statement."""

    NEXT = auto()
    RETURN = auto()
    BREAK = auto()
    CONTINUE = auto()
    RAISE = auto()


class _ScriptEnded(Exception):  # noqa: N818  the script's end, no error
    """The script left by ``sys.exit()`` after all was done."""


class _Frame:
    """One running function, or the module."""

    def __init__(self) -> None:
        self.returned: list[Value] = []
        self.after_exit: list[Region] = []
        """Open since a path may have left early; what changes after that is uncertain at the end."""
        self.exit_reason: Unknown | None = None


class Statements(Assignments):
    """Runs the statements of a setup script without running the script."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._frames = [_Frame()]
        self._catching: list[bool] = []
        """For each enclosing ``try`` body, whether an ImportError is caught there."""
        self._conditions: list[Unknown] = []
        """The unknown conditions under which the current statement runs."""
        self._loops: list[_Frame] = []
        self._modules: dict[str, Scope] = {}
        self._folders = ["."] if world.local_imports else []
        self.sources: list[ast.Module] = []
        """Every piece of source that was run."""

    def run_script(self, tree: ast.Module) -> None:
        """Run setup.py.

        :raises Unproven: when what it does cannot be told.
        """
        self.scope.names.update({"__name__": "__main__", "__file__": f"{ROOT}/setup.py", "__doc__": None})
        self.sources.append(tree)
        try:
            self._close(self._run(tree.body))
        except _ScriptEnded:
            return

    def _run(self, body: list[ast.stmt]) -> Flow:
        for statement in body:
            flow = self._statement(statement)
            if flow is not Flow.NEXT:
                return flow
        return Flow.NEXT

    def _statement(self, node: ast.stmt) -> Flow:
        method: Callable[[Any], Flow | None] | None = getattr(self, f"_do_{type(node).__name__.lower()}", None)
        if method is None:
            msg = f"`{type(node).__name__}` is not evaluated (line {node.lineno})"
            raise Unproven(msg)
        return method(node) or Flow.NEXT

    # Simple statements.

    def _do_expr(self, node: ast.Expr) -> Flow | None:
        value = self.evaluate(node.value)
        return Flow.RAISE if isinstance(value, Flow) else None

    def _do_pass(self, node: ast.Pass) -> None:
        pass

    def _do_global(self, node: ast.Global) -> None:
        self.scope.module_names.update(node.names)

    def _do_assert(self, node: ast.Assert) -> Flow | None:
        certain = truth(self.evaluate(node.test))
        if certain is True or (isinstance(certain, Unknown) and certain.fixed and not self.world.consulted):
            return None
        if isinstance(certain, Unknown) and self._catching:
            self.may_raise = True
            return None
        return self._fails(node.lineno, certain if isinstance(certain, Unknown) else None)

    # Definitions and imports.

    def _do_functiondef(self, node: ast.FunctionDef) -> None:
        value: Value = self.make_function(node)
        for decorator in node.decorator_list:
            self.evaluate(decorator)
            value = Unknown(f"`{node.name}` is decorated")
        self.scope.bind(node.name, value)

    def _do_asyncfunctiondef(self, node: ast.AsyncFunctionDef) -> None:
        self.scope.bind(node.name, Unknown(f"`{node.name}` is asynchronous"))

    def _do_classdef(self, node: ast.ClassDef) -> None:
        self.scope.bind(node.name, ClassValue(node, tuple(self.evaluate(base) for base in node.bases)))

    def _do_import(self, node: ast.Import) -> None:
        for alias in node.names:
            module = import_module(self, alias.name, whole=alias.asname is not None)
            self.scope.bind(alias.asname or alias.name.partition(".")[0], module)

    def _do_importfrom(self, node: ast.ImportFrom) -> None:
        if node.module == "__future__":
            return
        name = self._absolute(node)
        module = import_module(self, name, whole=True)
        for alias in node.names:
            if alias.name == "*":
                self._import_all(module, name)
            else:
                self.scope.bind(alias.asname or alias.name, import_member(self, module, name, alias.name))

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.scope.module.names.get("__package__")
        if not isinstance(package, str) or not package:
            msg = f"a relative import cannot be resolved (line {node.lineno})"
            raise Unproven(msg)
        parts = package.split(".")
        kept = parts[: len(parts) - node.level + 1]
        return ".".join([*kept, node.module] if node.module else kept)

    def _import_all(self, module: Value, name: str) -> None:
        if isinstance(module, Scope):
            for member, value in module.names.items():
                if not member.startswith("_"):
                    self.scope.bind(member, value)
        elif isinstance(module, Symbol) and name in ("setuptools", "distutils.core"):
            for member in ("setup", "find_packages", "Extension", "Command"):
                self.scope.bind(member, Symbol(f"{module.path}.{member}"))
        elif isinstance(module, Symbol):
            msg = f"`from {name} import *` brings unknown names"
            raise Unproven(msg)

    def is_conditional(self) -> bool:
        """Whether it is not known that what runs now runs at all."""
        return bool(self._conditions) or any(frame.after_exit for frame in (*self._frames, *self._loops))

    def import_may_fail(self, name: str) -> None:
        """Note an import that may fail: fine where that is caught, else it cannot be told what the script does."""
        self.may_raise = True
        if not any(self._catching):
            msg = f"it imports `{name}`, which may be missing where it is built"
            raise Unproven(msg)

    def load_local(self, name: str) -> Scope | None:
        """Run a module of the sdist, once; None when there is none of that name that the script could import."""
        if name in self._modules:
            return self._modules[name]
        parent = name.rpartition(".")[0]
        if parent and self.load_local(parent) is None:
            return None
        for folder in self._folders:
            path = f"{folder}/{name.replace('.', '/')}"
            for candidate in (f"{path}/__init__.py", f"{path}.py"):
                source = self.world.tree.read(candidate)
                if source is not None:
                    return self._load(name, candidate, source)
        return None

    def _load(self, name: str, path: str, source: bytes) -> Scope:
        if len(self._modules) >= _LOCAL_MODULES:
            msg = f"it imports too much of the sdist (at `{name}`)"
            raise Unproven(msg)
        is_package = path.endswith("/__init__.py")
        scope = Scope({"__name__": name, "__doc__": None, "__file__": f"{ROOT}/{path}"}, self.regions)
        scope.names["__package__"] = name if is_package else name.rpartition(".")[0]
        self._modules[name] = scope
        self.run_code(source.decode("utf-8", "replace"), scope)
        return scope

    def search(self, path: str) -> None:
        """Let modules of the sdist be found in a folder of it."""
        if path not in self._folders:
            self._folders.append(path)

    def run_code(self, text: str, scope: Scope) -> None:
        """Run source text in a scope."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(text)
        except (SyntaxError, ValueError) as error:
            msg = f"it runs code that is not Python 3: {error}"
            raise Unproven(msg) from error
        self.sources.append(tree)
        outer, self.scope = self.scope, scope
        self._frames.append(_Frame())
        try:
            flow = self._run(tree.body)
            self._close(flow)
        finally:
            self._frames.pop()
            self.scope = outer

    # Control flow.

    def _do_if(self, node: ast.If) -> Flow | None:
        consulted = set(self.world.consulted)
        certain = truth(self.evaluate(node.test))
        if not isinstance(certain, Unknown):
            untaken = node.orelse if certain else node.body
            if untaken and all(is_guard(statement) for statement in untaken[-1:]):
                # It went this way where the sdist was made too, or there would be none.
                self.world.consulted &= consulted
            return self._run(node.body if certain else node.orelse)
        return self._branch([lambda: self._run(node.body), lambda: self._run(node.orelse)], certain)

    def _branch(self, ways: list[Callable[[], Flow]], reason: Unknown) -> Flow | None:
        """Run each way from the same state; afterwards the state is that of any way that goes on."""
        going: list[dict[int, tuple[Mutable, Any]]] = []
        flows: set[Flow] = set()
        self._conditions.append(reason)
        for way in ways:
            region = self.regions.open()
            flow = way()
            reached = self.regions.roll_back(region)
            flows.add(flow)
            if flow is not Flow.RAISE:
                going.append(reached)
        self._conditions.pop()
        if not going:
            return Flow.RAISE
        self.regions.merge(going, reason)
        left = flows - {Flow.NEXT, Flow.RAISE}
        if not left:
            return None
        if Flow.NEXT not in flows and len(left) == 1:
            return left.pop()
        self._leave_perhaps(left, reason)
        return None

    def _leave_perhaps(self, left: set[Flow], reason: Unknown) -> None:
        """Note that some path has left a loop or function, so that what changes from here on may not happen."""
        frame = self._frames[-1] if Flow.RETURN in left or not self._loops else self._loops[-1]
        frame.after_exit.append(self.regions.open())
        frame.exit_reason = reason

    def _settle(self, frame: _Frame) -> None:
        for region in frame.after_exit:
            reached = self.regions.roll_back(region)
            self.regions.merge([reached, {}], frame.exit_reason or Unknown("a path may have ended early"))
        frame.after_exit.clear()

    def _close(self, flow: Flow) -> None:
        self._settle(self._frames[-1])
        if flow is Flow.RAISE and not self._catching:
            msg = "it raises an exception"
            raise Unproven(msg)

    def _do_for(self, node: ast.For) -> Flow | None:
        found = elements(self.evaluate(node.iter))
        if isinstance(found, Unknown):
            return self._loop_unknown(node.body, node.target, found) or self._run(node.orelse)
        loop = _Frame()
        self._loops.append(loop)
        flow: Flow | None = None
        for item in found:
            self.assign(node.target, item)
            flow = self._run(node.body)
            if flow in (Flow.BREAK, Flow.RETURN, Flow.RAISE):
                break
        self._loops.pop()
        self._settle(loop)
        if flow in (Flow.RETURN, Flow.RAISE):
            return flow
        if loop.exit_reason is not None:
            return self._branch([lambda: self._run(node.orelse), lambda: Flow.NEXT], loop.exit_reason)
        return None if flow is Flow.BREAK else self._run(node.orelse)

    def _do_while(self, node: ast.While) -> Flow | None:
        certain = truth(self.evaluate(node.test))
        if certain is False:
            return self._run(node.orelse)
        reason = (
            certain if isinstance(certain, Unknown) else Unknown(f"the loop on line {node.lineno} is not evaluated")
        )
        return self._loop_unknown(node.body, None, reason)

    def _loop_unknown(self, body: list[ast.stmt], target: ast.expr | None, reason: Unknown) -> Flow | None:
        """Run a body that runs an unknown number of times: what it changes is forgotten first, then it runs once."""
        loop = _Frame()
        self._loops.append(loop)
        self._conditions.append(reason)
        returned = False
        for _ in range(3):
            region = self.regions.open()
            if target is not None:
                self.assign(target, reason)
            flow = self._run(body)
            self._settle(loop)
            returned = returned or flow is Flow.RETURN
            changed = list(self.regions.roll_back(region).values())
            self._forget(changed, reason)
        self._conditions.pop()
        self._loops.pop()
        if returned:
            self._leave_perhaps({Flow.RETURN}, reason)
        return None

    def _forget(self, changed: list[tuple[Mutable, Any]], reason: Unknown) -> None:
        """Let what was changed be unknown, whichever way it was changed."""
        for thing, reached in changed:
            self.regions.before_change(thing)
            if isinstance(thing, ListValue):
                thing.spoil(reason)
            elif isinstance(thing, (DictValue, Scope)):
                if isinstance(thing, DictValue) and reached[1] is not None:
                    thing.spoil(reached[1])
                names = reached[0] if isinstance(thing, DictValue) else reached
                entries = thing.entries if isinstance(thing, DictValue) else thing.names
                for name in {*names, *entries}:
                    if name not in entries or name not in names or entries[name] is not names[name]:
                        entries[name] = reason

    def _do_break(self, _: ast.Break) -> Flow:
        return Flow.BREAK

    def _do_continue(self, _: ast.Continue) -> Flow:
        return Flow.CONTINUE

    def _do_return(self, node: ast.Return) -> Flow:
        self._frames[-1].returned.append(self.evaluate(node.value) if node.value is not None else None)
        return Flow.RETURN

    def _do_raise(self, node: ast.Raise) -> Flow:
        if node.exc is None:
            # Raised again in a handler: how it came there was counted already.
            self.may_raise = True
            return Flow.RAISE
        return self._fails(node.lineno, None)

    def leave(self, status: Value, line: int) -> Flow:
        """Treat ``sys.exit()``: an end like any other after ``setup()``, as in ``sys.exit(main())``."""
        if self.setup_calls and not self.is_conditional() and (not status or isinstance(status, Unknown)):
            raise _ScriptEnded
        return self._fails(line, None, leaves=True)

    def _fails(self, line: int, condition: Unknown | None, *, leaves: bool = False) -> Flow:
        """Treat an exception that the script raises on purpose.

        Under a condition that follows from the archive alone it was not raised: the sdist could be made.
        :param leaves: It is SystemExit, which a ``try`` seldom catches.
        """
        self.may_raise = True
        left = [frame.exit_reason for frame in (*self._frames, *self._loops) if frame.after_exit and frame.exit_reason]
        conditions = [*self._conditions, *left, *([condition] if condition else [])]
        follows = conditions and all(unknown.fixed for unknown in conditions) and not self.world.consulted
        if follows or (self._catching and not leaves):
            return Flow.RAISE
        why = f"it may raise an exception on line {line}: {conditions[0].reason}" if conditions else None
        raise Unproven(why or f"it raises an exception on line {line}")

    def _do_try(self, node: ast.Try) -> Flow | None:
        outer = self.may_raise, self.may_raise_fixed
        self.may_raise = self.may_raise_fixed = False
        self._catching.append(any(catches_import_error(handler) for handler in node.handlers))
        region = self.regions.open()
        flow = self._run(node.body)
        self._catching.pop()
        raised, raised_fixed = self.may_raise, self.may_raise_fixed
        passed_on = not node.handlers
        self.may_raise = outer[0] or (raised and passed_on)
        self.may_raise_fixed = outer[1] or (raised_fixed and passed_on)
        if not (raised or raised_fixed) or passed_on:
            self.regions.close(region)
            flow = self._run(node.orelse) if flow is Flow.NEXT else flow
            return self._finally(node, flow)
        reached = self.regions.roll_back(region)
        changed = list(reached.values())
        reason = Unknown(f"an exception may be raised after line {node.lineno}", fixed=not raised)

        def finished() -> Flow:
            for thing, state in changed:
                self.regions.before_change(thing)
                thing.restore(state)
            return self._run(node.orelse) if flow is Flow.NEXT else flow

        def handled(handler: ast.ExceptHandler) -> Callable[[], Flow]:
            def way() -> Flow:
                self._forget(changed, reason)
                if handler.name:
                    self.scope.bind(handler.name, Unknown("an exception"))
                return self._run(handler.body)

            return way

        ways = [finished, *(handled(handler) for handler in node.handlers if not is_interrupt(handler))]
        return self._finally(node, self._branch(ways, reason) or Flow.NEXT)

    def _finally(self, node: ast.Try, flow: Flow) -> Flow:
        after = self._run(node.finalbody)
        return flow if after is Flow.NEXT else after

    def _do_with(self, node: ast.With) -> Flow | None:
        for item in node.items:
            value = self.evaluate(item.context_expr)
            if isinstance(value, Symbol) and "suppress" in value.path:
                msg = f"exceptions are suppressed (line {node.lineno})"
                raise Unproven(msg)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value)
        return self._run(node.body)

    # Functions of the script.

    def call_function(self, function: FunctionValue, items: list[Value], keywords: dict[str, Value]) -> Value:
        """Run a function of the script and give what it returns."""
        if len(self._frames) > _DEPTH:
            self.may_raise = True
            return self.call_unknown(Unknown("functions are nested too deeply"), [*items, *keywords.values()])
        scope = Scope({}, self.regions, function.scope)
        _bind_arguments(function, scope, items, keywords, self)
        outer, self.scope = self.scope, scope
        outer_loops, self._loops = self._loops, []
        frame = _Frame()
        self._frames.append(frame)
        try:
            if isinstance(function.node, ast.Lambda):
                return self.evaluate(function.node.body)
            flow = self._run(function.node.body)
        finally:
            self._settle(frame)
            self._frames.pop()
            self.scope, self._loops = outer, outer_loops
        if any(isinstance(part, (ast.Yield, ast.YieldFrom)) for part in ast.walk(function.node)):
            return Unknown("a generator is not evaluated")
        if flow is Flow.RAISE:
            return Unknown("a function raised an exception", fixed=True)
        returned = frame.returned if flow is Flow.RETURN else [*frame.returned, None]
        return merge_values(returned, frame.exit_reason or Unknown("it is not known which value a function returns"))


def _bind_arguments(
    function: FunctionValue, scope: Scope, items: list[Value], keywords: dict[str, Value], evaluator: Statements
) -> None:
    arguments = function.node.args
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    for name, default in zip(reversed(positional), reversed(function.defaults), strict=False):
        scope.names[name] = default
    for argument, default in zip(arguments.kwonlyargs, function.keyword_defaults, strict=True):
        scope.names[argument.arg] = default
    scope.names.update(zip(positional, items, strict=False))
    known = {*positional, *(argument.arg for argument in arguments.kwonlyargs)}
    scope.names.update({name: value for name, value in keywords.items() if name in known})
    if arguments.vararg is not None:
        scope.names[arguments.vararg.arg] = tuple(items[len(positional) :])
    if arguments.kwarg is not None:
        rest = {name: value for name, value in keywords.items() if name not in known}
        scope.names[arguments.kwarg.arg] = DictValue(dict(rest), evaluator.regions)
    for name in positional:
        scope.names.setdefault(name, Unknown(f"the argument `{name}` is missing"))
