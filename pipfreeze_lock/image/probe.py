"""Asks an interpreter of this machine what is installed for it, and reads what the probe prints."""

from __future__ import annotations

import json
import subprocess
from importlib import resources
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.model.installed import InstalledDistribution, InstalledSet
from pipfreeze_lock.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["ask_interpreter", "probe_script", "read_probe"]

_VERSION = 1
_SECONDS = 60


def probe_script() -> str:
    """Give the probe: a program for Python 2.7, and 3.4 or newer, that imports the standard library alone."""
    return resources.files("pipfreeze_lock.image").joinpath("probe_script.py").read_text(encoding="utf-8")


def ask_interpreter(path: str, *, environment: Mapping[str, str]) -> InstalledSet:
    """Run the probe under an interpreter.

    :raises ImageError: when it does not run or does not answer.
    """
    hints = ["Name the interpreter of the environment that is meant, or activate it."]
    try:
        ran = subprocess.run(  # noqa: S603  the interpreter that the caller names
            [path, "-"],
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
    return read_probe(ran.stdout, subject=path)


def read_probe(data: bytes, *, subject: str) -> InstalledSet:
    """Read what the probe printed.

    :raises ImageError: when it is something else.
    """
    try:
        answer = json.loads(data)
        if answer["pipfreeze-lock-probe"] != _VERSION:
            message = (
                f"it is of version {answer['pipfreeze-lock-probe']} of the probe, and this release reads {_VERSION}"
            )
            raise ImageError(message, context=subject, hints=["Print it anew: `pipfreeze-lock probe`."])
        return InstalledSet(
            subject=subject,
            python=answer["python"],
            implementation=answer["implementation"],
            libc=answer["libc"],
            distributions=tuple(_distributions(answer["distributions"])),
        )
    except (ValueError, KeyError, TypeError) as error:
        message = f"it is not what the probe prints: {error}"
        raise ImageError(message, context=subject, hints=["Print it anew: `pipfreeze-lock probe`."]) from None


def _distributions(found: list[dict[str, Any]]) -> Iterator[InstalledDistribution]:
    """Read each; metadata without a name or version is taken from its file name, as pip's fall-back does."""
    seen: set[str] = set()
    for one in found:
        stem = one["path"].replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
        name = canonical_name(one["name"] or stem.partition("-")[0])
        yield InstalledDistribution(
            name=name,
            version=one["version"] or stem.partition("-")[2].partition("-")[0],
            path=one["path"],
            installer=one["installer"],
            direct_url=one["direct_url"],
            is_editable=one["editable"],
            is_shadowed=name in seen,
        )
        seen.add(name)
