"""What is done with a lock that was made: it is written, or shown."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pipfreeze_lock.cli.lock_differences import shows_difference

if TYPE_CHECKING:
    from pathlib import Path

    from pipfreeze_lock.cli.existing_lock import Existing
    from pipfreeze_lock.cli.lock_options import LockOptions
    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.model.lock import LockedSet

__all__ = ["show_or_write"]


def show_or_write(
    locked: LockedSet, data: bytes, path: Path | None, existing: Existing, options: LockOptions, talk: Talk
) -> tuple[str, str]:
    """Write the lock, or with ``--dry-run`` show what would change; say what was done. ``--diff`` has shown it already.

    :return: What is said where the file is written, and where it is left as it was.
    """
    from pipfreeze_lock.lockfile.requirements_txt import parse  # noqa: PLC0415  after the answer is there
    from pipfreeze_lock.report import changes as report  # noqa: PLC0415  likewise
    from pipfreeze_lock.report.changes_text import as_text  # noqa: PLC0415  likewise

    if options.diff or (options.dry_run and shows_difference(options)):
        return "", ""
    shown = str(path) if path is not None else "-"
    changes = report.changes(existing.lock, parse(data, path=shown)) if existing.lock is not None else None
    if options.dry_run:
        text = as_text(changes) if changes is not None else data.decode()
        sys.stdout.write(text)
        if path is not None:
            change = "change by" if changes is not None else "be"
            talk.say(f"Nothing was written: that is what `{shown}` would {change}.")
        return "", ""
    if path is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return "", ""
    from pipfreeze_lock.lockfile.atomic import write_atomically  # noqa: PLC0415  after the answer is there

    count = len(locked.pins)
    left = f"{shown} is as it was: {count} distributions."
    wrote = f"{shown}: {count} distributions for {locked.target}."
    if changes is not None:
        wrote = f"{as_text(changes).rstrip()}\n{wrote}"
    talk.say(wrote if write_atomically(path, data) else left)
    return wrote, left
