"""How a command ends: what becomes of whatever it raises. Nothing here needs typer."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pipfreeze_lock import __version__
from pipfreeze_lock.errors import InputError, PipfreezeLockError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CLOSED_PIPE", "INTERRUPTED", "ended", "forget_stdout", "told", "told_of_bug", "told_of_stdout"]

INTERRUPTED = 130
CLOSED_PIPE = 141
_OUR_BUG = 70


def told(command: Callable[[], int]) -> int:
    """Run a command; of our own errors give the exit code, after telling of them. Others are the caller's.

    A closed pipe ends quietly, an interruption too.
    """
    try:
        return command()
    except PipfreezeLockError as error:
        from pipfreeze_lock.cli.rendering import Talk  # noqa: PLC0415  only when there is something to say

        Talk().error(error)
        return error.exit_code
    except BrokenPipeError:
        forget_stdout()
        return CLOSED_PIPE
    except OSError as error:
        if error.filename is not None:  # of a file: whoever opened it should have told of it
            raise
        return told_of_stdout(error)
    except KeyboardInterrupt:
        return INTERRUPTED


def ended(code: int) -> int:
    """Write what still waits in stdout's buffer, of which Python's own exit would complain, and give the exit code."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        forget_stdout()
        return CLOSED_PIPE
    except OSError as error:
        return told_of_stdout(error)
    return code


def told_of_bug(error: Exception) -> int:
    """Tell that we have a bug (exit 70)."""
    if os.environ.get("PIPFREEZE_LOCK_TRACEBACK"):
        import traceback  # noqa: PLC0415  rarely wanted

        traceback.print_exception(error)
    sys.stderr.write(
        f"error: this is a bug of pipfreeze-lock {__version__}: {type(error).__name__}: {error}\n"
        "hint: Please report it; PIPFREEZE_LOCK_TRACEBACK=1 shows where it happened.\n"
    )
    return _OUR_BUG


def told_of_stdout(error: OSError) -> int:
    """Tell that stdin or stdout cannot be used: closed before we started, or on a disk that is full."""
    forget_stdout()
    sys.stderr.write(f"error: standard input or output fails: {(error.strerror or str(error)).lower()}\n")
    return InputError.exit_code


def forget_stdout() -> None:
    """Keep Python from complaining of the closed pipe once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
