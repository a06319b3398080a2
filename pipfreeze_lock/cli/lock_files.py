"""The locks that a command reads: those named, else those that ``lock`` would write here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import InputError, LockFileError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipfreeze_lock.cli.settings import Settings
    from pipfreeze_lock.model.lock import LockedSet

__all__ = ["default_locks", "default_output", "locks_to_read", "read_lock"]


def locks_to_read(given: Sequence[str], settings: Settings) -> list[Path]:
    """Give the locks that were named, each once, else those that are here.

    :raises InputError: where none was named, and none is here.
    """
    if given:
        return [Path(one) for one in dict.fromkeys(given)]
    found = default_locks(settings)
    if not found:
        message = f"there is no lock here: no `{default_output(settings)}`"
        hints = ["Make it: `pipfreeze-lock lock`.", "Or name one that is elsewhere: `--lock FILE`."]
        raise InputError(message, hints=hints)
    return found


def default_locks(settings: Settings) -> list[Path]:
    """Give the lock that ``lock`` writes here without ``-o``, or those of the platforms where it wrote several."""
    output = default_output(settings)
    if output.is_file():
        return [output]
    return sorted(
        one
        for one in output.parent.glob(f"{output.stem}.*-*{output.suffix}")
        if one.is_file() and not one.stem.endswith(".build")
    )


def read_lock(path: Path) -> LockedSet:
    """Read a lock of ours: a requirements lock, or a ``pylock.toml``.

    :raises InputError: when it cannot be read.
    :raises LockFileError: when it is no lock of ours.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        message = f"the lock cannot be read: {reason}"
        raise InputError(message, context=str(path), hints=["Name another one with `--lock`."]) from None
    if path.suffix == ".toml":
        from pipfreeze_lock.lockfile import pylock  # noqa: PLC0415  its format needs more of packaging

        return pylock.parse(data, path=str(path))
    from pipfreeze_lock.lockfile import requirements_txt  # noqa: PLC0415  not for a pylock.toml

    try:
        return requirements_txt.parse(data, path=str(path))
    except LockFileError as error:
        if requirements_txt.is_lock(data):
            raise
        hint = "Name a lock that `pipfreeze-lock lock` wrote: it records who asks for what, and in which words."
        raise LockFileError(error.message, context=error.context, hints=[hint]) from None


def default_output(settings: Settings) -> Path:
    """Give the file that ``lock`` writes here without ``-o``, where it locks for one platform."""
    output = settings.place("output", None)
    if output not in (None, "-"):
        return Path(str(output))
    inputs = settings.places("inputs", None)
    if inputs and inputs[0] != "-" and "://" not in inputs[0]:
        return Path(inputs[0]).parent / "requirements.lock"
    return Path("requirements.lock")
