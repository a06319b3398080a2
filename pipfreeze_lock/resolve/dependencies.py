"""What a distribution needs on the target, as its pip reads that from the metadata."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement

from pipfreeze_lock.errors import ResolutionError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from pipfreeze_lock.index.rank import SelectionRules
    from pipfreeze_lock.resolve.needs import BaseCandidate, Candidate, Dependency, FileCandidate

__all__ = ["DependencyReader"]

_ARBITRARY_EQUALITY_BEFORE_MARKER = re.compile(r"===\s*[^\s;]*;")


class DependencyReader:
    """Reads ``Requires-Dist`` by the rules of one pip.

    :param holds: Whether a marker holds on the target, with these extras asked for.
    """

    def __init__(self, rules: SelectionRules, holds: Callable[[Marker, Collection[NormalizedName]], bool]) -> None:
        self._rules = rules
        self._holds = holds

    def that_hold(self, base: FileCandidate | BaseCandidate, extras: frozenset[NormalizedName]) -> Iterator[Dependency]:
        """Give those whose marker holds on the target with these extras, which the distribution may lack.

        :raises ResolutionError: for metadata that this pip fails on.
        """
        provided = base.provided(extras)
        for dependency in self._dependencies_of(base):
            self._check_rewritten(base, dependency, provided)
            if dependency.marker is None or self._holds(dependency.marker, base.extras_for(dependency, provided)):
                yield dependency

    def check_url(self, candidate: Candidate, dependency: Dependency) -> None:
        """Refuse a URL where this pip does: ``InstallRequirement.from_req`` of pip 10 to 18.0; pip 9 overlooks it.

        :raises ResolutionError: there.
        """
        known = self._rules.capabilities
        if dependency.url is None or known.url_dependencies or not known.url_requirements:
            return
        message = (
            f"`{candidate}` needs `{dependency.name} @ {dependency.url}`, which pip {known.version} refuses in metadata"
        )
        hints = [
            "A newer pip in the image, 18.1 at least, takes it.",
            f"Or rule the release out with a constraint: `{candidate.name}!={candidate.version}`.",
        ]
        raise ResolutionError(message, hints=hints)

    def _dependencies_of(self, base: FileCandidate | BaseCandidate) -> tuple[Dependency, ...]:
        """Parse them, where pips before 24.1 do: those do not go on to another version (they end with a traceback)."""
        try:
            dependencies = base.dependencies
        except InvalidRequirement as error:
            raise self._unreadable(base, str(error).partition("\n")[0]) from None
        if self._rules.capabilities.arbitrary_equality_takes_marker:
            for dependency in dependencies:
                if _ARBITRARY_EQUALITY_BEFORE_MARKER.search(dependency.text):
                    raise self._unreadable(base, f"Requires-Dist: {dependency.text}")
        return dependencies

    def _check_rewritten(
        self, base: FileCandidate | BaseCandidate, dependency: Dependency, extras: frozenset[NormalizedName]
    ) -> None:
        """Fail as pips do that write a requirement anew, its ``;`` right behind the version, and read that again.

        They do so with what the metadata gives for the extras, before they compare the spelling of the marker's extra.
        """
        if (
            self._rules.capabilities.arbitrary_equality_takes_marker
            and dependency.marker is not None
            and any(part.operator == "===" for part in dependency.specifier)
            and self._holds(dependency.marker, extras)
        ):
            raise self._unreadable(base, f"Requires-Dist: {dependency.text}")

    def _unreadable(self, base: FileCandidate | BaseCandidate, reason: str) -> ResolutionError:
        pip = self._rules.capabilities.version
        message = f"the metadata of `{base.name}` {base.version} is invalid, and pip {pip} fails on it"
        hints = [f"Rule the release out, in the requirements or in a constraints file: `{base.name}!={base.version}`."]
        return ResolutionError(message, context=reason, hints=hints)
