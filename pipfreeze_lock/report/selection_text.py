"""A selection as text, compact or file by file, and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipfreeze_lock.model.selection import FileVerdict, ReleaseStatus, ReleaseVerdict, Selection

__all__ = ["as_json", "as_lines"]

Style = Literal["bold", "dim", "green"]

_KINDS = {"wheel": ("wheel", "wheels"), "sdist": ("sdist", "sdists"), "other": ("other file", "other files")}


def as_lines(
    selection: Selection,
    *,
    each_file: bool = False,
    names_target: bool = True,
    width: int | None = None,
    paint: Callable[[str, Style], str] = lambda text, _: text,
) -> Iterator[str]:
    """Give the lines: a head, then a line for each release or run of releases alike, with the files of the chosen one.

    :param each_file: List every file of every release instead.
    :param names_target: Say in the head for whom it is.
    :param width: Columns; longer lines are continued under their own beginning. None: they are left whole.
    :param paint: Colours a part; the meaning never depends on it.
    """
    head = f"{_head(selection)}, for {selection.target}" if names_target else _head(selection)
    for line in _broken(head, "    ", width):
        yield paint(line, "bold")
    for note in selection.notes:
        yield f"  {note}"
    rows = list(_each(selection) if each_file else _compact(selection))
    column = min(max((len(row.label) for row in rows), default=0), 40)
    for row in rows:
        text = f"  {row.label:{column}}  {row.verdict}"
        for number, line in enumerate(_broken(text, " " * (column + 4), width)):
            yield paint(line, "green") if row.is_chosen and not number else line
        if row.release is not None:
            yield from _files(row.release, each_file=each_file, width=width, paint=paint)


def as_json(selection: Selection) -> dict[str, Any]:
    """Give all of it as plain values."""
    return {
        "name": selection.name,
        "target": selection.target,
        "places": list(selection.places),
        "chosen": {
            "version": selection.chosen_version,
            "file": selection.chosen_file,
            "base": selection.is_base,
            "direct": selection.is_direct,
        },
        "notes": list(selection.notes),
        "releases": [
            {
                "version": release.version or None,
                "status": release.status,
                "reasons": list(release.reasons),
                "files": [_file_as_json(file) for file in release.files],
            }
            for release in selection.releases
        ],
    }


def _file_as_json(file: FileVerdict) -> dict[str, Any]:
    values = {field.name: getattr(file, field.name) for field in fields(file)}
    hashes = dict(one.split(":", 1) for one in file.hashes)
    always = ("filename", "url", "kind", "accepted", "chosen")
    kept = {key: value for key, value in values.items() if key in always or value not in (None, ())}
    return kept | ({"hashes": hashes} if hashes else {})


def _head(selection: Selection) -> str:
    name = f"{selection.name} {selection.chosen_version}" if selection.chosen_version else selection.name
    if selection.is_direct:
        return name
    releases = sum(1 for release in selection.releases if release.version)
    where = f" at {', '.join(selection.places)}" if selection.places else ""
    counted = f"{_count(selection.file_count, ('file', 'files'))} of {_count(releases, ('release', 'releases'))}{where}"
    return f"{name}: {counted}"


@dataclass(frozen=True, slots=True)
class _Row:
    label: str
    verdict: str
    release: ReleaseVerdict | None = None
    """Whose files are listed below."""

    @property
    def is_chosen(self) -> bool:
        return self.release is not None and self.release.status == "chosen"


def _each(selection: Selection) -> Iterator[_Row]:
    for release in selection.releases:
        yield _Row(_label([release]), _verdict(release, selection), release)


def _compact(selection: Selection) -> Iterator[_Row]:
    """Put neighbours together that were not chosen for the same reason; below the chosen one, all that are older."""
    statuses = [release.status for release in selection.releases]
    end = statuses.index("chosen") + 1 if "chosen" in statuses else len(statuses)
    above = groupby(selection.releases[:end], key=lambda one: (one.status, one.reasons, bool(one.version)))
    for run in (list(group) for _, group in above):
        yield _Row(_label(run), _verdict(run[0], selection), run[0] if run[0].status == "chosen" else None)
    for has_version, group in groupby(selection.releases[end:], key=lambda one: bool(one.version)):
        run = list(group)
        yield _Row(_label(run), _tally(run) if has_version else _verdict(run[0], selection))


def _label(run: Sequence[ReleaseVerdict]) -> str:
    versions = [release.version or "(no version)" for release in run]
    if len(versions) <= 2:
        return ", ".join(versions)
    return f"{versions[0]} to {versions[-1]} ({len(versions)} releases)"


def _tally(run: Sequence[ReleaseVerdict]) -> str:
    """``older: 60 allowed, 18 left out, 105 ruled out, 3 without a file for this pip``."""
    counts = Counter(_OLDER[release.status] for release in run)
    return (
        f"older: {', '.join(f'{counts[words]} {words}' for words in dict.fromkeys(_OLDER.values()) if counts[words])}"
    )


_OLDER: dict[ReleaseStatus, str] = {
    "lower": "allowed",
    "passed over": "passed over",
    "chosen": "chosen",
    "left out": "yanked or a pre-release",
    "excluded": "ruled out by a requirement",
    "rejected": "without a file for this pip",
}


def _verdict(release: ReleaseVerdict, selection: Selection) -> str:
    reasons = ", ".join(release.reasons)
    match release.status:
        case "chosen":
            file = "it is in the base image" if selection.is_base else selection.chosen_file
            return f"chosen: {file or 'none of the files that are there'}"
        case "lower" if not reasons:
            return "older" if selection.chosen_version else "allowed"
        case status:
            return f"{_WORDS.get(status, status)}: {reasons}"


_WORDS: dict[ReleaseStatus, str] = {
    "rejected": "no file for this pip",
    "excluded": "ruled out",
    "lower": "ranks lower",
}


def _files(
    release: ReleaseVerdict, *, each_file: bool, width: int | None, paint: Callable[[str, Style], str]
) -> Iterator[str]:
    """Give the files of a release: those that are accepted one by one, the others by reason unless each is wanted."""
    for file in release.files:
        if file.accepted or each_file:
            mark = ">" if file.chosen else "+" if file.accepted else "-"
            text = f"      {mark} {file.filename}  {_of_file(file)}"
            for line in _broken(text, " " * 10, width):
                yield paint(line, "green") if file.chosen else line
    if not each_file:
        rejected = [file for file in release.files if not file.accepted]
        counted = Counter((file.kind, file.group or "") for file in rejected)
        for (kind, group), count in counted.items():
            yield from _broken(f"      - {_count(count, _KINDS[kind])}: {group}", " " * 10, width)


def _of_file(file: FileVerdict) -> str:
    if not file.accepted:
        return f"rejected: {file.reason}"
    words = ["chosen" if file.chosen else "accepted"]
    if file.rank is not None:
        words.append(f"rank {file.rank}")
    if file.yanked is not None:
        words.append(f"yanked: {file.yanked}")
    return ", ".join(words)


def _count(count: int, words: tuple[str, str]) -> str:
    return f"{count:,} {words[count != 1]}"


def _broken(text: str, indent: str, width: int | None) -> list[str]:
    if width is None or len(text) <= width:
        return [text]
    import textwrap  # noqa: PLC0415  only where a line is too long for the terminal

    start = text[: len(text) - len(text.lstrip())]
    room = max(width, len(indent) + 24)
    return textwrap.wrap(
        text.lstrip(),
        room,
        initial_indent=start,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
