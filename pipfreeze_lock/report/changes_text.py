"""What moved between two locks as lines of text, and as a diff of the files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipfreeze_lock.report.changes import KINDS, holders

if TYPE_CHECKING:
    from pipfreeze_lock.model.lock import Pin, Via
    from pipfreeze_lock.report.changes import Changes, HeaderChange, PinChange, PinChangeKind

__all__ = ["ChangeLine", "as_lines", "as_text", "pin_text", "summary", "unified_diff"]

_WORDS: dict[PinChangeKind, str] = {"extras": "with other extras", "via": "asked for otherwise", "notes": "noted"}
"""Where the kind's own name does not read well."""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A line for a terminal or a pipe; who shows it may colour it by its kind, which the words say too."""

    kind: Literal["summary", "header"] | PinChangeKind
    text: str


def as_text(found: Changes) -> str:
    """Give all lines, each with its line end; ASCII but for what names and paths hold."""
    return "".join(f"{line.text}\n" for line in as_lines(found))


def as_lines(found: Changes) -> tuple[ChangeLine, ...]:
    """Give a summary, then the header's changes, then the pins', what would be installed first."""
    lines = [ChangeLine("summary", summary(found))]
    lines += [ChangeLine("header", f"  {_header_text(change)}") for change in found.header]
    words = {change.kind for change in found.pins}
    width = max((len(kind) for kind in words), default=0)
    for kind in KINDS:
        lines += [
            ChangeLine(kind, f"  {kind:{width}} {pin_text(change)}") for change in found.pins if change.kind == kind
        ]
    return tuple(lines)


def summary(found: Changes) -> str:
    """Count: ``2 upgraded, 1 added``; ``nothing changed``."""
    counts = [f"{count} {_WORDS.get(kind, kind)}" for kind, count in found.counts.items()]
    if found.header and not counts:
        counts = ["only the header changed"]
    return ", ".join(counts) or "nothing changed"


def pin_text(change: PinChange) -> str:
    """Say what became of one distribution, and why as far as it is known: one line without its kind."""
    old, new = change.old, change.new
    if old is None or new is None:
        known, word = (new, "for") if old is None else (old, "was for")
        pinned = f"{change.name} {_shown(known)}" if known else change.name
        return f"{pinned} ({word} {_names(change.causes)})" if change.causes else pinned
    if change.kind == "extras":
        return f"{change.name} {_shown(new)}: [{','.join(old.extras)}] -> [{','.join(new.extras)}]"
    if change.kind == "via":
        gone = [f"-{via}" for via in old.via if via not in set(new.via)]
        come = [f"+{via}" for via in new.via if via not in set(old.via)]
        return f"{change.name} {_shown(new)}: {', '.join(gone + come)}"
    if change.kind in ("rehashed", "notes"):
        return f"{change.name} {_shown(new)}"
    parts = [f"{change.name} {_shown(old)} -> {_shown(new)}"]
    if change.causes:
        parts.append(f"since {_names(change.causes)} asks for it")
    if change.freed_by:
        parts.append(f"no longer held by {_names(change.freed_by)}")
    if held := tuple(via for via in holders(new) if via not in change.causes):
        parts.append(f"held by {_names(held)}")
    return ", ".join(parts)


def unified_diff(old: bytes, new: bytes, *, path: str) -> str:
    """Give what ``diff -u`` says of two versions of a file; empty when they are equal, `old` empty when it is new."""
    import difflib  # noqa: PLC0415  only with --diff

    if old == new:
        return ""
    before = f"a/{path}" if old else "/dev/null"
    lines = difflib.unified_diff(_file_lines(old), _file_lines(new), fromfile=before, tofile=f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _file_lines(data: bytes) -> list[str]:
    """Split at LF alone, as diff does; `str.splitlines` knows seven more line ends."""
    lines = data.decode(errors="replace").split("\n")
    ended = [f"{line}\n" for line in lines[:-1]]
    return [*ended, lines[-1]] if lines[-1] else ended


def _header_text(change: HeaderChange) -> str:
    if change.old is None:
        return f"{change.key}: + {change.new}"
    if change.new is None:
        return f"{change.key}: - {change.old}"
    return f"{change.key}: {change.old} -> {change.new}"


def _shown(pin: Pin) -> str:
    return f"{pin.version} @ {pin.url}" if pin.url else pin.version


def _names(via: tuple[Via, ...]) -> str:
    return ", ".join(str(one) for one in via)
