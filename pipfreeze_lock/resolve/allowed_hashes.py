"""Whether what was chosen is what the inputs allow by ``--hash``: pip finds out when it has fetched it, we before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pipfreeze_lock.errors import ResolutionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.requirement import Requirement

__all__ = ["ChosenFile", "check_hashes"]


class ChosenFile(Protocol):
    """A file that will be installed."""

    @property
    def name(self) -> NormalizedName:
        """Of the project."""
        ...  # pragma: no cover

    @property
    def file(self) -> IndexFile:
        """What the index says of it."""
        ...  # pragma: no cover

    @property
    def page(self) -> ProjectPage:
        """Where it is offered."""
        ...  # pragma: no cover


def check_hashes(
    distributions: Iterable[ChosenFile],
    requirements: Iterable[Requirement],
    digest: Callable[[ProjectPage, IndexFile, str], str],
) -> None:
    """Hold the chosen files against the hashes of requirements and constraints.

    An author's hash is a demand, as it is for pip: the lock must not replace it with what an index says today.

    :param requirements: Those whose markers hold, constraints among them.
    :param digest: Asked where the index does not list a hash by one of the algorithms.
    :raises ResolutionError: for the first file that is not allowed.
    :raises NetworkError: when a file had to be fetched and could not be.
    """
    demands: dict[str, list[Requirement]] = {}
    for requirement in requirements:
        if requirement.hashes:
            demands.setdefault(requirement.name, []).append(requirement)
    for one in distributions:
        for requirement in demands.get(one.name, ()):
            if not _is_allowed(one, requirement, digest):
                raise _not_allowed(one, requirement)


def _is_allowed(
    one: ChosenFile, requirement: Requirement, digest: Callable[[ProjectPage, IndexFile, str], str]
) -> bool:
    listed = [(algorithm, one.file.hashes.get(algorithm), wanted) for algorithm, wanted in requirement.hashes]
    if any(found is not None for _, found, _ in listed):
        return any(found == wanted for _, found, wanted in listed)
    digests = {algorithm: digest(one.page, one.file, algorithm) for algorithm, _ in requirement.hashes}
    return any(digests[algorithm] == wanted for algorithm, wanted in requirement.hashes)


def _not_allowed(one: ChosenFile, requirement: Requirement) -> ResolutionError:
    found = [f"{algorithm}:{value}" for algorithm, value in sorted(one.file.hashes.items())]
    lines = [f"{requirement.source} allows {algorithm}:{value}" for algorithm, value in requirement.hashes]
    lines += [f"`{one.file.filename}` has {value}" for value in found]
    message = f"`{one.file.filename}`, which this pip would choose, has none of the hashes that `{one.name}` may have"
    hints = [
        "Find out why the file differs from the one that was hashed, before you allow its hash.",
        "If the hash is of another file of the release, allow the one of this file too.",
    ]
    return ResolutionError(message, context="\n".join(lines), hints=hints)
