"""The error of a pip that does not resolve, where the requirement that it saw first has no file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.model.requirement import Requirement

if TYPE_CHECKING:
    from pipfreeze_lock.resolve.planning.interface import PlanParts
    from pipfreeze_lock.resolve.planning.lines import Line

__all__ = ["nothing_found"]

_SHOWN = 8


def nothing_found(line: Line, parts: PlanParts) -> ResolutionError:
    """Make it: what was asked for, by whom, and what there is."""
    target, project = parts.rules.target, parts.catalogue.project(line.name)
    asker = str(line.origin.source) if isinstance(line.origin, Requirement) else f"needed as `{line.origin.text}`"
    if not any(page.files for page in project.pages):
        places = " or ".join(f"`{place}`" for place in parts.catalogue.places)
        message = f"there is no project named `{line.name}` in {places}"
        if not places:
            message = f"`{line.name}` is not looked for anywhere: no index and no `--find-links` is in force"
        return ResolutionError(message, context=asker)
    versions = [str(version) for version in project.versions() if project.candidates(version)]
    shown = ", ".join(versions[:_SHOWN]) + (f" and {len(versions) - _SHOWN} more" if len(versions) > _SHOWN else "")
    there = f"this pip may choose among {shown}" if versions else "there is no file of it that this pip takes"
    message = f"no version of `{line.name}` satisfies `{line}` on Python {target.python} with pip {target.pip}"
    return ResolutionError(message, context=f"{asker}\n{there}", hints=_hints(parts, has_versions=bool(versions)))


def _hints(parts: PlanParts, *, has_versions: bool) -> list[str]:
    until = parts.rules.exclude_newer
    if until is not None:
        return [f"Files of {until:%Y-%m-%d %H:%M} UTC and later count as not there; a later date lets more in."]
    pip = parts.rules.target.pip
    hint = f"pip {pip} goes by the first requirement that it sees for a name; name another version before it."
    return [hint] if has_versions else []
