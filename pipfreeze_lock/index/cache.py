"""Bytes kept from one run to the next, in a folder that any number of processes may share.

::

    FOLDER/CACHEDIR.TAG                 tells backup programs to pass by
    FOLDER/salt                         16 random bytes, only where credentials are in use
    FOLDER/v1/KIND/ab/abcdef…           one entry: magic, CRC-32 of the content, content

An entry is written beside its place and renamed into it, so that a reader sees all of it or nothing; two writers of one
entry write the same thing, or the later one wins. Readers need no lock. What was damaged on disk fails its CRC-32
(11 ms for the 24 MB of the article's pages, without the GIL) and counts as missing until it is written again.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Cache", "CacheInfo"]

_LAYOUT = "v1"
_LAYOUTS = ("v1",)
"""All that ever were, so that `Cache.clean` takes the old ones away too."""
_MAGIC = b"PFL1"
_HEAD = len(_MAGIC) + 4
_TAG = """Signature: 8a477f597d28d172789f06886806bc55
# This folder is a cache of pipfreeze-lock. See https://bford.info/cachedir/
"""
_DAY = 86400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class CacheInfo:
    """What a cache holds, or what was taken from it."""

    folder: str | None
    entries: int
    size: int
    """Bytes."""
    kinds: tuple[tuple[str, int, int], ...] = ()
    """Kind, entries, bytes; sorted."""


class Cache:
    """A store of bytes by kind and key. A folder that cannot be used holds nothing, and is no error.

    :param folder: None keeps nothing.
    :param clock: Seconds since the epoch.
    """

    def __init__(self, folder: Path | None, *, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._is_writable = folder is not None
        self._made: set[Path] = set()
        self.notes: list[str] = []
        """At most one sentence, for the person: why nothing could be kept."""

    def get(self, kind: str, key: str) -> bytes | None:
        """Give what was put under this kind and key, or None."""
        if self._folder is None:
            return None
        path = self._path(kind, key)
        try:
            with path.open("rb", buffering=0) as file:
                head = file.read(_HEAD)
                content = file.readall()
                age = self._clock() - os.fstat(file.fileno()).st_mtime
        except OSError:  # absent, as a rule; what cannot be read holds nothing
            return None
        if head != _head(content):
            return None
        if age > _DAY:
            self._touch(path)
        return content

    def put(self, kind: str, key: str, data: bytes | memoryview) -> None:
        """Keep data. ``kind`` is a word of our own, fit for a file name; ``key`` any text."""
        if not self._is_writable:
            return
        path = self._path(kind, key)
        try:
            self._make(path.parent)
            try:
                self._write(path, data)
            except FileNotFoundError:  # another process emptied the folder since it was made
                self._made.clear()
                self._make(path.parent)
                self._write(path, data)
        except OSError as error:
            self._give_up(error)

    def remove(self, kind: str, key: str) -> None:
        """Forget an entry, if there is one."""
        if self._is_writable:
            try:
                self._path(kind, key).unlink(missing_ok=True)
            except OSError as error:
                self._give_up(error)

    def salt(self) -> bytes:
        """Give 16 random bytes that are this folder's own; others for each process where it cannot be written."""
        fresh = secrets.token_bytes(16)
        if self._folder is None:
            return fresh
        path = self._folder / "salt"
        try:
            if self._is_writable:
                self._make(self._folder)
                # Linked into place: of two processes that start together, both read the one that came first.
                beside = self._beside(path)
                beside.write_bytes(fresh)
                try:
                    os.link(beside, path)
                except FileExistsError:
                    pass
                finally:
                    beside.unlink()
            return path.read_bytes() or fresh
        except OSError:
            return fresh

    # --- looking after it -------------------------------------------------------------------------------------------

    def info(self) -> CacheInfo:
        """Count what is there."""
        kinds: dict[str, tuple[int, int]] = {}
        for kind, _, status in self._entries():
            entries, size = kinds.get(kind, (0, 0))
            kinds[kind] = entries + 1, size + status.st_size
        return self._summary(kinds)

    def prune(self, days: float) -> CacheInfo:
        """Remove what was not used for so many days, and give what that was.

        :raises InputError: when the folder does not allow it.
        """
        return self._removed(lambda status: self._clock() - status.st_mtime > days * _DAY)

    def clean(self) -> CacheInfo:
        """Remove everything that is ours, and nothing else: the folder may be one that holds other things.

        :raises InputError: when the folder does not allow it.
        """
        removed = self._removed(lambda _: True)
        if self._folder is None:
            return removed
        for layout in _LAYOUTS:
            for folder, _, _ in os.walk(self._folder / layout, topdown=False):
                _remove_empty(Path(folder))
        if not any((self._folder / layout).exists() for layout in _LAYOUTS):
            for name in ("CACHEDIR.TAG", "salt"):
                (self._folder / name).unlink(missing_ok=True)
            _remove_empty(self._folder)
        self._made.clear()
        return removed

    def _removed(self, is_wanted: Callable[[os.stat_result], bool]) -> CacheInfo:
        kinds: dict[str, tuple[int, int]] = {}
        for kind, path, status in list(self._entries()):
            if is_wanted(status):
                self._unlink(path)
                entries, size = kinds.get(kind, (0, 0))
                kinds[kind] = entries + 1, size + status.st_size
        return self._summary(kinds)

    def _unlink(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            msg = f"the cache `{self._folder}` cannot be emptied: {error.strerror}"
            raise InputError(msg, hints=["Remove it by hand, as its owner."]) from error

    def _summary(self, kinds: dict[str, tuple[int, int]]) -> CacheInfo:
        return CacheInfo(
            folder=str(self._folder) if self._folder else None,
            entries=sum(entries for entries, _ in kinds.values()),
            size=sum(size for _, size in kinds.values()),
            kinds=tuple((kind, *counts) for kind, counts in sorted(kinds.items())),
        )

    def _entries(self) -> Iterator[tuple[str, Path, os.stat_result]]:
        if self._folder is None:
            return
        for layout in _LAYOUTS:
            root = self._folder / layout
            for path in root.glob("*/*/*"):
                try:
                    status = path.stat()
                except FileNotFoundError:  # another process was quicker
                    continue
                yield path.relative_to(root).parts[0], path, status

    # --- files ------------------------------------------------------------------------------------------------------

    def _path(self, kind: str, key: str) -> Path:
        name = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:40]
        return Path(self._folder or "", _LAYOUT, kind, name[:2], name[2:])

    def _make(self, folder: Path) -> None:
        if folder in self._made:
            return
        if self._folder and not self._folder.exists():
            self._folder.mkdir(parents=True, mode=0o700, exist_ok=True)
            (self._folder / "CACHEDIR.TAG").write_text(_TAG, encoding="ascii")
        folder.mkdir(parents=True, exist_ok=True)
        self._made.add(folder)

    def _write(self, path: Path, data: bytes | memoryview) -> None:
        beside = self._beside(path)
        try:
            with beside.open("xb", buffering=0) as file:
                file.write(_head(data))
                remaining = memoryview(data)
                while remaining:
                    remaining = remaining[file.write(remaining) :]
            beside.replace(path)
        except OSError:
            beside.unlink(missing_ok=True)
            raise

    def _beside(self, path: Path) -> Path:
        return path.with_name(f"{path.name}.{os.getpid():x}-{secrets.token_hex(4)}")

    def _touch(self, path: Path) -> None:
        try:
            os.utime(path)
        except OSError:  # a cache that may only be read, or pruned just now: `prune` will not know of this use
            self._is_writable = self._is_writable and path.exists()

    def _give_up(self, error: OSError) -> None:
        """Keep nothing more in this run; say so once."""
        with self._lock:
            if self._is_writable:
                self._is_writable = False
                reason = error.strerror or type(error).__name__
                self.notes.append(f"The cache `{self._folder}` cannot be written ({reason}): nothing is kept.")


def _head(content: bytes | memoryview) -> bytes:
    return _MAGIC + zlib.crc32(content).to_bytes(4, "little")


def _remove_empty(folder: Path) -> None:
    """Remove a folder if nothing is left in it."""
    try:
        folder.rmdir()
    except OSError:  # absent, or other people's things are in it
        return
