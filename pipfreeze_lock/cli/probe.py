"""``pipfreeze-lock probe``: a script that says inside an image what is installed there."""

from __future__ import annotations

from typing import Annotated

import typer


def probe_command(
    output: Annotated[
        str | None,
        typer.Option("--output-file", "--output", "-o", metavar="FILE", help="Write it there instead of to stdout."),
    ] = None,
) -> None:
    """Print a script for the Python in an image (2.7, 3.4 and newer); `verify LOCK installed:FILE` reads its answer.

    It needs nothing but the standard library, writes nothing and fetches nothing.

    Example: pipfreeze-lock probe | docker run --rm -i IMAGE python - > installed.json
    """
    import sys  # noqa: PLC0415  a command imports what it uses when it runs
    from pathlib import Path  # noqa: PLC0415  likewise

    from pipfreeze_lock.image.probe import probe_script  # noqa: PLC0415  only where it is needed

    script = probe_script()
    if output is None or output == "-":
        sys.stdout.write(script)
    else:
        from pipfreeze_lock.lockfile.atomic import write_atomically  # noqa: PLC0415  only with `-o`

        write_atomically(Path(output), script.encode())
