"""Find the file that a pin of a lock stands for among those that are offered now."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from pipfreeze_lock.index.places import default_index, default_project_page
from pipfreeze_lock.model.legacy_version import read_version
from pipfreeze_lock.model.lock_review import PinnedFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.index.rank import ProjectFiles
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.lock import Pin

__all__ = ["pinned_file"]


def pinned_file(project: ProjectFiles, pin: Pin) -> PinnedFile:
    """Find it by its name where the pin tells, else by its hashes, of several the one that this pip would take.

    A lock may be of another target; so files that this pip would not take are looked at, too.
    """
    files = list(_files(project, pin))
    for file, page in files:
        if _is_of(file, pin):
            return PinnedFile(
                state="offered",
                filename=file.filename,
                size=file.size,
                uploaded=file.upload_time,
                yanked=file.yanked_reason if file.is_yanked else None,
                release_page=_release_page(page, pin),
            )
    is_unknown = any("sha256" not in file.hashes for file, _ in files)
    return PinnedFile(state="unknown" if is_unknown else "gone", filename=pin.filename)


def _files(project: ProjectFiles, pin: Pin) -> Iterator[tuple[IndexFile, ProjectPage]]:
    version = read_version(pin.version)
    yield from ((one.file, one.page) for one in project.candidates(version))
    yield from ((one.file, one.page) for one in project.rejections(version))


def _is_of(file: IndexFile, pin: Pin) -> bool:
    digest = file.hashes.get("sha256")
    if digest is None or not pin.hashes:
        return pin.filename == file.filename if pin.filename is not None else not pin.hashes
    return f"sha256:{digest}" in pin.hashes and pin.filename in (None, file.filename)


def _release_page(page: ProjectPage, pin: Pin) -> str | None:
    """Give the page of a release where anybody may see it: other indexes may be private, as even their names may be."""
    if page.index.reveal().rstrip("/") != default_index().reveal().rstrip("/"):
        return None
    return f"{default_project_page(pin.name)}{quote(pin.version, safe='')}/"
