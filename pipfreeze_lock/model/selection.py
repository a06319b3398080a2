"""What became of each file of a project: which one a pip takes, and why it takes no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pipfreeze_lock.model.lock import Via

__all__ = ["FileVerdict", "ReleaseStatus", "ReleaseVerdict", "Selection"]

ReleaseStatus = Literal["chosen", "rejected", "excluded", "left out", "passed over", "lower"]
"""``rejected``: this pip would take no file of it. ``excluded``: a requirement rules the version out. ``left out``: a
pre-release that nobody asks for, or yanked. ``passed over``: it ranks above the chosen one and was not taken all the
same. ``lower``: it ranks below."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileVerdict:
    """One file that a place offers."""

    filename: str
    url: str
    """Absolute, without credentials and fragment."""
    kind: Literal["wheel", "sdist", "other"]
    accepted: bool
    """Whether this pip would put it on its list, whatever version is asked for."""
    chosen: bool = False
    rank: int | None = None
    """Its place among those that the requirements allow, 1 the first; None: not among them."""
    cause: str | None = None
    """Of a rejection, one of a few words: ``tags``, ``requires-python``, …"""
    reason: str | None = None
    """Of a rejection, in full: ``it is for another platform (macosx_10_9_x86_64)``."""
    group: str | None = None
    """The reason without what differs from file to file: ``it is for another platform``."""
    yanked: str | None = None
    size: int | None = None
    upload_time: str | None = None
    requires_python: str | None = None
    hashes: tuple[str, ...] = ()
    """``ALGORITHM:HEXDIGEST``, sorted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseVerdict:
    """One version."""

    version: str
    """Empty for files whose names tell no version."""
    status: ReleaseStatus
    reasons: tuple[str, ...] = ()
    """Why it was not chosen, a clause each; empty where it was, or ranks lower for its version alone."""
    excluded_by: tuple[Via, ...] = ()
    """Where its status is ``excluded``, whose constraints rule it out."""
    files: tuple[FileVerdict, ...]
    """Accepted ones first, in this pip's order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """One project."""

    name: str
    target: str
    places: tuple[str, ...]
    """The indexes and folders that have it, without credentials."""
    chosen_version: str | None
    """None where nothing was chosen: no lock, or not in it."""
    chosen_file: str | None = None
    """None for a version of the base image, and where the lock's hashes fit no file that is there."""
    releases: tuple[ReleaseVerdict, ...]
    """Newest first."""
    notes: tuple[str, ...] = ()
    is_base: bool = False
    """The chosen version is the base image's, so that no file was taken."""
    is_direct: bool = False
    """A requirement names the file by its URL, and no index is asked."""

    @property
    def file_count(self) -> int:
        """How many files there are."""
        return sum(len(release.files) for release in self.releases)
