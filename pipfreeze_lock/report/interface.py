"""What the formats of findings have in common: one function each, from examinations to text."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipfreeze_lock.model.finding import Examination, Rule

__all__ = ["FindingsRenderer", "Paint", "Presentation", "RelativePath", "Style", "inside_folder", "relative_to"]

Style = Literal["error", "warning", "note", "hint", "bold", "dim", "green"]
Paint: TypeAlias = Callable[[str, Style], str]
"""Colours a part of a text; the meaning never depends on it."""
RelativePath: TypeAlias = Callable[[str], str | None]
"""Turns `Location.path` into a POSIX path below the root of the repository; None for what is not below it."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
"""Two letters at least, so that ``C:/`` is none."""
_DRIVE = re.compile(r"[A-Za-z]:/")


def plain(text: str, style: Style) -> str:  # noqa: ARG001  it is a `Paint`
    """Leave a text as it is."""
    return text


def inside_folder(path: str) -> str | None:
    """Take the working folder for the root of the repository (a `RelativePath`)."""
    whole = posixpath.normpath(path)
    if not path or path == "-" or _URL.match(path) or _is_absolute(whole) or whole.split("/", 1)[0] == "..":
        return None
    return whole


def relative_to(root: str, folder: str) -> RelativePath:
    """Give the function that makes paths relative to the repository.

    Lexical: whoever wants symbolic links resolved, resolves both folders before.

    :param root: Of the repository, absolute, with slashes.
    :param folder: From which `Location.path` counts, likewise.
    """
    above = posixpath.join(posixpath.normpath(root), "")

    def relative(path: str) -> str | None:
        if not path or path == "-" or _URL.match(path):
            return None
        whole = posixpath.normpath(path if _is_absolute(path) else posixpath.join(folder, path))
        return whole.removeprefix(above) if whole.startswith(above) else None

    return relative


def _is_absolute(path: str) -> bool:
    return path.startswith("/") or _DRIVE.match(path) is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Presentation:
    """What a reader wants of it; each format takes of this what it can use."""

    paint: Paint = plain
    relative: RelativePath = inside_folder
    rules: tuple[Rule, ...] = ()
    """All that were looked for, so that formats which list rules can tell passed ones from those not looked for."""
    verbose: bool = False
    """Whether people are to read what `Rule.help` and `Finding.details` say, too."""


class FindingsRenderer(Protocol):
    """One format."""

    def __call__(self, examinations: Sequence[Examination], presentation: Presentation) -> str:
        """Give the whole output, each line with its end; pure, never failing, whatever stands in the strings."""
        ...
