"""Layers laid over each other, as the kernel's overlayfs shows them to a container.

What a layer takes away (whiteouts, opaque directories) concerns the layers below it alone, whatever the order of its
tar (OCI image-spec, ``layer.md``, "Whiteouts"). Each layer is a folder of its own that is then laid over the others: a
folder hides a symbolic link of a lower layer, as with Docker's overlay2 and Podman's overlay, even where the link leads
to a folder. Time is linear in what the layers have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image.interface import LayerFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipfreeze_lock.image.interface import LayerContents, ScannedLayer
    from pipfreeze_lock.model.image import LayerInfo

__all__ = ["FileTree", "FoundEntry", "TreeEntry"]

_MOST_LINKS = 40
"""As the kernel follows for one path (``MAXSYMLINKS``)."""
_DIRECTORY = LayerFile("directory")


class TreeEntry:
    """A file, folder or link of the tree."""

    __slots__ = ("children", "file", "layer")

    def __init__(self, file: LayerFile, layer: LayerInfo) -> None:
        self.file = file
        """Never a hard link: what that is another name for stands here."""
        self.layer = layer
        """Of a file or link the one that has it; of a folder the lowest one that shows in it."""
        self.children: dict[str, TreeEntry] = {}

    @property
    def is_directory(self) -> bool:
        """Whether there can be something below it."""
        return self.file.kind == "directory"


class FoundEntry(NamedTuple):
    """An entry, and where it really is."""

    path: str
    """From the root, without ``/`` before it, no symbolic link on the way: ``usr/lib/python3``; ``""`` is the root."""
    entry: TreeEntry


class FileTree:
    """What a container of an image would see, as far as the layers were read.

    Paths are taken from the root, with ``/`` before them or not. Files that nobody wanted are not in it.
    """

    def __init__(self, layers: Iterable[ScannedLayer]) -> None:
        """Lay them over each other, the lowest first."""
        self._root: TreeEntry | None = None
        for layer in layers:
            if self._root is None:
                self._root = TreeEntry(_DIRECTORY, layer.info)
            _Applied(self._root, layer.info).apply(layer.contents)

    def find(self, path: str) -> FoundEntry | None:
        """Give what a path leads to, through symbolic links of all kinds; None where it leads nowhere or in circles."""
        return self._walk(path, is_last_followed=True)

    def look(self, path: str) -> FoundEntry | None:
        """Give what is at a path itself, be it a symbolic link; links on the way to it are followed."""
        return self._walk(path, is_last_followed=False)

    def read(self, path: str) -> bytes | None:
        """Give what is in a file; None where a path leads to no file.

        :raises ImageError: when the file is there and its content was not kept.
        """
        found = self.find(path)
        if found is None or found.entry.file.kind != "file":
            return None
        content = found.entry.file.content
        if content is None:
            message = f"`/{found.path}` was not read"
            raise ImageError(message, context=f"layer {found.entry.layer.index}")
        return content

    def children(self, path: str) -> list[str]:
        """Give the names in a folder, sorted; none where a path leads to no folder."""
        found = self.find(path)
        return sorted(found.entry.children) if found else []

    def layer_of(self, path: str) -> LayerInfo | None:
        """Give the layer that a file which a path leads to comes from."""
        found = self.find(path)
        return found.entry.layer if found else None

    def walk(self, path: str = "") -> Iterator[FoundEntry]:
        """Give all below a folder, sorted, each folder before what is in it; symbolic links are not followed."""
        found = self.find(path)
        pending = [found] if found else []
        while pending:
            at = pending.pop()
            if at is not found:
                yield at
            prefix = f"{at.path}/" if at.path else ""
            children = sorted(at.entry.children.items(), reverse=True)
            pending.extend(FoundEntry(prefix + name, child) for name, child in children)

    def _walk(self, path: str, *, is_last_followed: bool) -> FoundEntry | None:
        if self._root is None:
            return None
        way = [("", self._root)]
        ahead = path.split("/")[::-1]
        links = 0
        while ahead:
            name = ahead.pop()
            at = way[-1][1]
            if not at.is_directory:
                return None
            if name in {"", "."}:
                continue
            if name == "..":
                del way[max(1, len(way) - 1) :]
                continue
            child = at.children.get(name)
            if child is None:
                return None
            if child.file.kind != "symlink" or not (ahead or is_last_followed):
                way.append((name, child))
                continue
            links += 1
            if links > _MOST_LINKS:
                return None
            if child.file.link.startswith("/"):
                del way[1:]
            ahead.extend(child.file.link.split("/")[::-1])
        return FoundEntry("/".join(name for name, _ in way[1:]), way[-1][1])


class _Applied:
    """One layer being laid over a tree."""

    def __init__(self, root: TreeEntry, info: LayerInfo) -> None:
        self._root = root
        self._info = info
        self._directories = {"": root}
        """Those of this layer, by path."""

    def apply(self, contents: LayerContents) -> None:
        """Change the tree."""
        links = self._links(contents)
        for path in contents.opaque:
            directory = self._lower(path)
            if directory is not None:
                directory.children.clear()
        for path in contents.whiteouts:
            self._remove(path)
        self._replace(contents)
        for path in contents.directories:
            self._directory(path)
        for path, file in contents.files.items():
            if file.kind == "directory":
                self._directory(path)
                continue
            parent, _, name = path.rpartition("/")
            self._directory(parent).children[name] = TreeEntry(links.get(path, file), self._info)

    def _links(self, contents: LayerContents) -> dict[str, LayerFile]:
        """Give what each hard link is another name for: in this layer, or in a lower one while that still has it."""
        links = {path: self._linked(path, contents) for path, file in contents.files.items() if file.kind == "hardlink"}
        below = {path: lower for path, target in links.items() if (lower := self._lower_file(target.link))}
        replaced = set(contents.replaced) if below else set()
        for path, target in links.items():
            if target.kind == "hardlink":
                is_known = path in below and target.link not in replaced
                links[path] = below[path] if is_known else LayerFile("file", size=target.size)
        return links

    def _linked(self, path: str, contents: LayerContents) -> LayerFile:
        """Follow a hard link as far as this layer has what it names."""
        file = contents.files[path]
        for _ in range(_MOST_LINKS):
            target = contents.files.get(file.link)
            if target is None:
                return file
            if target.kind != "hardlink":
                return target
            file = target
        message = f"the hard link `/{path}` leads in circles"
        raise ImageError(message, context=f"layer {self._info.index}")

    def _lower_file(self, path: str) -> LayerFile | None:
        entry = self._lower(path) if path else None
        return None if entry is None or entry.is_directory else entry.file

    def _lower(self, path: str) -> TreeEntry | None:
        """Give what is at a path, no link followed."""
        at = self._root
        for name in path.split("/") if path else ():
            child = at.children.get(name)
            if child is None:
                return None
            at = child
        return at

    def _remove(self, path: str) -> None:
        parent, _, name = path.rpartition("/")
        directory = self._lower(parent)
        if directory is not None:
            directory.children.pop(name, None)

    def _replace(self, contents: LayerContents) -> None:
        for parent, names in contents.replaced.groups():
            directory = self._lower(parent)
            if directory is not None and directory.children:
                for name in directory.children.keys() & names:
                    if (f"{parent}/{name}" if parent else name) not in contents.directories:
                        del directory.children[name]

    def _directory(self, path: str) -> TreeEntry:
        """Give a folder of this layer: one that a lower layer has already, or a new one in place of what is there."""
        missing = []
        while path not in self._directories:
            path, _, name = path.rpartition("/")
            missing.append(name)
        entry = self._directories[path]
        for name in reversed(missing):
            child = entry.children.get(name)
            if child is None or not child.is_directory:
                child = entry.children[name] = TreeEntry(_DIRECTORY, self._info)
            path = f"{path}/{name}" if path else name
            self._directories[path] = entry = child
        return entry
