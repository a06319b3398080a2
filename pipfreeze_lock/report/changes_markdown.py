"""What moved between two locks as Markdown, for the body of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.report.changes import holders, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.model.lock import Pin, Via
    from pipfreeze_lock.report.changes import Changes, PinChange

__all__ = ["as_markdown"]

_TABLED = ("upgraded", "downgraded", "replaced", "added", "removed", "rehashed", "extras")


def as_markdown(found: Changes, *, path: str) -> str:
    """Give a heading, the changes of the header, a table of what would be installed otherwise; the rest folded away.

    :param path: Of the lock, for the heading.
    """
    lines = [f"### {_code(path)}: {summary(found)}", ""]
    lines += _header(found)
    tabled = [change for change in found.pins if change.kind in _TABLED]
    if tabled:
        lines += ["| distribution | old | new | | why | held by |", "|---|---|---|---|---|---|"]
        lines += [_row(change) for change in sorted(tabled, key=lambda change: _TABLED.index(change.kind))]
        lines.append("")
    rest = [change for change in found.pins if change.kind not in _TABLED]
    if rest:
        lines += ["<details><summary>Asked for otherwise, installed as before</summary>", ""]
        lines += [f"- {_code(change.name)}: {text}" for change in rest if (text := _reasons(change))]
        lines += ["", "</details>", ""]
    return "\n".join(lines)


def _header(found: Changes) -> Iterator[str]:
    for change in found.header:
        old, new = (_code(side) if side is not None else None for side in (change.old, change.new))
        if old and new:
            yield f"- {change.key}: {old} → {new}"
        else:
            yield f"- {change.key}: {'added' if new else 'removed'} {new or old}"
    if found.header:
        yield ""


def _row(change: PinChange) -> str:
    cells = [
        _code(change.name),
        _version(change.old),
        _version(change.new),
        change.kind,
        _list(change.causes),
        _list(holders(change.new)) if change.new else "",
    ]
    # A pipe ends a cell even within a code span.
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _version(pin: Pin | None) -> str:
    if pin is None:
        return ""
    extras = f"[{','.join(pin.extras)}] " if pin.extras else ""
    return _code(f"{extras}{pin.version} @ {pin.url}" if pin.url else f"{extras}{pin.version}")


def _reasons(change: PinChange) -> str:
    if change.old is None or change.new is None or change.kind != "via":
        return "other notes"
    gone = tuple(via for via in change.old.via if via not in change.new.via)
    come = tuple(via for via in change.new.via if via not in change.old.via)
    parts = [f"{word} {_list(via)}" for word, via in (("no more", gone), ("now", come)) if via]
    return "; ".join(parts)


def _list(via: tuple[Via, ...]) -> str:
    return ", ".join(_code(str(one)) for one in via)


def _code(text: str) -> str:
    """Make a code span, in which nothing is markup; one that holds back-ticks is fenced with more of them."""
    text = " ".join(text.split())
    fence = "`"
    while fence in text:
        fence += "`"
    return f"{fence} {text} {fence}" if "`" in text else f"`{text}`"
