"""Options that the commands which read an image share."""

from __future__ import annotations

from typing import Annotated

import typer

__all__: list[str] = []

PANEL = "Which environment"

Environment = Annotated[
    str | None,
    typer.Option(
        "--environment",
        metavar="PATH",
        help="The environment in the image: its prefix, e.g. /opt/venv, or its interpreter. "
        "Default: the one that the image runs.",
        rich_help_panel=PANEL,
    ),
]
Platform = Annotated[
    str | None,
    typer.Option("--platform", metavar="PLATFORM", help="Of an image for several: linux/arm64.", rich_help_panel=PANEL),
]
Insecure = Annotated[
    bool,
    typer.Option(
        "--insecure",
        help="Read from a registry whose certificate is not valid, or that has no TLS.",
        rich_help_panel=PANEL,
    ),
]
