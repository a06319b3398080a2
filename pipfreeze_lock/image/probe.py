"""Asks an interpreter of this machine what is installed for it, and reads what the probe prints."""

from __future__ import annotations

import json
import subprocess
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image.found_metadata import FoundMetadata, checked_direct_url, installed_distributions
from pipfreeze_lock.model.installed import InstalledSet

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PROBE_KEY", "ask_interpreter", "clean_environment", "probe_script", "read_probe"]

PROBE_KEY = "pipfreeze-lock-probe"
"""What the probe prints has this key, with the version of its format."""
_VERSION = 1
_SECONDS = 60
_ANEW = "Print it anew: `pipfreeze-lock probe | docker run --rm -i IMAGE python - > installed.json`."


def probe_script() -> str:
    """Give the probe: a program for Python 2.7, and 3.4 or newer, that imports the standard library alone."""
    return resources.files("pipfreeze_lock.image").joinpath("probe_script.py").read_text(encoding="utf-8")


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Give what another interpreter needs of our environment, and nothing that tells it where to import from."""
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith("PYTHON") and name not in {"VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}
    }


def ask_interpreter(path: str, *, environment: Mapping[str, str], subject: str | None = None) -> InstalledSet:
    """Run the probe under an interpreter.

    :param path: Of the interpreter, or the folder of an environment that has one in ``bin`` (``Scripts``).
    :param environment: Of its process, as `clean_environment` gives it.
    :param subject: How a person names it, where that is not the path.
    :raises ImageError: when it does not run or does not answer.
    """
    hints = ["Name the interpreter of the environment that is meant: `python:.venv/bin/python`."]
    program = _program(path)
    try:
        ran = subprocess.run(  # noqa: S603  the interpreter that the caller names
            [program, "-"],
            input=probe_script().encode(),
            capture_output=True,
            timeout=_SECONDS,
            env=dict(environment),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"`{path}` does not run: {getattr(error, 'strerror', None) or error}"
        raise ImageError(message, hints=hints) from None
    if ran.returncode:
        last = ran.stderr.decode(errors="replace").strip().splitlines()[-3:]
        message = f"`{path}` failed with exit code {ran.returncode}"
        raise ImageError(message, context="\n".join(last) or None, hints=hints)
    return read_probe(ran.stdout, subject=subject or path)


def _program(path: str) -> str:
    folder = Path(path)
    if not folder.is_dir():
        return path
    names = ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe")
    return str(next((found for name in names if (found := folder / name).is_file()), folder))


def read_probe(data: bytes, *, subject: str) -> InstalledSet:
    """Read what the probe printed.

    :raises ImageError: when it is something else.
    """
    try:
        answer = json.loads(data)
        if answer[PROBE_KEY] != _VERSION:
            message = f"it is of version {answer[PROBE_KEY]} of the probe, and this release reads {_VERSION}"
            raise ImageError(message, context=subject, hints=[_ANEW])
        libc = answer["libc"]
        return InstalledSet(
            subject=subject,
            python=answer["python"],
            implementation=answer["implementation"],
            libc=libc,
            distributions=installed_distributions([_found(one) for one in answer["distributions"]]),
            untold=() if libc else ("its C library",),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"it is not what the probe prints: {error}"
        raise ImageError(message, context=subject, hints=[_ANEW]) from None


def _found(entry: Mapping[str, Any]) -> FoundMetadata:
    return FoundMetadata(
        path=entry["path"].replace("\\", "/"),
        source=entry["source"],
        name=entry["name"],
        version=entry["version"],
        installer=entry["installer"],
        direct_url=checked_direct_url(entry["direct_url"]),
    )
