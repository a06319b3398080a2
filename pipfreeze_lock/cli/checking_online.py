"""``check --online``: the same lock, put to the index."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.cli.locking import parse_date
from pipfreeze_lock.cli.progress import Progress
from pipfreeze_lock.cli.wiring import Wiring
from pipfreeze_lock.index.evaluate import SelectionRules
from pipfreeze_lock.index.rank import ProjectFiles
from pipfreeze_lock.workflows.check import context_of, in_order
from pipfreeze_lock.workflows.check_online import online_findings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from pipfreeze_lock.cli.checking import Basis, Checked
    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.index.client import SimpleIndexes

__all__ = ["looked_up"]


@dataclass(frozen=True, slots=True)
class _Projects:
    """What the index has, sorted as the target's pip does."""

    index: SimpleIndexes
    rules: SelectionRules

    def project(self, name: NormalizedName) -> ProjectFiles:
        return ProjectFiles(name, self.index.pages(name), self.rules)


def looked_up(checked: Checked, basis: Basis, network: Mapping[str, Any], talk: Talk) -> Checked:
    """Add what the index says.

    :param network: Fields of `LockOptions` that say how it is reached.
    :raises NetworkError: when it could not be asked.
    """
    options = replace(basis.options, **network)
    date = parse_date(options.uploaded_prior_to) if options.uploaded_prior_to else None
    progress = Progress(talk)
    wiring = Wiring.of(options, basis.requirements, basis.target, date, progress)
    rules = SelectionRules.of(basis.target, basis.requirements.options, exclude_newer=date)
    try:
        for pin in basis.read.lock.pins:
            wiring.index.prefetch(pin.name)
        context = context_of(
            read=basis.read,
            places=basis.places,
            requirements=basis.requirements,
            target=basis.target,
            relock=basis.relock,
        )
        found = list(online_findings(context, _Projects(wiring.index, rules)))
    finally:
        progress.stop()
        wiring.close()
    for note in wiring.notes():
        talk.warn(note)
    examination = replace(checked.examination, findings=tuple(in_order([*checked.examination.findings, *found])))
    return replace(checked, examination=examination, exit_code=max(checked.exit_code, int(not examination.agrees)))
