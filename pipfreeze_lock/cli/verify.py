"""``pipfreeze-lock verify``: say whether what is in an image is exactly the lock."""

from __future__ import annotations

from typing import Annotated

import typer

from pipfreeze_lock.cli import image_options, options

_POLICY = "What counts"


def verify_command(
    context: typer.Context,
    lock: Annotated[str, typer.Argument(metavar="LOCK", help="The lock.", show_default=False)],
    image: Annotated[
        str,
        typer.Argument(
            metavar="IMAGE",
            help="docker-archive:FILE[:NAME:TAG], oci:FOLDER[:TAG], oci-archive:FILE, docker-daemon:NAME:TAG, "
            "docker://HOST/NAME:TAG, NAME:TAG, rootfs:FOLDER, python:PATH, installed:FILE or installed:-.",
            show_default=False,
        ),
    ],
    environment: image_options.Environment = None,
    all_environments: Annotated[
        bool,
        typer.Option(
            "--all-environments", help="Compare every environment in it.", rich_help_panel=image_options.PANEL
        ),
    ] = False,
    platform: image_options.Platform = None,
    insecure: image_options.Insecure = False,
    integrity: Annotated[
        bool,
        typer.Option("--integrity", help="Hold every installed file against its RECORD, and find those without one."),
    ] = False,
    deep: Annotated[
        bool,
        typer.Option(
            "--deep", help="Hold each RECORD against that of the locked wheel, read from the index; means --integrity."
        ),
    ] = False,
    allow_extra: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-extra",
            metavar="NAME",
            help="May be there besides the lock; patterns such as types-* too.",
            rich_help_panel=_POLICY,
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            "--ignore",
            metavar="RULE|NAME|RULE:NAME",
            help="Leave out, and count, these findings: other-installer, numpy, changed-file:numpy.",
            rich_help_panel=_POLICY,
        ),
    ] = None,
    base_policy: Annotated[
        str | None,
        typer.Option(
            "--base-policy",
            metavar="strict|warn|ignore",
            help="How grave it is that the base set moved; default: strict.",
            rich_help_panel=_POLICY,
        ),
    ] = None,
    format: Annotated[  # noqa: A002  the option's name
        str,
        typer.Option("--format", metavar="FORMAT", help="text, json, github, gitlab, junit or sarif."),
    ] = "text",
    output: Annotated[
        str | None,
        typer.Option("--output-file", "--output", "-o", metavar="FILE", help="Where the report goes; default: stdout."),
    ] = None,
    index_url: options.IndexUrl = None,
    extra_index_url: options.ExtraIndexUrl = None,
    find_links: options.FindLinks = None,
    no_index: options.NoIndex = False,
    trusted_host: options.TrustedHost = None,
    cert: options.Cert = None,
    client_cert: options.ClientCert = None,
    proxy: options.Proxy = None,
    timeout: options.Timeout = None,
    retries: options.Retries = None,
    keyring_provider: options.KeyringProvider = None,
    cache_dir: options.CacheDir = None,
    no_cache: options.NoCache = False,
    refresh: options.Refresh = False,
    quiet: options.Quiet = 0,
    verbose: options.Verbose = 0,
) -> None:
    """Say whether what is installed in an image is exactly the lock: 0 yes, 1 no, 3 lock and 6 image unreadable.

    Example: pipfreeze-lock verify requirements.lock docker-archive:image.tar
    """
    from pipfreeze_lock.cli.lock_options import network_of  # noqa: PLC0415  a command imports what it uses
    from pipfreeze_lock.cli.rendering import Talk  # noqa: PLC0415  likewise
    from pipfreeze_lock.cli.verifying import VerifyOptions, run_verify  # noqa: PLC0415  likewise

    code = run_verify(
        VerifyOptions(
            lock=lock,
            image=image,
            environment=environment,
            all_environments=all_environments,
            platform=platform,
            insecure=insecure,
            integrity=integrity or deep,
            deep=deep,
            allow_extra=tuple(allow_extra or ()),
            ignore=tuple(ignore or ()),
            base_policy=base_policy,
            format=format,
            output=output,
            network=network_of(context),
        ),
        Talk(quiet=quiet, verbose=verbose),
    )
    raise typer.Exit(code)
