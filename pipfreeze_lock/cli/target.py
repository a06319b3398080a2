"""``pipfreeze-lock target``: what the image's pip is taken to be."""

from __future__ import annotations

from typing import Annotated

import typer

from pipfreeze_lock.cli import options


def target_command(
    context: typer.Context,
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
    output_format: Annotated[str, typer.Option("--format", metavar="text|json", help="How to print it.")] = "text",
    quiet: options.Quiet = 0,
    verbose: options.Verbose = 0,
) -> None:
    """Print what the image's pip is taken to be: Python, libc, pip, tags, base set, and where each came from.

    Example: pipfreeze-lock target --base-image python:3.6.8 --format json
    """
    import sys  # noqa: PLC0415  a command imports what it uses when it runs

    from pipfreeze_lock.cli.rendering import Talk  # noqa: PLC0415  only where it is needed
    from pipfreeze_lock.cli.settings import read_settings, working_folder  # noqa: PLC0415  likewise
    from pipfreeze_lock.cli.targeting import TargetOptions, choose_targets  # noqa: PLC0415  likewise
    from pipfreeze_lock.errors import UsageError  # noqa: PLC0415  likewise
    from pipfreeze_lock.target.describe import as_json, as_text  # noqa: PLC0415  likewise

    if output_format not in ("text", "json"):
        message = f"`--format {output_format}` is not known"
        raise UsageError(message, hints=["Write `text` or `json`."])
    given = TargetOptions.of(context)
    talk = Talk(quiet=quiet, verbose=verbose)
    chosen = choose_targets(given, read_settings(working_folder()), recorded=None)
    for note in chosen.notes:
        talk.warn(note)
    if output_format == "json":
        import json  # noqa: PLC0415  only where it is needed

        described = [as_json(target) for target in chosen.targets]
        document = described[0] if len(described) == 1 else described
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        sys.stdout.write("\n".join(as_text(target, verbose=verbose > 0) for target in chosen.targets))
