"""Build lock: say what compiling the sdists of a lock fetches, with the same rules, pinned and hashed as the lock is.

One build lock has one version of a distribution, though each isolated build has an environment of its own: where two
builds cannot agree, that is an error which names them.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Literal, Protocol

from packaging.requirements import Requirement as PackageRequirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.lockfile.pin_lines import requirement_line
from pipfreeze_lock.model.artifact import IndexFile
from pipfreeze_lock.model.lock import Pin
from pipfreeze_lock.model.requirement import RequirementSet, SourceLine
from pipfreeze_lock.requirements.parser import parse_requirement
from pipfreeze_lock.resolve.interface import ResolveRequest
from pipfreeze_lock.target.pip_capabilities import capabilities
from pipfreeze_lock.workflows.lock import LockRequest, lock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipfreeze_lock.metadata.build_requirements import BuildRequirements
    from pipfreeze_lock.model.lock import LockedSet, Via
    from pipfreeze_lock.model.requirement import Requirement
    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.resolve.interface import Resolver
    from pipfreeze_lock.workflows.lock import FileHasher, Releases

__all__ = ["BuildLock", "BuildLockRequest", "BuildSource", "HeldBy", "lock_builds"]

HeldBy = Literal["nothing", "--build-constraint", "PIP_CONSTRAINT", "installed first"]
"""How the target's pip is held to a build lock: there is nothing to hold; an option; a variable, which bounds what is
installed as well; or the build lock is installed first and pip isolates nothing."""

_BUILDS_WHEELS_ITSELF = Version("70.1")
"""The first setuptools that has ``bdist_wheel`` of its own; older ones ask for ``wheel`` when their hook is called."""
_THREADS = 8
_MAX_ROUNDS = 20
"""Sdists that are needed to build sdists that are needed to build sdists…"""


class BuildSource(Protocol):
    """Knows what building an sdist fetches."""

    def build_requirements(self, file: IndexFile, url: str) -> BuildRequirements:
        """See `pipfreeze_lock.metadata.source.LayeredMetadata.build_requirements`; called from any thread."""
        ...  # pragma: no cover


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildLockRequest:
    """A lock, and what it was asked for with."""

    main: LockedSet
    main_name: str
    """The lock's path as seen from the build lock, which stands beside it."""
    main_digest: str
    """Of the lock's header, ``sha256:…``: which state of it the build lock is for."""
    request: LockRequest
    """What the lock was asked for with: target, options and hashes hold for the build lock, too."""
    command: str
    existing: tuple[Pin, ...] = ()
    """Pins of the build lock that is there, each a preference."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildLock:
    """The answer."""

    locked: LockedSet
    held_by: HeldBy
    compiled: tuple[str, ...]
    """What the lock has to have built, as ``name==version``."""
    unlocked: tuple[str, ...]
    """What a build may fetch that no lock holds: ``name==version: …``."""


def lock_builds(
    request: BuildLockRequest, *, resolver: Resolver, hasher: FileHasher, releases: Releases, builds: BuildSource
) -> BuildLock:
    """Lock what the builds of a lock's sdists fetch.

    :raises ResolutionError: when no set of files does for all builds, with those that conflict.
    :raises NetworkError: when something could not be fetched.
    """
    found = {build.label: build for build in _read(filter(_is_sdist, request.main.pins), builds)}
    held_by = _held_by(request.request.target, found.values())
    locking = _Locking(request, resolver, hasher, releases, builds, dict(found), held_by)
    try:
        return locking.answer()
    except ResolutionError:
        if held_by != "PIP_CONSTRAINT":
            raise
    # Builds that want another version than the lock installs: no variable that bounds both will do.
    return _Locking(request, resolver, hasher, releases, builds, dict(found), "installed first").answer()


@dataclass(frozen=True, slots=True)
class _Build:
    """A pin that has to be built, and what that fetches."""

    pin: Pin
    needs: BuildRequirements

    @property
    def label(self) -> str:
        return _label(self.pin)

    def texts(self, held_by: HeldBy, *, wants_wheel: bool) -> Iterable[str]:
        """Give the requirements that the build lock has to satisfy, as they are written."""
        texts = [*self.needs.requires, *self.needs.setup_requires]
        names = {canonicalize_name(PackageRequirement(text).name) for text in texts}
        if self.needs.by_setuptools and held_by == "installed first":
            texts += {"setuptools", "wheel"} - names  # without isolation, both have to be there
        elif self.needs.by_setuptools and self.needs.by_hook and wants_wheel:
            texts += {"wheel"} - names
        return sorted(set(texts))


def _held_by(target: Target, found: Iterable[_Build]) -> HeldBy:
    needs = [build.needs for build in found]
    if not any(one.requires or one.setup_requires for one in needs):
        return "nothing"
    if any(one.setup_requires or (one.requires and not one.isolated) for one in needs):
        return "installed first"
    if any(PackageRequirement(text).url for one in needs for text in one.requires):
        return "installed first"  # a constraint does not lend its hash to a URL
    return capabilities(target.pip, python_major=target.python_release[0]).holds_builds_by or "installed first"


class _Locking:
    """One attempt, for one way of holding pip to the answer."""

    def __init__(
        self,
        request: BuildLockRequest,
        resolver: Resolver,
        hasher: FileHasher,
        releases: Releases,
        builds: BuildSource,
        found: dict[str, _Build],
        held_by: HeldBy,
    ) -> None:
        self._request = request
        self._resolver = resolver
        self._hasher = hasher
        self._releases = releases
        self._builds = builds
        self._of_main = tuple(found)
        self._found = found
        self._held_by = held_by
        target = request.request.target
        # An isolated environment is empty; what is installed first is installed where the image's own things are.
        self._target = target if held_by == "installed first" else replace(target, base=())

    def answer(self) -> BuildLock:
        wants_wheel = False
        for _ in range(_MAX_ROUNDS):
            locked = self._lock(self._roots(wants_wheel=wants_wheel))
            fresh = [pin for pin in self._held_builds(locked) if _label(pin) not in self._found]
            self._found |= {build.label: build for build in _read(fresh, self._builds)}
            lacks_wheel = not wants_wheel and self._lacks_wheel(locked)
            wants_wheel = wants_wheel or lacks_wheel
            if not fresh and not lacks_wheel:
                break
        return self._finished(locked)

    def _held_builds(self, locked: LockedSet) -> list[Pin]:
        """Give what has to be built for the builds, where what that fetches can be held.

        Who installs the build lock first has it built before anything holds pip.
        """
        return [] if self._held_by == "installed first" else [pin for pin in locked.pins if _is_sdist(pin)]

    def _finished(self, locked: LockedSet) -> BuildLock:
        labels = {*map(_label, locked.pins), *self._of_main}
        builds = [build for label, build in self._found.items() if label in labels]
        unlocked = [f"{build.label}: {clause}" for build in builds for clause in build.needs.unlocked]
        if self._held_by == "installed first":
            unlocked += [
                f"{_label(pin)}: it is itself compiled when the build lock is installed, with what that fetches"
                for pin in locked.pins
                if _is_sdist(pin)
            ]
        remarks = (*locked.remarks, *(("unlocked", text) for text in unlocked))
        return BuildLock(
            locked=replace(locked, remarks=remarks),
            held_by=self._held_by if locked.pins or self._isolates() else "nothing",
            compiled=self._of_main,
            unlocked=tuple(unlocked),
        )

    def _isolates(self) -> bool:
        """Whether pip, left to itself, would fetch for a build what may be installed already."""
        return any(build.needs.isolated and build.needs.requires for build in self._found.values())

    def _roots(self, *, wants_wheel: bool) -> list[Requirement]:
        return [
            parse_requirement(text, source=SourceLine(file=build.label, line=0))
            for build in self._found.values()
            for text in build.texts(self._held_by, wants_wheel=wants_wheel)
        ]

    def _lacks_wheel(self, locked: LockedSet) -> bool:
        pins = {str(pin.name): pin.version for pin in locked.pins}
        if (
            "setuptools" not in pins
            or "wheel" in pins
            or not any(build.needs.by_hook and build.needs.by_setuptools for build in self._found.values())
        ):
            return False
        try:
            return Version(pins["setuptools"]) < _BUILDS_WHEELS_ITSELF
        except InvalidVersion:
            return True

    def _lock(self, roots: list[Requirement]) -> LockedSet:
        request = self._request.request
        labels = {build.label: str(build.pin.name) for build in self._found.values()}
        try:
            locked = lock(
                LockRequest(
                    requirements=self._requirements(roots),
                    target=self._target,
                    command=self._request.command,
                    existing=self._request.existing,
                    upgrade=request.upgrade,
                    upgraded=tuple(
                        one for one in request.upgraded if one.name in {pin.name for pin in self._request.existing}
                    ),
                    hashes=request.hashes,
                    path_in_lock=lambda path: path if path in labels else request.path_in_lock(path),
                    remarks=(("build-for", f"{self._request.main_name} {self._request.main_digest}"), *request.remarks),
                ),
                resolver=self._resolver,
                hasher=self._hasher,
                releases=self._releases,
            )
        except ResolutionError as error:
            raise self._of_conflict(error, roots) from None
        return replace(
            locked,
            # No constraint may have extras, and what they add stands there by itself.
            pins=tuple(replace(pin, extras=(), via=_by_name(pin.via, labels)) for pin in locked.pins),
            satisfied=tuple(replace(one, via=_by_name(one.via, labels)) for one in locked.satisfied),
        )

    def _requirements(self, roots: Sequence[Requirement]) -> RequirementSet:
        constraints: tuple[Requirement, ...] = ()
        if self._held_by == "PIP_CONSTRAINT":
            # The variable bounds what is installed, too: both locks must say the same of what they share, and nothing
            # may move a distribution of the base that some requirement is content with.
            main = self._request.main
            satisfied = {one.name for one in main.satisfied}
            kept = [
                Pin(name=one.name, version=one.version, hashes=(), via=()) for one in main.base if one.name in satisfied
            ]
            constraints = tuple(_constraint(pin, self._request.main_name) for pin in (*main.pins, *kept))
        options = self._request.request.requirements.options
        return RequirementSet(requirements=tuple(roots), constraints=constraints, options=options)

    # Where it fails.

    def _of_conflict(self, error: ResolutionError, roots: Sequence[Requirement]) -> ResolutionError:
        """Find the builds that do not go together: one that fails by itself, else two."""
        by_label: dict[str, list[Requirement]] = {}
        for root in roots:
            by_label.setdefault(root.source.file, []).append(root)
        for label, own in by_label.items():
            alone = self._error_of(own)
            if alone is not None:
                message = f"what building `{label}` needs cannot be locked: {alone.message}"
                return ResolutionError(message, context=alone.context, hints=_REMEDIES, reference=alone.reference)
        for first, second in combinations(by_label, 2):
            together = self._error_of([*by_label[first], *by_label[second]])
            if together is not None:
                message = f"the builds of `{first}` and `{second}` cannot share a build lock: {together.message}"
                hints = (
                    "Lock and build one of the two by itself into a wheel, and point `--find-links` to it.",
                    *_REMEDIES,
                )
                return ResolutionError(message, context=together.context, hints=hints)
        return error

    def _error_of(self, roots: Sequence[Requirement]) -> ResolutionError | None:
        try:
            self._resolver.resolve(ResolveRequest(requirements=self._requirements(roots), target=self._target))
        except ResolutionError as error:
            return error
        return None


_REMEDIES = ("Constrain it with `-c` to a release that has a wheel for this pip, so that nothing is built.",)


def _by_name(vias: Iterable[Via], labels: Mapping[str, str]) -> tuple[Via, ...]:
    """Say who asks as a distribution: the sdist that is built."""
    return tuple(
        replace(via, kind="distribution", parent=labels[via.parent]) if via.parent in labels else via for via in vias
    )


def _constraint(pin: Pin, lock_name: str) -> Requirement:
    text = requirement_line(replace(pin, url=None, spelling=None), extras=False)
    constraint = parse_requirement(text, source=SourceLine(file=lock_name, line=0), is_constraint=True)
    return replace(constraint, hashes=tuple(_parted(value) for value in pin.hashes))


def _parted(value: str) -> tuple[str, str]:
    algorithm, _, digest = value.partition(":")
    return algorithm, digest


def _read(pins: Iterable[Pin], builds: BuildSource) -> list[_Build]:
    """Read sdists, several at once: most of it is waiting for them."""
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="builds") as pool:
        return list(pool.map(lambda pin: _Build(pin, builds.build_requirements(*_sdist(pin))), pins))


def _label(pin: Pin) -> str:
    return f"{pin.name}=={pin.version}"


def _is_sdist(pin: Pin) -> bool:
    return pin.filename is not None and not pin.filename.endswith(".whl")


def _sdist(pin: Pin) -> tuple[IndexFile, str]:
    """Give the file that is built, and its URL."""
    file = next(one for one in pin.files if one.filename == pin.filename)
    hashes = dict(_parted(value) for value in file.hashes)
    url = file.url or ""
    return IndexFile(filename=file.filename, url=url, hashes=hashes), url
