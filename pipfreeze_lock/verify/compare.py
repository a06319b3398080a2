"""The lock beside what is installed: pure, exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from pipfreeze_lock.model.finding import Finding, Location
from pipfreeze_lock.verify import rules
from pipfreeze_lock.verify.places import image_location, layer_details, related_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.finding import Rule
    from pipfreeze_lock.model.installed import InstalledDistribution, InstalledSet
    from pipfreeze_lock.model.lock import LockedSet, Pin

__all__ = ["compare"]

_KNOWN_INSTALLERS = frozenset({"pip"})


def compare(
    lock: LockedSet,
    installed: InstalledSet,
    *,
    place: Callable[[NormalizedName], Location],
    whole: Location,
    install: str,
) -> Iterator[Finding]:
    """Say in what an environment is not the lock and the base set.

    :param place: Where the lock pins a distribution.
    :param whole: The lock.
    :param install: The command, or the line of a Dockerfile, that installs the lock.
    """
    comparison = _Comparison(lock, installed, place, whole, install)
    yield from comparison.interpreter()
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
        install: str,
    ) -> None:
        self._lock = lock
        self._installed = installed
        self._place = place
        self._whole = whole
        self._install = install
        self._found: dict[NormalizedName, list[InstalledDistribution]] = {}
        for one in installed.distributions:
            self._found.setdefault(one.name, []).append(one)

    def interpreter(self) -> Iterator[Finding]:
        """Compare Python and C library; what could not be told of the environment is not compared."""
        words = self._lock.target.split()
        if len(words) < 6:  # edited by hand, which `check` tells
            return
        implementation, version, libc = words[0], words[1], words[4]
        found = self._installed
        there = f"{found.implementation} {found.python}"
        if found.python and (implementation, _series(version)) != (found.implementation, _series(found.python)):
            message = f"`{found.subject}` has {there}, and the lock is for {implementation} {version}"
            yield self._finding(rules.OTHER_PYTHON, message, location=self._whole)
        elif found.python and found.python.count(".") >= 2 and found.python != version:
            message = f"`{found.subject}` has {there}, and the lock is for {implementation} {version}"
            yield self._finding(rules.OTHER_PATCH_LEVEL, message, location=self._whole)
        if found.libc and libc not in ("-", found.libc):
            message = f"`{found.subject}` has {found.libc}, and the lock is for {libc}"
            yield self._finding(rules.OTHER_LIBC, message, location=self._whole)

    def pins(self) -> Iterator[Finding]:
        """Compare each pin."""
        for pin in self._lock.pins:
            found = self._found.get(pin.name)
            if found:
                yield from self._pin(pin, found[0])
                yield from self._more_than_one(found)
            else:
                message = f"`{pin.name}=={pin.version}` is pinned and not installed"
                yield self._finding(rules.MISSING_DISTRIBUTION, message, name=pin.name, remedy=self._install)

    def _pin(self, pin: Pin, found: InstalledDistribution) -> Iterator[Finding]:
        pinned = f"`{pin.name}=={pin.version}` is pinned"
        if found.problem is not None:
            message = f"`{found.name}` is installed, and {found.problem}"
            yield self._finding(rules.BROKEN_METADATA, message, found=found, remedy=self._install)
        if not _same_version(found.version, pin.version):
            message = f"{pinned}, and {found.version or 'no known version'} is installed"
            yield self._finding(rules.OTHER_VERSION, message, found=found, remedy=self._install)
        elif found.is_editable:
            message = f"{pinned}, and a source tree is installed in its place"
            yield self._finding(rules.EDITABLE_INSTALL, message, found=found, remedy=self._install)
        elif _same_place(pin.url, found.direct_url):
            yield from self._installer(pin, found)
        else:
            expected = f"from `{pin.url}`" if pin.url else "from an index"
            origin = f"from `{found.direct_url}`" if found.direct_url else "from an index"
            message = f"{pinned} {expected}, and it was installed {origin}"
            yield self._finding(rules.OTHER_ORIGIN, message, found=found, remedy=self._install)

    def _installer(self, pin: Pin, found: InstalledDistribution) -> Iterator[Finding]:
        if found.installer is not None and found.installer not in _KNOWN_INSTALLERS:
            message = f"`{pin.name}=={pin.version}` was installed by `{found.installer}`"
            yield self._finding(rules.OTHER_INSTALLER, message, found=found)

    def others(self) -> Iterator[Finding]:
        """Look at what is no pin: the base set, and what is too much. The target's own pip is never too much."""
        pinned = {pin.name for pin in self._lock.pins}
        base = {one.name: one.version for one in self._lock.base}
        for name, found in self._found.items():
            if name in pinned:
                continue
            first = found[0]
            if name in base:
                yield from self._of_base(first, base[name])
            elif name != "pip":
                message = f"`{name}=={first.version}` is installed, and neither in the lock nor in the base set"
                remedy = f"RUN pip uninstall --yes {name}"
                yield self._finding(
                    rules.EXTRA_DISTRIBUTION, message, found=first, location=image_location(first.path), remedy=remedy
                )
            yield from self._more_than_one(found)
        for name, version in base.items():
            if name not in self._found and name not in pinned:
                message = f"`{name}` {version} is in the base set, and not installed"
                yield self._finding(rules.CHANGED_BASE_DISTRIBUTION, message, name=name)

    def _of_base(self, found: InstalledDistribution, version: str) -> Iterator[Finding]:
        if not _same_version(found.version, version):
            message = f"`{found.name}` {version} is in the base set, and {found.version} is installed"
            yield self._finding(rules.CHANGED_BASE_DISTRIBUTION, message, found=found)

    def _more_than_one(self, found: list[InstalledDistribution]) -> Iterator[Finding]:
        for other in found[1:]:
            message = f"`{other.name}` is installed twice: {found[0].version}, and {other.version} behind it"
            yield self._finding(rules.TWO_VERSIONS, message, found=other, location=image_location(other.path))

    def _finding(
        self,
        rule: Rule,
        message: str,
        *,
        name: NormalizedName | None = None,
        found: InstalledDistribution | None = None,
        location: Location | None = None,
        remedy: str | None = None,
    ) -> Finding:
        """Make one: at the pin, with the place in the image beside it, unless a place is given."""
        about = found.name if found is not None else name
        if location is None:
            location = self._place(about) if about is not None else self._whole
        is_in_image = location.path.startswith("image:")
        related = (related_place(found.path, found.layer),) if found is not None and not is_in_image else ()
        pin = next((one for one in self._lock.pins if one.name == about), None) if about is not None else None
        return Finding(
            rule=rule,
            severity=rule.severity,
            message=message,
            location=location,
            related=related,
            name=about,
            pin=f"{pin.name}=={pin.version}" if pin is not None else None,
            remedy=remedy,
            details=layer_details(found.path, found.layer) if found is not None else (),
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


def _same_place(pinned: str | None, installed: str | None) -> bool:
    """Whether a direct reference and what direct_url.json says are the same, but for the fragment.

    pips before 20.1 write no direct_url.json (PEP 610), so that its lack says nothing of a direct reference.
    """
    if installed is None or pinned is None:
        return installed is None
    return installed.partition("#")[0] == pinned.partition("#")[0]
