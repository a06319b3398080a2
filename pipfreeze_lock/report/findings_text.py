"""Findings for people: by file, then by severity; one line a lock that says how it went; what mends it, once, last."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pipfreeze_lock.model.finding import Location
from pipfreeze_lock.report.characters import visible, visible_line
from pipfreeze_lock.report.sentences import SEVERITIES, outcome, tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipfreeze_lock.model.finding import Examination, Finding
    from pipfreeze_lock.report.interface import Paint, Presentation

__all__ = ["render"]


def render(examinations: Sequence[Examination], presentation: Presentation) -> str:
    """Give it for a terminal or a pipe; lines are as long as what they say, for the terminal to break."""
    paint = presentation.paint
    blocks = [block for examination in examinations for block in _blocks(examination, presentation)]
    # Locks with nothing to tell stand in consecutive lines; an empty line parts what takes several.
    lines = blocks[0] if blocks else []
    for before, block in pairwise(blocks):
        lines += block if len(before) == len(block) == 1 else ["", *block]
    return "".join(f"{line}\n" for line in [*lines, *_hints(examinations, paint)])


def _blocks(examination: Examination, presentation: Presentation) -> Iterator[list[str]]:
    """Give what stands together: the findings of each file, what was not looked at, and how it went."""
    yield from _groups(examination, presentation)
    if examination.unchecked:
        yield list(_unchecked(examination, presentation.paint))
    yield [_summary(examination, presentation.paint)]


def _groups(examination: Examination, presentation: Presentation) -> Iterator[list[str]]:
    """Give the findings of each file, or of each layer of an image, those with the gravest first."""
    groups: dict[str, list[Finding]] = {}
    for finding in examination.findings:
        groups.setdefault(_group(finding, examination), []).append(finding)
    for name, found in sorted(
        groups.items(), key=lambda group: (min(map(_rank, group[1])), _number(group[1]), group[0])
    ):
        ordered = sorted(found, key=lambda finding: (_rank(finding), _line(finding)))
        lines = [line for finding in ordered for line in _finding(finding, examination, presentation, heading=name)]
        yield [presentation.paint(visible_line(name), "bold"), *lines] if _number(found) else lines


def _group(finding: Finding, examination: Examination) -> str:
    """Name what a finding stands under: the layer that brought it, with what made that, else the file."""
    details = dict(finding.details)
    if "layer" in details:
        return f"layer {details['layer']}" + (f": {details['instruction']}" if "instruction" in details else "")
    return finding.location.path if finding.location else examination.lock


def _number(found: Sequence[Finding]) -> int:
    """Give the number of their layer; 0 where they are of none."""
    text = dict(found[0].details).get("layer", "")
    return int(text) if text.isdecimal() else 0


def _rank(finding: Finding) -> int:
    return SEVERITIES.index(finding.severity)


def _line(finding: Finding) -> int:
    return finding.location.line if finding.location else 0


def _finding(finding: Finding, examination: Examination, presentation: Presentation, *, heading: str) -> Iterator[str]:
    """Give the lines of one; of a place that is said by the heading above it, that is not said again."""
    paint = presentation.paint
    first, *rest = visible(finding.message).split("\n")
    yield f"{paint(f'{finding.severity}[{finding.rule.id}]', finding.severity)}: {paint(first, 'bold')}"
    yield from (f"  {line}".rstrip() for line in rest)
    arrow = paint("-->", "dim")
    place = finding.location or Location(examination.lock)
    places = {str(place): ""} | {str(one.location): one.message for one in finding.related}
    for where, message in places.items():
        told = f" ({visible_line(message)})" if message and message != heading else ""
        yield f"  {arrow} {visible_line(where)}{told}"
    if presentation.verbose:
        mark = paint("=", "dim")
        yield from (f"   {mark} {visible_line(key)}: {visible_line(value)}" for key, value in finding.details)
        yield f"   {mark} {finding.rule.title}. {finding.rule.help}"


def _unchecked(examination: Examination, paint: Paint) -> Iterator[str]:
    for sentence in examination.unchecked:
        yield f"{paint('not checked', 'warning')}: {visible_line(sentence)}"


def _summary(examination: Examination, paint: Paint) -> str:
    word, _, rest = outcome(examination).partition(" ")
    lock = paint(visible_line(examination.lock), "bold")
    return (
        f"{lock} {paint(word, 'green' if examination.agrees else 'error')} {visible_line(rest)}: {tally(examination)}"
    )


def _hints(examinations: Sequence[Examination], paint: Paint) -> Iterator[str]:
    """Give each remedy once, alone in its line, so that it can be copied; with several, which rules each is for."""
    rules: dict[str, list[str]] = {}
    needed: set[str] = set()
    for finding in (finding for examination in examinations for finding in examination.findings):
        if finding.remedy:
            told = rules.setdefault(finding.remedy, [])
            if finding.rule.id not in told:
                told.append(finding.rule.id)
            if finding.severity != "note":
                needed.add(finding.remedy)
    for remedy, of in rules.items():
        what = f" {', '.join(of)}" if len(rules) > 1 else ""
        words = f"mend{what} with" if remedy in needed else f"nothing has to be done; renew{what} with"
        yield f"{paint('hint', 'hint')}: {words}"
        yield from (f"    {line}" for line in visible(remedy).split("\n"))
