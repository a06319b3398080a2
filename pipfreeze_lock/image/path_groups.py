"""Many paths in little memory: an image has a hundred thousand files that nobody wants, whose names still count."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["PathGroups"]


class PathGroups:
    """Paths kept folder by folder, the names of each in one string: some twenty bytes a path in a tar's usual order.

    Only ever iterated: a path that was added twice comes twice.
    """

    __slots__ = ("_directory", "_groups", "_names")

    def __init__(self, paths: Iterable[str] = ()) -> None:
        self._groups: list[tuple[str, str]] = []
        self._directory = ""
        self._names: list[str] = []
        for path in paths:
            directory, _, name = path.rpartition("/")
            self.add(directory, name)

    def add(self, directory: str, name: str) -> None:
        """Add ``DIRECTORY/NAME``; the root is ``""``."""
        if directory != self._directory:
            self._close()
            self._directory = directory
        self._names.append(name)

    def groups(self) -> Iterator[tuple[str, list[str]]]:
        """Give folders with names in them; a folder may come more than once."""
        self._close()
        for directory, names in self._groups:
            yield directory, names.split("/")

    def __iter__(self) -> Iterator[str]:
        for directory, names in self.groups():
            for name in names:
                yield f"{directory}/{name}" if directory else name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PathGroups) and sorted(self) == sorted(other)

    __hash__ = None  # type: ignore[assignment]  # it grows

    def __repr__(self) -> str:
        return f"PathGroups({list(self)!r})"

    def _close(self) -> None:
        if self._names:
            self._groups.append((self._directory, "/".join(self._names)))
            self._names = []
