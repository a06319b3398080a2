"""``check`` from its options to its report; typer is not needed for it, so that the plain form can do without."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.check.rules import LOCK_RULES
from pipfreeze_lock.cli.found_locks import find_locks
from pipfreeze_lock.cli.rendering import paint, wants_colour
from pipfreeze_lock.cli.settings import read_settings, working_folder
from pipfreeze_lock.cli.unchanged import unchanged_since_lock
from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.report.formats import FORMATS, render_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipfreeze_lock.cli.checking import Checked
    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.cli.settings import Settings
    from pipfreeze_lock.model.finding import Examination

__all__ = ["CheckOptions", "run_check"]

Network = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckOptions:
    """The command line of ``check``; see ``pipfreeze-lock check --help``."""

    locks: tuple[str, ...] = ()
    strict: bool = False
    online: bool = False
    installed: bool = False
    format: str = "text"
    output: str | None = None
    network: Network = field(default_factory=dict)
    """How an index is reached, for ``--online``: fields of `LockOptions` that were given."""


def run_check(options: CheckOptions, talk: Talk) -> int:
    """Check every lock and write the report.

    :return: 0 when all agree, 1 when something is stale, 3 when a lock or an input cannot be read.
    :raises UsageError: for a format that is not known, and when there is no lock.
    """
    if options.format not in FORMATS:
        message = f"`--format {options.format}` is not known"
        raise UsageError(message, hints=[f"Write one of {', '.join(f'`{name}`' for name in FORMATS)}."])
    settings = read_settings(working_folder())
    locks = find_locks(options.locks, settings)
    checked = [_examined(path, settings, options, talk) for path in locks]
    examinations = [examination for examination, _ in checked]
    _write(examinations, options, talk)
    return max(max(code, int(not examination.agrees)) for examination, code in checked)


def _examined(path: Path, settings: Settings, options: CheckOptions, talk: Talk) -> tuple[Examination, int]:
    """Look at one lock: its digest and hashes first, and all of it only where those differ, or more is asked for."""
    if not options.online and not options.installed:
        unchanged = unchanged_since_lock(path, settings)
        if unchanged is not None:
            return unchanged, 0
    checked = _checked(path, settings, options, talk)
    if not settings.flag("strict", options.strict):
        return checked.examination, checked.exit_code
    from pipfreeze_lock.workflows.check import with_strictness  # noqa: PLC0415  imported by now

    return with_strictness(checked.examination), checked.exit_code


def _checked(path: Path, settings: Settings, options: CheckOptions, talk: Talk) -> Checked:
    from pipfreeze_lock.cli.checking import check_lock  # noqa: PLC0415  a lock that was not changed needs none of it

    checked = check_lock(path, settings)
    if options.online and checked.basis is not None:
        from pipfreeze_lock.cli.checking_online import looked_up  # noqa: PLC0415  brings the network

        checked = looked_up(checked, checked.basis, options.network, talk)
    if options.installed and checked.basis is not None:
        from pipfreeze_lock.cli.checking_installed import compared  # noqa: PLC0415  starts an interpreter

        checked = compared(checked, checked.basis)
    return checked


def _write(examinations: Sequence[Examination], options: CheckOptions, talk: Talk) -> None:
    """Write the report: to stdout, or to a file, with the text for people beside it on stderr."""
    to_file = options.output not in (None, "-")
    if options.format == "text" and not to_file:
        if talk.level >= 0 or any(one.findings or one.unchecked for one in examinations):
            sys.stdout.write(_rendered(examinations, "text", talk, colour=wants_colour(sys.stdout)))
            sys.stdout.flush()
        return
    report = _rendered(examinations, options.format, talk, colour=False)
    if not to_file:
        sys.stdout.write(report)
        sys.stdout.flush()
        return
    from pipfreeze_lock.lockfile.atomic import write_atomically  # noqa: PLC0415  only with `-o`

    write_atomically(Path(str(options.output)), report.encode())
    talk.say(_rendered(examinations, "text", talk, colour=wants_colour(sys.stderr)).rstrip("\n"))


def _rendered(examinations: Sequence[Examination], name: str, talk: Talk, *, colour: bool) -> str:
    return render_findings(
        name,
        examinations,
        root=_repository_root(),
        folder=working_folder(),
        rules=LOCK_RULES,
        verbose=talk.level >= 1,
        paint=lambda words, style: paint(words, style, colour=colour),
    )


def _repository_root() -> Path:
    """Give the folder that reports name files from: the nearest one above that is a repository, else where we are."""
    here = working_folder()
    return next((folder for folder in (here, *here.parents) if os.path.lexists(folder / ".git")), here)
