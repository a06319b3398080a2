"""How errors, warnings and hints look: the one place."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Literal, TextIO

if TYPE_CHECKING:
    from pipfreeze_lock.errors import PipfreezeLockError

__all__ = ["Talk", "error_text", "wants_colour"]

_CODES = {"error": "1;31", "warning": "1;33", "hint": "1;36", "note": "1;36", "bold": "1", "dim": "2", "green": "32"}
Style = Literal["error", "warning", "hint", "note", "bold", "dim", "green"]


def wants_colour(stream: TextIO) -> bool:
    """Whether to colour: on a terminal, unless ``NO_COLOR``; always with ``FORCE_COLOR`` (https://no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def paint(text: str, style: Style, *, colour: bool) -> str:
    """Colour a text; its meaning never depends on it."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if colour else text


def error_text(error: PipfreezeLockError, *, colour: bool = False) -> str:
    """Render an error: what, where, what to do, where to read on."""
    lines = [f"{paint('error', 'error', colour=colour)}: {error.message}"]
    if error.context:
        if "\n" in error.context:
            lines += [f"  {line}".rstrip() for line in error.context.splitlines()]
        else:
            lines.append(f"  {paint('-->', 'dim', colour=colour)} {error.context}")
    lines += [f"{paint('hint', 'hint', colour=colour)}: {hint}" for hint in error.hints]
    if error.reference:
        lines.append(f"{paint('see', 'hint', colour=colour)}: {error.reference}")
    return "\n".join(lines) + "\n"


class Talk:
    """What is said to a person, on stderr: quiet, as usual, or more of it."""

    def __init__(self, *, quiet: int = 0, verbose: int = 0) -> None:
        self.level = verbose - quiet
        self._stream = sys.stderr
        self._colour = wants_colour(sys.stderr)
        self.said = ""
        """All that was written, as it was written."""

    def say(self, text: str) -> None:
        """Say what was done; not with ``-q``."""
        if self.level >= 0:
            self._write(text)

    def detail(self, text: str) -> None:
        """Say more; with ``-v``."""
        if self.level >= 1:
            self._write(text)

    def warn(self, text: str) -> None:
        """Say what a person must know; not with ``-qq``."""
        if self.level >= -1:
            self._write(f"{paint('warning', 'warning', colour=self._colour)}: {text}")

    def hint(self, text: str) -> None:
        """Say what to do next; not with ``-q``."""
        if self.level >= 0:
            self._write(f"{paint('hint', 'hint', colour=self._colour)}: {text}")

    def error(self, error: PipfreezeLockError) -> None:
        """Say what went wrong; always."""
        self._stream.write(error_text(error, colour=self._colour))
        self._stream.flush()

    def rendered(self, text: str) -> str:
        """Give what `say` would write of a text: nothing with ``-q``."""
        return f"{text}\n" if self.level >= 0 else ""

    def paint(self, text: str, style: Style) -> str:
        """Colour a part of what is said."""
        return paint(text, style, colour=self._colour)

    def _write(self, text: str) -> None:
        self.said += text + "\n"
        self._stream.write(text + "\n")
        self._stream.flush()
