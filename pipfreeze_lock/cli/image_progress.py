"""What a person sees while an image is read: one line that moves on a terminal, nothing in a pipe."""

from __future__ import annotations

import sys
import time
from threading import Lock
from typing import TYPE_CHECKING

from pipfreeze_lock.image.interface import ImageReporter

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.status import Status

    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.image.interface import ImageSource, ScannedImage, Want

__all__ = ["ReadingProgress", "scan_image"]

_SHOWN_AFTER = 0.3
"""Seconds: many images are read by then."""
_SHOWN_EVERY = 0.1
"""Seconds: more often nobody sees it, and it costs."""


class ReadingProgress(ImageReporter):
    """Tells which layer of how many is read, and how many bytes."""

    def __init__(self, talk: Talk) -> None:
        self._shows = sys.stderr.isatty() and talk.level >= 0
        self._lock = Lock()
        self._next = time.monotonic() + _SHOWN_AFTER
        self._status: Status | None = None
        self._count = 0
        self._size: int | None = None
        self._begun = 0
        self._bytes = 0

    def layers(self, count: int, size: int | None) -> None:
        """Take down how many there are."""
        with self._lock:
            self._count, self._size = count, size

    def layer(self, index: int, size: int | None) -> None:  # noqa: ARG002  the interface's
        """Count it: layers may be read at once, in any order."""
        with self._lock:
            self._begun += 1

    def progress(self, count: int) -> None:
        """Count bytes, and show them now and then."""
        with self._lock:
            self._bytes += count
            if self._shows and time.monotonic() >= self._next:
                self._next = time.monotonic() + _SHOWN_EVERY
                self._show()

    def text(self) -> str:
        """Give the line."""
        read = (
            f"{self._bytes / 1e6:.0f} MB"
            if self._size is None
            else f"{self._bytes / 1e6:.0f} of {self._size / 1e6:.0f} MB"
        )
        of = f" of {self._count}" if self._count else ""
        return f"reading layer {max(self._begun, 1)}{of}: {read}"

    def stop(self) -> None:
        """Take the line away."""
        with self._lock:
            if self._status is not None:
                self._status.stop()
                self._status = None

    def _show(self) -> None:
        if self._status is None:
            from rich.console import Console  # noqa: PLC0415  only on a terminal, only when it takes long

            self._status = Console(stderr=True).status(self.text())
            self._status.start()
        self._status.update(self.text())


def scan_image(source: ImageSource, interest: Callable[[str], Want], talk: Talk) -> ScannedImage:
    """Read an image, and show how that goes.

    :raises ImageError: when it cannot be read.
    """
    progress = ReadingProgress(talk)
    try:
        scanned = source.scan(interest, progress)
    finally:
        progress.stop()
    talk.detail(f"Read {scanned.bytes_read / 1e6:.1f} MB of {len(scanned.layers)} layers of {scanned.name}.")
    return scanned
