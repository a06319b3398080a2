"""The plan of a ``pip install``, made by the way in which the target's pip would choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pipfreeze_lock.model.plan import Plan
from pipfreeze_lock.resolve.allowed_hashes import check_hashes
from pipfreeze_lock.resolve.planning.actions import actions_of
from pipfreeze_lock.resolve.planning.builds import Builds
from pipfreeze_lock.resolve.planning.by_search import choose_by_search
from pipfreeze_lock.resolve.planning.conflicts import conflicts
from pipfreeze_lock.resolve.planning.first_seen import choose_first_seen
from pipfreeze_lock.resolve.planning.interface import PlanParts
from pipfreeze_lock.resolve.planning.orders import as_written, of_chance
from pipfreeze_lock.resolve.search import that_hold

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.resolve.planning.choices import Choices
    from pipfreeze_lock.resolve.planning.interface import PlanRequest

__all__ = ["Planner"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Planner(PlanParts):
    """Says what a ``pip install`` would do."""

    def plan(self, request: PlanRequest) -> Plan:
        """Say it.

        :raises ResolutionError: where pip would end without having installed anything: requirements that conflict, a
            double requirement, a file that the hashes do not allow, a line that hash mode wants pinned.
        :raises NetworkError: when an index could not be asked.
        """
        return self._plan(request, frozenset())

    def _plan(self, request: PlanRequest, under_way: frozenset[str]) -> Plan:
        """Make a plan, of the inputs or of what a build installs.

        :param under_way: URLs of the sdists whose builds this is for.
        """
        choices, chance = self._choices(request)
        self._check_hashes(choices, request)
        actions = actions_of(choices, request, self.rules.specifiers)
        builds = Builds(source=self.builds, plan=self._plan, request=request, under_way=under_way)
        fetched = builds.with_builds(choices.fetching.fetched(choices.installed))
        broken = [] if under_way else conflicts(actions, request, self)
        return Plan(
            actions=actions,
            fetched=fetched,
            warnings=tuple(dict.fromkeys((*choices.warnings, *broken, *chance, *builds.warnings))),
        )

    def _choices(self, request: PlanRequest) -> tuple[Choices, list[str]]:
        if self.rules.capabilities.resolver == "resolvelib":
            return choose_by_search(self, request), []
        choices = choose_first_seen(self, request, as_written)
        return choices, of_chance(self, request, choices)

    def _check_hashes(self, choices: Choices, request: PlanRequest) -> None:
        inputs = request.requirements
        lines = that_hold((*inputs.requirements, *inputs.constraints), self.holds)
        looked_at = choices.fetching.looked_at
        check_hashes((_File(one.name, one.found.file, one.found.page) for one in looked_at), lines, self.digest)


class _File(NamedTuple):
    name: NormalizedName
    file: IndexFile
    page: ProjectPage
