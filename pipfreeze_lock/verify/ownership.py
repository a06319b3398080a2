"""Who owns the files of an environment: distributions by their records, and the system's own packages."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipfreeze_lock.image.system_packages import system_packages
from pipfreeze_lock.verify.records import parse_installed_files, parse_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.image.layers import FileTree
    from pipfreeze_lock.model.installed import InstalledDistribution
    from pipfreeze_lock.verify.records import RecordRow

__all__ = ["Owned", "Ownership"]

_PACKAGES = ("/site-packages/", "/dist-packages/")
_FIRST_OF_EXTENSION = re.compile(r"\.(?:[^/]*\.)?(?:so|pyd)$")
"""``.cpython-36m-x86_64-linux-gnu.so`` behind the name of a module."""


@dataclass(frozen=True, slots=True)
class Owned:
    """A distribution, and what its record says."""

    distribution: InstalledDistribution
    rows: list[RecordRow]
    """With links on the way to each file resolved, as far as it is there."""
    has_record: bool
    has_hashes: bool
    is_of_system: bool
    """Whether the package manager of the distribution owns its metadata."""


@dataclass(slots=True)
class Ownership:
    """All owners in a tree."""

    tree: FileTree
    owned: list[Owned] = field(default_factory=list)
    _paths: set[str] = field(default_factory=set)
    _folders: set[str] = field(default_factory=set)
    """Of which all belongs to somebody: eggs, packages of distributions that keep no record."""
    _modules: set[str] = field(default_factory=set)
    """``/…/site-packages/NAME``: likewise, whatever the suffix."""
    _system: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, tree: FileTree, distributions: tuple[InstalledDistribution, ...]) -> Ownership:
        """Read all records."""
        made = cls(tree)
        made._system.update(map(made._real, _system_files(tree)))
        for one in distributions:
            made._add(one)
        return made

    def owns(self, path: str) -> bool:
        """Whether somebody owns a file, given with links resolved."""
        if path in self._paths or path in self._system:
            return True
        if _FIRST_OF_EXTENSION.sub("", path) in self._modules or posixpath.splitext(path)[0] in self._modules:
            return True
        at = path
        while at := posixpath.dirname(at).rstrip("/"):
            if at in self._folders:
                return True
        return False

    def has_any_below(self, folder: str) -> bool:
        """Whether somebody owns something in a folder."""
        start = f"{folder}/"
        return any(path.startswith(start) for paths in (self._paths, self._system) for path in paths)

    def _add(self, one: InstalledDistribution) -> None:
        is_of_system = any(f"{one.path}{name}" in self._system for name in ("", "/METADATA", "/PKG-INFO"))
        record = self.tree.read(f"{one.path}/RECORD") if one.path.endswith(".dist-info") else None
        listed = self.tree.read(f"{one.path}/installed-files.txt") if one.path.endswith(".egg-info") else None
        rows: list[RecordRow] = []
        if record is not None:
            rows = parse_record(record, posixpath.dirname(one.path))
        elif listed is not None:
            rows = parse_installed_files(listed, one.path)
        rows = [row._replace(path=self._real(row.path)) for row in rows]
        self._paths.update(row.path for row in rows)
        if record is None and listed is None:
            self._add_unrecorded(one)
        self.owned.append(Owned(one, rows, record is not None or listed is not None, record is not None, is_of_system))

    def _add_unrecorded(self, one: InstalledDistribution) -> None:
        """Take for its own what it says are its top-level modules; else one of its name."""
        self._folders.add(one.path)
        folder = posixpath.dirname(one.path)
        listed = (self.tree.read(f"{one.path}/top_level.txt") or b"").decode(errors="replace").split()
        for name in listed or (one.name.replace("-", "_"), one.name):
            self._folders.add(self._real(f"{folder}/{name}"))
            self._modules.add(self._real(f"{folder}/{name}"))

    def _real(self, path: str) -> str:
        found = self.tree.look(path)
        return f"/{found.path}" if found is not None else path


def _system_files(tree: FileTree) -> Iterator[str]:
    """Give what the system's packages have in ``site-packages`` and ``dist-packages``."""
    for package in system_packages(tree):
        yield from (path for path in package.files if any(folder in path for folder in _PACKAGES))
