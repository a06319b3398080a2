"""The one line that makes an environment what the lock says."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipfreeze_lock.verify import rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.finding import Finding

__all__ = ["Mending", "with_remedies"]

_TAKEN_OUT = frozenset({rules.EXTRA_DISTRIBUTION})
_REINSTALLED = frozenset(
    [
        rules.TWO_VERSIONS,
        rules.EDITABLE_INSTALL,
        rules.OTHER_ORIGIN,
        rules.OTHER_FILE,
        rules.MISSING_FILE,
        rules.CHANGED_FILE,
    ]
)
"""pip takes it for installed as the lock wants it, so that it has to go before."""
_INSTALLED = frozenset({rules.MISSING_DISTRIBUTION, rules.OTHER_VERSION})
_REMOVED = frozenset({rules.UNOWNED_FILE, rules.BROKEN_METADATA})
"""pip does not see it; what is of the base set is left as it is, since pip itself may be of that."""
_RELOCKED = frozenset(
    [
        rules.CHANGED_BASE_DISTRIBUTION,
        rules.OTHER_PYTHON,
        rules.OTHER_PATCH_LEVEL,
        rules.OTHER_LIBC,
        rules.OTHER_PLATFORM,
    ]
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mending:
    """What a remedy is put together from."""

    lock: str
    """As one would type it where the command is run."""
    pip: str = "pip"
    """How the environment's pip is called."""
    pinned: frozenset[NormalizedName] = frozenset()
    """What the lock pins."""
    unpinned: frozenset[NormalizedName] = frozenset()
    """What the lock names and cannot install, so that taking it out mends nothing."""
    without_dependencies: bool = False
    """Whether the lock is installed with ``--no-deps``."""
    is_image: bool = True
    """Whether it is to be a line of a Dockerfile."""
    relock: str = "pipfreeze-lock lock"

    def line(self, findings: Sequence[Finding]) -> str | None:
        """Give the line that mends all that can be mended there; None where nothing can be."""
        findings = [finding for finding in findings if finding.name not in self.unpinned]
        pinned = self.pinned | {finding.name for finding in findings if finding.pin is not None}
        extra = {finding.name for finding in findings if finding.rule in _TAKEN_OUT}
        broken = {one.name for one in findings if one.rule is rules.BROKEN_METADATA} & (pinned | extra)
        unseen = [one for one in findings if one.rule is rules.UNOWNED_FILE or _is_broken(one, broken)]
        removed = dict.fromkeys(path for one in unseen if (path := _path(one)) is not None)
        again = {one.name for one in findings if one.rule in _REINSTALLED} | broken
        names = sorted(str(name) for name in (extra | again) - broken if name not in (None, "pip"))
        parts = []
        if removed:
            parts.append(f"rm -r {shlex.join(removed)}")
        if names:
            parts.append(f"{self.pip} uninstall --yes {shlex.join(names)}")
        if any(one.rule in _INSTALLED for one in findings) or again & pinned:
            no_cache = "--no-cache-dir " if self.is_image else ""
            no_dependencies = "--no-deps " if self.without_dependencies else ""
            options = f"{no_cache}{no_dependencies}--require-hashes"
            parts.append(f"{self.pip} install {options} -r {shlex.quote(self.lock)}")
        if not parts:
            return None
        return f"{'RUN ' if self.is_image else ''}{' && '.join(parts)}"


def with_remedies(findings: Sequence[Finding], mending: Mending) -> list[Finding]:
    """Give each finding what mends it: the line that mends all of them, or the command that locks anew."""
    line = mending.line(findings)
    mended = _TAKEN_OUT | _REINSTALLED | _INSTALLED | _REMOVED
    return [
        replace(one, remedy=mending.relock if one.rule in _RELOCKED else line if one.rule in mended else one.remedy)
        for one in findings
    ]


def _is_broken(finding: Finding, names: set[NormalizedName | None]) -> bool:
    return finding.rule is rules.BROKEN_METADATA and finding.name in names


def _path(finding: Finding) -> str | None:
    return dict(finding.details).get("path")
