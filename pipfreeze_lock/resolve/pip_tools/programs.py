"""Programs of others, run with a time limit, in an environment that says nothing about pip but what we say."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.metadata.build import last_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipfreeze_lock.model.requirement import IndexOptions

__all__ = ["HINTS_FOR_INSTALLING", "Ended", "as_block", "child_environment", "index_variables", "run_program"]

_TAKEN_OUT = (
    "PYTHON",
    "PIP_",
    "VIRTUAL_ENV",
    "CONDA_",
    "__PYVENV_LAUNCHER__",
    "SETUPTOOLS_",
    "DISTUTILS_",
    "CUSTOM_COMPILE_",
)
_KEPT_OF_PIP = frozenset({"PIP_CERT", "PIP_CLIENT_CERT", "PIP_PROXY", "PIP_DEFAULT_TIMEOUT", "PIP_RETRIES"})
"""How an index is reached is this machine's to say; what is taken from it is not."""


HINTS_FOR_INSTALLING = (
    "pip-compile is installed from the indexes in force: serve pip-tools, pip and what they need there.",
    "Or name a folder that has them with `--find-links`.",
    "The default, `--resolver resolvelib`, needs none of them.",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """How a program ended."""

    returncode: int
    output: str
    """stdout and stderr, as they came."""

    @property
    def last_lines(self) -> str:
        """Those that say why it failed, credentials hidden; as `as_block` gives them."""
        return as_block(self.output)


def as_block(output: str) -> str:
    """Give the last lines of what a program said, with an end of line after each, so that even one is no place."""
    lines = last_lines(output)
    return f"{lines}\n" if lines else ""


def child_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Leave what a program needs to run and to reach an index; whatever else would change its answer is taken out."""
    kept = {
        name: value
        for name, value in environment.items()
        if name in _KEPT_OF_PIP or not name.upper().startswith(_TAKEN_OUT)
    }
    # Python 3.6 under the C locale reads files as ASCII, and click refuses to work there.
    kept["LC_ALL"] = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    return kept | {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_NO_PYTHON_VERSION_WARNING": "1",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONNOUSERSITE": "1",
    }


def index_variables(options: IndexOptions) -> dict[str, str]:
    """Say where files may come from in variables of pip: they may hold credentials, which a command line would show.

    Folders are written as URLs, since pip splits the variable at white space.
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


def run_program(
    command: Sequence[str], *, variables: Mapping[str, str], folder: Path, time_limit: float, purpose: str
) -> Ended:
    """Run a program to its end; it and all that it started are ended when we are interrupted.

    :param purpose: What it is run for, as the end of a sentence: ``to install pip-tools``.
    :param time_limit: Seconds.
    :raises ResolutionError: when it cannot be run, or takes longer.
    """
    try:
        process = subprocess.Popen(  # noqa: S603  an interpreter that was found, with words of our own
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=dict(variables),
            start_new_session=True,
        )
    except OSError as error:
        message = f"`{command[0]}` cannot be run {purpose}: {error.strerror}"
        raise ResolutionError(message, hints=["Check that this interpreter works."]) from error
    try:
        output, _ = process.communicate(timeout=time_limit)
    except subprocess.TimeoutExpired:
        _kill(process)
        message = f"`{Path(command[0]).name}`, run {purpose}, took more than {time_limit:g} seconds"
        raise ResolutionError(
            message, hints=["Narrow the requirements, or leave out `--resolver pip-tools`."]
        ) from None
    except BaseException:
        _kill(process)
        raise
    return Ended(returncode=process.returncode, output=output.decode("utf-8", "replace"))


def _kill(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        import signal  # noqa: PLC0415  rare

        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            process.kill()
    else:
        process.kill()
    process.communicate()
