"""What both ways of choosing come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.model.legacy_version import read_version
from pipfreeze_lock.model.target import BaseDistribution
from pipfreeze_lock.resolve.needs import BaseCandidate, Described

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packaging.utils import NormalizedName

    from pipfreeze_lock.resolve.catalogue import Catalogue
    from pipfreeze_lock.resolve.needs import FileCandidate
    from pipfreeze_lock.resolve.planning.fetching import Fetching
    from pipfreeze_lock.resolve.planning.interface import InstalledState
    from pipfreeze_lock.resolve.via import Ask

__all__ = ["Choice", "Choices", "installed_candidates"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of one distribution that pip looks at."""

    name: NormalizedName
    candidate: FileCandidate | None
    """What is installed; None: what is there stays."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """All of one run."""

    choices: tuple[Choice, ...]
    """In pip's order, one for a name."""
    asks: tuple[Ask, ...]
    """Who asks for what; also for what is not installed."""
    fetching: Fetching
    warnings: tuple[str, ...] = ()

    @property
    def installed(self) -> list[FileCandidate]:
        """What is installed."""
        return [choice.candidate for choice in self.choices if choice.candidate is not None]


def installed_candidates(
    installed: Mapping[NormalizedName, InstalledState], catalogue: Catalogue
) -> dict[NormalizedName, BaseCandidate]:
    """Give what is installed as pip reads it, with what its own metadata says that it needs."""
    found = {}
    for name, state in installed.items():
        if not state.distribution.version:
            continue  # pip, too, cannot say what it is, and passes it over
        described = Described(
            state.metadata, legacy_specifiers=catalogue.legacy_specifiers, extra_names=catalogue.extra_names
        )
        base = BaseDistribution(name, state.distribution.version)
        found[name] = BaseCandidate(base, read_version(base.version), _give(described))
    return found


def _give(described: Described) -> Callable[[], Described]:
    return lambda: described
