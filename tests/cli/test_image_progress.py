"""What a person sees while an image is read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pipfreeze_lock.cli import image_progress
from pipfreeze_lock.cli.image_progress import ReadingProgress
from pipfreeze_lock.cli.rendering import Talk

if TYPE_CHECKING:
    import pytest


def read(progress: ReadingProgress, *, size: int | None = 5_000_000) -> None:
    progress.layers(3, size)
    for index in range(2):
        progress.layer(index, None)
        progress.progress(1_000_000)
    progress.stop()


def test_a_pipe_sees_nothing(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_progress, "_SHOWN_AFTER", 0)
    read(ReadingProgress(Talk()))
    assert capfd.readouterr() == ("", "")


def test_a_terminal_sees_a_line_that_is_taken_away(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_progress, "_SHOWN_AFTER", 0)
    monkeypatch.setattr(image_progress, "_SHOWN_EVERY", 0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    read(ReadingProgress(Talk()))
    out, said = capfd.readouterr()
    assert out == ""
    assert "reading layer 2 of 3: 2 of 5 MB" in said
    quiet = ReadingProgress(Talk(quiet=1))
    read(quiet)
    assert capfd.readouterr() == ("", "")


def test_what_is_not_known_is_left_out() -> None:
    progress = ReadingProgress(Talk())
    assert progress.text() == "reading layer 1: 0 MB"
    progress.layers(0, None)
    progress.layer(0, None)
    progress.progress(3_400_000)
    assert progress.text() == "reading layer 1: 3 MB"
