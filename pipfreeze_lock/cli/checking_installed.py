"""``check --installed``: the lock beside what the environment's interpreter has."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image.probe import ask_interpreter
from pipfreeze_lock.verify.compare import compare
from pipfreeze_lock.verify.mending import Mending, with_remedies
from pipfreeze_lock.workflows.check import in_order

if TYPE_CHECKING:
    from pipfreeze_lock.cli.checking import Basis, Checked

__all__ = ["compared"]


def compared(checked: Checked, basis: Basis) -> Checked:
    """Add what differs from what is installed.

    :raises ImageError: when there is no interpreter, or it does not answer.
    """
    installed = ask_interpreter(_interpreter(), environment=os.environ)
    lock = basis.read.lock
    mending = Mending(
        lock=checked.examination.lock,
        unpinned=frozenset(one.name for one in lock.unpinned),
        without_dependencies=lock.installs_without_dependencies,
        is_image=False,
        relock=basis.relock,
    )
    found = with_remedies(list(compare(lock, installed, place=basis.places.pin, whole=basis.places.whole)), mending)
    findings = tuple(in_order([*checked.examination.findings, *found]))
    examination = replace(checked.examination, findings=findings, subject=installed.subject)
    return replace(checked, examination=examination, exit_code=max(checked.exit_code, int(not examination.agrees)))


def _interpreter() -> str:
    """Give the ``python`` that a shell here would run: of the active environment, else the first on PATH."""
    environment = os.environ.get("VIRTUAL_ENV")
    if environment:
        folder = "Scripts" if os.name == "nt" else "bin"
        program = Path(environment, folder, "python.exe" if os.name == "nt" else "python")
        if program.is_file():
            return str(program)
    found = shutil.which("python") or shutil.which("python3")
    if found is None:
        message = "there is no `python` on PATH"
        raise ImageError(message, hints=["Activate the environment that is meant."])
    return found
