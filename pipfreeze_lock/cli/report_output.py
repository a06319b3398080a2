"""Where a report of findings goes: stdout, or a file with the text for people on stderr."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.cli.rendering import paint, wants_colour
from pipfreeze_lock.cli.settings import working_folder
from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.report.formats import FORMATS, render_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.model.finding import Examination, Rule

__all__ = ["ReportOutput"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportOutput:
    """``--format`` and ``-o``."""

    format: str
    path: str | None
    rules: tuple[Rule, ...]
    """All that are looked for."""

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            message = f"`--format {self.format}` is not known"
            raise UsageError(message, hints=[f"Write one of {', '.join(f'`{name}`' for name in FORMATS)}."])

    def write(self, examinations: Sequence[Examination], talk: Talk) -> None:
        """Write it."""
        to_file = self.path not in (None, "-")
        if self.format == "text" and not to_file:
            if talk.level >= 0 or any(one.findings or one.unchecked for one in examinations):
                sys.stdout.write(self._rendered(examinations, "text", talk, colour=wants_colour(sys.stdout)))
                sys.stdout.flush()
            return
        report = self._rendered(examinations, self.format, talk, colour=False)
        if not to_file:
            sys.stdout.write(report)
            sys.stdout.flush()
            return
        from pipfreeze_lock.lockfile.atomic import write_atomically  # noqa: PLC0415  only with `-o`

        write_atomically(Path(str(self.path)), report.encode())
        talk.say(self._rendered(examinations, "text", talk, colour=wants_colour(sys.stderr)).rstrip("\n"))

    def _rendered(self, examinations: Sequence[Examination], name: str, talk: Talk, *, colour: bool) -> str:
        folder = working_folder()
        return render_findings(
            name,
            examinations,
            root=next((one for one in (folder, *folder.parents) if os.path.lexists(one / ".git")), folder),
            folder=folder,
            rules=self.rules,
            verbose=talk.level >= 1,
            paint=lambda words, style: paint(words, style, colour=colour),
        )
