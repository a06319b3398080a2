"""What is installed of one distribution, as far as it tells which file of its release it came from."""

from __future__ import annotations

import hashlib
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.verify.records import parse_installed_files, parse_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.image.layers import FileTree
    from pipfreeze_lock.model.installed import InstalledDistribution
    from pipfreeze_lock.verify.records import RecordRow

__all__ = ["InstalledFiles"]

_EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalledFiles:
    """The records of one distribution."""

    folder: str
    """In which its metadata lies."""
    rows: tuple[RecordRow, ...] | None
    """Of its RECORD; None where there is none."""
    wheel: bytes | None
    """Its WHEEL file, which only those have that were installed from a wheel, pip's own builds among them."""
    modules: frozenset[str]
    """SHA-256, in hexadecimal digits, of its Python files that are not empty, as they were installed."""

    @classmethod
    def of(cls, one: InstalledDistribution, tree: FileTree) -> InstalledFiles:
        """Read them.

        :param tree: Read by `pipfreeze_lock.image.interest.with_module_digests`.
        """
        is_wheel = one.path.endswith(".dist-info")
        record = tree.read(f"{one.path}/RECORD") if is_wheel else None
        folder = posixpath.dirname(one.path)
        rows = tuple(parse_record(record, folder)) if record is not None else None
        found = (_recorded(rows) if rows is not None else _present(one, tree)) if one.version else ()
        return cls(
            folder=folder,
            rows=rows,
            wheel=tree.read(f"{one.path}/WHEEL") if is_wheel else None,
            modules=frozenset(digest for digest in found if digest != _EMPTY),
        )

    @property
    def has_hashes(self) -> bool:
        """Whether the record can be compared with that of a wheel."""
        return any(row.hash for row in self.rows or ())


def _recorded(rows: tuple[RecordRow, ...]) -> Iterator[str]:
    yield from (row.sha256 for row in rows if row.path.endswith(".py") and row.sha256)


def _present(one: InstalledDistribution, tree: FileTree) -> Iterator[str]:
    """Give the digests of the files themselves, where the metadata only names them: of eggs, of setup.py install."""
    if one.path.endswith(".egg"):
        paths = [f"/{entry.path}" for entry in tree.walk(one.path)]
    else:
        listed = tree.read(f"{one.path}/installed-files.txt") if one.path.endswith(".egg-info") else None
        paths = [row.path for row in parse_installed_files(listed or b"", one.path)]
    for path in paths:
        found = tree.find(path) if path.endswith(".py") else None
        if found is not None and found.entry.file.sha256 is not None:
            yield found.entry.file.sha256
