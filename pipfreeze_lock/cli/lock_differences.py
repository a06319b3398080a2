"""``lock --diff``, ``--diff-format`` and ``--diff-output``: what moved, in a format, on stdout or in a file."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pipfreeze_lock.cli.existing_lock import Existing
    from pipfreeze_lock.cli.lock_options import LockOptions
    from pipfreeze_lock.model.lock import LockedSet
    from pipfreeze_lock.model.lock_review import LockReview
    from pipfreeze_lock.report.changes import Changes
    from pipfreeze_lock.workflows.lock_review import PinnedReleases

__all__ = ["FORMATS", "Difference", "check_diff_options", "difference_of", "show_differences", "shows_difference"]

FORMATS = ("unified", "text", "markdown", "json")
_REVIEWED = ("markdown", "json")
"""Those that say what the index knows of the pins, too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A lock that was made, beside the one that is there."""

    shown: str
    """Its path, ``-`` for stdout."""
    existing: Existing
    data: bytes
    locked: LockedSet
    review: LockReview | None
    """Where the format has it."""


def shows_difference(options: LockOptions) -> bool:
    """Whether the difference is asked for in a format, and not only what ``--dry-run`` shows by itself."""
    return options.diff or options.diff_output is not None or (options.dry_run and options.diff_format is not None)


def check_diff_options(options: LockOptions, outputs: Sequence[Path]) -> None:
    """Refuse what cannot be meant.

    :param outputs: Where the locks are written; empty: to stdout.
    :raises UsageError: for a format that is not known or has nothing to be the format of, and for two things in one
        place.
    """
    if options.diff_format is not None and options.diff_format not in FORMATS:
        message = f"`--diff-format {options.diff_format}` is not known"
        raise UsageError(message, hints=[f"Write one of {', '.join(f'`{name}`' for name in FORMATS)}."])
    if options.diff_format is not None and not shows_difference(options):
        message = "`--diff-format` says how the difference is shown, and nothing shows it"
        hints = [
            "`--diff` shows it and writes no lock; `--diff-output FILE` puts it in a file and writes the lock, too."
        ]
        raise UsageError(message, hints=hints)
    if options.diff_output is None:
        return
    writes_lock = not (options.diff or options.dry_run)
    if options.diff_output == "-":
        if writes_lock and not outputs:
            message = "lock and difference would both go to stdout"
            raise UsageError(message, hints=["Give a file with `-o`, or one with `--diff-output`."])
        return
    taken = [*outputs, *(Path(one) for one in (*options.inputs, *options.constraints) if "://" not in one)]
    if Path(options.diff_output).resolve() in {one.resolve() for one in taken}:
        message = f"`--diff-output {options.diff_output}` would replace a lock or an input"
        raise UsageError(message, hints=["Give another file."])


def difference_of(
    locked: LockedSet,
    data: bytes,
    path: Path | None,
    existing: Existing,
    options: LockOptions,
    releases: PinnedReleases,
    *,
    exclude_newer: datetime | None,
) -> tuple[Difference, ...]:
    """Look up what its format says of a lock; none where no difference is asked for.

    :raises NetworkError: when an index could not be asked for a distribution that left the lock.
    """
    if not shows_difference(options):
        return ()
    review = None
    if options.diff_format in _REVIEWED:
        from pipfreeze_lock.workflows.lock_review import review as reviewed  # noqa: PLC0415  some formats need it

        review = reviewed(existing.pins, locked, releases, exclude_newer=exclude_newer)
    shown = str(path) if path is not None else "-"
    return (Difference(shown=shown, existing=existing, data=data, locked=locked, review=review),)


def show_differences(differences: Sequence[Difference], options: LockOptions, exclude_newer: datetime | None) -> None:
    """Write them in one piece; nothing where none was asked for.

    :raises InputError: when the file cannot be written.
    """
    if not shows_difference(options):
        return
    text = _rendered(differences, options, exclude_newer)
    if options.diff_output in (None, "-"):
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    from pipfreeze_lock.lockfile.atomic import write_atomically  # noqa: PLC0415  only with --diff-output

    write_atomically(Path(str(options.diff_output)), text.encode(), option="--diff-output")


def _rendered(differences: Sequence[Difference], options: LockOptions, exclude_newer: datetime | None) -> str:
    match options.diff_format:
        case "markdown" | "json":
            return _reviewed(differences, options, exclude_newer)
        case "text":
            from pipfreeze_lock.report.changes_text import as_text  # noqa: PLC0415  one format of several

            texts = [(f"{one.shown}: " if len(differences) > 1 else "", as_text(_changes(one))) for one in differences]
            return "".join(f"{head}{text}" for head, text in texts)
        case _:
            from pipfreeze_lock.report.changes_text import unified_diff  # noqa: PLC0415  likewise

            return "".join(unified_diff(one.existing.data or b"", one.data, path=one.shown) for one in differences)


def _reviewed(differences: Sequence[Difference], options: LockOptions, exclude_newer: datetime | None) -> str:
    from datetime import UTC, datetime  # noqa: PLC0415  likewise

    from pipfreeze_lock.report.changes_json import as_json  # noqa: PLC0415  likewise
    from pipfreeze_lock.report.changes_markdown import as_markdown  # noqa: PLC0415  likewise
    from pipfreeze_lock.report.lock_difference import Asked, LockDifference  # noqa: PLC0415  likewise

    found = [
        LockDifference(
            path=one.shown,
            target=one.locked.target,
            command=_command(one.locked.command, options),
            is_new=one.existing.data is None,
            changes=_changes(one),
            review=one.review,
        )
        for one in differences
        if one.review is not None
    ]
    write = as_json if options.diff_format == "json" else as_markdown
    return write(found, Asked(at=datetime.now(UTC), exclude_newer=exclude_newer))


def _changes(one: Difference) -> Changes:
    """Compare; a lock of another tool, or none, has no header to compare with."""
    from dataclasses import replace  # noqa: PLC0415  likewise

    from pipfreeze_lock.lockfile.requirements_txt import parse  # noqa: PLC0415  likewise
    from pipfreeze_lock.report.changes import changes  # noqa: PLC0415  likewise

    new = parse(one.data, path=one.shown)
    if one.existing.lock is not None:
        return changes(one.existing.lock, new)
    return replace(changes(replace(new, pins=one.existing.pins), new), header=())


def _command(recorded: str, options: LockOptions) -> str:
    """Give the command with what a lock does not record, since it shapes this one answer alone."""
    import shlex  # noqa: PLC0415  likewise

    moving = ["--upgrade"] if options.upgrade else []
    moving += [part for name in options.upgrade_packages for part in ("--upgrade-package", name)]
    start = "pipfreeze-lock lock"
    return f"{start}{''.join(f' {shlex.quote(part)}' for part in moving)}{recorded.removeprefix(start)}"
