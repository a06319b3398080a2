"""The lock that is there already, for what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import InputError, LockFileError

if TYPE_CHECKING:
    from pathlib import Path

    from pipfreeze_lock.model.lock import LockedSet, Pin

__all__ = ["Existing", "read_existing"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Existing:
    """The lock that is there already."""

    data: bytes | None = None
    command: str | None = None
    pins: tuple[Pin, ...] = ()
    lock: LockedSet | None = None
    notes: tuple[str, ...] = ()


def read_existing(path: Path | None) -> Existing:
    """Read the lock that is there, for its pins and for where its target came from; one of another tool for its pins.

    :raises InputError: when there is a file that cannot be read.
    """
    if path is None:
        return Existing()
    if path.exists() and not path.is_file() and not path.is_dir():  # a pipe, say: we would wait for ourselves
        return Existing()
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Existing()
    except OSError as error:
        message = f"the lock cannot be read: {error.strerror}"
        raise InputError(message, context=str(path), hints=["Give another file with `-o`."]) from None
    from pipfreeze_lock.lockfile import foreign, requirements_txt  # noqa: PLC0415  only where there is a lock

    try:
        read = requirements_txt.read(data, path=str(path))
    except LockFileError as error:
        pins = foreign.preferences(data)
        note = f"{error}: its {len(pins)} pins are taken as preferences, nothing else of it"
        return Existing(data=data, pins=pins, notes=(note,), command=_recorded_command(data))
    notes = tuple(f"{path}:{problem.line}: {problem.message}" for problem in read.problems)
    return Existing(data=data, command=read.lock.command, pins=read.lock.pins, lock=read.lock, notes=notes)


def _recorded_command(data: bytes) -> str | None:
    """Find the command in a lock that cannot be read as one: with merge conflicts in it, say."""
    for line in data.decode(errors="replace").splitlines():
        if line.startswith("# command: "):
            from pipfreeze_lock.lockfile.comments import unescape  # noqa: PLC0415  such locks are rare

            return unescape(line.removeprefix("# command: "))
    return None
