"""The lock beside what is installed: pure, exact."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from pipfreeze_lock.model.finding import Finding, Location
from pipfreeze_lock.verify import rules
from pipfreeze_lock.verify.origin import is_same_place, tells_origin
from pipfreeze_lock.verify.places import image_location, layer_details, related_place
from pipfreeze_lock.verify.removals import Removals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.finding import Rule
    from pipfreeze_lock.model.image import LayerInfo
    from pipfreeze_lock.model.installed import InstalledDistribution, InstalledSet
    from pipfreeze_lock.model.lock import LockedSet, Pin, Unpinned

__all__ = ["compare", "is_same_twice", "same_version"]

_KNOWN_INSTALLERS = frozenset({"pip"})


def compare(
    lock: LockedSet,
    installed: InstalledSet,
    *,
    place: Callable[[NormalizedName], Location],
    whole: Location,
    removals: Removals | None = None,
) -> Iterator[Finding]:
    """Say in what an environment is not the lock and the base set.

    :param place: Where the lock pins a distribution.
    :param whole: The lock.
    :param removals: What layers took away, so that what is missing is told with the layer that did it.
    """
    comparison = _Comparison(lock, installed, place, whole, removals or Removals(()))
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
        removals: Removals,
    ) -> None:
        self._lock = lock
        self._installed = installed
        self._place = place
        self._whole = whole
        self._removals = removals
        self._pins = {pin.name: pin for pin in lock.pins}
        self._base = {one.name: one.version for one in lock.base}
        self._unpinned = {one.name: one for one in lock.unpinned if one.reason != "hidden"}
        self._hidden = {(one.name, one.version, one.path) for one in lock.unpinned if one.reason == "hidden"}
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
        other = (
            f"the environment has {found.implementation} {found.python}, and the lock is for {implementation} {version}"
        )
        if found.python and (implementation, _series(version)) != (found.implementation, _series(found.python)):
            yield self._finding(rules.OTHER_PYTHON, other, location=self._whole)
        elif found.python and found.python.count(".") >= 2 and found.python != version:
            yield self._finding(rules.OTHER_PATCH_LEVEL, other, location=self._whole)
        if found.libc and libc not in ("-", found.libc):
            message = f"the environment has {found.libc}, and the lock is for {libc}"
            yield self._finding(rules.OTHER_LIBC, message, location=self._whole)

    def pins(self) -> Iterator[Finding]:
        """Compare each pin."""
        for pin in self._lock.pins:
            found = self._found.get(pin.name)
            if found:
                taken = _importable(found, pin.version)
                yield from self._pin(pin, taken)
                yield from self._more_than_one(found, taken)
            elif pin.name not in self._installed.unlisted:
                yield self._missing(pin)

    def _missing(self, pin: Pin) -> Finding:
        message = f"`{pin.name}=={pin.version}` is pinned and not installed"
        return self._absent(rules.MISSING_DISTRIBUTION, message, pin.name, pin.version)

    def _absent(self, rule: Rule, message: str, name: NormalizedName, version: str) -> Finding:
        removed = self._removals.of_distribution(name, version)
        if removed is None:
            return self._finding(rule, message, name=name)
        return _told_with_layer(self._finding(rule, f"{message}: a layer takes it away", name=name), *removed)

    def _pin(self, pin: Pin, found: InstalledDistribution) -> Iterator[Finding]:
        pinned = f"`{pin.name}=={pin.version}` is pinned"
        if found.problem is not None:
            message = f"`{found.name}` is installed, and {found.problem}"
            yield self._broken(message, found)
        if not same_version(found.version, pin.version):
            message = f"{pinned}, and {found.version or 'no known version'} is installed"
            yield self._finding(rules.OTHER_VERSION, message, found=found)
        elif found.is_editable:
            message = f"{pinned}, and a source tree is installed in its place"
            yield self._finding(rules.EDITABLE_INSTALL, message, found=found)
        elif is_same_place(pin, found, pip=self._pip()):
            yield from self._installer(pin, found)
        else:
            expected = f"from {_origin(pin.url)}"
            message = f"{pinned} {expected}, and it was installed from {_origin(found.direct_url)}"
            yield self._finding(rules.OTHER_ORIGIN, message, found=found)

    def _broken(self, message: str, found: InstalledDistribution) -> Finding:
        """Tell of metadata that cannot be used, with the layer that took a part of it away, if one did."""
        finding = self._finding(rules.BROKEN_METADATA, message, found=found)
        layer = self._removals.of_path(f"{found.path}/METADATA") or self._removals.of_path(f"{found.path}/PKG-INFO")
        return finding if layer is None else _told_with_layer(finding, found.path, layer)

    def _pip(self) -> str:
        """Give the version of the target's pip; empty where the lock does not tell."""
        return next((word[4:] for word in self._lock.target.split() if word.startswith("pip-")), "")

    def _installer(self, pin: Pin, found: InstalledDistribution) -> Iterator[Finding]:
        if found.installer is not None and found.installer not in _KNOWN_INSTALLERS:
            message = f"`{pin.name}=={pin.version}` was installed by `{found.installer}`"
            yield self._finding(rules.OTHER_INSTALLER, message, found=found)

    def others(self) -> Iterator[Finding]:
        """Look at what is no pin: the base set, and what is too much. The target's own pip is never too much."""
        for name, found in self._found.items():
            if name in self._pins:
                continue
            known = self._unpinned.get(name)
            taken = _importable(found, known.version if known is not None else self._base.get(name, ""))
            if known is not None:
                yield from self._of_unpinned(taken, known)
            elif name in self._base:
                yield from self._of_base(taken, self._base[name])
            elif name != "pip":
                message = f"`{name}=={taken.version}` is installed, and neither in the lock nor in the base set"
                yield self._finding(rules.EXTRA_DISTRIBUTION, message, found=taken, location=image_location(taken.path))
            yield from self._more_than_one(found, taken)
        for name, version in self._base.items():
            if name not in self._found and name not in self._pins and name not in self._installed.unlisted:
                message = f"`{name}` {version} is in the base set, and not installed"
                yield self._absent(rules.CHANGED_BASE_DISTRIBUTION, message, name, version)

        for name, one in self._unpinned.items():
            if name not in self._found and name not in self._installed.unlisted:
                message = f"`{name}` {one.version} was in the image that was frozen, and is not installed"
                yield self._absent(rules.MISSING_DISTRIBUTION, message, name, one.version)

    def _of_unpinned(self, found: InstalledDistribution, known: Unpinned) -> Iterator[Finding]:
        """Compare what the lock cannot pin with what it knows of it; broken metadata was broken then, too."""
        frozen = f"`{known.name}` {known.version} was in the image that was frozen"
        if not same_version(found.version, known.version):
            message = f"{frozen}, and {found.version or 'no known version'} is installed"
            yield self._finding(rules.OTHER_VERSION, message, found=found)
        elif not self._is_from_there(found, known):
            message = f"{frozen} from {_origin(known.origin)}, and it was installed from {_origin(found.direct_url)}"
            yield self._finding(rules.OTHER_ORIGIN, message, found=found)
        elif found.problem is not None and known.reason != "broken-metadata":
            yield self._broken(f"`{found.name}` is installed, and {found.problem}", found)

    def _is_from_there(self, found: InstalledDistribution, known: Unpinned) -> bool:
        if found.is_editable != (known.reason == "editable"):
            return False
        is_told = found.direct_url is not None or tells_origin(self._pip(), found)
        return found.direct_url == known.origin or not is_told

    def _of_base(self, found: InstalledDistribution, version: str) -> Iterator[Finding]:
        if found.problem is not None:
            message = f"`{found.name}` of the base set is installed, and {found.problem}"
            yield self._broken(message, found)
        if not same_version(found.version, version):
            message = f"`{found.name}` {version} is in the base set, and {found.version} is installed"
            yield self._finding(rules.CHANGED_BASE_DISTRIBUTION, message, found=found)
        elif found.is_editable or found.direct_url:
            what = "a source tree" if found.is_editable else f"`{found.direct_url}`"
            message = f"`{found.name}` {version} is in the base set, and {what} is installed in its place"
            yield self._finding(rules.CHANGED_BASE_DISTRIBUTION, message, found=found)

    def _more_than_one(self, found: list[InstalledDistribution], taken: InstalledDistribution) -> Iterator[Finding]:
        for other in found:
            if other is taken or self._is_hidden_base(other, taken) or is_same_twice(other, taken):
                continue
            if (other.name, other.version, other.path) in self._hidden:
                continue
            if same_version(other.version, taken.version):
                message = f"`{other.name}` {other.version} is installed twice"
            elif _folder(other) == _folder(taken):
                message = f"`{other.name}` is installed twice: {taken.version}, and {other.version} in the same folder"
            else:
                message = f"`{other.name}` is installed twice: {taken.version}, and {other.version} behind it"
            yield self._finding(rules.TWO_VERSIONS, message, found=other, location=image_location(other.path))

    def _is_hidden_base(self, found: InstalledDistribution, taken: InstalledDistribution) -> bool:
        """Whether it is of the base set, in a folder that pip does not touch: Debian's, behind ``/usr/local``."""
        version = self._base.get(found.name)
        return version is not None and same_version(found.version, version) and _folder(found) != _folder(taken)

    def _finding(
        self,
        rule: Rule,
        message: str,
        *,
        name: NormalizedName | None = None,
        found: InstalledDistribution | None = None,
        location: Location | None = None,
    ) -> Finding:
        """Make one: at the pin, with the place in the image beside it, unless a place is given."""
        about = found.name if found is not None else name
        if location is None:
            location = self._place(about) if about is not None else self._whole
        related = (related_place(found.path, found.layer),) if found is not None else ()
        pin = self._pins.get(about) if about is not None else None
        return Finding(
            rule=rule,
            severity=rule.severity,
            message=message,
            location=location,
            related=related if not location.path.startswith("image:") or (found and found.layer) else (),
            name=about,
            pin=f"{pin.name}=={pin.version}" if pin is not None else None,
            details=layer_details(found.path, found.layer) if found is not None else (),
        )


