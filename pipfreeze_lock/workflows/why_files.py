"""Why this file: say of each file of a project whether the target's pip takes it, and why not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, cast

from pipfreeze_lock.index.selection import UNEXPLAINED, Chosen
from pipfreeze_lock.model.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.lock import LockedSet, Pin

__all__ = ["Selections", "chosen_of", "selections"]


class Selections(Protocol):
    """Knows all files of a project."""

    def selection(self, name: NormalizedName, chosen: Chosen, *, newer_only: bool = False) -> Selection:
        """Say what became of each.

        :param newer_only: Whether releases that are older than the chosen one are left out.
        :raises NetworkError: when an index could not be asked.
        """
        ...  # pragma: no cover

    def obstacles(
        self,
        name: NormalizedName,
        version: str,
        locked: Mapping[str, str],
        extras: Collection[NormalizedName],
        *,
        fetch: bool,
    ) -> list[str] | None:
        """Say what of a release's own metadata keeps it out of a lock; None where that is not known."""
        ...  # pragma: no cover


def selections(
    lock: LockedSet | None,
    names: Iterable[NormalizedName],
    releases: Selections,
    *,
    fetch: bool,
    newer_only: bool = False,
) -> Iterator[Selection]:
    """Explain one project after the other; those that the lock does not have, as if nothing were asked of them.

    :param fetch: Whether the metadata of the newest release that was passed over may be fetched, to say why it was.
    :param newer_only: Whether releases that are older than the chosen one are left out.
    :raises NetworkError: when an index could not be asked.
    """
    versions = _versions(lock) if lock is not None else {}
    pins = {pin.name: pin for pin in lock.pins} if lock is not None else {}
    for name in names:
        if lock is not None and name in pins and pins[name].url is not None:
            yield _direct(pins[name], lock)
            continue
        chosen = chosen_of(lock, name) if lock is not None else Chosen()
        selection = releases.selection(name, chosen, newer_only=newer_only)
        extras = [cast("NormalizedName", one) for one in pins[name].extras] if name in pins else []
        yield _with_obstacles(selection, versions, extras, releases, fetch=fetch)


def _direct(pin: Pin, lock: LockedSet) -> Selection:
    """Say of a file that a requirement names by its URL that there is nothing to choose from."""
    return Selection(
        name=pin.name,
        target=lock.target,
        places=(),
        chosen_version=pin.version,
        releases=(),
        notes=(f"a requirement names the file itself, and no index is asked: {pin.url}",),
        is_direct=True,
    )


def _with_obstacles(
    selection: Selection,
    locked: Mapping[str, str],
    extras: Collection[NormalizedName],
    releases: Selections,
    *,
    fetch: bool,
) -> Selection:
    """Say of the newest release that nothing excludes what of its own metadata does, or that nothing does."""
    place = next((place for place, one in enumerate(selection.releases) if one.reasons == (UNEXPLAINED,)), None)
    if place is None:
        return selection
    name = cast("NormalizedName", selection.name)
    release = selection.releases[place]
    others = {key: version for key, version in locked.items() if key != name}
    found = releases.obstacles(name, release.version, others, extras, fetch=fetch)
    if found is None:
        return selection
    moved = f"no requirement excludes it: the lock keeps its pin, which `lock -P {name}` would move"
    told = replace(release, reasons=tuple(found) or (moved,))
    return replace(selection, releases=(*selection.releases[:place], told, *selection.releases[place + 1 :]))


def _versions(lock: LockedSet) -> dict[str, str]:
    base = {str(one.name): one.version for one in lock.base}
    return base | {str(pin.name): pin.version for pin in lock.pins}


def chosen_of(lock: LockedSet, name: NormalizedName) -> Chosen:
    """Give what a lock says of a distribution."""
    for pin in lock.pins:
        if pin.name == name:
            return Chosen(version=pin.version, hashes=frozenset(pin.hashes), filename=pin.filename, vias=pin.via)
    versions = {one.name: one.version for one in lock.base}
    for satisfied in lock.satisfied:
        if satisfied.name == name:
            return Chosen(version=versions.get(name), vias=satisfied.via, is_base=True)
    return Chosen(version=versions.get(name), is_base=True) if name in versions else Chosen()
