"""What ``lock -v`` says of each project of its answer: the file that was chosen, and why no other was."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from pipfreeze_lock.cli.reasons import width_of
from pipfreeze_lock.report.selection_text import as_lines
from pipfreeze_lock.workflows.why_files import selections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.cli.rendering import Style, Talk
    from pipfreeze_lock.model.lock import LockedSet
    from pipfreeze_lock.workflows.why_files import Selections

__all__ = ["with_selections"]


def with_selections(locked: LockedSet, releases: Selections, talk: Talk) -> LockedSet:
    """Add to the details of a lock what became of the files of each project; each of them by name from ``-vv`` on.

    :param releases: What the resolution has seen, so that nothing is fetched for it.
    """
    return replace(locked, details=(*locked.details, *_texts(locked, releases, talk)))


def _texts(locked: LockedSet, releases: Selections, talk: Talk) -> Iterator[str]:
    def painted(text: str, style: Style) -> str:
        return talk.paint(text, style)

    width = width_of(sys.stderr)
    names = [pin.name for pin in locked.pins if pin.url is None]
    for selection in selections(locked, names, releases, fetch=False):
        lines = as_lines(selection, each_file=talk.level > 1, names_target=False, width=width, paint=painted)
        yield "\n".join(lines)  # in one piece: there may be some ten thousand
