"""Lock: say what exactly this image's pip would install for these lines."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol

from packaging.version import Version

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.lockfile.options import hidden_options
from pipfreeze_lock.model.lock import LockedFile, LockedSet, Pin, Satisfied
from pipfreeze_lock.resolve.interface import Preferred, ResolveRequest
from pipfreeze_lock.target.pip_capabilities import capabilities

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.lock import Via
    from pipfreeze_lock.model.requirement import IndexOptions, Requirement, RequirementSet
    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.resolve.interface import Resolution, ResolvedDistribution, Resolver

__all__ = [
    "FileHasher",
    "HashesOf",
    "LockRequest",
    "Releases",
    "check_hash_mode",
    "lock",
    "locked_file",
    "preferences",
    "relocated",
]

HashesOf = Literal["chosen", "all", "none"]
"""Whose hashes stand at a pin: of the file this pip will choose, of every file of the release, or no hashes."""


class FileHasher(Protocol):
    """Hashes files for which an index gives no sha256."""

    def sha256(self, page: ProjectPage, file: IndexFile) -> str:
        """Fetch a file and give its hex digest.

        :raises NetworkError: when it cannot be fetched.
        """
        ...  # pragma: no cover


class Releases(Protocol):
    """Knows what else there is of a release."""

    def files_of(self, name: NormalizedName, version: str) -> Sequence[tuple[ProjectPage, IndexFile]]:
        """Give every file of a release that a place offers."""
        ...  # pragma: no cover

    def why_no_wheel(self, name: NormalizedName, version: str) -> str | None:
        """Say why this pip takes no wheel of a release; None where the release has no wheel at all."""
        ...  # pragma: no cover

    def needed_pip(self, name: NormalizedName, version: str) -> str | None:
        """Give the lowest pip that would take a wheel of a release on this target; None where none would."""
        ...  # pragma: no cover

    def has_wheel_in_reach(self, name: NormalizedName) -> bool:
        """Whether another release has a wheel that this pip takes."""
        ...  # pragma: no cover


@dataclass(frozen=True, kw_only=True, slots=True)
class LockRequest:
    """What is asked for, with what is there already."""

    requirements: RequirementSet
    target: Target
    command: str
    existing: tuple[Pin, ...] = ()
    """Pins of the lock that is there, each a preference."""
    upgrade: bool = False
    upgraded: tuple[Requirement, ...] = ()
    """``-P NAME`` or ``-P NAME==VERSION``."""
    hashes: HashesOf = "chosen"
    path_in_lock: Callable[[str], str] = str
    """Writes the path of an input as seen from the lock's folder."""
    remarks: tuple[tuple[str, str], ...] = field(default=())


def preferences(
    existing: Iterable[Pin], *, upgrade: bool, upgraded: Collection[NormalizedName]
) -> dict[NormalizedName, Preferred]:
    """Say which pins are kept while nothing speaks against them; of two for one name the first."""
    preferred: dict[NormalizedName, Preferred] = {}
    for pin in () if upgrade else existing:
        if pin.name not in upgraded and pin.url is None:
            preferred.setdefault(pin.name, Preferred(version=pin.version, hashes=frozenset(pin.hashes)))
    return preferred


def lock(request: LockRequest, *, resolver: Resolver, hasher: FileHasher, releases: Releases) -> LockedSet:
    """Resolve, and write the answer down as a value.

    :raises ResolutionError: when no set of files satisfies the requirements, or this pip cannot check hashes.
    :raises NetworkError: when an index could not be asked.
    """
    check_hash_mode(request.target.pip, has_hashes=request.hashes != "none")
    resolution = resolver.resolve(
        ResolveRequest(
            requirements=request.requirements,
            target=request.target,
            preferred=preferences(
                request.existing, upgrade=request.upgrade, upgraded={one.name for one in request.upgraded}
            ),
            moved=tuple(one for one in request.upgraded if one.specifier),
        )
    )
    pins = tuple(_pin(one, request, hasher, releases) for one in resolution.distributions)
    return LockedSet(
        command=request.command,
        target=str(request.target),
        base=request.target.base,
        satisfied=tuple(
            Satisfied(name=one.distribution.name, via=relocated(one.via, request.path_in_lock))
            for one in resolution.kept
        ),
        inputs=tuple(replace(one, path=request.path_in_lock(one.path)) for one in request.requirements.inputs),
        remarks=(*_hidden_options(request), *request.remarks, *_remarks(resolution)),
        options=_options_in_lock(request),
        pins=pins,
        warnings=(
            *request.requirements.notes,
            *_moved_in_vain(request, resolution),
            *resolution.warnings,
            *_said_aloud(pins),
        ),
        hints=tuple(_remedies(pins, request, releases)),
        details=tuple(_details(resolution)),
    )


def check_hash_mode(pip: str, *, has_hashes: bool) -> None:
    """See that a pip can be held to a lock's hashes, where it has some.

    :raises ResolutionError: when it has no hash mode.
    """
    if has_hashes and not capabilities(pip).hash_mode:
        message = f"pip {pip} has no hash mode, so that it cannot be held to the hashes of a lock"
        hints = [
            "Install a newer pip in the image before anything else: `RUN pip install pip==9.0.3`.",
            "Or lock with `--no-hashes`: names and versions alone, which anyone who can serve files can replace.",
        ]
        raise ResolutionError(message, hints=hints)


