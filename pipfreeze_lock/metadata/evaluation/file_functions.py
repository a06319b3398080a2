"""Functions that setup scripts call on files and paths of the sdist."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pipfreeze_lock.metadata.evaluation.values import PathValue, Unknown, Unproven, Value, unknown_of
from pipfreeze_lock.metadata.evaluation.world import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipfreeze_lock.metadata.evaluation.expressions import Expressions

__all__ = ["FILE_FUNCTIONS"]


def _open(
    evaluator: Expressions,
    file: Value,
    mode: Value = "r",
    buffering: Value = -1,  # noqa: ARG001  as `open` has it
    encoding: Value = None,
    errors: Value = None,
    newline: Value = None,  # noqa: ARG001  Python's own signature
) -> Value:
    return evaluator.open_file(file, mode, encoding, errors)


def _codecs_open(
    evaluator: Expressions, filename: Value, mode: Value = "r", encoding: Value = None, errors: Value = None
) -> Value:
    return evaluator.open_file(filename, mode, encoding, errors)


def _path_function(name: str) -> Callable[..., Value]:
    def function(evaluator: Expressions, *parts: Value) -> Value:
        texts = [part.path if isinstance(part, PathValue) else part for part in parts]
        if unknown := unknown_of(texts):
            return unknown
        if not all(isinstance(text, str) for text in texts):
            return Unknown(f"`os.path.{name}()` is given objects")
        if name in ("exists", "isfile", "isdir"):
            return evaluator.path_exists(texts[0], name)
        if name in ("abspath", "realpath"):
            return posixpath.normpath(posixpath.join(ROOT, evaluator.world.folder, texts[0]))
        result: Value = getattr(posixpath, name)(*texts)
        return result

    return function


def _relative_path(evaluator: Expressions, path: Value, start: Value = ".") -> Value:
    texts = [part.path if isinstance(part, PathValue) else part for part in (path, start)]
    if not all(isinstance(text, str) for text in texts):
        return unknown_of(texts) or Unknown("`os.path.relpath()` is given objects")
    absolute = [posixpath.normpath(posixpath.join(ROOT, evaluator.world.folder, text)) for text in texts]
    return posixpath.relpath(*absolute)


def _path(_: Expressions, *parts: Value) -> Value:
    texts = [part.path if isinstance(part, PathValue) else part for part in parts]
    if not all(isinstance(text, str) for text in texts):
        return unknown_of(texts) or Unknown("a path is made of objects")
    return PathValue(posixpath.join(*texts) if texts else ".")


def _working_folder(evaluator: Expressions) -> Value:
    return posixpath.normpath(posixpath.join(ROOT, evaluator.world.folder))


def _change_folder(evaluator: Expressions, path: Value) -> Value:
    text = path.path if isinstance(path, PathValue) else path
    normal = evaluator.world.normal_path(text) if isinstance(text, str) else None
    if normal is None or (normal != evaluator.world.folder and evaluator.is_conditional()):
        msg = "it may change the working folder"
        raise Unproven(msg)
    evaluator.world.folder = normal
    return None


def _extend_search(evaluator: Expressions, *arguments: Value) -> Value:
    path = arguments[-1]
    text = path.path if isinstance(path, PathValue) else path
    normal = evaluator.world.normal_path(text) if isinstance(text, str) else None
    if normal is not None:
        evaluator.search(normal)
    return None


FILE_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "open": _open,
    "io.open": _open,
    "codecs.open": _codecs_open,
    "sys.path.insert": _extend_search,
    "sys.path.append": _extend_search,
    "os.path.relpath": _relative_path,
    "os.getcwd": _working_folder,
    "os.chdir": _change_folder,
    "pathlib.Path": _path,
    "pathlib.PurePath": _path,
    **{
        f"os.path.{name}": _path_function(name)
        for name in (
            *("join", "dirname", "basename", "splitext", "split", "normpath", "isabs"),
            *("abspath", "realpath", "exists", "isfile", "isdir"),
        )
    },
}
"""By their full name."""
