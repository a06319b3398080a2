"""Programs of others, pips above all: run to their end, and told where files may come from."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipfreeze_lock.model.requirement import IndexOptions

__all__ = ["index_variables", "run_to_end"]


def index_variables(options: IndexOptions) -> dict[str, str]:
    """Say where files may come from in variables of pip: they may hold credentials, which a command line would show.

    Folders are written as URLs, since pip splits the variable at white space, and may run in another folder.
    """
    variables = {}
    if options.index_url is not None:
        variables["PIP_INDEX_URL"] = options.index_url.reveal()
    if options.extra_index_urls:
        variables["PIP_EXTRA_INDEX_URL"] = " ".join(url.reveal() for url in options.extra_index_urls)
    if options.find_links:
        variables["PIP_FIND_LINKS"] = " ".join(_as_url(place) for place in options.find_links)
    if options.no_index:
        variables["PIP_NO_INDEX"] = "1"
    if options.trusted_hosts:
        variables["PIP_TRUSTED_HOST"] = " ".join(options.trusted_hosts)
    return variables


def _as_url(place: str) -> str:
    return place if "://" in place or place.startswith("file:") else Path(place).absolute().as_uri()


def run_to_end(
    command: Sequence[str], *, variables: Mapping[str, str], folder: Path | None, time_limit: float
) -> tuple[int, bytes]:
    """Run a program; it and all that it started are ended when it takes too long, and when we are interrupted.

    :param time_limit: Seconds.
    :return: Its exit code, and what it said on stdout and stderr, as it came.
    :raises OSError: when it cannot be run.
    :raises subprocess.TimeoutExpired: when it takes longer.
    """
    process = subprocess.Popen(  # noqa: S603  its words are the caller's
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=dict(variables),
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=time_limit)
    except BaseException:
        _kill(process)
        raise
    return process.returncode, output


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and all that it started."""
    if os.name == "posix":
        import signal  # noqa: PLC0415  rare

        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            process.kill()
    else:
        process.kill()
    process.communicate()
