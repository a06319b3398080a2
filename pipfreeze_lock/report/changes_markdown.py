"""What moved between locks as Markdown, for the body of a pull request: GitHub's and GitLab's.

It links to nothing but pages of pip's own default index, and names no other place: whoever reads the body may not know
where else files come from.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock import __version__
from pipfreeze_lock.report.changes_markdown_table import attention, table
from pipfreeze_lock.report.changes_text import summary
from pipfreeze_lock.report.dates import day
from pipfreeze_lock.report.markdown_text import code, folded
from pipfreeze_lock.report.sentences import counted
from pipfreeze_lock.report.sizes import readable_size, size_difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipfreeze_lock.model.lock import Via
    from pipfreeze_lock.model.lock_review import HeldBack, TotalSize
    from pipfreeze_lock.report.changes import Changes, PinChange
    from pipfreeze_lock.report.lock_difference import Asked, LockDifference

__all__ = ["LIMIT", "as_markdown"]

LIMIT = 65_536
"""Characters that GitHub takes as a body; counted here as UTF-16 does, which is never less."""
_MORE = "`--diff-format json` lists them all."


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that belong together, of which those after the head may be left out."""

    lines: list[str]
    head: int = 0
    """How many lines stay while any is shown."""
    title: str | None = None
    """Of a heading above; or, of what is folded away, its summary."""
    is_folded: bool = False

    def cut(self, rows: int | None) -> list[str]:
        """Give so many lines after the head, with a sentence on the others; and an empty one after all."""
        if not self.lines:
            return []
        left = len(self.lines) - self.head - rows if rows is not None else 0
        kept = self.lines
        if left > 0:
            kept = [*self.lines[: len(self.lines) - left], ""] if rows else []
            kept = [*kept, f"{left} more, for which there is no room here: {_MORE}"]
        if self.title is None:
            return [*kept, ""]
        return folded(self.title, kept) if self.is_folded else [f"#### {self.title}", "", *kept, ""]


def as_markdown(differences: Sequence[LockDifference], asked: Asked) -> str:
    """Give a section for each pair of locks, and how they were made; where that is too long, as many rows as fit."""
    blocks = [block for one in differences for block in _blocks(one)]
    made = "\n".join(_made(differences, asked))

    def body(rows: int | None) -> str:
        return "\n".join([*(line for block in blocks for line in block.cut(rows)), made])

    whole = body(None)
    if _length(whole) <= LIMIT:
        return whole
    counts = range(max(len(block.lines) for block in blocks))
    fitting = bisect_right(counts, LIMIT, key=lambda count: _length(body(count)))
    for count in reversed(counts[:fitting]):  # the first one, mostly: a row more may be shorter than the sentence on it
        cut = body(count)
        if _length(cut) <= LIMIT:
            return cut
    return _without_rows(differences, asked)


def _without_rows(differences: Sequence[LockDifference], asked: Asked) -> str:
    """Give the headings alone, as many as fit: for hundreds of locks."""
    headings = [f"{_heading(one)}\n" for one in differences]
    rest = f"{counted(len(headings), 'lock')}; what moved does not fit here: {_MORE}\n"
    end = "\n".join(["", rest, *_made(differences[:1], asked)])
    places = range(1, len(headings) + 1)
    fitting = bisect_right(places, LIMIT, key=lambda count: _length("\n".join(headings[:count]) + end))
    return "\n".join(headings[:fitting]) + end


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _blocks(difference: LockDifference) -> list[_Block]:
    changes, held = difference.changes, difference.review.held
    start = [_heading(difference), "", _totals(difference)]
    by_image = [one for one in held if one.is_image]
    rest = [change for change in changes.pins if change.kind in ("via", "notes")]
    return [
        _Block(start, head=len(start)),
        _Block(list(attention(difference))),
        _Block(list(_header(changes))),
        _Block(table(difference), head=2),
        _Block([_held(one) for one in held if not one.is_image], title="Newer releases held back"),
        _Block(
            _by_reason(by_image),
            title=f"{counted(len(by_image), 'newer release')} without a file for this image",
            is_folded=True,
        ),
        _Block(
            [f"- {code(one.name)}: {_otherwise(one)}" for one in rest],
            title=f"{counted(len(rest), 'distribution')} asked for otherwise, and installed as before",
            is_folded=True,
        ),
    ]


def _heading(difference: LockDifference) -> str:
    return f"### {code(difference.path)}: {summary(difference.changes)}"


def _totals(difference: LockDifference) -> str:
    old, new = difference.old_size, difference.new_size
    start = f"For {code(difference.target)}. pip fetches {_total(new)}"
    if old is None:
        return f"{start}; there was no lock before."
    by = f" ({size_difference(old.size, new.size)})" if not old.unknown and not new.unknown else ""
    return f"{start}; by the old lock {_total(old)}{by}."


def _total(total: TotalSize) -> str:
    files = counted(total.files, "file")
    if not total.unknown:
        return f"{files}, {readable_size(total.size)}"
    return f"{files}, {readable_size(total.size)} but for {total.unknown} of unknown size"


def _header(changes: Changes) -> Iterator[str]:
    for change in changes.header:
        old, new = (code(side) if side is not None else None for side in (change.old, change.new))
        if old and new:
            yield f"- {code(change.key)}: {old} → {new}"
        else:
            yield f"- {code(change.key)}: {'added' if new else 'removed'} {new or old}"


def _held(one: HeldBack) -> str:
    newer = code(f"{one.name} {one.newer}")
    date = f" ({found})" if (found := day(one.uploaded)) else ""
    by = ", ".join(code(_who(via)) for via in one.by)
    why = f"by {by}" if by else f"since {', '.join(code(reason.replace('`', '')) for reason in one.reasons)}"
    return f"- {newer}{date} is held at {code(one.version)} {why}"


def _by_reason(held: Sequence[HeldBack]) -> list[str]:
    """Put together what one reason keeps away."""
    by_reason: dict[str, list[str]] = {}
    for one in held:
        reason = ", ".join(clause.removeprefix("it ") for clause in one.reasons).replace("`", "")
        by_reason.setdefault(reason, []).append(code(f"{one.name} {one.newer}"))
    return [f"- {code(reason)}: {', '.join(names)}" for reason, names in sorted(by_reason.items())]


def _who(via: Via) -> str:
    """Name a file without the option that reads it."""
    return str(via) if via.kind == "distribution" else str(via).removeprefix(f"{via.kind} ")


def _otherwise(change: PinChange) -> str:
    if change.old is None or change.new is None or change.kind != "via":
        return "other notes"
    gone = [via for via in change.old.via if via not in change.new.via]
    come = [via for via in change.new.via if via not in change.old.via]
    parts = [
        f"{word} {', '.join(code(str(via)) for via in vias)}"
        for word, vias in (("no more", gone), ("now", come))
        if vias
    ]
    return "; ".join(parts)


def _made(differences: Sequence[LockDifference], asked: Asked) -> list[str]:
    if asked.exclude_newer is not None:
        instant = f"{asked.exclude_newer:%Y-%m-%dT%H:%M:%SZ}"
        when = f"with files uploaded before {instant}; what was yanked or deleted since counts as it is today"
    else:
        when = f"from the index as it was on {asked.at:%Y-%m-%d} at {asked.at:%H:%M} UTC"
    commands = dict.fromkeys(one.command for one in differences)
    lines = [f"By pipfreeze-lock {__version__}, {when}:", "", *(f"- {code(command)}" for command in commands)]
    return folded("How this was made", lines)
