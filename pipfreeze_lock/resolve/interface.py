"""What goes into a resolution and what comes out of it; every engine speaks this."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.core_metadata import CoreMetadata
    from pipfreeze_lock.model.lock import Via
    from pipfreeze_lock.model.requirement import Requirement, RequirementSet
    from pipfreeze_lock.model.target import BaseDistribution, Target
    from pipfreeze_lock.model.url import Url

__all__ = [
    "KeptDistribution",
    "Preferred",
    "Resolution",
    "ResolutionReporter",
    "ResolveRequest",
    "ResolvedDistribution",
    "Resolver",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Preferred:
    """A pin of an existing lock: taken while nothing speaks against it, so that nothing moves without a cause."""

    version: str
    hashes: frozenset[str] = frozenset()
    """``sha256:…`` of the files it allowed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolveRequest:
    """All that shapes the answer."""

    requirements: RequirementSet
    target: Target
    preferred: Mapping[NormalizedName, Preferred] = field(default_factory=dict)
    moved: tuple[Requirement, ...] = ()
    """What ``-P NAME==VERSION`` asks for: constraints of this run that are not recorded."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolvedDistribution:
    """One distribution of the answer, with the file that the target's pip will choose."""

    name: NormalizedName
    version: str
    extras: frozenset[NormalizedName]
    file: IndexFile
    page: ProjectPage
    metadata: CoreMetadata
    via: tuple[Via, ...]
    direct_url: Url | None = None
    spelling: str | None = None
    """How a line must spell the name for this pip: see `pipfreeze_lock.resolve.spelling`; None: as `name` has it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptDistribution:
    """A distribution of the base set with which every requirement is content."""

    distribution: BaseDistribution
    via: tuple[Via, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolution:
    """The answer: sorted by name, and closed under the dependencies that hold on the target."""

    distributions: tuple[ResolvedDistribution, ...]
    kept: tuple[KeptDistribution, ...]
    warnings: tuple[str, ...] = ()


class ResolutionReporter:
    """Told how a resolution goes; this one does nothing. May be called from any thread."""

    def fetching(self, name: str) -> None:
        """The list of a project's files is being fetched."""

    def waiting(self, filename: str, size: int | None) -> None:
        """The search cannot go on before the metadata of this file is known.

        :param size: Of the file, in bytes, where the index tells: an sdist is fetched whole.
        """

    def pinned(self, name: str, version: str, count: int) -> None:
        """A candidate was taken, for now; `count` distributions are settled."""

    def backtracking(self, names: tuple[str, ...]) -> None:
        """The requirements for these names conflict; an earlier choice is taken back."""

    def rejected(self, name: str, version: str, reason: str) -> None:
        """A candidate was left out for what its metadata says, or since it has none."""

    def running(self, what: str) -> None:
        """A program that takes its time was started, or is about to be made: in words."""


class Resolver(Protocol):
    """An engine."""

    def resolve(self, request: ResolveRequest) -> Resolution:
        """Find the answer.

        :raises ResolutionError: when there is none; told in sentences.
        :raises NetworkError: when an index could not be asked.
        """
        ...  # pragma: no cover
