"""The table of what is installed otherwise, and what of it deserves a look first, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.report.changes import KINDS
from pipfreeze_lock.report.dates import day
from pipfreeze_lock.report.markdown_text import code, linked, row
from pipfreeze_lock.report.sizes import readable_size, size_difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.model.lock import Pin, Via
    from pipfreeze_lock.model.lock_review import PinnedFile
    from pipfreeze_lock.report.changes import PinChange
    from pipfreeze_lock.report.lock_difference import LockDifference

__all__ = ["attention", "table"]

_COMPILED = "compiled in the image"
"""How a pin's note on it starts."""


def attention(difference: LockDifference) -> Iterator[str]:
    """Give a line for each thing that a reviewer should not find out later."""
    review = difference.review
    for change in difference.changes.pins:
        old = review.old.get(change.name)
        if change.old is not None and old is not None and old.state == "gone":
            pinned = code(f"{change.name} {change.old.version}")
            yield f"- **No longer offered:** {pinned}. No file there has the hash of the old pin: it installs no more."
    for name, file in review.new.items():
        if file.yanked is not None:
            yield f"- **Yanked:** {code(file.filename or name)}, with the reason {code(file.yanked)}"
    for change in difference.changes.pins:
        if change.new is not None and _is_compiled(change.new, review.new.get(change.name)):
            before = change.old is not None and _is_compiled(change.old, review.old.get(change.name))
            if not before:
                yield f"- **Compiled in the image:** {code(f'{change.name} {change.new.version}')}{_why(change.new)}"


def table(difference: LockDifference) -> list[str]:
    """Give the head and a row for each distribution that is installed otherwise, in the order of `KINDS`."""
    moved = {str(change.name): change for change in difference.changes.pins if change.kind not in ("via", "notes")}
    if not moved:
        return []
    ordered = sorted(moved.values(), key=lambda change: KINDS.index(change.kind))
    head = ["| distribution | | old | new | pip fetches | why |", "|---|---|---|---|---|---|"]
    return [*head, *(_row(change, difference, moved) for change in ordered)]


def _row(change: PinChange, difference: LockDifference, moved: dict[str, PinChange]) -> str:
    old, new = (files.get(change.name) for files in (difference.review.old, difference.review.new))
    return row(
        [
            code(change.name),
            change.kind,
            _version(change.old, old, page=None),
            _version(change.new, new, page=new.release_page if new is not None else None),
            _fetched(change, old if change.old is not None else None, new if change.new is not None else None),
            _reason(change, old, moved),
        ]
    )


def _version(pin: Pin | None, file: PinnedFile | None, *, page: str | None) -> str:
    if pin is None:
        return ""
    extras = f"[{','.join(pin.extras)}] " if pin.extras else ""
    text = linked(code(f"{extras}{pin.version} @ {pin.url}" if pin.url else f"{extras}{pin.version}"), page)
    date = day(file.uploaded) if file is not None else ""
    return f"{text}<br>{date}" if date else text


def _fetched(change: PinChange, old: PinnedFile | None, new: PinnedFile | None) -> str:
    """Say what pip fetches: ``1.2 MB → 1.3 MB (+98.3 kB)``."""
    sizes = [_size(file) for file in (old, new) if file is not None]
    text = " → ".join(sizes) if len(set(sizes)) > 1 else sizes[0] if sizes else ""
    if new is None:
        text = f"{text} less" if old is not None and old.size is not None else text
    elif old is not None and old.size is not None and new.size is not None and old.size != new.size:
        text = f"{text} ({size_difference(old.size, new.size)})"
    remarks = []
    if change.new is not None and _is_compiled(change.new, new):
        remarks.append(_COMPILED)
    elif change.new is not None and change.old is not None and _is_compiled(change.old, old):
        remarks.append("no longer compiled")
    if new is not None and new.yanked is not None:
        remarks.append("yanked")
    return "<br>".join([text, *remarks])


def _size(file: PinnedFile) -> str:
    if file.size is not None:
        return readable_size(file.size)
    return "no longer offered" if file.state == "gone" else "unknown size"


def _is_compiled(pin: Pin, file: PinnedFile | None) -> bool:
    """Whether a pin is; of one that is gone its own note tells."""
    return (file is not None and file.is_compiled) or any(note.startswith(_COMPILED) for note in pin.notes)


def _why(pin: Pin) -> str:
    reasons = [note.removeprefix(f"{_COMPILED}: ") for note in pin.notes if note.startswith(f"{_COMPILED}: ")]
    return f", since {code(reasons[0])}" if reasons else ""


def _reason(change: PinChange, old: PinnedFile | None, moved: dict[str, PinChange]) -> str:
    asking = ", ".join(_asking(via, moved) for via in change.causes)
    if change.new is None:
        return f"no longer asked for by {asking}" if asking else ""
    if change.old is None:
        return f"for {asking}" if asking else ""
    parts = [f"for {asking}"] if asking else []
    if change.freed_by:
        parts.append(f"no longer held by {', '.join(_asking(via, moved) for via in change.freed_by)}")
    if old is not None and old.yanked is not None:
        parts.append(f"the old one is yanked: {code(old.yanked)}")
    if change.kind == "upgraded" and not parts:
        parts.append("a newer release")
    if change.kind == "rehashed":
        parts.append("another file of the same release")
    if change.kind == "extras":
        parts.append(" → ".join(code(f"[{','.join(pin.extras)}]") for pin in (change.old, change.new)))
    return "; ".join(parts)


def _asking(via: Via, moved: dict[str, PinChange]) -> str:
    """Name who asks, and say what became of that one where it moved itself: then this is why."""
    parent = moved.get(via.parent)
    if via.kind != "distribution" or parent is None:
        return code(str(via))
    return f"{code(str(via))} ({parent.kind})"
