"""What a person sees while a lock is made: one line that moves on a terminal, nothing in a pipe."""

from __future__ import annotations

import sys
import time
from threading import Lock
from typing import TYPE_CHECKING

from pipfreeze_lock.metadata.interface import MetadataReporter
from pipfreeze_lock.resolve.interface import ResolutionReporter

if TYPE_CHECKING:
    from rich.status import Status

    from pipfreeze_lock.cli.rendering import Talk

__all__ = ["Progress"]

_SHOWN_AFTER = 0.3
"""Seconds: most locks from a warm cache are done by then, and a line that flashes tells nobody anything."""


class Progress(ResolutionReporter, MetadataReporter):
    """Tells how far a lock is: by rich's status line on a terminal, by words with ``-v``."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._lock = Lock()
        self._began = time.monotonic()
        self._shows = sys.stderr.isatty() and talk.level >= 0
        self._status: Status | None = None
        self._pinned = 0
        self._waiting = ""
        self._fetched = 0

    def fetching(self, name: str) -> None:
        """Count, and show the name."""
        self._fetched += 1
        self._show(name)

    def waiting(self, filename: str, size: int | None) -> None:
        """Show what the search waits for, and how much that is where an sdist is fetched whole."""
        megabytes = f" ({size / 1e6:.1f} MB)" if size and not filename.endswith(".whl") else ""
        self._waiting = f"{filename}{megabytes}"
        self._show(self._waiting)

    def pinned(self, name: str, version: str, count: int) -> None:
        """Show how many are settled."""
        self._pinned = count
        self._waiting = ""
        self._show(f"{name} {version}")

    def backtracking(self, names: tuple[str, ...]) -> None:
        """Say it with ``-v``: it explains a lock that takes long."""
        self._talk.detail(f"conflict over {', '.join(names)}: taking a choice back")

    def rejected(self, name: str, version: str, reason: str) -> None:
        """Say it with ``-v``."""
        self._talk.detail(f"left out {name} {version}: {reason}")

    def running(self, what: str) -> None:
        """Show it in the line, and say it with ``-v``."""
        self._talk.detail(f"running {what}")
        self._waiting = what
        self._show(what)

    def building(self, filename: str, interpreter: str, reason: str) -> None:
        """Say what runs and why: code of others is about to run."""
        self.stop()
        self._talk.say(f"building the metadata of {filename} with {interpreter}: {reason}")

    def stop(self) -> None:
        """Take the line away."""
        with self._lock:
            if self._status is not None:
                self._status.stop()
                self._status = None

    def _show(self, now: str) -> None:
        pinned = f"{self._pinned} pinned, " if self._pinned else ""
        text = f"{pinned}{self._fetched} looked at: {self._waiting or now}"
        if not self._shows or time.monotonic() - self._began < _SHOWN_AFTER:
            return
        with self._lock:
            if self._status is None:
                from rich.console import Console  # noqa: PLC0415  only on a terminal, only when it takes long

                self._status = Console(stderr=True).status(text)
                self._status.start()
            self._status.update(text)
