"""What a piece of syntax is, whatever it is worth."""

from __future__ import annotations

import ast

__all__ = ["catches_import_error", "caught", "is_guard", "is_interrupt"]


def is_guard(node: ast.stmt) -> bool:
    """Whether a statement ends the script: ``raise``, ``sys.exit()``."""
    match node:
        case ast.Raise():
            return True
        case ast.Expr(value=ast.Call(func=function)):
            return ast.unparse(function) in ("sys.exit", "exit", "quit", "os._exit")
        case _:
            return False


def catches_import_error(handler: ast.ExceptHandler) -> bool:
    """Whether a handler catches a failing import."""
    names = caught(handler)
    return names is None or bool(
        names & {"ImportError", "ModuleNotFoundError", "Exception", "BaseException", "EnvironmentError"}
    )


def is_interrupt(handler: ast.ExceptHandler) -> bool:
    """Whether a handler is for a person's interrupt alone."""
    return caught(handler) == {"KeyboardInterrupt"}


def caught(handler: ast.ExceptHandler) -> set[str] | None:
    """Give the names of the exceptions that a handler catches, None for all."""
    if handler.type is None:
        return None
    nodes = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {ast.unparse(node).rpartition(".")[2] for node in nodes}
