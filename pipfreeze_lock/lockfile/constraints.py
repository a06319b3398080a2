"""The pins as a constraints file, for ``pip install -c``: versions alone, and nothing that pip would install."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.lockfile.comments import escape
from pipfreeze_lock.lockfile.pin_lines import requirement_line

if TYPE_CHECKING:
    from pipfreeze_lock.model.lock import LockedSet

__all__ = ["render"]


def render(lock: LockedSet, /) -> bytes:
    """Give one line a pin, sorted, LF, UTF-8.

    Without extras, which pip 20.3 and newer refuse in a constraint; without hashes, which would turn on hash mode
    for what is installed beside; without options, which belong to the command that is constrained.
    """
    lines = [
        "# coding: utf-8",
        "# Constraints made by pipfreeze-lock: the versions of a lock for",
        f"# {escape(lock.target)}",
    ]
    lines += [requirement_line(pin, extras=False) for pin in sorted(lock.pins, key=lambda pin: pin.name)]
    if all(line.isascii() for line in lines):
        del lines[0]  # needed by pips that decode by the locale, and noise otherwise
    return "".join(f"{line}\n" for line in lines).encode()
