"""What binds names and changes items in a setup script."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pipfreeze_lock.metadata.evaluation.expressions import Expressions
from pipfreeze_lock.metadata.evaluation.methods import call_method, elements
from pipfreeze_lock.metadata.evaluation.operators import binary
from pipfreeze_lock.metadata.evaluation.values import (
    DictValue,
    ListValue,
    Symbol,
    Unknown,
    Unproven,
    Value,
    is_plain,
    unknown_of,
)

if TYPE_CHECKING:
    from typing import Any

__all__ = ["Assignments"]


class Assignments(Expressions):
    """Runs assignments and deletions."""

    def _do_assign(self, node: ast.Assign) -> None:
        value = self.evaluate(node.value)
        for target in node.targets:
            self.assign(target, value)

    def _do_annassign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value))

    def _do_augassign(self, node: ast.AugAssign) -> None:
        load: Any = ast.copy_location(_as_load(node.target), node.target)
        current, addition = self.evaluate(load), self.evaluate(node.value)
        if isinstance(current, ListValue) and isinstance(node.op, ast.Add):
            call_method(self, current, "extend", [addition], {})
            return
        self.assign(node.target, binary(type(node.op), current, addition, self.regions))

    def assign(self, target: ast.expr, value: Value) -> None:
        """Bind a name, an item, an attribute, or several at once."""
        match target:
            case ast.Name():
                self.scope.bind(target.id, value)
            case ast.Subscript():
                self._assign_item(target, value)
            case ast.Attribute():
                self._assign_attribute(target)
            case ast.Tuple() | ast.List():
                self._unpack(target, value)
            case ast.Starred():
                self.assign(target.value, value)

    def _assign_item(self, target: ast.Subscript, value: Value) -> None:
        container = self.evaluate(target.value)
        key = self._key(target.slice)
        if isinstance(container, DictValue) and is_plain(key):
            container.change()[key] = value
        elif isinstance(container, ListValue) and isinstance(key, (int, slice)) and container.spoilt is None:
            self._assign_list_item(container, key, value)
        elif isinstance(container, (DictValue, ListValue)):
            container.spoil(unknown_of([key, container]) or Unknown(f"line {target.lineno} sets an unknown item"))

    def _assign_list_item(self, container: ListValue, key: int | slice, value: Value) -> None:
        found = elements(value) if isinstance(key, slice) else value
        changed: Any = container.change()
        try:
            changed[key] = found
        except (IndexError, TypeError, ValueError):
            container.spoil(found if isinstance(found, Unknown) else Unknown("an item is set that is not there"))

    def _assign_attribute(self, target: ast.Attribute) -> None:
        owner = self.evaluate(target.value)
        path = f"{owner.path}.{target.attr}" if isinstance(owner, Symbol) else ""
        if path.startswith(("setuptools.", "distutils.", "pkg_resources.", "os.name", "sys.platform", "sys.version")):
            msg = f"it replaces `{path}` (line {target.lineno})"
            raise Unproven(msg)

    def _unpack(self, target: ast.Tuple | ast.List, value: Value) -> None:
        found = elements(value)
        starred = any(isinstance(element, ast.Starred) for element in target.elts)
        if isinstance(found, Unknown) or starred or len(found) != len(target.elts):
            reason = found if isinstance(found, Unknown) else Unknown(f"line {target.lineno} unpacks in an unusual way")
            found = [reason] * len(target.elts)
            self.may_raise = True
        for element, item in zip(target.elts, found, strict=True):
            self.assign(element, item)

    def _do_delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.scope.unbind(target.id)
            elif isinstance(target, ast.Subscript):
                container, key = self.evaluate(target.value), self._key(target.slice)
                if isinstance(container, (DictValue, ListValue)):
                    call_method(self, container, "pop", [key], {})


def _as_load(node: ast.expr) -> ast.expr:
    match node:
        case ast.Name():
            return ast.Name(id=node.id, ctx=ast.Load())
        case ast.Attribute():
            return ast.Attribute(value=node.value, attr=node.attr, ctx=ast.Load())
        case ast.Subscript():
            return ast.Subscript(value=node.value, slice=node.slice, ctx=ast.Load())
        case _:
            return node
