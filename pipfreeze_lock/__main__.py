"""The entry point: ``pipfreeze-lock`` and ``python -m pipfreeze_lock``."""

from __future__ import annotations

import io
import os
import sys

TYPE_CHECKING = False  # typing takes longer to import than `pipfreeze_lock.memo` takes to answer
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code (see docs/exit-codes.md); never raises.

    :param argv: The arguments after the program's name; default: the process's.
    """
    if None in (sys.stdin, sys.stdout, sys.stderr):
        _open_closed_streams()
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        # As stderr does by itself: a report has an ellipsis, and a Latin-1 terminal none. A lock is written as bytes.
        sys.stdout.reconfigure(errors="backslashreplace")
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["lock"]:
        from pipfreeze_lock.memo import replay  # noqa: PLC0415  before anything that takes long to import

        code = replay(arguments)
        if code is not None:
            return code
    if arguments[:1] == ["check"]:
        from pipfreeze_lock.cli.quick_check import quick_check  # noqa: PLC0415  only where it is needed

        code = quick_check(arguments)
        if code is not None:
            return code
    from pipfreeze_lock.cli.app import run  # noqa: PLC0415  only where it is needed

    return run(arguments)


def _open_closed_streams() -> None:
    """Put a stream where Python has none since it was closed before we started (``>&-``).

    Nobody hears what is said on stderr then; the other two fail when they are used, as their descriptors would, instead
    of with an `AttributeError`, or of reading and writing some file that was opened in their place.
    """
    if sys.stdin is None:
        sys.stdin = open(os.open(os.devnull, os.O_WRONLY), closefd=False, encoding="utf-8")  # noqa: SIM115  it stays
    if sys.stdout is None:
        sys.stdout = open(os.open(os.devnull, os.O_RDONLY), "w", closefd=False, encoding="utf-8")  # noqa: SIM115  it stays, too
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  it stays, too


if __name__ == "__main__":
    sys.exit(main())
