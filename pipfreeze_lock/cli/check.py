"""``pipfreeze-lock check``: say whether requirements and lock still agree."""

from __future__ import annotations

from typing import Annotated

import typer

from pipfreeze_lock.cli import options


def check_command(
    context: typer.Context,
    locks: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LOCK",
            help="Locks, or folders to search for them. Default: those of the configuration and of this folder.",
            show_default=False,
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Refuse changed lines too that the pins still satisfy."),
    ] = False,
    online: Annotated[
        bool,
        typer.Option(
            "--online", help="Ask the index too: what was yanked or vanished, and what only our own lines hold back."
        ),
    ] = False,
    installed: Annotated[
        bool, typer.Option("--installed", help="Compare also with what is installed for the `python` on PATH.")
    ] = False,
    format: Annotated[  # noqa: A002  the option's name
        str,
        typer.Option("--format", metavar="FORMAT", help="text, json, github, gitlab, junit or sarif."),
    ] = "text",
    output: Annotated[
        str | None,
        typer.Option("--output-file", "--output", "-o", metavar="FILE", help="Where the report goes; default: stdout."),
    ] = None,
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
    """Say at once and offline whether requirements and lock still agree: 0 yes, 1 no, 3 unreadable.

    Example: pipfreeze-lock check
    """
    from pipfreeze_lock.cli.check_run import CheckOptions, run_check  # noqa: PLC0415  a command imports what it uses
    from pipfreeze_lock.cli.lock_options import network_of  # noqa: PLC0415  likewise
    from pipfreeze_lock.cli.rendering import Talk  # noqa: PLC0415  likewise

    code = run_check(
        CheckOptions(
            locks=tuple(locks or ()),
            strict=strict,
            online=online,
            installed=installed,
            format=format,
            output=output,
            network=network_of(context),
        ),
        Talk(quiet=quiet, verbose=verbose),
    )
    raise typer.Exit(code)