def _told_with_layer(finding: Finding, path: str, layer: LayerInfo) -> Finding:
    return replace(finding, related=(related_place(path, layer),), details=layer_details(path, layer))


def _origin(direct_url: str | None) -> str:
    return f"`{direct_url}`" if direct_url else "an index"


def _importable(found: list[InstalledDistribution], version: str) -> InstalledDistribution:
    """Give the one that counts: the first on ``sys.path``; of several in one folder the one that should be there."""
    beside = [one for one in found if _folder(one) == _folder(found[0])]
    return next((one for one in beside if same_version(one.version, version)), found[0])


def is_same_twice(one: InstalledDistribution, other: InstalledDistribution) -> bool:
    """Whether it is one installation with metadata of both kinds, as some of Debian's packages have it."""
    suffixes = {found.path.rpartition(".")[2] for found in (one, other)}
    is_beside = _folder(one) == _folder(other) and same_version(one.version, other.version)
    return is_beside and suffixes == {"dist-info", "egg-info"}


def _folder(found: InstalledDistribution) -> str:
    return found.path.replace("\\", "/").rpartition("/")[0]


def _series(version: str) -> str:
    return ".".join(version.split(".")[:2])


def same_version(one: str, other: str) -> bool:
    """Whether two versions are equal by PEP 440; where one is none, as text."""
    if one == other:
        return True
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return False
