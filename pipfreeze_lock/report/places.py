"""Where a finding stands in a repository, for services that show it beside the line, and by what they know it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.model.finding import Location

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipfreeze_lock.model.finding import Examination, Finding
    from pipfreeze_lock.report.interface import RelativePath

__all__ = ["Place", "Placed", "digest", "fingerprints", "lock_place", "place_of", "placed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A line that a service can show."""

    path: str
    """Below the root of the repository; of a lock that is not there, as a person would type it."""
    line: int = 0
    """From 1; 0 where it is the whole file."""
    is_inside: bool = True
    """Whether it is in the repository."""
    elsewhere: str = ""
    """Where the finding truly is, if that is no place in the repository: a URL, standard input, a file above."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding, whose it is, and where it is shown."""

    examination: Examination
    finding: Finding
    place: Place
    lock: str
    """The lock's own `Place.path`."""


def placed(examinations: Sequence[Examination], relative: RelativePath) -> Iterator[Placed]:
    """Give all findings with their places."""
    for examination in examinations:
        lock = lock_place(examination, relative).path
        for finding in examination.findings:
            yield Placed(examination, finding, place_of(finding, examination, relative), lock)


def place_of(finding: Finding, examination: Examination, relative: RelativePath) -> Place:
    """Find the line to show: its own; else a related one, else the lock, where its own cannot be shown.

    Code scanning refuses a whole upload for one place out of reach.
    """
    location = finding.location or Location(examination.lock)
    inside = relative(location.path)
    if inside is not None:
        return Place(path=inside, line=location.line)
    for related in finding.related:
        inside = relative(related.location.path)
        if inside is not None:
            return Place(path=inside, line=related.location.line, elsewhere=str(location))
    lock = lock_place(examination, relative)
    if location.path == examination.lock:
        return Place(path=lock.path, line=location.line, is_inside=False)
    return Place(path=lock.path, is_inside=lock.is_inside, elsewhere=str(location))


def lock_place(examination: Examination, relative: RelativePath) -> Place:
    """Give the lock as a whole."""
    inside = relative(examination.lock)
    return Place(path=examination.lock, is_inside=False) if inside is None else Place(path=inside)


def fingerprints(findings: Sequence[Placed]) -> Iterator[tuple[str, int]]:
    """Give what tells each finding from the others, and is the same after edits that move its line.

    :return: 32 hexadecimal digits of rule, lock, file and distribution, and the how-manieth with these it is, from 1.
    """
    seen: dict[str, int] = {}
    for one in findings:
        who = one.finding.name or one.finding.message
        parts = (one.finding.rule.id, one.lock, one.examination.subject or "", one.place.path, who)
        identity = digest("\0".join(parts))
        seen[identity] = seen.get(identity, 0) + 1
        yield identity, seen[identity]


def digest(text: str) -> str:
    """Give 32 hexadecimal digits that stand for a text."""
    import hashlib  # noqa: PLC0415  only two formats need it

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
