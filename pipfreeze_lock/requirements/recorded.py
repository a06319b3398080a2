"""A requirement as the ``via`` of a lock records it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pipfreeze_lock.model.lock import Via

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

    from pipfreeze_lock.model.requirement import Requirement, UnnamedRequirement

__all__ = ["canonical_specifier", "via_of_input"]


def via_of_input(kind: Literal["-c", "-r"], requirement: Requirement | UnnamedRequirement) -> Via:
    """Give what a lock says of a line of an input that names a pin; the path is not yet as seen from the lock."""
    if requirement.url is not None:
        constraint = f"@ {requirement.url.without_credentials}"
    else:
        constraint = canonical_specifier(requirement.specifier)
    return Via(
        kind=kind,
        parent=requirement.source.file,
        constraint=constraint,
        marker=str(requirement.marker) if requirement.marker is not None else None,
        extras=tuple(sorted(requirement.extras)),
    )


def canonical_specifier(specifier: SpecifierSet) -> str:
    """Write a specifier sorted and without white space: ``!=1.5,>=1``."""
    return ",".join(sorted(str(one) for one in specifier))
