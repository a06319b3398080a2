"""The header of a requirements lock: comment lines ``# key: value``, both ways.

All that is needed to lock again or to check stands here, one fact a line, in this order: ``command``, ``target``,
``base``, ``satisfied``, what only the lock of a frozen image has (`pipfreeze_lock.lockfile.frozen`), the inputs
(``input``, ``requirement``, ``constraint``), remarks under keys of their own, ``digest``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from pipfreeze_lock.errors import LockFileError
from pipfreeze_lock.lockfile.comments import escape, unescape
from pipfreeze_lock.lockfile.frozen import (
    FROZEN_KEYS,
    parse_inconsistency,
    parse_roots,
    parse_unpinned,
    render_frozen,
)
from pipfreeze_lock.lockfile.interface import Problem
from pipfreeze_lock.lockfile.via import parse_via, render_via
from pipfreeze_lock.model.lock import Satisfied
from pipfreeze_lock.model.requirement import InputFile
from pipfreeze_lock.model.target import BaseDistribution

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.lock import Inconsistency, LockedSet, Unpinned, Via

__all__ = ["FORMAT_VERSION", "RESERVED_KEYS", "Header", "parse_header_line", "render_header"]

FORMAT_VERSION = 1
RESERVED_KEYS = frozenset(
    {"coding", "command", "target", "base", "satisfied", *FROZEN_KEYS, "input", "requirement", "constraint", "digest"}
)
_KEY = re.compile(r"[a-z][a-z0-9-]*")
_LINE = re.compile(r"# ([a-z][a-z0-9-]*):(?: (.*))?")
_INPUT = re.compile(r"(.*) sha256:([0-9a-f]{64})")


@dataclass(kw_only=True, slots=True)
class Header:
    """What header lines say so far: filled line by line while reading."""

    command: str | None = None
    target: str | None = None
    base: tuple[BaseDistribution, ...] = ()
    satisfied: dict[str, list[Via]] = field(default_factory=dict)
    unpinned: list[Unpinned] = field(default_factory=list)
    inconsistent: list[Inconsistency] = field(default_factory=list)
    roots: tuple[NormalizedName, ...] = ()
    inputs: list[InputFile] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    digest: str | None = None
    problems: list[Problem] = field(default_factory=list)

    def satisfied_distributions(self) -> tuple[Satisfied, ...]:
        """The ``satisfied`` lines, gathered by distribution."""
        return tuple(
            Satisfied(name=cast("NormalizedName", name), via=tuple(via)) for name, via in self.satisfied.items()
        )


def render_header(lock: LockedSet) -> Iterator[str]:
    """Give every header line between the version line and the digest.

    :raises ValueError: when a remark has a key of ours, or none: a mistake in the program that made the lock.
    """
    yield _line("command", lock.command)
    yield _line("target", lock.target)
    if lock.base:
        # A version that a broken image made up may hold what separates the items.
        items = (f"{base.name} {_escape_item(base.version)}" for base in sorted(lock.base))
        yield f"# base: {', '.join(items)}"
    for satisfied in sorted(lock.satisfied, key=lambda item: item.name):
        for text in sorted({render_via(via) for via in satisfied.via}):
            yield f"# satisfied: {satisfied.name} via {text}"
        if not satisfied.via:
            yield f"# satisfied: {satisfied.name}"
    yield from (f"# {key}: {text}" for key, text in render_frozen(lock))
    for file in lock.inputs:
        yield f"# {file.role}: {escape(file.path)} sha256:{file.sha256}"
    for key, value in lock.remarks:
        if key in RESERVED_KEYS or not _KEY.fullmatch(key):
            msg = f"a remark cannot have the key {key!r}"
            raise ValueError(msg)
        yield _line(key, value)


def parse_header_line(header: Header, number: int, line: str, *, path: str) -> None:
    """Add what one line says; a comment that is no ``# key: value`` is a problem, since we write none.

    :raises LockFileError: when a line of ours does not have its form.
    """
    match = _LINE.fullmatch(line)
    if match is None:
        header.problems.append(Problem(number, "a comment that no lock has: it is lost when locking again"))
        return
    key, raw = match[1], match[2] or ""
    try:
        _add(header, key, raw)
    except ValueError as error:
        msg = f"the `{key}` line is damaged: {error}"
        hint = "Restore the file from version control, or delete it and lock again."
        raise LockFileError(msg, context=f"{path}:{number}", hints=[hint]) from None


def _add(header: Header, key: str, raw: str) -> None:
    match key:
        case "command" | "target" | "digest" if getattr(header, key) is not None:
            msg = "it stands there twice"
            raise ValueError(msg)
        case "command":
            header.command = unescape(raw)
        case "target":
            header.target = unescape(raw)
        case "base":
            header.base = tuple(_parse_base(item) for item in raw.split(", "))
        case "satisfied":
            _add_satisfied(header, raw)
        case "unpinned" | "inconsistent" | "roots":
            _add_frozen(header, key, raw)
        case "input" | "requirement" | "constraint":
            header.inputs.append(_parse_input(key, raw))
        case "digest":
            header.digest = raw
        case "coding":
            pass  # for pip alone
        case _:
            header.remarks.append((key, unescape(raw)))


def _add_frozen(header: Header, key: Literal["unpinned", "inconsistent", "roots"], raw: str) -> None:
    match key:
        case "unpinned":
            header.unpinned.append(parse_unpinned(raw))
        case "inconsistent":
            header.inconsistent.append(parse_inconsistency(raw))
        case "roots":
            header.roots = parse_roots(raw)


def _add_satisfied(header: Header, raw: str) -> None:
    name, _, text = raw.partition(" via ")
    vias = header.satisfied.setdefault(name, [])
    if text:
        via = parse_via(text)
        if via is None:
            msg = f"`{text}` does not say who asks"
            raise ValueError(msg)
        vias.append(via)


def _parse_base(item: str) -> BaseDistribution:
    name, _, version = item.partition(" ")
    if not name or not version:
        msg = f"`{item}` is not a name and a version"
        raise ValueError(msg)
    return BaseDistribution(cast("NormalizedName", name), unescape(version))


def _parse_input(role: Literal["input", "requirement", "constraint"], raw: str) -> InputFile:
    match = _INPUT.fullmatch(raw)
    if match is None:
        msg = "expected a path, `sha256:` and 64 hexadecimal digits"
        raise ValueError(msg)
    return InputFile(path=unescape(match[1]), sha256=match[2], role=role)


def _escape_item(text: str) -> str:
    return escape(text).replace(",", "\\x2c").replace(" ", "\\x20")


def _line(key: str, value: str) -> str:
    return f"# {key}: {escape(value)}" if value else f"# {key}:"
