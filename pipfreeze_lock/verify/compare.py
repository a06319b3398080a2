"""The lock beside what is installed: pure, exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from pipfreeze_lock.model.finding import Finding, Location
from pipfreeze_lock.verify import rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.finding import Rule
    from pipfreeze_lock.model.installed import InstalledDistribution, InstalledSet
    from pipfreeze_lock.model.lock import LockedSet, Pin

__all__ = ["compare"]


def compare(
    lock: LockedSet, installed: InstalledSet, *, place: Callable[[NormalizedName], Location], whole: Location
) -> Iterator[Finding]:
    """Say in what an environment is not the lock and the base set.

    :param place: Where the lock pins a distribution.
    :param whole: The lock.
    """
    comparison = _Comparison(lock, installed, place, whole)
    yield from comparison.python()
    yield from comparison.pins()
    yield from comparison.others()


class _Comparison:
    """Both sides by name."""

    def __init__(
        self,
        lock: LockedSet,
        installed: InstalledSet,
        place: Callable[[NormalizedName], Location],
        whole: Location,
    ) -> None:
        self._lock = lock
        self._installed = installed
        self._place = place
        self._whole = whole
        self._found: dict[NormalizedName, list[InstalledDistribution]] = {}
        for one in installed.distributions:
            self._found.setdefault(one.name, []).append(one)

    def python(self) -> Iterator[Finding]:
        """Compare the interpreters: the minor version decides which files fit."""
        words = self._lock.target.split()
        implementation, version = (*words, "", "")[:2]
        found = self._installed
        if (implementation, _series(version)) != (found.implementation, _series(found.python)):
            there = f"{found.implementation} {found.python}"
            message = f"`{found.subject}` is {there}, and the lock is for {implementation} {version}"
            yield self._finding(rules.OTHER_PYTHON, message, location=self._whole)

    def pins(self) -> Iterator[Finding]:
        """Compare each pin."""
        for pin in self._lock.pins:
            found = self._found.get(pin.name)
            if not found:
                message = f"`{pin.name}=={pin.version}` is pinned and not installed"
                yield self._finding(rules.MISSING_DISTRIBUTION, message, name=pin.name)
                continue
            yield from self._pin(pin, found)

    def _pin(self, pin: Pin, found: list[InstalledDistribution]) -> Iterator[Finding]:
        first = found[0]
        details = (("path", first.path),)
        if not _same_version(first.version, pin.version):
            message = f"`{pin.name}=={pin.version}` is pinned, and {first.version} is installed"
            yield self._finding(rules.OTHER_VERSION, message, name=pin.name, details=details)
        elif first.is_editable:
            message = f"`{pin.name}=={pin.version}` is pinned, and a source tree is installed in its place"
            yield self._finding(rules.EDITABLE_INSTALL, message, name=pin.name, details=details)
        elif (first.direct_url is None) != (pin.url is None) and first.direct_url is not None:
            message = (
                f"`{pin.name}=={pin.version}` is pinned from an index, and was installed from `{first.direct_url}`"
            )
            yield self._finding(rules.OTHER_ORIGIN, message, name=pin.name, details=details)
        yield from self._twice(pin.name, found)

    def others(self) -> Iterator[Finding]:
        """Look at what is no pin: the base set, and what is too much. The target's own pip is never too much."""
        pinned = {pin.name for pin in self._lock.pins}
        base = {one.name: one.version for one in self._lock.base}
        for name, found in self._found.items():
            if name in pinned:
                continue
            first = found[0]
            details = (("path", first.path),)
            if name not in base:
                if name != "pip":
                    message = f"`{name}=={first.version}` is installed, and neither in the lock nor in the base set"
                    yield self._finding(rules.EXTRA_DISTRIBUTION, message, name=name, details=details)
            elif not _same_version(first.version, base[name]):
                message = f"`{name}` {base[name]} is in the base set, and {first.version} is installed"
                yield self._finding(rules.CHANGED_BASE_DISTRIBUTION, message, name=name, details=details)
            yield from self._twice(name, found)
        for name, version in base.items():
            if name not in self._found and name not in pinned:
                message = f"`{name}` {version} is in the base set, and not installed"
                yield self._finding(rules.CHANGED_BASE_DISTRIBUTION, message, name=name)

    def _twice(self, name: NormalizedName, found: list[InstalledDistribution]) -> Iterator[Finding]:
        for other in found[1:]:
            message = f"`{name}` is installed twice: {found[0].version}, and {other.version} behind it"
            details = (("path", found[0].path), ("other", other.path))
            yield self._finding(rules.TWO_VERSIONS, message, name=name, details=details)

    def _finding(
        self,
        rule: Rule,
        message: str,
        *,
        name: NormalizedName | None = None,
        location: Location | None = None,
        details: tuple[tuple[str, str], ...] = (),
    ) -> Finding:
        if location is None:
            location = self._place(name) if name is not None else self._whole
        return Finding(
            rule=rule, severity=rule.severity, message=message, location=location, name=name, details=details
        )


def _series(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _same_version(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return False
