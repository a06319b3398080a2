"""One layer's tar, read for what somebody is interested in; as Docker, Podman and containerd would unpack it.

Sources: OCI image-spec, ``layer.md``; ``UnpackLayer`` in Docker's ``pkg/archive/diff.go`` and containers/storage's.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image.byte_sources import CutShortError
from pipfreeze_lock.image.compression import CompressionError
from pipfreeze_lock.image.interface import LayerContents, LayerFile, Want
from pipfreeze_lock.image.path_groups import PathGroups
from pipfreeze_lock.image.tar_stream import TarReader
from pipfreeze_lock.tar_headers import TarHeaderError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipfreeze_lock.image.byte_sources import ByteSource
    from pipfreeze_lock.image.tar_stream import TarEntry

__all__ = ["DAMAGE", "MOST_PASSES", "cleaned_path", "scan_layer", "scan_once", "too_many_links", "widened"]

DAMAGE = (TarHeaderError, CutShortError, CompressionError)
"""What reading a layer may raise below here."""
_MOST_OF_A_FILE = 64 * 2**20
_MOST_OF_A_LAYER = 256 * 2**20
"""Bytes of content that are kept: far more than metadata ever has, and less than would be a harm."""
_MOST_LINKS = 40
_MOST_FOLDERS_REPLACED = 100
MOST_PASSES = 5
"""Over a layer, for hard links to hard links."""
_WHITEOUT = ".wh."
_WHITEOUT_OF_AUFS = ".wh..wh."
_OPAQUE = ".wh..wh..opq"


def scan_layer(
    open_source: Callable[[], ByteSource], interest: Callable[[str], Want], *, place: str, subject: str
) -> LayerContents:
    """Read a layer.

    A hard link may be wanted whose first name was not, and was passed over: then the layer is read once more.

    :param open_source: Gives the tar from its start, unpacked; asked a second time where that is needed.
    :param place: Names the layer in errors: ``layer 2 (sha256:…)``.
    :param subject: The image, as a person names it.
    :raises ImageError: when it is damaged.
    """
    also: dict[str, Want] = {}
    for _ in range(MOST_PASSES):
        contents, missing = scan_once(open_source(), widened(interest, also), place=place, subject=subject)
        more = {path: want for path, want in missing.items() if want > also.get(path, Want.NOTHING)}
        if not more:
            return contents
        also |= more
    raise too_many_links(place, missing, subject=subject)


def scan_once(
    source: ByteSource, interest: Callable[[str], Want], *, place: str, subject: str
) -> tuple[LayerContents, dict[str, Want]]:
    """Read a layer in one pass, and give what a second one should find: first names of hard links that are wanted.

    :raises ImageError: when it is damaged.
    """
    scan = _LayerScan(source, interest)
    try:
        return scan.run(), scan.missing
    except DAMAGE as error:
        behind = f", in or behind `/{scan.last_name.lstrip('/')}`" if scan.last_name else ""
        message = f"{place} cannot be read: {error}{behind}"
        raise ImageError(message, context=subject) from None


def widened(interest: Callable[[str], Want], also: Mapping[str, Want]) -> Callable[[str], Want]:
    """Give an interest in some paths beside others."""
    return (lambda path: max(interest(path), also.get(path, Want.NOTHING))) if also else interest


def too_many_links(place: str, missing: Mapping[str, Want], *, subject: str) -> ImageError:
    """Give the error for a layer that no number of passes would read."""
    message = f"{place} cannot be read: `/{next(iter(missing))}` stands behind too many hard links"
    return ImageError(message, context=subject)


def cleaned_path(name: str) -> str:
    """Give a name of an archive as a path from the root, without ``/`` before or behind it; the root is ``""``.

    :raises TarHeaderError: when it leads out of the root; no engine unpacks that.
    """
    path = name.strip("/").removeprefix("./")
    if "/." not in path and "//" not in path and not path.startswith((".", "/")):
        return path
    parts: list[str] = []
    for part in name.split("/"):
        if part == "..":
            if not parts and not name.startswith("/"):
                message = f"`{name}` leads out of the root"
                raise TarHeaderError(message)
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def _is_of_aufs(path: str) -> bool:
    """Whether only AUFS has a use for it."""
    return any(name.startswith(_WHITEOUT_OF_AUFS) and name != _OPAQUE for name in path.split("/"))


class _LayerScan:
    """One pass over a layer."""

    def __init__(self, source: ByteSource, interest: Callable[[str], Want]) -> None:
        self._reader = TarReader(source)
        self._interest = interest
        self._contents = LayerContents(directories={""})
        self._devices: set[str] = set()
        """Of overlayfs' own kind: unlike a whiteout of OCI's, what comes after one stands in its place."""
        self._kept = 0
        self._folders_replaced = 0
        self.missing: dict[str, Want] = {}
        """What is wanted by another name, and was passed over."""

    @property
    def last_name(self) -> str:
        """Of the entry that was read last."""
        return self._reader.last_name

    def run(self) -> LayerContents:
        """Read it to its end."""
        contents, interest = self._contents, self._interest
        directories, files, replaced = contents.directories, contents.files, contents.replaced
        for entry in self._reader:
            contents.entries += 1
            contents.size += entry.size
            path = cleaned_path(entry.name)
            parent, _, name = path.rpartition("/")
            is_marked = _WHITEOUT in path
            if is_marked and _is_of_aufs(path):
                continue
            if parent not in directories:
                parent = self._folder(parent)
                path = f"{parent}/{name}" if parent else name
            if is_marked and self._is_whiteout(parent, name):
                continue
            kind = entry.kind
            if kind == "directory":
                files.pop(path, None)
                self._devices.discard(path)
                directories.add(path)
                continue
            if path in directories:
                self._replace_folder(path)
                directories, replaced = contents.directories, contents.replaced
            self._devices.discard(path)
            if kind == "symlink":
                files[path] = LayerFile("symlink", link=entry.link)
            elif kind != "other" and (want := interest(path)):
                files[path] = self._hard_link(entry, want) if kind == "hardlink" else self._file(entry, want)
            else:
                files.pop(path, None)
                replaced.add(parent, name)
                if entry.is_whiteout:
                    self._devices.add(path)
        contents.whiteouts |= self._devices
        contents.is_ended = self._reader.is_ended
        contents.directories.discard("")
        return contents

    def _file(self, entry: TarEntry, want: Want) -> LayerFile:
        """Read as much of a file as is wanted."""
        file = LayerFile("file", entry.size)
        if want < Want.DIGEST:
            return file
        is_kept = want >= Want.CONTENT
        if is_kept:
            self._kept += entry.size
            if entry.size > _MOST_OF_A_FILE or self._kept > _MOST_OF_A_LAYER:
                message = f"{entry.size} bytes are more than such a file has"
                raise TarHeaderError(message)
        digest = hashlib.sha256()
        kept = []
        for piece in self._reader.pieces(entry):
            digest.update(piece)
            if is_kept:
                kept.append(piece)
        file.sha256 = digest.hexdigest()
        file.content = b"".join(kept) if is_kept else None
        return file

    def _hard_link(self, entry: TarEntry, want: Want) -> LayerFile:
        """Give the file that it is another name for, as that is now; a link where this layer has not shown it."""
        path = cleaned_path(entry.link)
        parent, _, name = path.rpartition("/")
        if parent not in self._contents.directories:
            parent = self._real_folder(parent)
            path = f"{parent}/{name}" if parent else name
        target = self._contents.files.get(path)
        if target is None:
            self.missing[path] = max(want, self.missing.get(path, Want.NOTHING))
            return LayerFile("hardlink", link=path)
        has_too_little = (want >= Want.DIGEST and target.sha256 is None) or (
            want >= Want.CONTENT and target.content is None
        )
        if target.kind == "file" and has_too_little:
            self.missing[path] = max(want, self.missing.get(path, Want.NOTHING))
        return target

    def _is_whiteout(self, parent: str, name: str) -> bool:
        """Note what the layer takes away."""
        if name == _OPAQUE:
            self._contents.opaque.add(parent)
            return True
        if not name.startswith(_WHITEOUT):
            return False
        hidden = name[len(_WHITEOUT) :]
        if hidden in {"", ".", ".."}:
            message = f"`{name}` takes nothing away that could be"
            raise TarHeaderError(message)
        self._contents.whiteouts.add(f"{parent}/{hidden}" if parent else hidden)
        return True

    def _folder(self, path: str) -> str:
        """Make a folder that no entry has named so far; give where it really is."""
        path = self._real_folder(path)
        directories = self._contents.directories
        above = path
        while above not in directories:
            directories.add(above)
            self._contents.files.pop(above, None)
            above = above.rpartition("/")[0]
        return path

    def _real_folder(self, path: str) -> str:
        """Follow this layer's symbolic links on the way to a folder, as unpacking into a folder of its own does."""
        files = self._contents.files
        ahead = path.split("/")[::-1]
        way: list[str] = []
        links = 0
        while ahead:
            name = ahead.pop()
            if name == "..":
                del way[-1:]
            elif name not in {"", "."}:
                way.append(name)
                file = files.get("/".join(way))
                if file is not None and file.kind == "symlink":
                    links += 1
                    if links > _MOST_LINKS:
                        message = f"`{path}` leads through too many symbolic links"
                        raise TarHeaderError(message)
                    way = [] if file.link.startswith("/") else way[:-1]
                    ahead.extend(file.link.split("/")[::-1])
        return "/".join(way)

    def _replace_folder(self, path: str) -> None:
        """Take back what this very layer had in a folder that is a file or link now."""
        self._folders_replaced += 1
        if not path or self._folders_replaced > _MOST_FOLDERS_REPLACED:
            message = "it makes folders into files again and again" if path else "its root is no folder"
            raise TarHeaderError(message)
        contents, below = self._contents, f"{path}/"
        contents.directories = {one for one in contents.directories if one != path and not one.startswith(below)}
        contents.replaced = PathGroups(one for one in contents.replaced if not one.startswith(below))
        for marks in (contents.whiteouts, contents.opaque, self._devices):
            marks -= {one for one in marks if one == path or one.startswith(below)}
        for one in [one for one in contents.files if one.startswith(below)]:
            del contents.files[one]
