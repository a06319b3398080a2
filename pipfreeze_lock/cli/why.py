"""``pipfreeze-lock why``: through which requirements a distribution came into a lock, and which file of it."""

from __future__ import annotations

from typing import Annotated

import typer

from pipfreeze_lock.cli import options

_ASKED = "What is asked"


def why_command(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME", help="Distributions, in any spelling.")],
    locks: Annotated[
        list[str] | None,
        typer.Option(
            "--lock",
            metavar="LOCK",
            help="The lock to look in; may be repeated. Default: the one that `lock` writes here.",
            rich_help_panel=_ASKED,
        ),
    ] = None,
    files: Annotated[
        bool,
        typer.Option(
            "--files",
            help="Ask the index: which files there are, which this pip takes, and why not another. -v lists each file.",
            rich_help_panel=_ASKED,
        ),
    ] = False,
    output_format: Annotated[
        str, typer.Option("--format", metavar="text|json", help="How to print it.", rich_help_panel=_ASKED)
    ] = "text",
    base_image: options.BaseImage = None,
    dockerfile: options.Dockerfile = None,
    build_arg: options.BuildArg = None,
    stage: options.Stage = None,
    python_version: options.PythonVersion = None,
    implementation: options.Implementation = None,
    abi: options.Abi = None,
    platform: options.Platform = None,
    libc: options.Libc = None,
    pip_version: options.PipVersion = None,
    preinstalled: options.Preinstalled = None,
    no_base: options.NoBase = False,
    marker: options.MarkerValue = None,
    index_url: options.IndexUrl = None,
    extra_index_url: options.ExtraIndexUrl = None,
    find_links: options.FindLinks = None,
    no_index: options.NoIndex = False,
    trusted_host: options.TrustedHost = None,
    pre: options.Pre = False,
    prefer_binary: options.PreferBinary = False,
    uploaded_prior_to: options.UploadedPriorTo = None,
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
    """Say why a distribution is in the lock, and with --files why this file of it and not another.

    Without --files it reads the lock alone. Exit 1: a name is not in the lock.

    Example: pipfreeze-lock why --files grpcio
    """
    from pipfreeze_lock.cli.reasons import WhyQuestion, run_why  # noqa: PLC0415  a command imports what it uses
    from pipfreeze_lock.cli.rendering import Talk  # noqa: PLC0415  likewise

    question = WhyQuestion(
        names=tuple(names),
        locks=tuple(locks or ()),
        files=files,
        output_format=output_format,
        verbose=verbose > quiet,
    )
    talk = Talk(quiet=quiet, verbose=verbose)
    if not files:
        raise typer.Exit(run_why(question, talk))
    from pipfreeze_lock.cli.lock_options import LockOptions  # noqa: PLC0415  with --files alone
    from pipfreeze_lock.cli.selections import run_why_files  # noqa: PLC0415  likewise
    from pipfreeze_lock.cli.targeting import TargetOptions  # noqa: PLC0415  likewise

    given = LockOptions(
        target=TargetOptions.of(context),
        index_url=index_url,
        extra_index_urls=tuple(extra_index_url or ()),
        find_links=tuple(find_links or ()),
        no_index=no_index,
        trusted_hosts=tuple(trusted_host or ()),
        pre=pre,
        prefer_binary=prefer_binary,
        uploaded_prior_to=uploaded_prior_to,
        cert=cert,
        client_cert=client_cert,
        proxy=proxy,
        timeout=timeout,
        retries=retries,
        keyring_provider=keyring_provider,
        cache_dir=cache_dir,
        no_cache=no_cache,
        refresh=refresh,
    )
    raise typer.Exit(run_why_files(question, given, talk))
