"""What will not fit together afterwards: pip installs it all the same, and says so, if at all, when it is done.

Source: ``check_install_conflicts`` in pip's ``operations/check.py``: what is installed now, and what needs that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.resolve.installed_edges import installed_edges

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.core_metadata import CoreMetadata
    from pipfreeze_lock.model.plan import Action
    from pipfreeze_lock.resolve.planning.interface import PlanParts, PlanRequest

__all__ = ["conflicts"]


def conflicts(actions: Iterable[Action], request: PlanRequest, parts: PlanParts) -> list[str]:
    """Give a sentence for each need that is not met afterwards and concerns what is installed, sorted."""
    there: dict[NormalizedName, CoreMetadata] = {name: one.metadata for name, one in request.installed.items()}
    moved = set()
    for action in actions:
        if action.metadata is not None:
            there[action.name] = action.metadata
            moved.add(action.name)
    if not moved:
        return []
    edges = installed_edges(there, (), (), target=request.target, holds=parts.holds)
    return sorted(
        f"pip {request.target.pip} leaves a conflict: {one}"
        for one in set(edges.inconsistent)
        if one.name in moved or one.via.parent in moved
    )
