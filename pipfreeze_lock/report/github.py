"""Findings as workflow commands, which GitHub Actions turns into annotations on the lines of a pull request.

Sources: ``toCommandValue`` and ``escapeProperty`` of actions/toolkit, ``ActionCommand.TryParseV2`` of actions/runner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.report.characters import visible, visible_line
from pipfreeze_lock.report.places import lock_place, placed
from pipfreeze_lock.report.sentences import SEVERITIES, body, outcome, tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipfreeze_lock.model.finding import Examination
    from pipfreeze_lock.report.interface import Presentation, RelativePath
    from pipfreeze_lock.report.places import Placed

__all__ = ["render"]

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(examinations: Sequence[Examination], presentation: Presentation) -> str:
    """Give a command for each finding, the gravest first (ten of a kind become annotations), then a line a lock."""
    found = sorted(placed(examinations, presentation.relative), key=lambda one: SEVERITIES.index(one.finding.severity))
    lines = [_command(one) for one in found]
    for examination in examinations:
        lines += _unchecked(examination, presentation.relative)
    lines += [_summary(examination) for examination in examinations]
    return "".join(f"{line}\n" for line in lines)


def _command(one: Placed) -> str:
    finding, place = one.finding, one.place
    properties = {"file": place.path if place.is_inside else "", "line": str(place.line or "")}
    message = "\n".join(body(finding, elsewhere=place.elsewhere))
    title = f"{finding.rule.title} ({finding.rule.id})"
    return workflow_command(_COMMANDS[finding.severity], {**properties, "title": title}, message)


def _unchecked(examination: Examination, relative: RelativePath) -> Iterator[str]:
    place = lock_place(examination, relative)
    for sentence in examination.unchecked:
        properties = {"file": place.path if place.is_inside else "", "title": "Not checked"}
        yield workflow_command("warning", properties, sentence)


def workflow_command(name: str, properties: dict[str, str], message: str) -> str:
    """Give one line: ``::error file=a.txt,line=3::message``; properties without a value are left out."""
    said = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{name}{' ' if said else ''}{said}::{_data(message)}"


def _data(text: str) -> str:
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _summary(examination: Examination) -> str:
    """Give a line that is no command, whatever the lock is called: the runner looks for ``##[`` within lines too."""
    said = f"{examination.lock} {outcome(examination)}: {tally(examination)}"
    return f"pipfreeze-lock: {visible_line(said).replace('##[', '## [')}"
