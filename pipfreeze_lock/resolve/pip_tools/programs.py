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
from pipfreeze_lock.metadata.child_programs import run_to_end

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["HINTS_FOR_INSTALLING", "Ended", "as_block", "child_environment", "run_program"]

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


def run_program(
    command: Sequence[str], *, variables: Mapping[str, str], folder: Path, time_limit: float, purpose: str
) -> Ended:
    """Run a program to its end; it and all that it started are ended when we are interrupted.

    :param purpose: What it is run for, as the end of a sentence: ``to install pip-tools``.
    :param time_limit: Seconds.
    :raises ResolutionError: when it cannot be run, or takes longer.
    """
    try:
        returncode, output = run_to_end(command, variables=variables, folder=folder, time_limit=time_limit)
    except OSError as error:
        message = f"`{command[0]}` cannot be run {purpose}: {error.strerror}"
        raise ResolutionError(message, hints=["Check that this interpreter works."]) from error
    except subprocess.TimeoutExpired:
        message = f"`{Path(command[0]).name}`, run {purpose}, took more than {time_limit:g} seconds"
        raise ResolutionError(
            message, hints=["Narrow the requirements, or leave out `--resolver pip-tools`."]
        ) from None
    return Ended(returncode=returncode, output=output.decode("utf-8", "replace"))
