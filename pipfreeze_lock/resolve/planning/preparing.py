"""What a pip without a resolver does with one line: leave what is installed, or fetch the best file.

Source: ``_check_skip_installed`` and ``_get_abstract_dist_for`` (``_prepare_file`` in pip 9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.resolve.direct import supported
from pipfreeze_lock.resolve.needs import Need
from pipfreeze_lock.resolve.planning.choices import installed_candidates
from pipfreeze_lock.resolve.planning.hash_mode import is_pinned
from pipfreeze_lock.resolve.planning.install_rules import InstallRules
from pipfreeze_lock.resolve.planning.lines import safe_name
from pipfreeze_lock.resolve.planning.nothing_found import nothing_found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.installed import InstalledDistribution
    from pipfreeze_lock.resolve.needs import BaseCandidate, FileCandidate
    from pipfreeze_lock.resolve.planning.fetching import Fetching
    from pipfreeze_lock.resolve.planning.interface import PlanParts, PlanRequest
    from pipfreeze_lock.resolve.planning.lines import Line

__all__ = ["Preparer"]


class Preparer:
    """Decides for one line after the other."""

    def __init__(self, parts: PlanParts, request: PlanRequest, fetching: Fetching, *, hash_mode: bool) -> None:
        self._parts = parts
        self._request = request
        self._fetching = fetching
        self._hash_mode = hash_mode
        self._rules = InstallRules.of(request.target.pip)
        self._explicit = supported(parts.explicit, parts.rules)
        self._installed = dict(self._by_key(installed_candidates(request.installed, parts.catalogue)))
        self.refused: list[NormalizedName] = []
        """What hash mode does not let pass; pip goes on and tells of all at its end."""

    def prepare(self, line: Line) -> FileCandidate | BaseCandidate | None:
        """Give the file that is fetched, or what is installed and stays; None where hash mode refuses.

        :raises ResolutionError: when there is no file that would do.
        """
        installed = None if line.is_unnamed else self._satisfying(line)
        if installed is not None and not self._moves(line, installed):
            return installed
        candidate = self._found(line)
        if candidate is None:
            raise nothing_found(line, self._parts)
        if self._hash_mode and not (line.hashes and (line.url is not None or is_pinned(line.specifier))):
            self.refused.append(line.name)
            return None
        self._fetching.look_at(candidate.name, candidate.found)
        if line.is_unnamed and not self._is_forced(candidate):
            return self._same(line, candidate) or candidate
        return candidate

    def _moves(self, line: Line, installed: BaseCandidate) -> bool:
        """Whether what is installed and would do is replaced."""
        request, forced = self._request, self._request.force_reinstall
        if forced and not self._rules.force_needs_upgrade:
            return True
        if not request.upgrade or not (self._strategy == "eager" or line.is_asked_by_user):
            return False
        if forced or line.url is not None:
            return True
        best = self._best(line)
        return best is not None and best.version > installed.version

    @property
    def _strategy(self) -> str:
        return self._request.upgrade_strategy or self._rules.strategy

    def _is_forced(self, candidate: FileCandidate) -> bool:
        """Whether a file that was fetched before its name was known replaces the same version."""
        request = self._request
        if request.upgrade or (request.force_reinstall and not self._rules.force_needs_upgrade):
            return True
        return not self._rules.force_needs_upgrade and candidate.found.url.startswith("file:")

    def _same(self, line: Line, candidate: FileCandidate) -> BaseCandidate | None:
        installed = self._installed.get(self._key(line.spelled, line.name))
        return installed if installed is not None and installed.version == candidate.version else None

    def _satisfying(self, line: Line) -> BaseCandidate | None:
        """``check_if_exists``: only the line that was seen counts, and a URL is content with any version."""
        installed = self._installed.get(self._key(line.spelled, line.name))
        if installed is None or not self._parts.rules.specifiers.contains(line.specifier, installed.version):
            return None
        return installed

    def _found(self, line: Line) -> FileCandidate | None:
        if line.url is None:
            return self._best(line)
        return self._explicit(
            Need(name=line.name, extras=frozenset(), specifier=line.specifier, origin=line.origin, url=line.url)
        )

    def _best(self, line: Line) -> FileCandidate | None:
        found = self._parts.catalogue.candidates(line.name, line.specifier, frozenset(line.hashes))
        return next((one for one in found if self._is_found_as_spelled(one, line)), None)

    def _is_found_as_spelled(self, candidate: FileCandidate, line: Line) -> bool:
        """Whether this pip knows an sdist by the name that it is asked for: see `PipCapabilities.sdist_names`."""
        if candidate.found.is_wheel or self._parts.rules.capabilities.sdist_names == "canonical":
            return True
        return candidate.found.spelling.lower().replace("_", "-") == line.spelled

    def _key(self, spelled: str, name: NormalizedName) -> str:
        return spelled if self._rules.installed_keeps_dots else name

    def _by_key(self, candidates: dict[NormalizedName, BaseCandidate]) -> Iterator[tuple[str, BaseCandidate]]:
        for name, candidate in candidates.items():
            yield self._key(_spelled(self._request.installed[name].distribution), name), candidate


def _spelled(distribution: InstalledDistribution) -> str:
    """Give the name as pkg_resources reads it off the folder of the metadata: ``zope.interface``."""
    stem = distribution.path.rpartition("/")[2]
    if not stem.endswith((".dist-info", ".egg-info")):
        return safe_name(distribution.name)
    return safe_name(stem.rpartition(".")[0].partition("-")[0])
