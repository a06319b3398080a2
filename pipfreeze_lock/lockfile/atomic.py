"""Writes a file whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import InputError

if TYPE_CHECKING:
    from os import PathLike

__all__ = ["write_atomically"]

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_PERMISSION = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def write_atomically(path: str | PathLike[str], data: bytes, *, option: str = "-o") -> bool:
    """Put `data` into a file so that a reader, or a crash, sees the old bytes or the new ones and never a part.

    A file that holds these bytes already is left alone, its time too. An existing file keeps its mode, and its owner
    where the system allows; a new one has the mode that the umask gives. A symbolic link stays one: what it points to
    is written. What is no regular file (``/dev/stdout``, a pipe) is written into.

    :param option: That names the file, for a hint.
    :returns: Whether anything was written.
    :raises InputError: when it cannot be written; nothing is left behind then.
    """
    shown = os.fspath(path)
    target = Path(os.path.realpath(shown))
    try:
        existing = _status(Path(shown))
        if existing is not None and not stat.S_ISREG(existing.st_mode):
            # By the name that was given: what /dev/stdout resolves to is no name that can be opened.
            Path(shown).write_bytes(data)
            return True
        if existing is not None:
            if existing.st_size == len(data) and target.read_bytes() == data:
                return False
            _check_writable(target)
        _replace(target, data, existing)
    except OSError as error:
        raise _unwritable(shown, error, option) from error
    return True


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _check_writable(target: Path) -> None:
    """Refuse a read-only file, which a rename would replace all the same."""
    if not os.access(target, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))


def _replace(target: Path, data: bytes, existing: os.stat_result | None) -> None:
    temporary = target.with_name(f".pipfreeze-lock-{secrets.token_hex(8)}.tmp")
    descriptor = os.open(temporary, _CREATE, 0o666)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  a descriptor, made by no one else and with the umask's mode
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if existing is not None:
            _adopt(temporary, existing)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _adopt(temporary: Path, existing: os.stat_result) -> None:
    """Give the new file the old one's owner and mode; in this order, since a change of owner clears mode bits."""
    if os.name == "posix":
        made = temporary.stat()
        if (made.st_uid, made.st_gid) != (existing.st_uid, existing.st_gid):
            # Only root may give files away; a shared folder's file then belongs to whoever wrote it last.
            with suppress(PermissionError):
                os.chown(temporary, existing.st_uid, existing.st_gid)
    temporary.chmod(stat.S_IMODE(existing.st_mode))


def _sync_folder(folder: Path) -> None:
    """Make the rename itself outlast a crash; Windows has no such call."""
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # a folder may allow writing and not reading; the file is whole all the same
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems cannot
            raise
    finally:
        os.close(descriptor)


def _unwritable(shown: str, error: OSError, option: str) -> InputError:
    folder = os.path.dirname(os.path.realpath(shown))  # noqa: PTH120  beside realpath, which Path.resolve does not equal
    if error.errno in _NO_SPACE:
        hint = f"Free space on the disk that holds `{folder}`, or write elsewhere with `{option}`."
    elif error.errno in _NO_PERMISSION:
        hint = f"Allow writing to `{shown}` and its folder `{folder}`, or write elsewhere with `{option}`."
    elif isinstance(error, FileNotFoundError):
        hint = f"Create the folder `{folder}` first, or write elsewhere with `{option}`."
    elif isinstance(error, IsADirectoryError):
        hint = "Name a file, not a folder."
    else:
        hint = f"Write elsewhere with `{option}`."
    reason = error.strerror or type(error).__name__
    return InputError(f"`{shown}` cannot be written: {reason[:1].lower()}{reason[1:]}", hints=[hint])
