"""``pipfreeze-lock weigh``: say where the bytes of an image are."""

from __future__ import annotations

from typing import Annotated

import typer

from pipfreeze_lock.cli import image_options, options


def weigh_command(
    context: typer.Context,
    image: Annotated[
        str,
        typer.Argument(
            metavar="IMAGE",
            help="docker-archive:FILE[:NAME:TAG], oci:FOLDER[:TAG], oci-archive:FILE, docker-daemon:NAME:TAG, "
            "docker://HOST/NAME:TAG, NAME:TAG or rootfs:FOLDER.",
            show_default=False,
        ),
    ],
    environment: Annotated[
        str | None,
        typer.Option(
            "--environment",
            metavar="PATH",
            help="List the distributions of this environment alone: its prefix, e.g. /opt/venv, or its interpreter.",
            rich_help_panel=image_options.PANEL,
        ),
    ] = None,
    platform: image_options.Platform = None,
    insecure: image_options.Insecure = False,
    duplicates: Annotated[
        bool,
        typer.Option("--duplicates", help="Find equal contents under several paths; reads every byte."),
    ] = False,
    top: Annotated[
        int, typer.Option("--top", metavar="COUNT", min=1, help="How many distributions of each environment to show.")
    ] = 20,
    show_all: Annotated[bool, typer.Option("--all", help="Show all of everything.")] = False,
    format: Annotated[  # noqa: A002  the option's name
        str, typer.Option("--format", metavar="FORMAT", help="text or json.")
    ] = "text",
    output: Annotated[
        str | None,
        typer.Option("--output-file", "--output", "-o", metavar="FILE", help="Where the report goes; default: stdout."),
    ] = None,
    html: Annotated[
        str | None,
        typer.Option("--html", metavar="FILE", help="Write a page with a treemap, too: it needs nothing but itself."),
    ] = None,
    svg: Annotated[str | None, typer.Option("--svg", metavar="FILE", help="Write a treemap as a drawing, too.")] = None,
    cert: options.Cert = None,
    client_cert: options.ClientCert = None,
    proxy: options.Proxy = None,
    timeout: options.Timeout = None,
    retries: options.Retries = None,
    quiet: options.Quiet = 0,
    verbose: options.Verbose = 0,
) -> None:
    """Say where the bytes of an image are: by layer, by distribution, by kind; what is hidden, what could be spared.

    Example: pipfreeze-lock weigh docker-archive:image.tar
    """
    from pipfreeze_lock.cli.lock_options import network_of  # noqa: PLC0415  a command imports what it uses
    from pipfreeze_lock.cli.rendering import Talk  # noqa: PLC0415  likewise
    from pipfreeze_lock.cli.weighing import WeighOptions, run_weigh  # noqa: PLC0415  likewise

    run_weigh(
        WeighOptions(
            image=image,
            environment=environment,
            platform=platform,
            insecure=insecure,
            duplicates=duplicates,
            most=None if show_all else top,
            format=format,
            output=output,
            html=html,
            svg=svg,
            network=network_of(context),
        ),
        Talk(quiet=quiet, verbose=verbose),
    )
