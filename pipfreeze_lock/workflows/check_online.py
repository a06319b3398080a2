"""Check a lock against the index of today: what was yanked, what has vanished, what only our own lines hold back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pipfreeze_lock.check import rules
from pipfreeze_lock.check.context import pin_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from pipfreeze_lock.check.context import Asked, CheckContext
    from pipfreeze_lock.index.rank import ProjectFiles
    from pipfreeze_lock.model.artifact import IndexFile
    from pipfreeze_lock.model.finding import Finding
    from pipfreeze_lock.model.lock import Pin

__all__ = ["Projects", "online_findings"]


class Projects(Protocol):
    """What the index has of a project; `pipfreeze_lock.resolve.catalogue.Catalogue` is one."""

    def project(self, name: NormalizedName) -> ProjectFiles:
        """Give all files of a project.

        :raises NetworkError: when an index could not be asked.
        """
        ...  # pragma: no cover


def online_findings(context: CheckContext, projects: Projects) -> Iterator[Finding]:
    """Say of each pin from an index what became of it there.

    :raises NetworkError: when an index could not be asked.
    """
    lines = [*context.requirements_that_hold(), *context.constraints_that_hold()]
    for pin in context.lock.pins:
        if pin.url is None:
            project = projects.project(pin.name)
            yield from _release(context, pin, project)
            yield from _held_back(context, pin, project, [line for line in lines if line.name == pin.name])


def _release(context: CheckContext, pin: Pin, project: ProjectFiles) -> Iterator[Finding]:
    version = context.version(pin.version)
    files: list[IndexFile] = [one.file for one in project.candidates(version)]
    files += [one.file for one in project.rejections(version)]
    move = f"pipfreeze-lock lock --upgrade-package {pin.name}"
    if not files:
        message = f"`{pin_text(pin)}` is no longer on the index"
        yield context.finding(rules.VANISHED_RELEASE, message, pin=pin, remedy=move)
        return
    offered = {f"{algorithm}:{digest}" for file in files for algorithm, digest in file.hashes.items()}
    gone = [text for text in pin.hashes if text not in offered]
    if gone and offered:  # an index that gives no hashes says nothing of them
        which = "no file" if len(gone) == len(pin.hashes) else f"{len(gone)} of {len(pin.hashes)} files"
        verb = "with its hash is offered" if len(gone) == len(pin.hashes) else "that it allows are no longer offered"
        yield context.finding(rules.VANISHED_FILE, f"`{pin_text(pin)}`: {which} {verb}", pin=pin)
    yield from _yanked(context, pin, files, move)


def _yanked(context: CheckContext, pin: Pin, files: list[IndexFile], move: str) -> Iterator[Finding]:
    """A yank that was known when the lock was made stands in it as a note, and is not told again."""
    if any(note.startswith("yanked") for note in pin.notes):
        return
    for file in files:
        digests = {f"{algorithm}:{digest}" for algorithm, digest in file.hashes.items()}
        if file.is_yanked and (not pin.hashes or not digests.isdisjoint(pin.hashes)):
            message = f"`{pin_text(pin)}` was yanked: {file.yanked_reason}"
            yield context.finding(rules.YANKED_PIN, message, pin=pin, remedy=move)
            return


def _held_back(context: CheckContext, pin: Pin, project: ProjectFiles, lines: list[Asked]) -> Iterator[Finding]:
    """Say which lines of ours alone keep a newer release out, of those that this target could have."""
    current = context.version(pin.version)
    if not lines:
        return
    newest = next((one for one in sorted(project.versions(), reverse=True) if _may_be(one, current, project)), None)
    if newest is None:
        return
    version = str(newest)
    others = (via for via in pin.via if via.kind == "distribution")
    if not all(context.satisfies_text(version, via.constraint) for via in others):
        return
    for line in lines:
        if line.requirement is not None and not context.satisfies(version, line.requirement.specifier):
            message = f"`{pin.name}` {version} is out, and `{line.text}` alone holds it back"
            yield context.finding(rules.HELD_BACK, message, location=line.location, pin=pin, remedy="")


def _may_be(version: Version, current: Version, project: ProjectFiles) -> bool:
    if version <= current or (version.is_prerelease and not current.is_prerelease):
        return False
    return any(not one.file.is_yanked for one in project.candidates(version))
