"""Why a distribution is in a lock, as a tree of text and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipfreeze_lock.model.reason import Asker, Reason

__all__ = ["ASCII", "UNICODE", "Guides", "as_json", "as_text"]

Style = Literal["bold", "dim"]


@dataclass(frozen=True, slots=True)
class Guides:
    """The lines of a tree: before an entry, before the last one, and before what stands below either."""

    entry: str
    last: str
    below: str
    below_last: str

    @property
    def needed(self) -> str:
        """All characters of it: to see whether a stream can show them."""
        return self.entry + self.last + self.below


UNICODE = Guides("├── ", "└── ", "│   ", "    ")
ASCII = Guides("|-- ", "`-- ", "|   ", "    ")

_ABOVE = "(*)"


def as_text(
    reason: Reason,
    *,
    guides: Guides = UNICODE,
    width: int | None = None,
    paint: Callable[[str, Style], str] = lambda text, _: text,
) -> str:
    """Give the tree: the distribution, below it who asks for it, below them who asks for those.

    :param width: Columns; longer lines are continued under their own beginning. None: they are left whole.
    :param paint: Colours a part; the meaning never depends on it.
    """
    lines = [paint(_title(reason), "bold") + _state(reason)]
    lines += [paint(f"  {note}", "dim") for note in reason.notes]
    lines += _tree(reason.askers, "", guides, width, paint)
    if any(map(_has_repetition, reason.askers)):
        lines.append(paint(f"{_ABOVE} who asks for it is shown above", "dim"))
    return "".join(f"{line}\n" for line in lines)


def as_json(reason: Reason) -> dict[str, Any]:
    """Give all of it as plain values; empty ones are left out of who asks."""
    return {
        "name": reason.name,
        "version": reason.version,
        "extras": list(reason.extras),
        "url": reason.url,
        "state": reason.state,
        "notes": list(reason.notes),
        "roots": [_asker_as_json(asker) for asker in reason.roots],
        "asked_for_by": [_asker_as_json(asker) for asker in reason.askers],
    }


def _title(reason: Reason) -> str:
    name = f"{reason.name}[{','.join(reason.extras)}]" if reason.extras else reason.name
    if reason.url:
        return f"{name} @ {reason.url}"
    return f"{name}=={reason.version}" if reason.version else name


def _state(reason: Reason) -> str:
    match reason.state:
        case "satisfied":
            return " is in the base image, and satisfies who asks for it: no pin"
        case "base":
            return " is in the base image; nothing in the lock asks for it"
        case "root":
            return " was in the image that was frozen; nothing that was read asks for it"
        case "unpinned":
            return " was in the image that was frozen, and is no pin"
        case "pinned":
            return "" if reason.askers else " has nobody who asks for it"


def _tree(
    askers: tuple[Asker, ...], before: str, guides: Guides, width: int | None, paint: Callable[[str, Style], str]
) -> Iterator[str]:
    for place, asker in enumerate(askers, start=1):
        is_last = place == len(askers)
        below = before + (guides.below_last if is_last else guides.below)
        first = before + (guides.last if is_last else guides.entry)
        rest = below + (guides.below if asker.askers else guides.below_last)
        text = f"{_sentence(asker)} {_ABOVE}" if asker.shown_above else _sentence(asker)
        room = max(width - len(rest), 24) if width is not None else None
        for number, line in enumerate(_broken(text, room)):
            lead = first if number == 0 else rest
            yield paint(lead, "dim") + (
                line.replace(asker.parent, paint(asker.parent, "bold"), 1) if not number else line
            )
        yield from _tree(asker.askers, below, guides, width, paint)


def _sentence(asker: Asker) -> str:
    match asker.via.kind:
        case "-r":
            return f"{asker.parent} asks for {asker.requirement}"
        case "-c":
            return f"{asker.parent} constrains it: {asker.requirement}"
        case "distribution":
            return f"{asker.parent} needs {asker.requirement}"


def _broken(text: str, room: int | None) -> list[str]:
    if room is None or len(text) <= room:
        return [text]
    import textwrap  # noqa: PLC0415  only where a line is too long for the terminal

    return textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False)


def _has_repetition(asker: Asker) -> bool:
    return asker.shown_above or any(map(_has_repetition, asker.askers))


def _asker_as_json(asker: Asker) -> dict[str, Any]:
    via = asker.via
    document: dict[str, Any] = {
        "kind": {"-r": "requirement", "-c": "constraint", "distribution": "distribution"}[via.kind],
        "parent": via.parent,
        "version": asker.version,
        "extra": via.extra,
        "requirement": asker.requirement,
        "constraint": via.constraint,
        "extras": list(via.extras),
        "marker": via.marker,
        "asked_for_by": [_asker_as_json(one) for one in asker.askers],
        "shown_above": asker.shown_above,
    }
    always = ("kind", "parent", "requirement")
    return {key: value for key, value in document.items() if value or key in always}
