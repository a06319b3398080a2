"""A pin as it stands in a requirements lock, both ways: the requirement, its hashes, and the comments below it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipfreeze_lock.lockfile.comments import escape, unescape
from pipfreeze_lock.lockfile.via import parse_via, render_via
from pipfreeze_lock.model.lock import Pin
from pipfreeze_lock.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.model.lock import Via

__all__ = ["DamagedPinError", "canonical_name", "match_pin", "parse_pin", "render_pin", "requirement_line"]

_NAME = r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:\[([A-Za-z0-9._,-]+)\])?"
_TAIL = r"((?:[ ]\\\n[ ]{4}--hash=[a-z0-9]+:[0-9a-f]+)*)\n((?:[ ]{4}\#[^\n]*\n)*)"
_PIN = re.compile(rf"()(){_NAME}(?:===?([^\s;=]+)|[ ]@[ ](\S+)){_TAIL}", re.VERBOSE)
_URL_PIN = re.compile(rf"([a-z][a-z0-9+.-]*:\S+?)([\#&])egg={_NAME}()(){_TAIL}", re.VERBOSE)
_HASH = re.compile(r"--hash=(\S+)")
_CANONICAL_VERSION = re.compile(
    r"(?:[1-9][0-9]*!)?(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*(?:(?:a|b|rc)(?:0|[1-9][0-9]*))?"
    r"(?:\.post(?:0|[1-9][0-9]*))?(?:\.dev(?:0|[1-9][0-9]*))?(?:\+[a-z0-9]+(?:\.[a-z0-9]+)*)?"
)
"""PEP 440, appendix B, and local versions."""


class DamagedPinError(ValueError):
    """A line below a pin that no lock has; the reader of the file adds where."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset
        """Lines from the pin's first line."""


def requirement_line(pin: Pin, *, extras: bool = True, direct: bool = True) -> str:
    """Give the requirement alone: ``name==version`` or ``name @ URL``.

    :param extras: Whether they are written, which no constraint may have.
    :param direct: Whether the pip that reads it knows ``name @ URL`` (PEP 508). Before 19.3, it takes one that ends in
        an archive's suffix for a path (``_internal/req/constructors.py``), and gets ``URL#egg=name``.
    """
    spelled = pin.spelling or pin.name
    name = f"{spelled}[{','.join(sorted(pin.extras))}]" if extras and pin.extras else spelled
    if pin.url is None:
        # Only `===` takes a version that is none by PEP 440, as very old releases have.
        return f"{name}{'==' if _CANONICAL_VERSION.fullmatch(pin.version) else '==='}{pin.version}"
    if direct:
        return f"{name} @ {pin.url}"
    return f"{pin.url}{'&' if '#' in pin.url else '#'}egg={name}"


def render_pin(pin: Pin, *, direct: bool) -> Iterator[str]:
    """Give the lines of a pin; `direct` as `requirement_line` has it."""
    hashes = (f"    --hash={value}" for value in sorted(pin.hashes))
    yield " \\\n".join([requirement_line(pin, direct=direct), *hashes])
    if pin.url is not None:
        yield f"    # version: {escape(pin.version)}"
    if pin.origin is not None:
        yield f"    # origin: {escape(pin.origin)}"
    for note in pin.notes:
        yield f"    # note: {escape(note)}"
    via = sorted({render_via(via) for via in pin.via})
    if len(via) == 1:
        yield f"    # via {via[0]}"
    elif via:
        yield "    # via"
        yield from (f"    #   {text}" for text in via)


def match_pin(text: str, position: int) -> re.Match[str] | None:
    """Match all lines of the pin that starts at a position of the file; `parse_pin` reads the match."""
    return _PIN.match(text, position) or _URL_PIN.match(text, position)


def parse_pin(match: re.Match[str]) -> Pin:
    """Read a pin.

    :raises DamagedPinError: for a comment below it that no lock has.
    """
    egg_url, _, name, extras, version, url, hash_lines, comments = match.groups()
    via: list[Via] = []
    notes: list[str] = []
    origin = None
    if comments:
        # Six characters of indent and mark: `    # via x` or, below a lone `# via`, `    #   x`.
        for offset, line in enumerate(comments.split("\n")[:-1], start=1 + hash_lines.count("\n")):
            comment = line[6:]
            if comment.startswith(("via ", "  ")):
                parsed = parse_via(comment[4:] if comment[0] == "v" else comment[2:])
                if parsed is None:
                    msg = f"`{comment.strip()}` does not say who asks for `{name}`"
                    raise DamagedPinError(msg, offset)
                via.append(parsed)
            elif comment.startswith("note: "):
                notes.append(unescape(comment[6:]))
            elif comment.startswith("version: "):
                version = unescape(comment[9:])
            elif comment.startswith("origin: "):
                origin = unescape(comment[8:])
            elif comment != "via":
                msg = f"`{line.strip()}` is no comment that a lock has at a pin"
                raise DamagedPinError(msg, offset)
    if not version:
        msg = f"the direct reference of `{name}` has no `# version:` line below it"
        raise DamagedPinError(msg, 0)
    canonical = canonical_name(name)
    return Pin(
        name=canonical,
        version=version,
        spelling=name if name != canonical else None,
        extras=tuple(extras.split(",")) if extras else (),
        url=url or egg_url or None,
        hashes=tuple(_HASH.findall(hash_lines)) if hash_lines else (),
        via=tuple(via),
        notes=tuple(notes),
        origin=origin,
    )
