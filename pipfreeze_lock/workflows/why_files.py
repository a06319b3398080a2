"""Why this file: say of each file of a project whether the target's pip takes it, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pipfreeze_lock.index.selection import Chosen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.lock import LockedSet
    from pipfreeze_lock.model.selection import Selection

__all__ = ["Selections", "chosen_of", "selections"]


class Selections(Protocol):
    """Knows all files of a project."""

    def selection(self, name: NormalizedName, chosen: Chosen) -> Selection:
        """Say what became of each.

        :raises NetworkError: when an index could not be asked.
        """
        ...  # pragma: no cover


def selections(lock: LockedSet | None, names: Iterable[NormalizedName], releases: Selections) -> Iterator[Selection]:
    """Explain one project after the other; those that the lock does not have, as if nothing were asked of them.

    :raises NetworkError: when an index could not be asked.
    """
    for name in names:
        yield releases.selection(name, chosen_of(lock, name) if lock is not None else Chosen())


def chosen_of(lock: LockedSet, name: NormalizedName) -> Chosen:
    """Give what a lock says of a distribution."""
    for pin in lock.pins:
        if pin.name == name:
            return Chosen(
                version=pin.version, hashes=frozenset(pin.hashes), filename=pin.filename, vias=pin.via, url=pin.url
            )
    versions = {one.name: one.version for one in lock.base}
    for satisfied in lock.satisfied:
        if satisfied.name == name:
            return Chosen(version=versions.get(name), vias=satisfied.via, is_base=True)
    return Chosen(version=versions.get(name), is_base=True) if name in versions else Chosen()
