"""``check`` as hooks call it, without typer, whose import takes longer than the check.

Not a second grammar: only what has one reading under any grammar is taken here, names of locks and ``--strict``;
everything else goes the usual way.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from pipfreeze_lock.cli.ending import ended, told, told_of_bug

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["quick_check"]


def quick_check(argv: Sequence[str]) -> int | None:
    """Run it, and give its exit code; None where the command line has to be read by typer.

    :param argv: All arguments, the command's name first.
    """
    names = [one for one in argv[1:] if one != "--strict"]
    if any(one.startswith("-") for one in names):
        return None
    collects = gc.isenabled()
    gc.disable()  # a process of a tenth of a second, of which the collector takes a tenth and finds nothing
    try:
        return ended(told(lambda: _run(tuple(names), strict="--strict" in argv)))
    except KeyboardInterrupt:  # while it was told
        return 130
    except Exception as error:  # noqa: BLE001  the last frontier: it is our bug
        return told_of_bug(error)
    finally:
        gc.freeze()  # else the interpreter goes through all of it at its end
        if collects:
            gc.enable()


def _run(names: tuple[str, ...], *, strict: bool) -> int:
    from pipfreeze_lock.cli.check_run import CheckOptions, run_check  # noqa: PLC0415  its errors are told of above
    from pipfreeze_lock.cli.rendering import Talk  # noqa: PLC0415  likewise

    return run_check(CheckOptions(locks=names, strict=strict), Talk())
