"""Findings as SARIF 2.1.0, with what GitHub's code scanning asks of an upload.

Sources: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0" (sections in brackets); GitHub's
documentation, "SARIF support for code scanning".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pipfreeze_lock import __version__
from pipfreeze_lock.report.characters import encodable
from pipfreeze_lock.report.findings_json import json_text
from pipfreeze_lock.report.places import Place, fingerprints, lock_place, placed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipfreeze_lock.model.finding import Examination, Finding, Rule
    from pipfreeze_lock.report.interface import Presentation, RelativePath
    from pipfreeze_lock.report.places import Placed

__all__ = ["render"]

_ROOT = "%SRCROOT%"
_PROBLEM_SEVERITIES = {"error": "error", "warning": "warning", "note": "recommendation"}
_LONGEST_DESCRIPTION = 1024
"""Characters that code scanning takes for a rule's descriptions."""


def render(examinations: Sequence[Examination], presentation: Presentation) -> str:
    """Give a log of one run: code scanning refuses two of one tool in a file."""
    found = list(placed(examinations, presentation.relative))
    rules = {rule.id: rule for rule in (*presentation.rules, *(one.finding.rule for one in found))}
    places = {identifier: place for place, identifier in enumerate(rules)}
    results = [
        _result(one, places[one.finding.rule.id], mark, presentation.relative)
        for one, mark in zip(found, fingerprints(found), strict=True)
    ]
    driver = {"name": "pipfreeze-lock", "version": __version__, "rules": [_rule(rule) for rule in rules.values()]}
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(examinations, presentation.relative)],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "artifacts": list(_artifacts(examinations, presentation.relative)),
        "results": results,
        "columnKind": "unicodeCodePoints",
        "properties": {"examinations": [_facts(one) for one in examinations]},
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json_text({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": _shortened(f"{rule.title}.")},
        "fullDescription": {"text": _shortened(f"{rule.title}. {rule.help}")},
        "help": {"text": rule.help, "markdown": rule.help},
        "defaultConfiguration": {"level": rule.severity},
        "properties": {
            "tags": ["dependencies", "pip"],
            "precision": "very-high",
            "problem.severity": _PROBLEM_SEVERITIES[rule.severity],
        },
    }


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_DESCRIPTION else f"{text[: _LONGEST_DESCRIPTION - 1]}…"


def _result(one: Placed, rule_place: int, mark: tuple[str, int], relative: RelativePath) -> dict[str, Any]:
    finding, place = one.finding, one.place
    identity, ordinal = mark
    related = [_related(number, item) for number, item in enumerate(_related_places(finding, relative), start=1)]
    return {
        "ruleId": finding.rule.id,
        "ruleIndex": rule_place,
        "level": finding.severity,
        "message": {"text": _message(one, relative)},
        "locations": [{"physicalLocation": _physical(place)}],
        **({"relatedLocations": related} if related else {}),
        # The only one that code scanning looks at; the number tells what is alike apart.
        "partialFingerprints": {"primaryLocationLineHash": f"{identity[:16]}:{ordinal}", "finding/v1": identity},
        "properties": _details(one),
    }


def _message(one: Placed, relative: RelativePath) -> str:
    """Give sentences; of the first alone is shown where there is little room. ``[text](1)`` links related places."""
    finding = one.finding
    sentences = [finding.message]
    if one.place.elsewhere:
        sentences.append(f"At {one.place.elsewhere}")
    number = 0
    for related in finding.related:
        if relative(related.location.path) is None:
            sentences.append(f"See {related.message}: {related.location}")
        else:
            number += 1
            sentences.append(f"See [{_link_text(related.message)}]({number})")
    if finding.remedy:
        sentences.append(f"Mend with `{finding.remedy}`")
    return f"{'. '.join(sentences)}."


def _link_text(text: str) -> str:
    """Escape what ends the text of an embedded link (3.11.6)."""
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _related_places(finding: Finding, relative: RelativePath) -> Iterator[tuple[Place, str]]:
    """Give those within the repository: a place out of reach makes code scanning refuse the file."""
    for related in finding.related:
        inside = relative(related.location.path)
        if inside is not None:
            yield Place(path=inside, line=related.location.line), related.message


def _related(number: int, related: tuple[Place, str]) -> dict[str, Any]:
    place, message = related
    return {"id": number, "physicalLocation": _physical(place), "message": {"text": message}}


def _physical(place: Place) -> dict[str, Any]:
    """Give a place; the whole file is its first line, since code scanning shows nothing without a line."""
    line = max(place.line, 1)
    return {
        "artifactLocation": _artifact_location(place),
        "region": {"startLine": line, "startColumn": 1, "endLine": line},
    }


def _artifact_location(place: Place) -> dict[str, str]:
    path = encodable(place.path)
    if place.is_inside:
        return {"uri": quote(path), "uriBaseId": _ROOT}
    if path[1:3] == ":/":
        return {"uri": f"file:///{quote(path, safe='/:')}"}
    # A colon is quoted too: it would end a scheme in the first part of a relative path (RFC 3986, 4.2).
    return {"uri": f"file://{quote(path)}" if path.startswith("/") else quote(path)}


def _details(one: Placed) -> dict[str, Any]:
    finding = one.finding
    facts = {
        "lock": one.examination.lock,
        "subject": one.examination.subject,
        "name": finding.name,
        "pin": finding.pin,
        "remedy": finding.remedy,
    }
    details: dict[str, list[str]] = {}
    for key, value in finding.details:
        details.setdefault(key, []).append(value)
    return {**{key: value for key, value in facts.items() if value}, **({"details": details} if details else {})}


def _invocation(examinations: Sequence[Examination], relative: RelativePath) -> dict[str, Any]:
    """Say that we came to an end, and what we could not look at on the way."""
    notifications = [
        {
            "level": "warning",
            "message": {"text": f"Not checked: {sentence}."},
            "locations": [{"physicalLocation": {"artifactLocation": _artifact_location(lock_place(one, relative))}}],
        }
        for one in examinations
        for sentence in one.unchecked
    ]
    return {
        "executionSuccessful": True,
        **({"toolExecutionNotifications": notifications} if notifications else {}),
    }


def _artifacts(examinations: Sequence[Examination], relative: RelativePath) -> Iterator[dict[str, Any]]:
    for place in dict.fromkeys(lock_place(one, relative) for one in examinations):
        yield {"location": _artifact_location(place), "roles": ["analysisTarget"]}


def _facts(examination: Examination) -> Mapping[str, Any]:
    return {
        "lock": examination.lock,
        "subject": examination.subject,
        "target": examination.target,
        "pins": examination.pins,
        "agrees": examination.agrees,
        "unchecked": len(examination.unchecked),
        "hidden": examination.hidden,
    }
