"""Of which kind a file is, told by its path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipfreeze_lock.model.weight import FileKindOfWeight

__all__ = ["Kinds", "is_compiled", "source_of", "suite_of", "suites_with_tests"]

_OfFolder = Literal["tests", "metadata", "headers", "documentation", "programs"]

_TEST_FOLDER = "tests"
_MAYBE_TEST_FOLDER = re.compile(r"test|SelfTest|.*_tests?")
"""``idle_test`` is a suite, ``django/test`` is what others test with."""
_TEST_FILE = re.compile(r"test_.*\.py|.*_tests?\.py")
_METADATA_FOLDERS = (".dist-info", ".egg-info")
_METADATA_FILES = (".egg-info", ".egg-link")
_PROGRAM_FOLDERS = frozenset({"bin", "sbin", "libexec", "git-core"})
_COMPILERS = "lib/gcc"
_DOCUMENTATION_FOLDERS = frozenset({"doc", "man", "info", "gtk-doc", "doc-base"})
_SHARED_LIBRARY = re.compile(r"\.so(?:\.\d[\w.-]*)?$")
"""``libz.so``, ``libz.so.1.3.1``, ``_ssl.cpython-36m-x86_64-linux-gnu.so``."""
_BY_SUFFIX: dict[str, FileKindOfWeight] = {
    **dict.fromkeys(("pyc", "pyo"), "pyc"),
    **dict.fromkeys(("pyd", "dll", "dylib"), "shared libraries"),
    **dict.fromkeys(("a", "la", "lib", "o"), "static libraries"),
    **dict.fromkeys(("h", "hh", "hpp", "hxx", "cuh", "pxd", "pxi"), "headers"),
    **dict.fromkeys(("py", "pyi", "pyx", "pyw", "sh", "pl", "pm", "rb", "lua", "tcl", "el"), "code"),
    **dict.fromkeys(("js", "cjs", "mjs", "ts", "c", "cc", "cpp", "cxx", "cu", "f", "f90", "go", "rs", "java"), "code"),
}
_STRONG = frozenset({"pyc", "shared libraries", "static libraries"})
"""Kinds that a name tells whatever folder it lies in, but for a test suite."""


class Kinds:
    """Tells kinds; remembers what it knows of folders.

    :param suites: Folders that are test suites by what is in them: `suites_with_tests`.
    """

    def __init__(self, suites: frozenset[str] = frozenset()) -> None:
        self._suites = suites
        self._folders: dict[str, _OfFolder | None] = {"": None}

    def of(self, parent: str, name: str) -> FileKindOfWeight:
        """Give the kind of a file in a folder; that it is a cache is for others to know."""
        folder = self._folders[parent] if parent in self._folders else self._of_folder(parent)
        if folder == "tests":
            return "tests"
        by_name = _by_name(name)
        if folder is None or by_name in _STRONG:
            return by_name or "data"
        return (by_name or folder) if folder == "programs" else folder

    def _of_folder(self, path: str) -> _OfFolder | None:
        """Give the kind of what is in a folder, as far as that tells it."""
        if path in self._folders:
            return self._folders[path]
        parent, _, name = path.rpartition("/")
        kind = self._by_place(path, parent, name) or self._of_folder(parent)
        self._folders[path] = kind
        return kind

    def _by_place(self, path: str, parent: str, name: str) -> _OfFolder | None:
        if name == _TEST_FOLDER or path in self._suites:
            return "tests"
        if self._of_folder(parent) == "tests":
            return "tests"
        if name.endswith(_METADATA_FOLDERS) or name == "EGG-INFO":
            return "metadata"
        if name == "include":
            return "headers"
        if name in _DOCUMENTATION_FOLDERS and parent.endswith("share"):
            return "documentation"
        return "programs" if name in _PROGRAM_FOLDERS or path.endswith(_COMPILERS) else None


def suites_with_tests(paths: Iterable[str]) -> frozenset[str]:
    """Give the folders that are named like a test suite, other than ``tests``, and hold tests.

    ``django/test`` or ``tensorflow/_api/v2/test`` are interfaces: no file in them has the name of a test.
    """
    found: set[str] = set()
    looked_at: set[str] = set()
    for path in paths:
        if "test" not in path or not path.endswith(".py"):
            continue
        parent, _, name = path.rpartition("/")
        if parent not in looked_at and _TEST_FILE.fullmatch(name):
            at = parent
            while at and at not in looked_at:
                looked_at.add(at)
                above, _, folder = at.rpartition("/")
                if _MAYBE_TEST_FOLDER.fullmatch(folder):
                    found.add(at)
                at = above
    return frozenset(found)


def suite_of(path: str, suites: frozenset[str]) -> str:
    """Give the outermost folder above a file that is a test suite; ``""`` where there is none."""
    end = path.find("/")
    while end >= 0:
        folder = path[:end]
        if folder in suites or folder.endswith(f"/{_TEST_FOLDER}") or folder == _TEST_FOLDER:
            return folder
        end = path.find("/", end + 1)
    return ""


def is_compiled(name: str) -> bool:
    """Whether it is bytecode."""
    return name.endswith((".pyc", ".pyo"))


def source_of(parent: str, name: str) -> str:
    """Give the source of bytecode (PEP 3147): of ``b.cpython-36.pyc`` in ``a/__pycache__`` it is ``a/b.py``."""
    if parent.endswith("__pycache__"):
        return f"{parent[: -len('__pycache__')]}{name.partition('.')[0]}.py"
    return f"{parent}/{name[:-1]}"


def _by_name(name: str) -> FileKindOfWeight | None:
    stem, dot, suffix = name.rpartition(".")
    if not dot or not stem:
        return None
    kind = _BY_SUFFIX.get(suffix)
    if kind is not None:
        return kind
    if ".so" in name and _SHARED_LIBRARY.search(name):
        return "shared libraries"
    return "metadata" if name.endswith(_METADATA_FILES) else None
