"""The entry point: ``pipfreeze-lock`` and ``python -m pipfreeze_lock``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code (see docs/exit-codes.md); never raises.

    :param argv: The arguments after the program's name; default: the process's.
    """
    from pipfreeze_lock.cli.app import run  # noqa: PLC0415  a faster way in may be tried before typer is imported

    return run(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
