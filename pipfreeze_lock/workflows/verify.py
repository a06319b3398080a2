"""Verify: an environment beside the lock; from what was read of it to what is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.model.finding import Examination, Finding
from pipfreeze_lock.verify import rules
from pipfreeze_lock.verify.compare import compare
from pipfreeze_lock.verify.mending import with_remedies
from pipfreeze_lock.workflows.check import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.image.interface import ImageConfig
    from pipfreeze_lock.model.finding import Location
    from pipfreeze_lock.model.installed import InstalledSet
    from pipfreeze_lock.model.lock import LockedSet
    from pipfreeze_lock.verify.mending import Mending
    from pipfreeze_lock.verify.policy import Policy
    from pipfreeze_lock.verify.removals import Removals

__all__ = ["VerifyRequest", "verify"]


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifyRequest:
    """One environment, and what it has to be."""

    lock: LockedSet
    path: str
    """Of the lock, as it is to be shown."""
    place: Callable[[NormalizedName], Location]
    """Where the lock pins a distribution, or names it as of the base set."""
    target: Location
    """Where the lock says for whom it is."""
    installed: InstalledSet
    policy: Policy
    mending: Mending
    config: ImageConfig | None = None
    """None where it is no image."""
    removals: Removals | None = None
    findings: Sequence[Finding] = ()
    """Of whoever looked further: into files, into the index."""
    unchecked: Sequence[str] = ()


def verify(request: VerifyRequest) -> Examination:
    """Say in what the environment is not the lock; what policy hides is counted, what could not be told is said."""
    lock, installed = request.lock, request.installed
    found = [
        *_platform(lock, request.config, request.target),
        *compare(lock, installed, place=request.place, whole=request.target, removals=request.removals),
        *request.findings,
    ]
    left, hidden = request.policy.applied(found)
    return Examination(
        lock=request.path,
        subject=installed.subject,
        target=lock.target,
        pins=len(lock.pins),
        findings=tuple(in_order(with_remedies(left, request.mending))),
        unchecked=(*(f"{what}: nothing tells it" for what in installed.untold), *request.unchecked),
        hidden=hidden,
    )


def _platform(lock: LockedSet, config: ImageConfig | None, target: Location) -> list[Finding]:
    """Compare what images name alike, ``linux/arm64``; the variants of an architecture are not told apart."""
    words = lock.target.split()
    if config is None or len(words) < 6 or not config.architecture:
        return []
    image, wanted = f"{config.operating_system}/{config.architecture}", "/".join(words[3].split("/")[:2])
    if image == wanted:
        return []
    rule = rules.OTHER_PLATFORM
    message = f"the image is for {image}, and the lock for {wanted}"
    return [Finding(rule=rule, severity=rule.severity, message=message, location=target)]
