"""Whether a distribution came from where the lock says: what direct_url.json (PEP 610) says, and what it cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from pipfreeze_lock.model.origin import is_same_revision

if TYPE_CHECKING:
    from pipfreeze_lock.model.installed import InstalledDistribution
    from pipfreeze_lock.model.lock import Pin

__all__ = ["is_same_place", "tells_origin"]

_SINCE = Version("20.1")
"""Of pip, from which it writes direct_url.json."""


def is_same_place(pin: Pin, found: InstalledDistribution, *, pip: str) -> bool:
    """Whether the pin's direct reference, or its lack, is what direct_url.json says.

    :param pip: Of the target: an older one than 20.1 writes none, so that its lack says nothing.
    """
    pinned, installed = pin.url, found.direct_url
    if installed is not None and installed == pin.origin:
        return True
    if installed is None:
        return pinned is None or not tells_origin(pip, found)
    if pinned is None:
        return False
    return is_same_revision(pinned, installed) or pinned.partition("#")[0] == installed.partition("#")[0]


def tells_origin(pip: str, found: InstalledDistribution) -> bool:
    """Whether the lack of a direct_url.json says that it is from an index.

    Only what pip installed from a wheel, its own builds among them, has one.
    """
    if found.installer != "pip" or not found.path.endswith(".dist-info"):
        return False
    try:
        return Version(pip) >= _SINCE
    except InvalidVersion:
        return False
