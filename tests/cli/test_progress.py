from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from support.command_line import TARGET, run
from support.packages import sdist, wheel

from pipfreeze_lock.cli import progress as module
from pipfreeze_lock.cli.progress import Progress
from pipfreeze_lock.cli.rendering import Talk

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from support.index_server import IndexServer


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nothing_moves_in_a_pipe(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SHOWN_AFTER", 0.0)
    progress = Progress(Talk())
    progress.fetching("a")
    progress.pinned("a", "1.0", 1)
    progress.stop()
    assert capsys.readouterr() == ("", "")


def test_a_line_moves_on_a_terminal_and_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SHOWN_AFTER", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    progress = Progress(Talk())
    progress.fetching("some-project")
    progress.pinned("a", "1.0", 7)
    progress.stop()
    progress.stop()  # twice does no harm
    shown = terminal.getvalue()
    assert "7 pinned" in shown
    assert shown.endswith(("\x1b[2K", "\x1b[?25h", "\r"))


def test_no_line_where_a_person_wants_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SHOWN_AFTER", 0.0)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    progress = Progress(Talk(quiet=1))
    progress.fetching("a")
    progress.stop()
    assert terminal.getvalue() == ""


def test_steps_back_and_what_was_left_out_are_told_on_request(index: IndexServer, workplace: Path) -> None:
    index.add(
        wheel("c", "1.0"),
        wheel("c", "2.0", requires=["e<2"]),
        wheel("f", "1.0", requires=["e>=2"]),
        *(wheel("e", version) for version in ("1.0", "2.0")),
        wheel("d", "1.0"),
        wheel("d", "2.0", metadata_fields={"Version": "3"}),
    )
    (workplace / "requirements.txt").write_text("c\nf\nd\n")
    ran = run("lock", *TARGET, "-v")
    assert ran.code == 0, ran
    assert "conflict over e: taking a choice back" in ran.said
    assert "left out d d-2.0-py2.py3-none-any.whl: its metadata says it is version 3" in ran.said
    assert ran.out == ""
    (workplace / "requirements.lock").unlink()
    assert "conflict over" not in run("lock", *TARGET, "--no-cache").said


def test_a_build_is_announced(index: IndexServer, workplace: Path) -> None:
    """Code of others is about to run."""
    index.add(sdist("c", "1.0", style="backend"))
    (workplace / "requirements.txt").write_text("c\n")
    ran = run("lock", *TARGET)
    assert ran.code == 0, ran
    assert "building the metadata of c-1.0.tar.gz with " in ran.said
    (workplace / "requirements.lock").unlink()
    ran = run("lock", *TARGET, "--no-build", "--no-cache")
    assert ran.code == 4, ran
    assert "building" not in ran.said.partition("error")[0]
    assert "c-1.0.tar.gz" in ran.said
