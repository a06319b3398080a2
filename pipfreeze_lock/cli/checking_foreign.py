"""Reads a lock of another tool, and the inputs that it names, for ``check``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pipfreeze_lock.check import rules
from pipfreeze_lock.check.places import LockPlaces
from pipfreeze_lock.cli.command_line import relative_to_lock
from pipfreeze_lock.cli.input_findings import finding, unreadable_inputs
from pipfreeze_lock.errors import InputError
from pipfreeze_lock.lockfile.foreign import parse_foreign
from pipfreeze_lock.model.finding import Location
from pipfreeze_lock.requirements.loader import load_requirements, read_location
from pipfreeze_lock.workflows.check_foreign import ForeignRequest, check_foreign

if TYPE_CHECKING:
    from pathlib import Path

    from pipfreeze_lock.lockfile.foreign import ForeignLock
    from pipfreeze_lock.model.finding import Examination, Finding
    from pipfreeze_lock.model.requirement import RequirementSet

__all__ = ["check_lock_of_another_tool"]

_PROJECT_FILES = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})
"""That they ask for a pin is recorded, and not for which of their extras."""


def check_lock_of_another_tool(path: Path, data: bytes) -> tuple[Examination, int] | None:
    """Check it as far as it goes, and give the exit code that its inputs alone would have.

    :return: None where there is no pin in it, so that it is no lock at all.
    """
    foreign = parse_foreign(data)
    if not foreign.pins:
        return None
    findings: list[Finding] = []
    found, missing = _inputs(foreign, path)
    projects = {parent for parent in missing if os.path.basename(parent) in _PROJECT_FILES}  # noqa: PTH119  a text
    for parent in sorted(missing - projects):
        message = f"it was made from `{parent}`, and there is no such file"
        remedy = f"Restore `{parent}`, or compile the lock again."
        findings.append(finding(rules.MISSING_INPUT, message, Location(path.as_posix()), remedy))
    requirements, exit_code = (None, 0)
    if projects or any(kind == "-r" for kind, _ in found):
        requirements, exit_code = _read(found, findings)
    request = ForeignRequest(
        path=path.as_posix(),
        foreign=foreign,
        places=LockPlaces(path.as_posix(), data.decode("utf-8-sig", errors="replace")),
        path_in_lock=lambda location: relative_to_lock(location, path),
        requirements=requirements,
        unread=frozenset(missing),
        findings=tuple(findings),
        unchecked=tuple(
            f"`{one}` is not looked at: which of its extras were meant is not recorded" for one in sorted(projects)
        ),
    )
    return check_foreign(request), exit_code


def _inputs(foreign: ForeignLock, path: Path) -> tuple[list[tuple[str, str]], set[str]]:
    """Find the files that the ``# via -r`` comments name, relative to the lock or to where we are.

    :return: Option and place of each, and those that are not to be read, as they are named.
    """
    found: dict[tuple[str, str], None] = {}
    missing: set[str] = set()
    for via in (via for one in foreign.pins for via in one.pin.via if via.kind != "distribution"):
        places = [os.path.normpath(path.parent / via.parent), os.path.normpath(via.parent)]
        place = next((one for one in places if os.path.isfile(one)), None)  # noqa: PTH113  they are texts
        if os.path.basename(via.parent) in _PROJECT_FILES:  # noqa: PTH119  likewise
            place = None
        if place is None:
            missing.add(via.parent)
        else:
            found[via.kind, place] = None
    return list(found), missing


def _read(found: list[tuple[str, str]], findings: list[Finding]) -> tuple[RequirementSet | None, int]:
    try:
        requirements = load_requirements(
            [place for kind, place in found if kind == "-r"],
            constraints=[place for kind, place in found if kind == "-c"],
            read=lambda location: read_location(location, client=None, stdin=bytes),
            environment=os.environ,
        )
    except InputError as error:
        findings += unreadable_inputs(error)
        return None, error.exit_code
    return requirements, 0
