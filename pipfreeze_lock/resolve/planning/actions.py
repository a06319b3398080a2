"""What becomes of each distribution, told with its causes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.model.legacy_version import read_version
from pipfreeze_lock.model.plan import Action

if TYPE_CHECKING:
    from collections.abc import Collection

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.installed import InstalledDistribution
    from pipfreeze_lock.model.lock import Via
    from pipfreeze_lock.model.plan import ActionKind
    from pipfreeze_lock.resolve.needs import FileCandidate
    from pipfreeze_lock.resolve.planning.choices import Choice, Choices
    from pipfreeze_lock.resolve.planning.interface import PlanRequest
    from pipfreeze_lock.resolve.via import Ask
    from pipfreeze_lock.target.specifiers import SpecifierRules

__all__ = ["actions_of"]


def actions_of(choices: Choices, request: PlanRequest, specifiers: SpecifierRules) -> tuple[Action, ...]:
    """Give an action for each distribution that pip looks at, sorted by name."""
    asks: dict[NormalizedName, list[Ask]] = {}
    for ask in choices.asks:
        asks.setdefault(ask.name, []).append(ask)
    requested = {ask.name for ask in choices.asks if ask.via.kind == "-r"}
    made = [_action(choice, request, asks.get(choice.name, []), requested, specifiers) for choice in choices.choices]
    return tuple(sorted(made, key=lambda action: action.name))


def _action(
    choice: Choice,
    request: PlanRequest,
    asks: list[Ask],
    requested: Collection[NormalizedName],
    specifiers: SpecifierRules,
) -> Action:
    state = request.installed.get(choice.name)
    old = state.distribution if state is not None else None
    candidate = choice.candidate
    if candidate is None:
        return Action(
            kind="keep",
            name=choice.name,
            old=old,
            version=old.version if old is not None else "",
            causes=_sorted(asks, None, specifiers),
            is_requested=choice.name in requested,
        )
    return Action(
        kind=_kind(old, candidate),
        name=choice.name,
        old=old,
        version=candidate.found.version_text,
        file=candidate.found.file,
        page=candidate.found.page,
        metadata=candidate.metadata,
        is_compiled=not candidate.found.is_wheel,
        causes=_sorted(asks, old, specifiers),
        is_direct=candidate.direct_url is not None,
        is_requested=choice.name in requested,
    )


def _kind(old: InstalledDistribution | None, candidate: FileCandidate) -> ActionKind:
    if old is None:
        return "install"
    before = read_version(old.version)
    if before == candidate.version:
        return "reinstall"
    return "upgrade" if candidate.version > before else "downgrade"


def _sorted(asks: list[Ask], moved: InstalledDistribution | None, specifiers: SpecifierRules) -> tuple[Via, ...]:
    """As text; of what moves, those first whom what is installed does not content."""

    def is_content(ask: Ask) -> bool:
        if moved is None:
            return True
        return not ask.is_direct and specifiers.contains(ask.specifier, read_version(moved.version))

    return tuple(dict.fromkeys(ask.via for ask in sorted(asks, key=lambda ask: (is_content(ask), str(ask.via)))))
