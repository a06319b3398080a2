"""Which pip-tools runs on an interpreter, and with which pips it says that it runs: asked of the index."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from pipfreeze_lock.errors import NetworkError, ResolutionError
from pipfreeze_lock.model.legacy_version import read_version
from pipfreeze_lock.resolve.pip_tools.programs import HINTS_FOR_INSTALLING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipfreeze_lock.http.interface import HttpClient
    from pipfreeze_lock.index.rank import Candidate, SelectionRules
    from pipfreeze_lock.resolve.catalogue import Catalogue

__all__ = ["PipWheel", "ToolReleases"]

_PIP_TOOLS = canonicalize_name("pip-tools")
_PIP = canonicalize_name("pip")
_ANY = SpecifierSet()


@dataclass(frozen=True, slots=True)
class PipWheel:
    """A wheel of pip that an index offers."""

    version: Version
    found: Candidate


class ToolReleases:
    """Asks the places in force for pip-tools and pip.

    :param catalogue: Over rules that no option of the person shapes, for the interpreter that is to run pip-tools.
    """

    def __init__(self, *, catalogue: Catalogue, rules: SelectionRules, client: HttpClient) -> None:
        self._catalogue = catalogue
        self._rules = rules
        self._client = client

    def newest_pip_tools(self) -> tuple[Version, SpecifierSet]:
        """Give the newest pip-tools for the interpreter, and which pips its metadata says that it runs with.

        :raises ResolutionError: where no place has one.
        """
        for candidate in self._catalogue.candidates(_PIP_TOOLS, _ANY, frozenset()):
            required = candidate.metadata.requires_python
            if required and self._rules.specifiers.allows_python(required, self._rules.python) is False:
                continue
            pips = _ANY
            for dependency in candidate.dependencies:
                if dependency.name == _PIP and dependency.marker is None:
                    pips &= dependency.specifier
            return candidate.version, pips
        raise self._missing(_PIP_TOOLS)

    def pips(self, wanted: str, within: SpecifierSet) -> list[PipWheel]:
        """Give wheels of pip for the interpreter, the nearest to a version first.

        That version itself; then by the count of releases between, of each minor release the newest patch; of two
        equally near the older, since the lock is for a pip that may know less.

        :param within: What pip-tools says that it runs with.
        """
        here = Version(wanted)
        versions: dict[Version, PipWheel] = {}
        project = self._catalogue.project(_PIP)
        for version in project.versions():
            wheels = [one for one in project.candidates(version) if one.is_wheel and not one.is_yanked]
            if wheels and within.contains(version, prereleases=True) and (version == here or not version.is_prerelease):
                versions[version] = PipWheel(version, wheels[0])
        if not versions:
            needed = f"pip{within}"
            raise self._missing(needed)
        if here not in versions:
            return [versions[version] for version in _nearest(versions, here)]
        others = [version for version in versions if _series(version) != _series(here)]
        return [versions[version] for version in (here, *_nearest(others, here))]

    def offers(self, name: NormalizedName, version: str) -> bool:
        """Whether some place has a file of a release that the interpreter takes."""
        return bool(self._catalogue.project(name).candidates(read_version(version)))

    def content(self, wheel: PipWheel) -> bytes:
        """Fetch a wheel, held against the hash that the index lists."""
        response = self._client.get(wheel.found.url)
        if response.status != 200:
            message = f"the server answered {response.status} for `{wheel.found.file.filename}`"
            raise NetworkError(message, context=wheel.found.url, hints=["Try again, or ask who runs the index."])
        content = bytes(response.body)
        stated = wheel.found.file.hashes.get("sha256")
        if stated is not None and hashlib.sha256(content).hexdigest() != stated:
            message = f"`{wheel.found.file.filename}` is not the file that the index lists: its hash differs"
            raise NetworkError(message, context=wheel.found.url, hints=["Find out what stands between, a proxy say."])
        return content

    def _missing(self, what: str) -> ResolutionError:
        places = ", ".join(f"`{place}`" for place in self._catalogue.places)
        message = f"no place has a `{what}` that runs on Python {self._rules.python}"
        return ResolutionError(message, context=places or None, hints=HINTS_FOR_INSTALLING)


def _nearest(versions: Iterable[Version], here: Version) -> list[Version]:
    """Order by the count of minor releases between, and the newest patch of each alone; of two the older first."""
    newest = {series: max(group) for series, group in groupby(sorted(versions), key=_series)}
    places = {series: place for place, series in enumerate(sorted({*newest, _series(here)}))}
    middle = places[_series(here)]
    return [newest[series] for series in sorted(newest, key=lambda one: (abs(places[one] - middle), one))]


def _series(version: Version) -> tuple[int, ...]:
    return version.release[:2]
