"""Findings as JUnit's XML, as GitLab and Jenkins read it: a suite for each lock, in it a test case for each rule.

A rule that finds nothing has passed; what a rule found is one failure, since GitLab reads no more than one a test case.
Warnings and notes do not fail: they are a passed test case's output. What could not be looked at is a skipped one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from pipfreeze_lock.report.characters import xml_text
from pipfreeze_lock.report.places import lock_place, place_of
from pipfreeze_lock.report.sentences import counted, outcome, tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipfreeze_lock.model.finding import Examination, Finding, Rule
    from pipfreeze_lock.report.interface import Presentation

__all__ = ["render"]


def render(examinations: Sequence[Examination], presentation: Presentation) -> str:
    """Give the document. It has no time and no host, so that the same findings give the same bytes."""
    root = Element("testsuites", name="pipfreeze-lock")
    for examination in examinations:
        _suite(root, examination, presentation)
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(root: Element, examination: Examination, presentation: Presentation) -> None:
    name = f"{examination.lock} and {examination.subject}" if examination.subject else examination.lock
    suite = SubElement(root, "testsuite", name=xml_text(name))
    facts = {"target": examination.target, "pins": str(examination.pins), "hidden": str(examination.hidden)}
    properties = SubElement(suite, "properties")
    for key, value in facts.items():
        if value is not None:
            SubElement(properties, "property", name=key, value=xml_text(value))
    lock = lock_place(examination, presentation.relative).path
    by_rule = _by_rule(examination, presentation.rules)
    for rule, found in by_rule.items():
        place = place_of(found[0], examination, presentation.relative).path if found else lock
        _verdict(_case(suite, name, rule, place), found)
    if not by_rule:
        _case(suite, name, "agrees", lock)
    if examination.unchecked:
        skipped = SubElement(_case(suite, name, "not-checked", lock), "skipped")
        skipped.set("message", f"{counted(len(examination.unchecked), 'thing')} could not be looked at")
        skipped.text = xml_text("\n".join(examination.unchecked))
    _count(suite)
    SubElement(suite, "system-out").text = xml_text(f"{examination.lock} {outcome(examination)}: {tally(examination)}")


def _by_rule(examination: Examination, rules: Sequence[Rule]) -> dict[str, list[Finding]]:
    """Group; rules that found nothing are there too, unless the lock could not be read, so that nothing has passed."""
    by_rule: dict[str, list[Finding]] = {rule.id: [] for rule in rules if examination.target is not None}
    for finding in examination.findings:
        by_rule.setdefault(finding.rule.id, []).append(finding)
    return by_rule


def _case(suite: Element, classname: str, name: str, file: str) -> Element:
    return SubElement(suite, "testcase", classname=xml_text(classname), name=name, file=xml_text(file), time="0")


def _verdict(case: Element, found: Sequence[Finding]) -> None:
    errors = [finding for finding in found if finding.severity == "error"]
    others = [finding for finding in found if finding.severity != "error"]
    if errors:
        first = errors[0].message
        message = f"{first} (and {len(errors) - 1} more)" if len(errors) > 1 else first
        failure = SubElement(case, "failure", type=errors[0].rule.id, message=xml_text(message))
        failure.text = _text(errors)
    if others:
        SubElement(case, "system-out").text = _text(others)


def _text(found: Sequence[Finding]) -> str:
    lines = [line for finding in found for line in _lines(finding)]
    lines += [f"mend with: {remedy}" for remedy in dict.fromkeys(finding.remedy for finding in found) if remedy]
    return xml_text("\n".join(lines))


def _lines(finding: Finding) -> Iterator[str]:
    place = f"{finding.location}: " if finding.location else ""
    first, *rest = finding.message.split("\n")
    yield f"{place}{finding.severity}: {first}"
    yield from (f"  {line}" for line in rest)
    yield from (f"  {related.message}: {related.location}" for related in finding.related)


def _count(suite: Element) -> None:
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", "0")
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
