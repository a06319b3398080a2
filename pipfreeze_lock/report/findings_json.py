"""Findings as JSON, by the schema in docs/findings.schema.json; docs/findings.md says what a reader may rely on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pipfreeze_lock import __version__
from pipfreeze_lock.report.characters import encodable
from pipfreeze_lock.report.sentences import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipfreeze_lock.model.finding import Examination, Finding, Location, RelatedLocation, Rule
    from pipfreeze_lock.report.interface import Presentation

__all__ = ["VERSION", "json_text", "render"]

VERSION = 1
"""Of the format: counts up when a member goes or means something else; new members may come without."""


def render(examinations: Sequence[Examination], presentation: Presentation) -> str:  # noqa: ARG001  one for all formats
    """Give one document; members that have no value are null, never left out."""
    rules = {finding.rule.id: finding.rule for one in examinations for finding in one.findings}
    document = {
        "version": VERSION,
        "tool": {"name": "pipfreeze-lock", "version": __version__},
        "agrees": all(one.agrees for one in examinations),
        "counts": _counts(examinations),
        "examinations": [_examination(one) for one in examinations],
        "rules": {identifier: _rule(rule) for identifier, rule in sorted(rules.items())},
    }
    return json_text(document)


def json_text(document: Any) -> str:
    """Give JSON in ASCII, indented, with a line end: any terminal, pipe and parser takes it."""
    return json.dumps(_encodable(document), indent=2) + "\n"


def _encodable(value: Any) -> Any:
    match value:
        case str():
            return encodable(value)
        case dict():
            return {_encodable(key): _encodable(item) for key, item in value.items()}
        case list():
            return [_encodable(item) for item in value]
    return value


def _counts(examinations: Sequence[Examination]) -> dict[str, int]:
    counts: dict[str, int] = dict.fromkeys(SEVERITIES, 0)
    for one in examinations:
        for finding in one.findings:
            counts[finding.severity] += 1
    counts["unchecked"] = sum(len(one.unchecked) for one in examinations)
    counts["hidden"] = sum(one.hidden for one in examinations)
    return counts


def _examination(examination: Examination) -> dict[str, Any]:
    return {
        "lock": examination.lock,
        "subject": examination.subject,
        "target": examination.target,
        "pins": examination.pins,
        "agrees": examination.agrees,
        "findings": [_finding(finding) for finding in examination.findings],
        "unchecked": list(examination.unchecked),
        "hidden": examination.hidden,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    details: dict[str, list[str]] = {}
    for key, value in finding.details:
        details.setdefault(key, []).append(value)
    return {
        "rule": finding.rule.id,
        "severity": finding.severity,
        "message": finding.message,
        "location": _location(finding.location) if finding.location else None,
        "related": [_related(one) for one in finding.related],
        "name": finding.name,
        "pin": finding.pin,
        "remedy": finding.remedy,
        "details": details,
    }


def _location(location: Location) -> dict[str, Any]:
    return {"path": location.path, "line": location.line or None}


def _related(related: RelatedLocation) -> dict[str, Any]:
    return {**_location(related.location), "message": related.message}


def _rule(rule: Rule) -> dict[str, Any]:
    return {"title": rule.title, "help": rule.help, "severity": rule.severity, "strict": rule.strict}
