"""Look up what a reviewer of a moved lock asks for: sizes, dates, what is gone, and what holds back what is newer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from pipfreeze_lock.index.evaluate import upload_time
from pipfreeze_lock.model.legacy_version import read_version
from pipfreeze_lock.model.lock_review import HeldBack, LockReview, PinnedFile
from pipfreeze_lock.workflows.why_files import Selections, selections

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.lock import LockedSet, Pin
    from pipfreeze_lock.model.selection import ReleaseVerdict, Selection

__all__ = ["PinnedReleases", "review"]


class PinnedReleases(Selections, Protocol):
    """Knows all files of a project, and which of them a pin stands for."""

    def pinned_file(self, pin: Pin) -> PinnedFile:
        """Find what is offered now of the file that a pin stands for.

        :raises NetworkError: when an index could not be asked.
        """
        ...  # pragma: no cover


def review(
    old: Iterable[Pin], new: LockedSet, releases: PinnedReleases, *, exclude_newer: datetime | None
) -> LockReview:
    """Ask for each pin; what the new lock has was looked at for the lock itself, so that little is fetched.

    :param old: The pins that there were.
    :param exclude_newer: The instant that the new lock is as of: what was uploaded then or later does not exist.
    :raises NetworkError: when an index could not be asked for what the new lock has no longer.
    """
    names = [pin.name for pin in new.pins if pin.url is None]
    found = selections(new, names, releases, fetch=False, newer_only=True)
    return LockReview(
        old={pin.name: _file(pin, releases) for pin in old},
        new={pin.name: _file(pin, releases) for pin in new.pins},
        held=tuple(held for selection in found for held in _held(selection, exclude_newer)),
    )


def _file(pin: Pin, releases: PinnedReleases) -> PinnedFile:
    if pin.url is None:
        return releases.pinned_file(pin)
    size = pin.files[0].size if pin.files else None
    filename = pin.filename or pin.url.partition("#")[0].partition("?")[0].rpartition("/")[2]
    return PinnedFile(state="direct", filename=filename or None, size=size)


def _held(found: Selection, exclude_newer: datetime | None) -> Iterator[HeldBack]:
    """Give the newest release that a requirement keeps away, and the newest one that the image does."""
    releases = [one for one in _newer(found) if not _is_unwanted(one, found, exclude_newer)]
    for is_image in (False, True):
        release = next((one for one in releases if (one.status == "rejected") is is_image), None)
        if release is not None:
            yield HeldBack(
                name=cast("NormalizedName", found.name),
                version=str(found.chosen_version),
                newer=release.version,
                uploaded=_first_upload(release),
                by=release.excluded_by,
                reasons=() if release.excluded_by else release.reasons,
                is_image=is_image,
            )


def _newer(found: Selection) -> Iterator[ReleaseVerdict]:
    for release in found.releases:
        if release.status == "chosen":
            return
        yield release


def _is_unwanted(release: ReleaseVerdict, found: Selection, exclude_newer: datetime | None) -> bool:
    """Whether nobody would take it even where all else let it in: a pre-release, a yanked one, one that is too new."""
    if release.status == "left out" or not release.version or all(one.yanked is not None for one in release.files):
        return True
    first = _first_upload(release)
    if exclude_newer is not None and first is not None and upload_time(first) >= exclude_newer:
        return True
    is_prerelease = read_version(release.version).is_prerelease
    return is_prerelease and not read_version(str(found.chosen_version)).is_prerelease


def _first_upload(release: ReleaseVerdict) -> str | None:
    return min((file.upload_time for file in release.files if file.upload_time), default=None)