def _pin(one: ResolvedDistribution, request: LockRequest, hasher: FileHasher, releases: Releases) -> Pin:
    files: Sequence[tuple[ProjectPage, IndexFile]] = ((one.page, one.file),)
    if request.hashes == "all" and one.direct_url is None:
        files = releases.files_of(one.name, one.version)
    locked = tuple(locked_file(page, file, hasher if request.hashes != "none" else None) for page, file in files)
    return Pin(
        name=one.name,
        version=one.version,
        spelling=one.spelling if one.spelling != one.name else None,
        extras=tuple(sorted(one.extras)),
        url=one.direct_url.without_credentials if one.direct_url is not None else None,
        hashes=tuple(sorted({found for file in locked for found in file.hashes if request.hashes != "none"})),
        via=relocated(one.via, request.path_in_lock),
        notes=tuple(_notes(one, releases)),
        filename=one.file.filename,
        files=locked,
    )


def _options_in_lock(request: LockRequest) -> IndexOptions:
    """Give the options with the paths of ``--find-links`` as seen from the lock's folder, where pip looks first."""
    options = request.requirements.options
    return replace(options, find_links=tuple(request.path_in_lock(place) for place in options.find_links))


def _hidden_options(request: LockRequest) -> Iterable[tuple[str, str]]:
    """Record what no line says, so that ``check`` sees when it changes."""
    words = hidden_options(request.requirements.options)
    if words:
        yield "options", " ".join(words)


def relocated(vias: tuple[Via, ...], path_in_lock: Callable[[str], str]) -> tuple[Via, ...]:
    """Give edges sorted, with the paths of inputs as seen from the lock's folder."""
    found = (via if via.kind == "distribution" else replace(via, parent=path_in_lock(via.parent)) for via in vias)
    return tuple(sorted(found, key=str))


def locked_file(page: ProjectPage, file: IndexFile, hasher: FileHasher | None) -> LockedFile:
    """Describe a file; without a hasher, nothing is fetched for a hash that nobody asks for."""
    digest = file.hashes.get("sha256") or (hasher.sha256(page, file) if hasher is not None else None)
    return LockedFile(
        filename=file.filename,
        url=page.url_of(file),
        size=file.size,
        upload_time=file.upload_time,
        hashes=(f"sha256:{digest}",) if digest else (),
    )


def _notes(one: ResolvedDistribution, releases: Releases) -> Iterable[str]:
    if not one.file.filename.endswith(".whl"):
        reason = releases.why_no_wheel(one.name, one.version) if one.direct_url is None else None
        yield f"compiled in the image: {reason or 'this release has no wheel'}"
    if one.file.is_yanked:
        yield f"yanked: {one.file.yanked_reason}"
    if one.metadata.note and one.metadata.tier == "build":
        yield one.metadata.note


def _remarks(resolution: Resolution) -> Iterable[tuple[str, str]]:
    for one in resolution.distributions:
        if one.metadata.note and one.metadata.tier == "build":
            yield "warning", f"{one.name}: {one.metadata.note}"


def _details(resolution: Resolution) -> Iterable[str]:
    """Say of each sdist how its dependencies became known."""
    for one in resolution.distributions:
        if one.metadata.tier not in ("sidecar", "wheel"):
            note = f": {one.metadata.note}" if one.metadata.note else ""
            yield f"`{one.file.filename}`: dependencies known from {one.metadata.tier}{note}"


def _moved_in_vain(request: LockRequest, resolution: Resolution) -> Iterable[str]:
    """Say which names of ``-P`` are in no answer: misspelt ones would go unnoticed."""
    there = {one.name for one in resolution.distributions} | {one.distribution.name for one in resolution.kept}
    for one in request.upgraded:
        if one.name not in there:
            yield f"`--upgrade-package {one.text}` moves nothing: no requirement leads to `{one.name}`"


def _said_aloud(pins: Iterable[Pin]) -> Iterable[str]:
    for pin in pins:
        for note in pin.notes:
            if note.startswith("compiled"):
                yield f"`{pin.name}=={pin.version}` would be {note}"
            elif note.startswith("yanked"):
                yield f"`{pin.name}=={pin.version}` is {note}"


def _remedies(pins: Sequence[Pin], request: LockRequest, releases: Releases) -> Iterable[str]:
    yield from _against_compiling(pins, request, releases)
    yanked = [pin for pin in pins if _may_move(pin) and any(note.startswith("yanked") for note in pin.notes)]
    if yanked:
        bounds = ", ".join(f"`{pin.name}!={pin.version}`" for pin in yanked)
        yield f"pip {request.target.pip} takes yanked releases; a constraint keeps it from them: {bounds}."


def _against_compiling(pins: Iterable[Pin], request: LockRequest, releases: Releases) -> Iterable[str]:
    compiled = [pin for pin in pins if pin.filename and not pin.filename.endswith(".whl") and pin.url is None]
    pips = {pin.name: releases.needed_pip(pin.name, pin.version) for pin in compiled}
    newer = [pip for pip in pips.values() if pip is not None]
    if newer:
        names = [f"`{name}`" for name, pip in pips.items() if pip is not None]
        pip = max(newer, key=Version)
        yield f"A newer pip in the image, {pip} at least, would take {', '.join(names)} as a wheel."
    if not request.requirements.options.prefer_binary:
        names = [f"`{pin.name}`" for pin in compiled if _may_move(pin) and releases.has_wheel_in_reach(pin.name)]
        if names:
            yield f"`--prefer-binary` looks for an older release with a wheel of {', '.join(names)}."


def _may_move(pin: Pin) -> bool:
    """Whether no one asks for exactly this version."""
    return not any(via.constraint.startswith("==") and "*" not in via.constraint for via in pin.via)
