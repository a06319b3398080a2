"""``check`` from its options to its report; typer is not needed for it, so that the plain form can do without."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.check.rules import LOCK_RULES, ONLINE_RULES
from pipfreeze_lock.cli.found_locks import find_locks
from pipfreeze_lock.cli.replaced_inputs import refuse_to_replace
from pipfreeze_lock.cli.report_output import ReportOutput
from pipfreeze_lock.cli.settings import read_settings, working_folder
from pipfreeze_lock.cli.unchanged import unchanged_since_lock

if TYPE_CHECKING:
    from pathlib import Path

    from pipfreeze_lock.cli.checking import Checked
    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.cli.settings import Settings
    from pipfreeze_lock.model.finding import Examination, Rule

__all__ = ["CheckOptions", "run_check"]

Network = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckOptions:
    """The command line of ``check``; see ``pipfreeze-lock check --help``."""

    locks: tuple[str, ...] = ()
    strict: bool = False
    online: bool = False
    installed: bool = False
    format: str = "text"
    output: str | None = None
    network: Network = field(default_factory=dict)
    """How an index is reached, for ``--online``: fields of `LockOptions` that were given."""


def run_check(options: CheckOptions, talk: Talk) -> int:
    """Check every lock and write the report.

    :return: 0 when all agree, 1 when something is stale, 3 when a lock or an input cannot be read.
    :raises UsageError: for a format that is not known, and when there is no lock.
    """
    output = ReportOutput(format=options.format, path=options.output, rules=_rules(options))
    settings = read_settings(working_folder())
    locks = find_locks(options.locks, settings)
    refuse_to_replace(map(str, locks), [options.output], by="the report")
    checked = [_examined(path, settings, options, talk) for path in locks]
    examinations = [examination for examination, _ in checked]
    output.write(examinations, talk)
    return max(max(code, int(not examination.agrees)) for examination, code in checked)


def _examined(path: Path, settings: Settings, options: CheckOptions, talk: Talk) -> tuple[Examination, int]:
    """Look at one lock: its digest and hashes first, and all of it only where those differ, or more is asked for."""
    if not options.online and not options.installed:
        unchanged = unchanged_since_lock(path, settings)
        if unchanged is not None:
            return unchanged, 0
    checked = _checked(path, settings, options, talk)
    if not settings.flag("strict", options.strict):
        return checked.examination, checked.exit_code
    from pipfreeze_lock.workflows.check import with_strictness  # noqa: PLC0415  imported by now

    return with_strictness(checked.examination), checked.exit_code


def _checked(path: Path, settings: Settings, options: CheckOptions, talk: Talk) -> Checked:
    from pipfreeze_lock.cli.checking import check_lock  # noqa: PLC0415  a lock that was not changed needs none of it

    checked = check_lock(path, settings)
    if options.online and checked.basis is not None:
        from pipfreeze_lock.cli.checking_online import looked_up  # noqa: PLC0415  brings the network

        checked = looked_up(checked, checked.basis, options.network, talk)
    if options.installed and checked.basis is not None:
        from pipfreeze_lock.cli.checking_installed import compared  # noqa: PLC0415  starts an interpreter

        checked = compared(checked, checked.basis)
    return checked


def _rules(options: CheckOptions) -> tuple[Rule, ...]:
    """Give the rules that are looked for, so that no report calls another one passed."""
    rules = LOCK_RULES if options.online else tuple(rule for rule in LOCK_RULES if rule not in ONLINE_RULES)
    if not options.installed:
        return rules
    from pipfreeze_lock.verify.rules import rules_looked_for  # noqa: PLC0415  only where an interpreter is asked

    return (*rules, *rules_looked_for(integrity=False, deep=False))
