"""``rootfs:DIR``: a root file system that lies in a folder, as one layer without a name."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image.interface import ImageConfig, LayerContents, LayerFile, ScannedImage, ScannedLayer, Want
from pipfreeze_lock.model.image import LayerInfo

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipfreeze_lock.image.interface import ImageReporter

__all__ = ["RootFolder", "read_folder"]

_NOT_OF_THE_IMAGE = frozenset({"proc", "sys", "dev"})
"""Of the root: what the kernel shows there."""
_CHUNK = 2**20
_TOLD_EVERY = 2**23


class RootFolder:
    """A root file system in a folder: unpacked, mounted, or that of this very machine.

    Symbolic links are read and never followed, so that nothing outside of the folder is looked at.
    """

    def __init__(self, folder: str, *, config: ImageConfig | None = None) -> None:
        """Nothing is read yet.

        :param config: What a folder does not say: PATH, what is run, who runs it; as for an image that says nothing
            where it is not given.
        """
        self._folder = folder
        self._config = config if config is not None else ImageConfig(architecture="")

    def scan(self, interest: Callable[[str], Want], reporter: ImageReporter) -> ScannedImage:
        """Read it.

        :raises ImageError: when it is none, or something in it may not be read.
        """
        if not os.path.isdir(self._folder):  # noqa: PTH112  False, too, for a name that is too long for any
            message = "it is no folder" if os.path.lexists(self._folder) else "there is no such folder"
            raise ImageError(message, context=self._folder)
        reporter.layers(1, None)
        reporter.layer(0, None)
        walk = _Walk(self._folder, "", interest, reporter)
        contents = walk.run()
        info = LayerInfo(index=0, digest=None, diff_id=None, instruction=None)
        return ScannedImage(
            name=f"rootfs:{self._folder}",
            digest=None,
            config=self._config,
            layers=(ScannedLayer(info=info, contents=contents),),
            bytes_read=walk.bytes_read,
        )


def read_folder(folder: str, at: str, interest: Callable[[str], Want], reporter: ImageReporter) -> LayerContents:
    """Read a folder as that part of a layer that lies at a path from the root (``usr/local``; ``""`` is the root).

    :raises ImageError: when something in it may not be read.
    """
    return _Walk(folder, at, interest, reporter).run()


class _Walk:
    """One way through a folder."""

    def __init__(self, folder: str, at: str, interest: Callable[[str], Want], reporter: ImageReporter) -> None:
        self._folder = folder
        self._at = at
        self._interest = interest
        self._reporter = reporter
        self._contents = LayerContents(directories={""})
        self._linked: dict[tuple[int, int], LayerFile] = {}
        """Files of several names, by device and inode."""
        self._told = 0
        self.bytes_read = 0

    def run(self) -> LayerContents:
        """Go through it."""
        above = self._at
        while above:
            self._contents.directories.add(above)
            above = above.rpartition("/")[0]
        pending = [(self._folder, self._at)]
        while pending:
            folder, at = pending.pop()
            try:
                with os.scandir(folder) as entries:
                    found = list(entries)
            except FileNotFoundError:  # it went away while we looked
                continue
            except OSError as error:
                raise self._unreadable(folder, error) from None
            pending.extend(self._entries(found, at))
        self._reporter.progress(self.bytes_read - self._told)
        return self._contents

    def _entries(self, entries: list[os.DirEntry[str]], at: str) -> list[tuple[str, str]]:
        """Note what is in one folder; give the folders in it."""
        contents, interest = self._contents, self._interest
        folders = []
        prefix = f"{at}/" if at else ""
        for entry in entries:
            path = prefix + entry.name
            contents.entries += 1
            if entry.is_symlink():
                self._add_link(entry, path)
            elif entry.is_dir(follow_symlinks=False):
                contents.directories.add(path)
                if at or entry.name not in _NOT_OF_THE_IMAGE:
                    folders.append((entry.path, path))
            elif (want := interest(path)) is not Want.NOTHING:
                self._add(entry, path, want)
        return folders

    def _add_link(self, entry: os.DirEntry[str], path: str) -> None:
        try:
            link = os.readlink(entry.path)  # noqa: PTH115  pathlib would rewrite it
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._unreadable(entry.path, error) from None
        self._contents.files[path] = LayerFile("symlink", link=link)

    def _add(self, entry: os.DirEntry[str], path: str, want: Want) -> None:
        try:
            status = entry.stat(follow_symlinks=False)
            if not stat.S_ISREG(status.st_mode):
                self._contents.files[path] = LayerFile("other")
                return
            file = self._file(status)
            if (want > Want.NAME and file.sha256 is None) or (want is Want.CONTENT and file.content is None):
                self._read(entry.path, file, is_kept=want is Want.CONTENT)
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._unreadable(entry.path, error) from None
        self._contents.files[path] = file

    def _file(self, status: os.stat_result) -> LayerFile:
        """Give a file, the same one for all its names."""
        key = (status.st_dev, status.st_ino)
        file = self._linked.get(key) if status.st_nlink > 1 else None
        if file is None:
            file = LayerFile("file", size=status.st_size)
            self._contents.size += status.st_size
            if status.st_nlink > 1:
                self._linked[key] = file
        return file

    def _read(self, path: str, file: LayerFile, *, is_kept: bool) -> None:
        digest = hashlib.sha256()
        kept = []
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb", buffering=0) as opened:
            while piece := opened.read(_CHUNK):
                digest.update(piece)
                self.bytes_read += len(piece)
                if is_kept:
                    kept.append(piece)
        file.sha256 = digest.hexdigest()
        file.content = b"".join(kept) if is_kept else None
        if self.bytes_read - self._told >= _TOLD_EVERY:
            self._reporter.progress(self.bytes_read - self._told)
            self._told = self.bytes_read

    def _unreadable(self, path: str, error: OSError) -> ImageError:
        message = f"`{path}` cannot be read: {error.strerror or error}"
        hints = ["Look as a user who may: what cannot be read cannot be compared."]
        return ImageError(message, context=f"rootfs:{self._folder}", hints=hints)
