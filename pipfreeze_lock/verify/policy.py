"""What a reader of findings is content with: what that hides is counted, never forgotten."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

from pipfreeze_lock.verify import rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipfreeze_lock.model.finding import Finding

__all__ = ["BasePolicy", "Policy"]

BasePolicy = Literal["strict", "warn", "ignore"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """Which findings count, and how much."""

    allow_extra: tuple[str, ...] = ()
    """Names, normalised, or patterns as the shell has them, of distributions that may be there besides the lock."""
    ignore: tuple[str, ...] = ()
    """Rules (``other-installer``), distributions (``pip``), or both (``other-installer:torch*``)."""
    base: BasePolicy = "strict"
    """How grave it is that the base set moved."""

    def applied(self, findings: Iterable[Finding]) -> tuple[list[Finding], int]:
        """Give what is left, and how many are hidden."""
        left: list[Finding] = []
        hidden = 0
        for finding in findings:
            if self._is_hidden(finding):
                hidden += 1
            elif finding.rule is rules.CHANGED_BASE_DISTRIBUTION and self.base == "warn":
                left.append(replace(finding, severity="warning"))
            else:
                left.append(finding)
        return left, hidden

    def _is_hidden(self, finding: Finding) -> bool:
        name = finding.name or ""
        if finding.rule is rules.CHANGED_BASE_DISTRIBUTION and self.base == "ignore":
            return True
        if finding.rule is rules.EXTRA_DISTRIBUTION and any(fnmatchcase(name, one) for one in self.allow_extra):
            return True
        return any(_matches(one, finding.rule.id, name) for one in self.ignore)


def _matches(pattern: str, rule: str, name: str) -> bool:
    if ":" in pattern:
        of_rule, _, of_name = pattern.partition(":")
        return rule == of_rule and fnmatchcase(name, of_name)
    return rule == pattern or (bool(name) and fnmatchcase(name, pattern))
