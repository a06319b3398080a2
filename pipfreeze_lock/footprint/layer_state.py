"""What a RUN does to the file system, as an overlay keeps it: an upper folder over the image's tree.

What is taken away leaves a whiteout; a folder that is taken away and made anew leaves a mark that nothing of the lower
one shows (``.wh..wh..opq``); every folder on the way to a change is copied up, and so has an entry (the kernel's
``Documentation/filesystems/overlayfs.rst``; OCI image-spec ``layer.md``).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipfreeze_lock.image.layers import FileTree

__all__ = ["LayerState", "ancestors"]


def ancestors(path: str) -> Iterator[str]:
    """Give the folders above a path, the nearest first, without the root."""
    while path := posixpath.dirname(path):
        yield path


class LayerState:
    """A layer being made. Paths are taken from the root, without ``/`` before them."""

    def __init__(self, tree: FileTree | None, folders: Iterable[str] = ()) -> None:
        """Begin with nothing changed.

        :param tree: Of the image; None where it was not read.
        :param folders: That are there, where there is no tree.
        """
        self._tree = tree
        self._known = {one for path in folders for one in (path, *ancestors(path))}
        self.written: dict[str, int] = {}
        """Files of the upper folder, with their sizes."""
        self._names: dict[str, set[str]] = {}
        """What is in each folder above those files."""
        self._gone_files: set[str] = set()
        self._gone_folders: set[str] = set()
        """Lower ones that were taken away whole."""
        self.touched: set[str] = set()
        """Folders that changed though nothing of it is left."""

    def write(self, path: str, size: int) -> None:
        """Write a file, new or in place of another."""
        self.written[path] = size
        while path:
            path, _, name = path.rpartition("/")
            names = self._names.setdefault(path, set())
            if name in names:
                return
            names.add(name)

    def remove_file(self, path: str) -> None:
        """Take away a file or link."""
        if self._has_lower(path):
            self._gone_files.add(path)
        if self.written.pop(path, None) is not None:
            self._forget(path)

    def _forget(self, path: str) -> None:
        """Drop a path of the upper folder, with the folders above that hold nothing else."""
        while path:
            path, _, name = path.rpartition("/")
            self._names[path].discard(name)
            if self._names[path]:
                return
            del self._names[path]

    def remove_folder(self, path: str) -> None:
        """Take away a folder with all in it."""
        for file in list(self._upper_files(path)) if path in self._names else ():
            self.remove_file(file)
        if self._has_lower(path):
            self._gone_folders.add(path)

    def _upper_files(self, folder: str) -> Iterator[str]:
        pending = [folder]
        while pending:
            at = pending.pop()
            names = self._names.get(at)
            if names is None:
                yield at
            else:
                pending.extend(f"{at}/{name}" for name in names)

    def is_file(self, path: str) -> bool:
        """Whether there is a file or link."""
        if path in self.written:
            return True
        found = self._tree.look(path) if self._tree else None
        return found is not None and not found.entry.is_directory and not self._is_gone(path)

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder."""
        return path in self._names or self.was_folder(path)

    def was_folder(self, path: str) -> bool:
        """Whether there is a folder of the image, which was not taken away."""
        if self._tree is None:
            return path in self._known
        found = self._tree.look(path)
        return found is not None and found.entry.is_directory and not self._is_gone(path)

    def files_below(self, folder: str) -> Iterator[str]:
        """Give all files and links below a folder."""
        if folder in self._names:
            yield from self._upper_files(folder)
        if self._tree is None or not self.was_folder(folder):
            return
        for found in self._tree.walk(folder):
            if not found.entry.is_directory and found.path not in self.written and not self._is_gone(found.path):
                yield found.path

    def is_empty(self, folder: str) -> bool:
        """Whether nothing is in a folder, no folder either."""
        if folder in self._names:
            return False
        names = self._tree.children(folder) if self._tree else []
        return all(self._is_gone(f"{folder}/{name}") for name in names)

    def whiteouts(self) -> list[str]:
        """Give the paths of the entries that take something away."""
        marks = []
        for folder in self._gone_folders:
            if self._is_below_gone(folder):
                continue
            is_anew = folder in self._names
            marks.append(f"{folder}/.wh..wh..opq" if is_anew else _whiteout(folder))
        there = self.written.keys() | self._names.keys()
        marks += [_whiteout(path) for path in self._gone_files - there if not self._is_below_gone(path)]
        return sorted(marks)

    def folders(self) -> set[str]:
        """Give all folders that have an entry."""
        return (
            {one for mark in self.whiteouts() for one in ancestors(mark)} | (self._names.keys() - {""}) | self.touched
        )

    def hidden_size(self) -> int:
        """Give the bytes of files of lower layers that are replaced or taken away."""
        hidden = {path: self._lower_size(path) for path in (*self.written, *self._gone_files)}
        if self._tree is not None:
            for folder in self._gone_folders:
                hidden.update((found.path, found.entry.file.size) for found in self._tree.walk(folder))
        return sum(hidden.values())

    def _lower_size(self, path: str) -> int:
        found = self._tree.look(path) if self._tree else None
        return 0 if found is None or found.entry.is_directory else found.entry.file.size

    def _has_lower(self, path: str) -> bool:
        return self._tree is not None and self._tree.look(path) is not None and not self._is_gone(path)

    def _is_gone(self, path: str) -> bool:
        return path in self._gone_files or path in self._gone_folders or self._is_below_gone(path)

    def _is_below_gone(self, path: str) -> bool:
        return bool(self._gone_folders) and any(one in self._gone_folders for one in ancestors(path))


def _whiteout(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return f"{folder}/.wh.{name}" if folder else f".wh.{name}"
