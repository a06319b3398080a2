"""``pipfreeze-lock forecast``: what ``pip install`` would do in an image, and how many bytes its layer would have."""

from __future__ import annotations

from typing import Annotated

import typer

from pipfreeze_lock.cli import image_options, options

_CALL = "How pip is called: pip's own options"
_REPORT = "Output"


def forecast_command(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT… IMAGE",
            help="A lock, or requirements files (- for stdin); then the image: python:3.6.8, docker-archive:FILE, "
            "oci:FOLDER, docker-daemon:NAME:TAG, docker://HOST/NAME:TAG, NAME:TAG or rootfs:FOLDER.",
            show_default=False,
        ),
    ] = None,
    requirement: Annotated[
        list[str] | None,
        typer.Option(
            "--requirement", "-r", metavar="FILE", help="Another input; may be repeated.", rich_help_panel=_CALL
        ),
    ] = None,
    constraint: options.Constraint = None,
    upgrade: Annotated[
        bool,
        typer.Option("--upgrade", "-U", help="Move what is installed to the newest release.", rich_help_panel=_CALL),
    ] = False,
    upgrade_strategy: Annotated[
        str | None,
        typer.Option(
            "--upgrade-strategy",
            metavar="eager|only-if-needed",
            help="Whether --upgrade moves dependencies, too. Default: eager before pip 10, only-if-needed since.",
            rich_help_panel=_CALL,
        ),
    ] = None,
    force_reinstall: Annotated[
        bool,
        typer.Option("--force-reinstall", help="Install anew what is installed already.", rich_help_panel=_CALL),
    ] = False,
    no_deps: Annotated[bool, typer.Option("--no-deps", help="Install no dependencies.", rich_help_panel=_CALL)] = False,
    require_hashes: Annotated[
        bool,
        typer.Option("--require-hashes", help="Want a hash of everything; a lock has them.", rich_help_panel=_CALL),
    ] = False,
    no_cache_dir: Annotated[
        bool, typer.Option("--no-cache-dir", help="Leave no cache of pip's in the layer.", rich_help_panel=_CALL)
    ] = False,
    no_compile: Annotated[
        bool, typer.Option("--no-compile", help="Leave no .pyc files.", rich_help_panel=_CALL)
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="DATE",
            help="Compare what pip would install on that day with what it would install now, or --uploaded-prior-to.",
            rich_help_panel="What moved",
        ),
    ] = None,
    environment: image_options.Environment = None,
    insecure: image_options.Insecure = False,
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
    no_binary: options.NoBinary = None,
    only_binary: options.OnlyBinary = None,
    all_releases: options.AllReleases = None,
    only_final: options.OnlyFinal = None,
    uploaded_prior_to: options.UploadedPriorTo = None,
    no_build: options.NoBuild = False,
    format: Annotated[  # noqa: A002  the option's name
        str,
        typer.Option(
            "--format", metavar="FORMAT", help="text or json; with --since markdown, too.", rich_help_panel=_REPORT
        ),
    ] = "text",
    output: Annotated[
        str | None,
        typer.Option(
            "--output-file",
            "--output",
            "-o",
            metavar="FILE",
            help="Where the report goes; default: stdout.",
            rich_help_panel=_REPORT,
        ),
    ] = None,
    exit_non_zero_on_change: Annotated[
        bool,
        typer.Option(
            "--exit-non-zero-on-change",
            help="Exit with 1 when pip would do anything, or with --since when anything moved.",
            rich_help_panel=_REPORT,
        ),
    ] = False,
    cert: options.Cert = None,
    client_cert: options.ClientCert = None,
    proxy: options.Proxy = None,
    timeout: options.Timeout = None,
    retries: options.Retries = None,
    keyring_provider: options.KeyringProvider = None,
    cache_dir: options.CacheDir = None,
    no_cache: Annotated[
        bool,
        typer.Option(
            "--no-cache",
            envvar="PIPFREEZE_LOCK_NO_CACHE",
            help="Keep and use no cache of ours.",
            rich_help_panel="Network and cache",
        ),
    ] = False,
    refresh: options.Refresh = False,
    quiet: options.Quiet = 0,
    verbose: options.Verbose = 0,
) -> None:
    """Say what pip install would do in an image: what it keeps, fetches and compiles, and what the layer would weigh.

    Example: pipfreeze-lock forecast requirements.txt python:3.6.8
    """
    from pipfreeze_lock.cli.forecast_options import ForecastOptions, PipOptions  # noqa: PLC0415  what is used, late
    from pipfreeze_lock.cli.forecasting import run_forecast  # noqa: PLC0415  likewise
    from pipfreeze_lock.cli.lock_options import LockOptions, in_order_of_mention, network_of  # noqa: PLC0415  likewise
    from pipfreeze_lock.cli.rendering import Talk  # noqa: PLC0415  likewise
    from pipfreeze_lock.cli.targeting import TargetOptions  # noqa: PLC0415  likewise

    code = run_forecast(
        ForecastOptions(
            words=tuple(words or ()),
            flags=frozenset(
                name
                for name in context.params
                if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"
            ),
            environment=environment,
            insecure=insecure,
            since=since,
            pip=PipOptions(
                upgrade=upgrade,
                upgrade_strategy=upgrade_strategy,
                force_reinstall=force_reinstall,
                no_deps=no_deps,
                require_hashes=require_hashes,
                no_cache_dir=no_cache_dir,
                no_compile=no_compile,
            ),
            lock=LockOptions(
                inputs=tuple(requirement or ()),
                target=TargetOptions.of(context),
                constraints=tuple(constraint or ()),
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
                **network_of(context),
            ),
            format=format,
            output=output,
            network=network_of(context),
        ),
        Talk(quiet=quiet, verbose=verbose),
    )
    if code and exit_non_zero_on_change:
        raise typer.Exit(code)
