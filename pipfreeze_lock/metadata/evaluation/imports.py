"""Imports of a setup script: which of them certainly succeed on the target, and what they bring."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pipfreeze_lock.metadata.evaluation.values import Scope, Symbol, Unknown, Value

if TYPE_CHECKING:
    from pipfreeze_lock.metadata.evaluation.expressions import Expressions
    from pipfreeze_lock.metadata.evaluation.world import World

__all__ = ["import_member", "import_module", "is_certain"]

_ADDED = {
    # What's New in Python 3.7 to 3.14, "New Modules".
    "dataclasses": (3, 7),
    "contextvars": (3, 7),
    "importlib.resources": (3, 7),
    "importlib.metadata": (3, 8),
    "graphlib": (3, 9),
    "zoneinfo": (3, 9),
    "tomllib": (3, 11),
    "annotationlib": (3, 14),
    "compression": (3, 14),
    "concurrent.interpreters": (3, 14),
}
_REMOVED = {
    # PEP 594, PEP 632 and What's New, "Removed". distutils stays: setuptools brings its own.
    **dict.fromkeys(("binhex", "formatter", "parser", "symbol", "macpath"), (3, 10)),
    **dict.fromkeys(("asynchat", "asyncore", "imp", "smtpd"), (3, 12)),
    **dict.fromkeys(
        (
            *("aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "mailcap", "msilib", "nis", "nntplib"),
            *("ossaudiodev", "pipes", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib", "lib2to3"),
        ),
        (3, 13),
    ),
}
_STANDARD = frozenset(sys.stdlib_module_names) | frozenset(_REMOVED) | {"distutils"}
_POSIX_ONLY = frozenset(["fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"])
_WINDOWS_ONLY = frozenset(["_winreg", "msvcrt", "winreg", "winsound"])

_SETUPTOOLS_NAMES = frozenset(
    """
    setup find_packages find_namespace_packages Extension Command Distribution __version__ dist command sandbox
    """.split()  # noqa: SIM905  a line for each would take pages
)
_SETUPTOOLS_LIMITS = {
    "setuptools.command.test": 72,
    "pkg_resources": 82,
    "setuptools.extern": 71,
    "setuptools.lib2to3_ex": 58,
}
"""The major version of setuptools that lacks a module first."""


def import_module(evaluator: Expressions, name: str, *, whole: bool) -> Value:
    """Import a module by its absolute name.

    :param whole: Give the module of that name (``import_module``, ``from``, ``as``), not the topmost package.
    """
    local = evaluator.load_local(name)
    if local is not None:
        return local if whole else evaluator.load_local(name.partition(".")[0]) or local
    if is_certain(evaluator.world, name):
        return Symbol(name if whole else name.partition(".")[0])
    evaluator.import_may_fail(name)
    return Unknown(f"`{name}` may not be importable")


def import_member(  # noqa: PLR0911  a return for each kind of module
    evaluator: Expressions, module: Value, module_name: str, name: str
) -> Value:
    """Give what ``from module_name import name`` binds."""
    if isinstance(module, Scope):
        found = module.names.get(name)
        if name in module.names:
            return found
        submodule = evaluator.load_local(f"{module_name}.{name}")
        if submodule is None:
            evaluator.import_may_fail(f"{module_name}.{name}")
            return Unknown(f"`{module_name}` may not have `{name}`")
        return submodule
    if not isinstance(module, Symbol):
        return module
    path = f"{module.path}.{name}"
    if path == "distutils.core.setup":
        # One and the same: setuptools has replaced it before a setup script runs.
        return Symbol("setuptools.setup")
    if (module.path == "setuptools" and name not in _SETUPTOOLS_NAMES) or _past_limit(evaluator.world, path):
        evaluator.import_may_fail(path)
        return Unknown(f"`setuptools` may not have `{name}`")
    constant = evaluator.world.constant(path)
    return constant[0] if constant is not None else Symbol(path)


def is_certain(world: World, name: str) -> bool:
    """Whether a module that is not in the sdist can certainly be imported by its setup script."""
    top = name.partition(".")[0]
    if top in ("setuptools", "pkg_resources"):
        return not _past_limit(world, name)
    if top in world.importable:
        return True
    if top not in _STANDARD or not _fits_platform(world, top):
        return False
    python = world.target.python_release
    added = max((since for module, since in _ADDED.items() if _is_within(name, module)), default=(0, 0))
    removed = min((since for module, since in _REMOVED.items() if _is_within(name, module)), default=(99, 0))
    if python < (3, 0) or top.startswith("_"):
        # What Python 2 has is not listed anywhere here.
        return top in ("sys", "os", "re", "io", "codecs", "platform", "distutils", "__future__", "glob", "subprocess")
    return added <= python < removed


def _fits_platform(world: World, top: str) -> bool:
    windows = world.target.operating_system == "windows"
    return top not in (_POSIX_ONLY if windows else _WINDOWS_ONLY)


def _past_limit(world: World, name: str) -> bool:
    major = int(world.setuptools.partition(".")[0])
    return any(major >= limit and _is_within(name, module) for module, limit in _SETUPTOOLS_LIMITS.items())


def _is_within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")
