"""The entry point: ``pipfreeze-lock`` and ``python -m pipfreeze_lock``."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing takes longer to import than `pipfreeze_lock.memo` takes to answer
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code (see docs/exit-codes.md); never raises.

    :param argv: The arguments after the program's name; default: the process's.
    """
    from pipfreeze_lock.memo import replay  # noqa: PLC0415  before anything that takes long to import

    arguments = list(sys.argv[1:] if argv is None else argv)
    code = replay(arguments)
    if code is not None:
        return code
    from pipfreeze_lock.cli.app import run  # noqa: PLC0415

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
