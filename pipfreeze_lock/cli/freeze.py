"""``pipfreeze-lock freeze``: a lock of what is installed in an image that was never locked."""

from __future__ import annotations

from typing import Annotated

import typer

from pipfreeze_lock.cli import image_options, options

_ASKED = "What it was made from"


def freeze_command(
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
    output: Annotated[
        str | None,
        typer.Option(
            "--output-file",
            "--output",
            "-o",
            metavar="LOCK",
            help="Where to write; default: stdout.",
            rich_help_panel="Output",
        ),
    ] = None,
    requirement: Annotated[
        list[str] | None,
        typer.Option(
            "--requirement",
            "-r",
            metavar="FILE",
            help="The requirements that the image was made from; may be repeated. "
            "Without one, what nobody there requires counts as asked for.",
            rich_help_panel=_ASKED,
        ),
    ] = None,
    constraint: Annotated[
        list[str] | None,
        typer.Option(
            "--constraint",
            "-c",
            metavar="FILE",
            help="Constraints that held then; may be repeated.",
            rich_help_panel=_ASKED,
        ),
    ] = None,
    base_image: Annotated[
        str | None,
        typer.Option(
            "--base-image",
            metavar="REF",
            help="What it was made on: python:3.6.8, or any IMAGE. Default: told by pip's layer.",
            rich_help_panel=_ASKED,
        ),
    ] = None,
    environment: image_options.Environment = None,
    platform: image_options.Platform = None,
    insecure: image_options.Insecure = False,
    no_hashes: options.NoHashes = False,
    dry_run: options.DryRun = False,
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
    """Write down what is installed in an image that was never locked, with the hashes of the very files.

    Example: pipfreeze-lock freeze -r requirements.txt -o requirements.lock docker-archive:image.tar
    """
    from pipfreeze_lock.cli.freezing import FreezeOptions, run_freeze  # noqa: PLC0415  a command imports what it uses
    from pipfreeze_lock.cli.lock_options import LockOptions, network_of  # noqa: PLC0415  likewise
    from pipfreeze_lock.cli.rendering import Talk  # noqa: PLC0415  likewise
    from pipfreeze_lock.cli.targeting import TargetOptions  # noqa: PLC0415  likewise

    run_freeze(
        FreezeOptions(
            image=image,
            base_image=base_image,
            environment=environment,
            platform=platform,
            insecure=insecure,
            lock=LockOptions(
                target=TargetOptions(),
                inputs=tuple(requirement or ()),
                constraints=tuple(constraint or ()),
                output=output,
                hashes="none" if no_hashes else None,
                dry_run=dry_run,
                **network_of(context),
            ),
        ),
        Talk(quiet=quiet, verbose=verbose),
    )
