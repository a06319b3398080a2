"""Files in site-packages that Python would import, or run at its start, and that nobody owns."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.image.system_packages import unread_manager
from pipfreeze_lock.verify.places import true_layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipfreeze_lock.image.layers import FileTree, FoundEntry
    from pipfreeze_lock.model.image import LayerInfo
    from pipfreeze_lock.verify.ownership import Ownership

__all__ = ["Unowned", "UnownedFiles", "unowned_files"]

_IMPORTED = (".py", ".so", ".pyd", ".pth")
_COMPILED = (".pyc", ".pyo")
_PACKAGES = ("site-packages", "dist-packages")
_KNOWN_PTH = {
    "_virtualenv.pth": re.compile(rb"import _virtualenv\s*"),
    "distutils-precedence.pth": re.compile(
        rb"import os; (?:var = 'SETUPTOOLS_USE_DISTUTILS'; )?enabled = os\.environ\.get\([^()]*\) == '\w+'; "
        rb"enabled and __import__\('_distutils_hack'\)(?:\.add_shim\(\))?;?\s*"
    ),
}
"""What virtualenv and setuptools put there, beside any record."""
_EASY_INSTALL = ("easy-install.pth", "setuptools.pth")
_EASY_INSTALL_CODE = ("import sys; sys.__plen = len(sys.path)", "import sys; new=sys.path[sys.__plen:]")


@dataclass(frozen=True, slots=True)
class Unowned:
    """A file, or a folder of which nothing is owned."""

    path: str
    layer: LayerInfo | None
    """Of a folder that of the topmost file in it."""
    count: int = 1
    """Of files."""


@dataclass(frozen=True, slots=True)
class UnownedFiles:
    """What was found, and where it was not looked."""

    files: list[Unowned]
    unchecked: list[str]


def unowned_files(tree: FileTree, ownership: Ownership, *, folders: Iterable[str], prefix: str) -> UnownedFiles:
    """Look through the folders of ``sys.path`` that are ``site-packages``; code elsewhere is the application's own.

    :param prefix: ``sys.prefix``.
    """
    files: list[Unowned] = []
    unchecked = []
    for folder in folders:
        if posixpath.basename(folder) not in _PACKAGES:
            continue
        manager = _foreign_manager(tree, folder, prefix)
        if manager is not None:
            unchecked.append(f"which files in `{folder}` belong to nobody: {manager} installs there, too")
        else:
            files += _in_folder(tree, ownership, folder, prefix)
    return UnownedFiles(files, unchecked)


def _foreign_manager(tree: FileTree, folder: str, prefix: str) -> str | None:
    if tree.find(f"{prefix}/conda-meta") is not None:
        return "conda"
    if not folder.startswith(("/usr/lib/", "/usr/lib64/")):
        return None
    return unread_manager(tree)


def _in_folder(tree: FileTree, ownership: Ownership, folder: str, prefix: str) -> Iterator[Unowned]:
    by_top: dict[str, list[FoundEntry]] = defaultdict(list)
    start = len(folder) + 1
    for at in tree.walk(folder):
        path = f"/{at.path}"
        if _is_imported(tree, at) and not ownership.owns(path) and not _is_known(tree, path, prefix):
            by_top[path[start:].partition("/")[0]].append(at)
    for name, found in by_top.items():
        top = f"{folder}/{name}"
        if f"/{found[0].path}" != top and not ownership.has_any_below(top):
            yield Unowned(top, _topmost(found), len(found))
        else:
            yield from (Unowned(f"/{at.path}", _topmost([at])) for at in found)


def _topmost(found: list[FoundEntry]) -> LayerInfo | None:
    return true_layer(max((at.entry.layer for at in found), key=lambda layer: layer.index))


def _is_imported(tree: FileTree, at: FoundEntry) -> bool:
    """Whether Python would import it, or run it: a module, a ``.pth``, a link to a folder with modules."""
    parts = at.path.split("/")
    if any(part.startswith("~") for part in parts) or "__pycache__" in parts:  # left by pip; made by Python
        return False
    kind = at.entry.file.kind
    if kind == "symlink" and not at.path.endswith(_IMPORTED):
        target = tree.find(at.path)
        return target is not None and target.entry.is_directory and parts[-1].isidentifier()
    if kind == "directory":
        return False
    if at.path.endswith(_COMPILED):  # imported where its source is not there
        return tree.find(f"{at.path[:-1]}") is None
    if at.path.endswith(".pth"):
        return parts[-2] in _PACKAGES and not parts[-1].startswith(".")
    return at.path.endswith(_IMPORTED)


def _is_known(tree: FileTree, path: str, prefix: str) -> bool:
    """Whether it is what virtualenv or setuptools leave, and says what they write."""
    name = posixpath.basename(path)
    if name == "_virtualenv.py":
        return b"virtualenv" in (tree.read(f"{prefix}/pyvenv.cfg") or b"")
    if name in _EASY_INSTALL:
        return _leads_to_distributions(tree, path)
    pattern = _KNOWN_PTH.get(name)
    return pattern is not None and pattern.fullmatch(tree.read(path) or b"") is not None


def _leads_to_distributions(tree: FileTree, path: str) -> bool:
    """Whether all that an easy-install.pth adds are eggs, and sources that an ``.egg-link`` names."""
    folder = posixpath.dirname(path)
    known = set()
    for name in tree.children(folder):
        if name.endswith(".egg-link"):
            first = (tree.read(f"{folder}/{name}") or b"").decode(errors="replace").partition("\n")[0]
            known.add(posixpath.normpath(posixpath.join(folder, first.strip())))
    for line in (tree.read(path) or b"").decode(errors="replace").splitlines():
        text = line.strip()
        added = posixpath.normpath(posixpath.join(folder, text))
        if (
            text
            and not text.startswith(("#", *_EASY_INSTALL_CODE))
            and added not in known
            and not added.endswith(".egg")
        ):
            return False
    return True
