"""What the isolated builds of a plan fetch: each is a ``pip install`` of its own, into an empty folder.

Source: ``BuildEnvironment`` in pip's ``_internal/build_env.py``; what the backend's ``get_requires_for_build_wheel``
names is installed after what pyproject.toml does.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from packaging.version import Version

from pipfreeze_lock.errors import NetworkError, PipfreezeLockError
from pipfreeze_lock.model.legacy_version import read_version
from pipfreeze_lock.model.requirement import RequirementSet, SourceLine
from pipfreeze_lock.requirements.parser import parse_requirement
from pipfreeze_lock.resolve.planning.interface import PlanRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pipfreeze_lock.metadata.build_requirements import BuildRequirements
    from pipfreeze_lock.model.plan import Fetched, Plan
    from pipfreeze_lock.resolve.planning.interface import BuildSource

__all__ = ["Builds"]

_BUILDS_WHEELS_ITSELF = Version("70.1")
"""The first setuptools that has ``bdist_wheel`` of its own; the hook of older ones asks for ``wheel``."""


@dataclass(kw_only=True)
class Builds:
    """Goes through the sdists of one plan; made anew for each."""

    source: BuildSource
    plan: Callable[[PlanRequest, frozenset[str]], Plan]
    """Makes the plan of what a build installs, given the URLs of all sdists that are under way."""
    request: PlanRequest
    under_way: frozenset[str]
    warnings: list[str] = field(default_factory=list)

    def with_builds(self, fetched: Iterable[Fetched]) -> tuple[Fetched, ...]:
        """Give the same, and behind each sdist what building it fetches; each file once."""
        found: dict[str, Fetched] = {}
        for one in fetched:
            found[one.url] = one if one.url not in found else replace(found[one.url], reason=one.reason)
            if not one.file.filename.endswith(".whl"):
                for more in self._of_sdist(one):
                    found.setdefault(more.url, replace(more, reason="build"))
        return tuple(found.values())

    def _of_sdist(self, sdist: Fetched) -> Sequence[Fetched]:
        filename = sdist.file.filename
        if sdist.url in self.under_way:
            self.warnings.append(f"`{filename}` is needed to build itself: what that fetches is not among the files")
            return ()
        needs = self.source.build_requirements(sdist.file, sdist.url)
        for clause in needs.unlocked:
            self.warnings.append(f"building `{filename}` may fetch more than is told: {clause}")
        if needs.setup_requires:
            listed = ", ".join(f"`{text}`" for text in needs.setup_requires)
            self.warnings.append(
                f"building `{filename}` may fetch more than is told: its setup script asks for {listed}"
            )
        if not needs.isolated or not needs.requires:
            return ()
        try:
            return self._installed(sdist, needs)
        except NetworkError:
            raise
        except PipfreezeLockError as error:
            self.warnings.append(f"what building `{filename}` fetches is not known: {error.message}")
            return ()

    def _installed(self, sdist: Fetched, needs: BuildRequirements) -> Sequence[Fetched]:
        plan = self._nested(sdist, needs.requires)
        if not _lacks_wheel(plan, needs):
            return plan.fetched
        return (*plan.fetched, *self._nested(sdist, ("wheel",)).fetched)

    def _nested(self, sdist: Fetched, requires: Iterable[str]) -> Plan:
        source = SourceLine(file=sdist.file.filename, line=0)
        options = replace(self.request.requirements.options, require_hashes=False)
        request = PlanRequest(
            requirements=RequirementSet(
                requirements=tuple(parse_requirement(text, source=source) for text in requires), options=options
            ),
            target=self.request.target,
            installed={},
        )
        plan = self.plan(request, self.under_way | {sdist.url})
        self.warnings += plan.warnings
        return plan


def _lacks_wheel(plan: Plan, needs: BuildRequirements) -> bool:
    if not needs.by_setuptools or not needs.by_hook:
        return False
    versions = {str(action.name): read_version(action.version) for action in plan.actions}
    return "wheel" not in versions and "setuptools" in versions and versions["setuptools"] < _BUILDS_WHEELS_ITSELF
