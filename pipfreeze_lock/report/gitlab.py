"""Findings as GitLab's code quality report (``artifacts:reports:codequality``).

Source: GitLab's documentation, "Code Quality report format"; it is an excerpt of Code Climate's.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.report.findings_json import json_text
from pipfreeze_lock.report.places import digest, fingerprints, lock_place, placed
from pipfreeze_lock.report.sentences import body

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipfreeze_lock.model.finding import Examination
    from pipfreeze_lock.report.interface import Presentation, RelativePath
    from pipfreeze_lock.report.places import Place

__all__ = ["render"]

_SEVERITIES = {"error": "major", "warning": "minor", "note": "info"}


def render(examinations: Sequence[Examination], presentation: Presentation) -> str:
    """Give a list, empty when all agrees; what was not checked stands in it as ``info``."""
    found = list(placed(examinations, presentation.relative))
    entries = [
        _entry(
            description=". ".join(body(one.finding, elsewhere=one.place.elsewhere)),
            check_name=one.finding.rule.id,
            fingerprint=identity,
            severity=_SEVERITIES[one.finding.severity],
            place=one.place,
        )
        for one, (identity, _) in zip(found, fingerprints(found), strict=True)
    ]
    return json_text(_told_apart([*entries, *_unchecked(examinations, presentation.relative)]))


def _unchecked(examinations: Sequence[Examination], relative: RelativePath) -> Iterator[dict[str, Any]]:
    for examination in examinations:
        place = lock_place(examination, relative)
        for sentence in examination.unchecked:
            yield _entry(
                description=f"not checked: {sentence}",
                check_name="not-checked",
                fingerprint=digest("\0".join(("not-checked", place.path, examination.subject or "", sentence))),
                severity="info",
                place=place,
            )


def _told_apart(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give those that have the fingerprint of one before them another: GitLab shows one entry of each."""
    seen: Counter[str] = Counter()
    apart = []
    for entry in entries:
        fingerprint = entry["fingerprint"]
        apart.append(
            {**entry, "fingerprint": digest(f"{fingerprint}:{seen[fingerprint]}")} if seen[fingerprint] else entry
        )
        seen[fingerprint] += 1
    return apart


def _entry(*, description: str, check_name: str, fingerprint: str, severity: str, place: Place) -> dict[str, Any]:
    return {
        "description": description,
        "check_name": check_name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": place.path, "lines": {"begin": max(place.line, 1)}},
    }
