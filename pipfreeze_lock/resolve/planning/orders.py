"""Whether chance decides: pips before 20.3 take what one distribution needs in an order that is another in each run.

pkg_resources keeps the requirements of a ``.dist-info`` in a set (``_compute_dependencies``), whose order comes of
Python's hashes of text, which are salted anew in each process. Where two of them lead to the same name with other
bounds, the one that is seen first wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.errors import PipfreezeLockError
from pipfreeze_lock.resolve.planning.first_seen import choose_first_seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.resolve.planning.choices import Choices
    from pipfreeze_lock.resolve.planning.first_seen import Needed, Order
    from pipfreeze_lock.resolve.planning.interface import PlanParts, PlanRequest

__all__ = ["as_written", "of_chance"]

_MOST_ORDERS = 24


def as_written(needed: Sequence[Needed]) -> Sequence[Needed]:
    """Take them as the metadata lists them."""
    return needed


def of_chance(parts: PlanParts, request: PlanRequest, first: Choices) -> list[str]:
    """Give a sentence for each distribution that another order makes another one of.

    Every dependency comes first in one of the orders that are tried, forwards and backwards.

    :param first: What the order of the metadata leads to.
    """
    if not _is_contested(first):
        return []
    others: dict[str, set[str]] = {}
    expected = _outcome(first)
    for order in _orders(first):
        try:
            found = _outcome(choose_first_seen(parts, request, order))
        except PipfreezeLockError as error:
            others.setdefault("", set()).add(error.message)
            continue
        for name in sorted(expected.keys() | found.keys()):
            if found.get(name) != expected.get(name):
                others.setdefault(name, set()).add(found.get(name, "nothing of it"))
    return [_sentence(request.target.pip, name, sorted(texts)) for name, texts in sorted(others.items())]


def _is_contested(choices: Choices) -> bool:
    """Whether two dependencies say different things of one name."""
    said: dict[NormalizedName, set[tuple[str, tuple[str, ...]]]] = {}
    for ask in choices.asks:
        if ask.via.kind == "distribution":
            said.setdefault(ask.name, set()).add((ask.via.constraint, ask.via.extras))
    return any(len(texts) > 1 for texts in said.values())


def _orders(choices: Choices) -> Iterator[Order]:
    parents = [ask.via.parent for ask in choices.asks if ask.via.kind == "distribution"]
    longest = max(parents.count(parent) for parent in set(parents))
    for turn in range(min(longest, _MOST_ORDERS)):
        yield _turned(turn, step=1)
        yield _turned(turn, step=-1)


def _turned(turn: int, *, step: int) -> Order:
    def order(needed: Sequence[Needed]) -> Sequence[Needed]:
        start = turn % len(needed) if needed else 0
        return [*needed[start:], *needed[:start]][::step]

    return order


def _outcome(choices: Choices) -> dict[str, str]:
    return {
        one.name: f"{one.candidate.version}" if one.candidate is not None else "what is installed"
        for one in choices.choices
    }


def _sentence(pip: str, name: str, others: list[str]) -> str:
    why = f"pip {pip} takes what a distribution needs in an order that differs from run to run"
    if not name:
        return f"{why}, and in another order it fails: {others[0]}"
    return f"{why}, and could as well come to {' or '.join(others)} of `{name}`"
