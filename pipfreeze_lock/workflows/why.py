"""Why: say through which requirements a distribution came into a lock. Offline, from the lock alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pipfreeze_lock.model.reason import Asker, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipfreeze_lock.model.lock import LockedSet, Pin, Satisfied, Unpinned, Via
    from pipfreeze_lock.model.target import BaseDistribution

__all__ = ["nearest_in_lock", "reason"]

_Node = tuple[str, str | None]
"""A distribution and the extra of it through which it asks; None: by itself."""


def reason(lock: LockedSet, name: str) -> Reason | None:
    """Say why a distribution is there; None where the lock has nothing of that name.

    :param name: Normalised (PEP 503).
    """
    return _Tracer(lock).reason(name)


def nearest_in_lock(lock: LockedSet, name: str, *, count: int = 3) -> list[str]:
    """Give up to `count` names of the lock that may have been meant, best first: likely slips, then longer names."""
    import difflib  # noqa: PLC0415  only for a name that is not there

    there: list[Pin | Satisfied | BaseDistribution | Unpinned] = [
        *lock.pins,
        *lock.satisfied,
        *lock.base,
        *lock.unpinned,
    ]
    names = sorted({str(one.name) for one in there})
    near = difflib.get_close_matches(name, names, n=count, cutoff=0.7)
    holding = [one for one in names if len(name) > 2 and (name in one or one in name.split("-"))]
    return list(dict.fromkeys([*near, *holding]))[:count]


class _Tracer:
    """Walks the edges of one lock."""

    def __init__(self, lock: LockedSet) -> None:
        self._lock = lock
        self._pins = {str(pin.name): pin for pin in lock.pins}
        self._base = {str(one.name): one.version for one in lock.base}
        self._unpinned = {str(one.name): one.version for one in lock.unpinned if one.reason != "hidden"}
        self._versions = {**self._base, **self._unpinned, **{name: pin.version for name, pin in self._pins.items()}}
        self._vias: dict[str, Sequence[Via]] = {str(one.name): one.via for one in lock.satisfied}
        self._vias |= {name: pin.via for name, pin in self._pins.items()}
        self._distances = self._distances_from_files()

    def reason(self, name: str) -> Reason | None:
        if name not in self._vias and name not in self._versions:
            return None
        pin = self._pins.get(name)
        walked: set[_Node] = set()
        return Reason(
            name=name,
            version=self._versions.get(name),
            extras=pin.extras if pin is not None else (),
            url=pin.url if pin is not None else None,
            state=self._state(name),
            askers=self._askers((name, None), walked),
            roots=tuple(self._roots(name, walked)),
            notes=pin.notes if pin is not None else (),
        )

    def _state(self, name: str) -> Literal["pinned", "satisfied", "base", "root", "unpinned"]:
        if name in self._pins:
            return "root" if name in self._lock.roots and not self._vias[name] else "pinned"
        if name in self._unpinned:
            return "unpinned"
        return "satisfied" if name in self._vias else "base"

    def _askers(self, node: _Node, walked: set[_Node]) -> tuple[Asker, ...]:
        """Give who asks for a node, the nearest to a file first, each with its own askers where it comes first.

        So a circle ends where it closes, and of many chains to a file a short one is the one that is shown in full.
        """
        walked.add(node)
        found = [self._asker(node[0], via) for via in self._sorted(self._vias_of(node))]
        opened: list[Asker] = []
        for asker in found:
            above = (asker.via.parent, asker.via.extra)
            if asker.via.kind != "distribution":
                opened.append(asker)
            elif above in walked:
                opened.append(replace(asker, shown_above=True))
            else:
                opened.append(replace(asker, askers=self._askers(above, walked)))
        return tuple(opened)

    def _asker(self, name: str, via: Via) -> Asker:
        version = self._versions.get(via.parent) if via.kind == "distribution" else None
        return Asker(name=name, via=via, version=version)

    def _vias_of(self, node: _Node) -> list[Via]:
        """Give the edges that lead to a node: of one with an extra, those that ask for it, since others do not lead on.

        Edges from the distribution itself are left out: that ``a[all]`` asks for ``a[x]`` says nothing of why ``a`` is
        there, but it does say why ``a[x]`` is.
        """
        name, extra = node
        vias = self._vias.get(name, ())
        if extra is None:
            return [via for via in vias if via.parent != name or via.kind != "distribution"]
        return [via for via in vias if extra in via.extras or via.kind == "-c"]

    def _sorted(self, vias: Iterable[Via]) -> list[Via]:
        order = {"-r": 0, "distribution": 1, "-c": 2}
        return sorted(vias, key=lambda via: (order[via.kind], self._distances.get(via.parent, 1 << 30), str(via)))

    def _distances_from_files(self) -> Mapping[str, int]:
        """Give the number of steps from a line of an input to each distribution."""
        asked_by: dict[str, list[str]] = {}
        distances: dict[str, int] = {}
        for name, vias in self._vias.items():
            for via in vias:
                if via.kind == "-r":
                    distances[name] = 0
                elif via.kind == "distribution":
                    asked_by.setdefault(via.parent, []).append(name)
        queue = sorted(distances)
        for parent in queue:  # it grows as it is walked
            for child in asked_by.get(parent, ()):
                if child not in distances:
                    distances[child] = distances[parent] + 1
                    queue.append(child)
        return distances

    def _roots(self, name: str, walked: set[_Node]) -> Iterable[Asker]:
        names = sorted({one for one, _ in walked} | {name})
        found = [self._asker(one, via) for one in names for via in self._vias.get(one, ()) if via.kind == "-r"]
        return sorted(found, key=lambda asker: (asker.via.parent, asker.name, str(asker.via)))
