"""What of a frozen image is there on somebody's wish: pure, and the same for the same image."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.lock import Via

    Node = tuple[NormalizedName, str | None]
    """A distribution, and one of its extras or None for itself."""
    Children = Mapping[Node, Sequence[tuple[NormalizedName, Via]]]

__all__ = ["needs_what_is_no_pin", "roots_of"]


def roots_of(
    names: Collection[NormalizedName], asked: Iterable[tuple[NormalizedName, Via]], children: Children
) -> list[NormalizedName]:
    """Give what neither the inputs nor anything that they lead to asks for, and nobody else but itself.

    Of distributions that ask for each other in a circle, and nobody for them, the first by name.

    :param names: What has to be reached: all but the base set.
    :param asked: What the inputs ask for.
    :param children: What each node asks for.
    """
    graph = _Graph(children)
    start: list[Node] = []
    for name, via in asked:
        start += [(name, None), *((name, extra) for extra in via.extras)]
    reached = graph.reached_from(start)
    left = sorted(name for name in names if (name, None) not in reached)
    below = {name: {node[0] for node in graph.reached_from([(name, None)])} - {name} for name in left}
    roots = [name for name in left if _is_first_of_its_circle(name, left, below)]
    return sorted(roots)


def _is_first_of_its_circle(
    name: NormalizedName, left: Sequence[NormalizedName], below: Mapping[NormalizedName, set[NormalizedName]]
) -> bool:
    """Whether whoever leads to it is led to by it, and comes after it."""
    above = [other for other in left if name in below[other]]
    return all(other in below[name] and name < other for other in above)


class _Graph:
    """Who asks for what."""

    def __init__(self, children: Children) -> None:
        self._children = children

    def reached_from(self, start: Iterable[Node]) -> set[Node]:
        """Give all nodes that a walk comes to, as ``check`` walks over the lock."""
        reached: set[Node] = set()
        waiting = list(start)
        while waiting:
            node = waiting.pop()
            if node in reached:
                continue
            reached.add(node)
            for child, via in self._children.get(node, ()):
                waiting += [(child, None), *((child, extra) for extra in via.extras)]
        return reached


def needs_what_is_no_pin(
    vias_of: Mapping[NormalizedName, Collection[Via]],
    pins: Collection[NormalizedName],
    base: Collection[NormalizedName],
) -> bool:
    """Whether pip, held to hashes, would look for something that a pin needs, and find no line of it."""
    needed = (
        name for name, vias in vias_of.items() if any(via.kind == "distribution" and via.parent in pins for via in vias)
    )
    return any(name not in pins and name not in base for name in needed)
