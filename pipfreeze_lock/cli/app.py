"""The application: its commands, and what becomes of what they raise."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from pipfreeze_lock import __version__
from pipfreeze_lock.cli.ending import CLOSED_PIPE, INTERRUPTED, ended, forget_stdout, told, told_of_bug
from pipfreeze_lock.cli.plain_command import PlainCommand, take_plain_values

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["app", "run"]


class _Group(TyperGroup):
    """Turns our errors into their exit codes, and leaves every other exception to `run`.

    typer exits with 1 on whatever a command raises, which would look like a finding.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        take_plain_values(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        code = told(lambda: super(_Group, self).invoke(ctx) or 0)
        if code:
            raise typer.Exit(code)


app = typer.Typer(
    cls=_Group,
    name="pipfreeze-lock",
    help="The lock file that an image's own pip would install, and the proof that it did.",
    epilog="Example: pipfreeze-lock lock --base-image python:3.6.8 requirements.txt",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(value: bool) -> None:
    if value:
        sys.stdout.write(f"pipfreeze-lock {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    del version


def _register() -> None:
    """Each command module imports nothing but typer at its top, so that all may be registered at once."""
    if app.registered_commands:
        return
    from pipfreeze_lock.cli import (  # noqa: PLC0415  they import this module's types
        check,
        forecast,
        freeze,
        lock,
        probe,
        target,
        verify,
        weigh,
        why,
    )

    app.command("lock", cls=PlainCommand)(lock.lock_command)
    app.command("check", cls=PlainCommand)(check.check_command)
    app.command("verify", cls=PlainCommand)(verify.verify_command)
    app.command("freeze", cls=PlainCommand)(freeze.freeze_command)
    app.command("forecast", cls=PlainCommand)(forecast.forecast_command)
    app.command("target", cls=PlainCommand)(target.target_command)
    app.command("probe", cls=PlainCommand)(probe.probe_command)
    app.command("weigh", cls=PlainCommand)(weigh.weigh_command)
    app.command("why", cls=PlainCommand)(why.why_command)


def run(argv: Sequence[str]) -> int:
    """Run a command line and give its exit code; never raises."""
    return ended(_run(argv))


def _run(argv: Sequence[str]) -> int:
    _register()
    try:
        result = typer.main.get_command(app)(
            args=list(argv), prog_name="pipfreeze-lock", standalone_mode=False, obj=list(argv)
        )
    except SystemExit:  # so end typer and rich for a closed pipe, with 1, and for nothing else
        forget_stdout()
        return CLOSED_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  the last frontier: a usage error is told, the rest is our bug
        return _told(error)
    return result if isinstance(result, int) else 0


def _told(error: Exception) -> int:
    """Tell what typer raises for a wrong command line (exit 2), or that we have a bug (exit 70)."""
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):
        context = getattr(error, "ctx", None)
        message = error.format_message()
        if not message and context is not None:  # no arguments at all: the help is the answer
            sys.stdout.write(context.get_help() + "\n")
            return 0
        command = context.command_path if context is not None else "pipfreeze-lock"
        sys.stderr.write(f"error: {message.rstrip('.')}\nhint: `{command} --help` shows the options.\n")
        return int(error.exit_code)
    if isinstance(error, RuntimeError) and type(error).__name__ == "Abort":
        return INTERRUPTED
    return told_of_bug(error)
