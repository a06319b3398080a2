"""``pipfreeze-lock lock``: expand requirements into the lock that an image's pip would install."""

from __future__ import annotations

from typing import Annotated

import typer

from pipfreeze_lock.cli import options


def lock_command(
    context: typer.Context,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT",
            help="Requirements files, pyproject.toml, or - for stdin. Default: requirements.in, else requirements.txt.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output-file",
            "--output",
            "-o",
            metavar="LOCK",
            help="Where to write; - is stdout. Default: requirements.lock beside the input.",
            rich_help_panel="Output",
        ),
    ] = None,
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
    constraint: options.Constraint = None,
    extra: options.Extra = None,
    index_url: options.IndexUrl = None,
    extra_index_url: options.ExtraIndexUrl = None,
    find_links: options.FindLinks = None,
    no_index: options.NoIndex = False,
    trusted_host: options.TrustedHost = None,
    pre: options.Pre = False,
    prefer_binary: options.PreferBinary = False,
    no_binary: options.NoBinary = None,
    only_binary: options.OnlyBinary = None,
    all_releases: options.AllReleases = None,
    only_final: options.OnlyFinal = None,
    uploaded_prior_to: options.UploadedPriorTo = None,
    no_build: options.NoBuild = False,
    resolver: options.Resolver = None,
    cross_check: options.CrossCheck = False,
    upgrade: options.Upgrade = False,
    upgrade_package: options.UpgradePackage = None,
    hashes: options.Hashes = None,
    no_hashes: options.NoHashes = False,
    build_lock: options.BuildLock = False,
    dry_run: options.DryRun = False,
    diff: options.Diff = False,
    diff_format: options.DiffFormat = None,
    diff_output: options.DiffOutput = None,
    exit_non_zero_on_change: options.ExitNonZeroOnChange = False,
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
    """Expand requirements into a fully pinned, hashed lock for the pip of an image.

    Example: pipfreeze-lock lock --base-image python:3.6.8 requirements.txt
    """
    from pipfreeze_lock.cli.lock_options import LockOptions, in_order_of_mention  # noqa: PLC0415  a command imports what it uses
    from pipfreeze_lock.cli.locking import run_lock  # noqa: PLC0415  likewise
    from pipfreeze_lock.cli.rendering import Talk  # noqa: PLC0415  likewise
    from pipfreeze_lock.cli.targeting import TargetOptions  # noqa: PLC0415  likewise
    from pipfreeze_lock.memo import Memo  # noqa: PLC0415  likewise

    target = TargetOptions.of(context)
    changed = run_lock(
        LockOptions(
            inputs=tuple(inputs or ()),
            output=output,
            target=target,
            constraints=tuple(constraint or ()),
            extras=tuple(extra or ()),
            index_url=index_url,
            extra_index_urls=tuple(extra_index_url or ()),
            find_links=tuple(find_links or ()),
            no_index=no_index,
            trusted_hosts=tuple(trusted_host or ()),
            pre=pre,
            prefer_binary=prefer_binary,
            format_mentions=in_order_of_mention(
                context.obj or [],
                {
                    "--no-binary": list(no_binary or ()),
                    "--only-binary": list(only_binary or ()),
                    "--all-releases": list(all_releases or ()),
                    "--only-final": list(only_final or ()),
                },
            ),
            uploaded_prior_to=uploaded_prior_to,
            no_build=no_build,
            resolver=resolver,
            cross_check=cross_check,
            upgrade=upgrade,
            upgrade_packages=tuple(upgrade_package or ()),
            hashes="none" if no_hashes else hashes,
            build_lock=build_lock,
            dry_run=dry_run,
            diff=diff,
            diff_format=diff_format,
            diff_output=diff_output,
            exit_non_zero_on_change=exit_non_zero_on_change,
            cert=cert,
            client_cert=client_cert,
            proxy=proxy,
            timeout=timeout,
            retries=retries,
            keyring_provider=keyring_provider,
            cache_dir=cache_dir,
            no_cache=no_cache,
            refresh=refresh,
        ),
        Talk(quiet=quiet, verbose=verbose),
        Memo(list(context.obj or [])),
    )
    if changed and exit_non_zero_on_change:
        raise typer.Exit(1)
