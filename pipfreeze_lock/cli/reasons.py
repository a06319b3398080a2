"""What ``why`` does without ``--files``: read locks, walk their edges back, print. No network, no resolver."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.cli.lock_files import locks_to_read, read_lock
from pipfreeze_lock.cli.rendering import paint, wants_colour
from pipfreeze_lock.cli.settings import read_settings, working_folder
from pipfreeze_lock.errors import PipfreezeLockError, UsageError
from pipfreeze_lock.model.names import canonical_name
from pipfreeze_lock.report.reason_text import ASCII, UNICODE, as_json, as_text
from pipfreeze_lock.workflows.why import nearest_in_lock, reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import TextIO

    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.model.lock import LockedSet
    from pipfreeze_lock.report.reason_text import Guides

__all__ = ["WhyQuestion", "guides_for", "print_json", "run_why", "say_what_is_missing", "width_of"]

_FORMAT = 1
"""Of the JSON document; another number for another shape."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WhyQuestion:
    """The command line of ``why``, but for what ``--files`` needs."""

    names: tuple[str, ...]
    """As they were given."""
    locks: tuple[str, ...]
    files: bool
    output_format: str
    verbose: bool

    def normalised(self) -> list[str]:
        """Give the names by PEP 503, each once.

        :raises UsageError: for what is no name, and for an unknown format.
        """
        if self.output_format not in ("text", "json"):
            message = f"`--format {self.output_format}` is not known"
            raise UsageError(message, hints=["Write `text` or `json`."])
        names = [canonical_name(one.partition("[")[0].strip()) for one in self.names]
        for given, name in zip(self.names, names, strict=True):
            if not name.replace("-", "").isalnum() or not name.isascii() or name.strip("-") != name:
                message = f"`{given}` is not the name of a distribution"
                raise UsageError(message, hints=["Give the name alone: `pipfreeze-lock why grpcio`."])
        return list(dict.fromkeys(names))


def run_why(question: WhyQuestion, talk: Talk) -> int:
    """Print the answer, and give the exit code: 1 where a name is in none of the locks.

    :raises PipfreezeLockError: when a lock is not there, or is none.
    """
    names = question.normalised()
    paths = locks_to_read(question.locks, read_settings(working_folder()))
    locks = [(path, read_lock(path)) for path in paths]
    if question.output_format == "json":
        print_json([_document(path, lock, names) for path, lock in locks])
    else:
        sys.stdout.write("\n".join(_texts(locks, names)))
    return say_what_is_missing(locks, names, talk)


def say_what_is_missing(locks: list[tuple[Path, LockedSet]], names: Iterable[str], talk: Talk) -> int:
    """Tell of names that are in none of the locks, with what may have been meant; give the exit code."""
    code = 0
    for name in names:
        if any(reason(lock, name) is not None for _, lock in locks):
            continue
        code = 1
        near = list(dict.fromkeys(one for _, lock in locks for one in nearest_in_lock(lock, name)))[:3]
        hints = [f"Did you mean {_either(near)}?"] if near else []
        message = f"`{name}` is not in {_either([str(path) for path, _ in locks])}"
        talk.error(PipfreezeLockError(message, hints=hints))
    return code


def print_json(documents: list[dict[str, Any]]) -> None:
    """Print the JSON document: one entry a lock."""
    import json  # noqa: PLC0415  most ask for text

    sys.stdout.write(json.dumps({"format": _FORMAT, "locks": documents}, indent=2) + "\n")


def guides_for(stream: TextIO) -> Guides:
    """Give tree lines that a stream can show: under a plain C locale, say, they are ASCII."""
    try:
        UNICODE.needed.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


def width_of(stream: TextIO) -> int | None:
    """Give the columns of a terminal; None for a pipe or file, whose lines are left whole."""
    if not stream.isatty():
        return None
    import shutil  # noqa: PLC0415  not for a pipe

    return shutil.get_terminal_size().columns


def _texts(locks: list[tuple[Path, LockedSet]], names: list[str]) -> Iterator[str]:
    """Give a tree for each name that a lock has, headed by the lock where there are several."""
    colour = wants_colour(sys.stdout)
    for path, lock in locks:
        found = [one for one in (reason(lock, name) for name in names) if one is not None]
        heads = [paint(f"{path}: {lock.target}", "dim", colour=colour) + "\n"] if len(locks) > 1 and found else []
        trees = [
            as_text(
                one,
                guides=guides_for(sys.stdout),
                width=width_of(sys.stdout),
                paint=lambda text, style: paint(text, style, colour=colour),
            )
            for one in found
        ]
        if trees:
            yield "".join([*heads, "\n".join(trees)])


def _document(path: Path, lock: LockedSet, names: list[str]) -> dict[str, Any]:
    found = {name: reason(lock, name) for name in names}
    return {
        "lock": path.as_posix(),
        "target": lock.target,
        "distributions": [as_json(one) for one in found.values() if one is not None],
        "missing": [
            {"name": name, "nearest": nearest_in_lock(lock, name)} for name, one in found.items() if one is None
        ],
    }


def _either(names: list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
