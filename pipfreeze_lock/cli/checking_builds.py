"""``check`` of a build lock: whether it is whole, and for the state in which the lock beside it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.check import rules
from pipfreeze_lock.check.hashes import hash_findings
from pipfreeze_lock.check.header import file_findings
from pipfreeze_lock.check.places import LockPlaces
from pipfreeze_lock.cli.build_locking import lock_digest
from pipfreeze_lock.cli.input_findings import finding
from pipfreeze_lock.cli.recorded_options import read_command, relock_command
from pipfreeze_lock.model.finding import Examination
from pipfreeze_lock.target.recorded import target_of_line
from pipfreeze_lock.workflows.check import context_of, in_order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipfreeze_lock.lockfile.interface import ReadLock
    from pipfreeze_lock.model.finding import Finding

__all__ = ["check_build_lock"]

_KEY = "build-for"


def check_build_lock(path: Path, read: ReadLock, text: str) -> Examination:
    """Look at a build lock; what it was made from is the lock that it names."""
    lock, places = read.lock, LockPlaces(path.as_posix(), text)
    remarks = dict(lock.remarks)
    main = path.with_name(remarks[_KEY].rpartition(" ")[0] or "requirements.lock")
    recorded = read_command(lock.command, remarks, main)
    relock = relock_command(recorded, main, default=main.name == "requirements.lock")
    findings = list(_of_state(main, remarks[_KEY].rpartition(" ")[2], places, relock))
    target = target_of_line(lock.target)
    if target is None:
        message = f"its `target` line, `{lock.target}`, cannot be read"
        findings.append(finding(rules.UNREADABLE_LOCK, message, places.header("target"), relock))
    else:
        context = context_of(read=read, places=places, requirements=None, target=target, relock=relock)
        findings += [*file_findings(context), *hash_findings(context)]
    return Examination(
        lock=path.as_posix(), target=lock.target, pins=len(lock.pins), findings=tuple(in_order(findings))
    )


def _of_state(main: Path, digest: str, places: LockPlaces, relock: str) -> Iterator[Finding]:
    shown = main.as_posix()
    try:
        now = lock_digest(main.read_bytes())
    except OSError:
        message = f"it is for `{shown}`, which cannot be read"
    else:
        if now == digest:
            return
        message = f"it is for another state of `{shown}`"
    yield finding(rules.STALE_BUILD_LOCK, message, places.header(_KEY), relock)
