"""``verify --deep``: whether each distribution was installed from the very file that the lock allows."""

from __future__ import annotations

import posixpath
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from pipfreeze_lock.verify.compare import same_version
from pipfreeze_lock.verify.deep import compare_records, matching_wheels, other_file_finding
from pipfreeze_lock.verify.records import parse_record
from pipfreeze_lock.verify.sentences import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.finding import Finding, Location
    from pipfreeze_lock.model.image import LayerInfo
    from pipfreeze_lock.model.installed import InstalledDistribution, InstalledSet
    from pipfreeze_lock.model.lock import LockedSet, Pin
    from pipfreeze_lock.verify.deep import LockedRecord

__all__ = ["DeepRequest", "DeepResult", "WheelRecords", "verify_deep"]

_WORKERS = 16


class WheelRecords(Protocol):
    """Where the locked files are; may be called from any thread."""

    def files(self, pin: Pin) -> Sequence[tuple[ProjectPage, IndexFile]]:
        """Give the files that have one of the pin's hashes.

        :raises NetworkError: when a place could not answer.
        """
        ...  # pragma: no cover

    def record(self, page: ProjectPage, file: IndexFile) -> LockedRecord:
        """Read what a wheel says of its own files.

        :raises MetadataError: when it has no RECORD.
        :raises NetworkError: when it cannot be read.
        """
        ...  # pragma: no cover


@dataclass(frozen=True, kw_only=True, slots=True)
class DeepRequest:
    """One environment, and what it has to be."""

    lock: LockedSet
    installed: InstalledSet
    read: Callable[[str], bytes | None]
    """Gives what is in a file of the environment."""
    layer_of: Callable[[str], LayerInfo | None] = lambda _: None
    """Gives the layer that a file of it comes from."""
    place: Callable[[NormalizedName], Location]
    records: WheelRecords
    no_binary: frozenset[str] = frozenset()
    """Projects whose wheels pip was told not to take; ``:all:``."""


@dataclass(slots=True)
class DeepResult:
    """What came of it."""

    findings: list[Finding] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)


def verify_deep(request: DeepRequest) -> DeepResult:
    """Compare every pin's record with that of the wheel that its hashes allow.

    :raises MetadataError: when a locked wheel is none.
    :raises NetworkError: when an index could not be asked.
    """
    found = {one.name: one for one in request.installed.distributions if not one.is_shadowed}
    pairs = [(pin, found[pin.name]) for pin in request.lock.pins if pin.name in found]
    pairs = [(pin, one) for pin, one in pairs if same_version(one.version, pin.version) and not one.is_editable]
    with ThreadPoolExecutor(_WORKERS, "deep") as workers:
        outcomes = list(workers.map(lambda pair: _compared(request, *pair), pairs))
    result = DeepResult(findings=[one for one in outcomes if not isinstance(one, str) and one is not None])
    reasons: dict[str, list[str]] = {}
    for (pin, _), outcome in zip(pairs, outcomes, strict=True):
        if isinstance(outcome, str):
            reasons.setdefault(outcome, []).append(pin.name)
    result.unchecked += [f"which file {listed(names)} came from: {reason}" for reason, names in reasons.items()]
    return result


def _compared(request: DeepRequest, pin: Pin, one: InstalledDistribution) -> Finding | str | None:
    """Give what differs; a text where it cannot be compared, and why; None where nothing differs."""
    record = request.read(f"{one.path}/RECORD")
    if not pin.hashes or record is None:
        return "there is no RECORD of it" if pin.hashes else "the lock has no hashes"
    files = request.records.files(pin)
    if not files:
        return "no file with its hash is offered any more"
    chosen = _chosen(request, pin, files, request.read(f"{one.path}/WHEEL"))
    return chosen if isinstance(chosen, str) else _closest(request, one, record, chosen)


def _closest(
    request: DeepRequest, one: InstalledDistribution, record: bytes, wheels: Sequence[tuple[ProjectPage, IndexFile]]
) -> Finding | None:
    """Compare with the wheel that it differs from least."""
    folder = posixpath.dirname(one.path)
    rows = parse_record(record, folder)
    closest: tuple[LockedRecord, list[tuple[str, str]]] | None = None
    for page, file in wheels:
        locked = request.records.record(page, file)
        differences = compare_records(rows, locked, folder=folder)
        if not differences:
            return None
        if closest is None or len(differences) < len(closest[1]):
            closest = locked, differences
    if closest is None:
        return None
    layer = request.layer_of(f"{one.path}/RECORD")
    return other_file_finding(one, *closest, location=request.place(one.name), layer=layer)


def _chosen(
    request: DeepRequest, pin: Pin, files: Sequence[tuple[ProjectPage, IndexFile]], wheel: bytes | None
) -> list[tuple[ProjectPage, IndexFile]] | str:
    """Give the wheels that it may have been installed from; a text where it was built here."""
    wheels = {file.filename: (page, file) for page, file in files if file.filename.endswith(".whl")}
    has_sdist = any(not file.filename.endswith(".whl") for _, file in files)
    if not wheels or request.no_binary & {pin.name, ":all:"}:
        return "built from an sdist"
    alike = matching_wheels(list(wheels), wheel)
    if not alike and has_sdist:
        return "the installed tags are of no locked wheel, so that an sdist was built"
    return [wheels[name] for name in alike or wheels]
