"""The formats of findings: golden outputs, each held against its schema, and what must hold whatever the strings are.

``PIPFREEZE_LOCK_RECREATE=1 pytest tests/report/test_findings.py`` writes the golden files anew.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import xmlschema
from hypothesis import given, settings
from support.finding_examples import (
    CASES,
    CHANGED,
    FRESH,
    NOTED,
    RULES,
    STALE,
    UNSATISFIED,
    any_examinations,
    finding,
    texts,
)
from support.json_schemas import closed_schema

from pipfreeze_lock import __version__
from pipfreeze_lock.model.finding import Examination, Location, RelatedLocation
from pipfreeze_lock.report.formats import FORMATS, render_findings
from pipfreeze_lock.report.github import workflow_command
from pipfreeze_lock.report.interface import inside_folder, relative_to

HERE = Path(__file__).parent
GOLDEN = HERE / "findings"
SUFFIXES = {
    "text": "txt",
    "json": "json",
    "github": "github.txt",
    "gitlab": "gitlab.json",
    "junit": "xml",
    "sarif": "sarif",
}


# What each format is held against


@cache
def json_schema(path: Path) -> jsonschema.Validator:
    schema = json.loads(path.read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


@cache
def jenkins_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(HERE / "schemas/junit-10.xsd")


def check_text(output: str) -> None:
    """One line a lock says how it went; nothing a terminal would obey."""
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", output)


def check_json(output: str) -> None:
    closed_schema("findings.schema.json").validate(json.loads(output))


def check_github(output: str) -> None:
    for line in output.removesuffix("\n").split("\n") if output else ():
        assert line.startswith("pipfreeze-lock: ") or runner_reads(line) is not None
        assert line.startswith("::") or "##[" not in line
        assert len(line.splitlines()) == 1


def check_gitlab(output: str) -> None:
    entries = json.loads(output)
    for entry in entries:
        assert entry.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert entry["location"]["lines"]["begin"] >= 1
        assert all(isinstance(entry[key], str) for key in ("description", "check_name", "fingerprint"))
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)


def check_junit(output: str) -> None:
    root = ET.fromstring(output)
    suites = root.findall("testsuite")
    for of in (root, *suites):
        assert int(of.get("tests")) == len(of.findall(".//testcase"))
        assert int(of.get("failures")) == len(of.findall(".//failure"))
        assert of.get("errors") == "0"
    for suite in suites:
        assert suite.findall("testcase")
        assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped"))
        assert len({case.get("name") for case in suite.findall("testcase")}) == len(suite.findall("testcase"))
    for case in root.iter("testcase"):
        assert len(case.findall("failure")) <= 1  # GitLab reads one
        del case.attrib["file"]  # GitLab's, which the schema that Jenkins publishes does not know
    jenkins_schema().validate(root)


def check_sarif(output: str) -> None:
    log = json.loads(output)
    json_schema(HERE / "schemas/sarif-2.1.0.json").validate(log)
    assert log["$schema"]
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        assert all(rule[key]["text"] for key in ("shortDescription", "fullDescription"))
        assert all(len(rule[key]["text"]) <= 1024 for key in ("shortDescription", "fullDescription"))
        assert "text" in rule["help"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        assert len(result["locations"]) == 1
        assert re.fullmatch(r"[0-9a-f]{16}:[1-9][0-9]*", result["partialFingerprints"]["primaryLocationLineHash"])
        for location in (*result["locations"], *result.get("relatedLocations", ())):
            assert location["physicalLocation"]["region"]["startLine"] >= 1
            check_uri(location["physicalLocation"]["artifactLocation"])
    marks = [json.dumps((one["ruleId"], one["partialFingerprints"]), sort_keys=True) for one in run["results"]]
    assert len(set(marks)) == len(marks)
    assert run["invocations"][0]["executionSuccessful"] is True


def check_uri(location: dict[str, str]) -> None:
    """Relative to the root, and below it; else of a lock that is elsewhere."""
    uri = location["uri"]
    if "uriBaseId" in location:
        assert location["uriBaseId"] == "%SRCROOT%"
        assert not uri.startswith("/")
        assert ":" not in uri.split("/", 1)[0]
        assert ".." not in uri.split("/")


CHECKS = {
    "text": check_text,
    "json": check_json,
    "github": check_github,
    "gitlab": check_gitlab,
    "junit": check_junit,
    "sarif": check_sarif,
}


def runner_reads(line: str) -> tuple[str, dict[str, str], str] | None:
    """Read a command as ``ActionCommand.TryParseV2`` of actions/runner does: name, properties, data."""
    line = line.lstrip()
    end = line.find("::", 2)
    if not line.startswith("::") or end < 0:
        return None
    name, _, rest = line[2:end].partition(" ")
    properties = {}
    for pair in filter(None, rest.strip().split(",")):
        key, _, value = pair.partition("=")
        if key and value:
            properties[key] = unescaped(value, {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"})
    return name, properties, unescaped(line[end + 2 :], {"%0D": "\r", "%0A": "\n", "%25": "%"})


def unescaped(text: str, mappings: dict[str, str]) -> str:
    for replacement, token in mappings.items():
        text = text.replace(replacement, token)
    return text


# Golden outputs


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", FORMATS)
def test_golden(name: str, case: str):
    output = render_findings(name, CASES[case], rules=RULES)
    CHECKS[name](output)
    path = GOLDEN / f"{case}.{SUFFIXES[name]}"
    shown = output.replace(f'"version": "{__version__}"', '"version": "VERSION"')
    if os.environ.get("PIPFREEZE_LOCK_RECREATE"):
        path.write_bytes(shown.encode())
    assert shown == path.read_bytes().decode()


def test_every_golden_file_has_its_case():
    assert {path.name for path in GOLDEN.iterdir()} == {f"{case}.{end}" for case in CASES for end in SUFFIXES.values()}


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=40, deadline=None)
@given(examinations=any_examinations)
def test_whatever_stands_in_the_strings(name: str, examinations: list[Examination]):
    output = render_findings(name, examinations)
    CHECKS[name](output)
    output.encode()
    if name in {"json", "gitlab", "sarif"}:
        json.dumps(json.loads(output), ensure_ascii=False).encode()
    assert not output or output.endswith("\n")


# Text


def test_colour_adds_nothing_to_the_meaning():
    painted = render_findings("text", [STALE, FRESH], paint=lambda text, style: f"<{style}>{text}</{style}>")
    assert re.sub(r"</?(error|warning|note|hint|bold|dim|green)>", "", painted) == render_findings(
        "text", [STALE, FRESH]
    )
    assert "<error>error[unsatisfied-requirement]</error>" in painted
    assert "<green>agrees</green>" in painted


def test_locks_that_agree_take_a_line_each():
    other = Examination(lock="b.lock", pins=1)
    assert render_findings("text", [FRESH, other]) == (
        "requirements.lock agrees with its requirements: 9 pins\nb.lock agrees with its requirements: 1 pin\n"
    )


def test_the_same_remedy_is_said_once():
    twice = Examination(lock="b.lock", findings=(finding(UNSATISFIED, "one"), finding(UNSATISFIED, "two")))
    assert render_findings("text", [twice, STALE]).count("pipfreeze-lock lock --base-image") == 1


def test_verbose_has_help_and_details():
    output = render_findings("text", [STALE], verbose=True)
    assert "\n   = expected: >=1.36\n   = expected: <2\n" in output
    assert UNSATISFIED.help in output
    assert UNSATISFIED.help not in render_findings("text", [STALE])


def test_a_terminal_is_not_commanded():
    evil = Examination(lock="a\x1b[2J.lock", findings=(finding(UNSATISFIED, "x\x1b]0;title\x07\u202ey\r"),))
    output = render_findings("text", [evil])
    assert "a\\x1b[2J.lock" in output
    assert "x\\x1b]0;title\\x07\\u202ey\\x0d" in output


@pytest.mark.parametrize("name", FORMATS)
def test_file_names_that_are_no_utf_8(name: str):
    path = "caf\udce9.lock"
    related = (RelatedLocation(Location(path, 2), path),)
    findings = (finding(UNSATISFIED, path, location=Location(path, 1), related=related, name=path, remedy=path),)
    output = render_findings(name, [Examination(lock=path, subject=path, target=path, findings=findings)])
    CHECKS[name](output)
    output.encode()
    assert "udce9" not in output or name in {"text", "github"}


# JSON


def test_json_of_several():
    document = json.loads(render_findings("json", [FRESH, STALE, NOTED]))
    assert document["version"] == 1
    assert document["agrees"] is False
    assert [one["agrees"] for one in document["examinations"]] == [True, False, True]
    assert document["counts"] == {"error": 3, "warning": 2, "note": 3, "unchecked": 2, "hidden": 2}
    assert document["examinations"][1]["findings"][0]["details"] == {"expected": [">=1.36", "<2"]}


# GitHub


@given(texts, texts, texts)
def test_the_runner_reads_what_was_meant(file: str, title: str, message: str):
    name, properties, data = runner_reads(workflow_command("error", {"file": file, "title": title}, message))
    assert name == "error"
    meant = {"file": file, "title": title, "": message}
    read = {"file": properties.get("file", ""), "title": properties.get("title", ""), "": data}
    for key, text in meant.items():
        if text.isascii() and all(character >= " " or character in "\r\n" for character in text) and "\x7f" not in text:
            assert read[key] == text


def test_escaping_is_the_toolkits():
    command = workflow_command("error", {"file": "a:b,c%\r\n.txt", "line": "3", "title": ""}, "x: y, 100%\r\nz")
    assert command == "::error file=a%3Ab%2Cc%25%0D%0A.txt,line=3::x: y, 100%25%0D%0Az"


def test_a_lock_cannot_give_commands_by_its_name():
    output = render_findings("github", [Examination(lock="##[error]x"), Examination(lock="::add-mask::x")])
    assert [line.split(" agrees")[0] for line in output.splitlines()] == [
        "pipfreeze-lock: ## [error]x",
        "pipfreeze-lock: ::add-mask::x",
    ]


def test_errors_come_before_notes_of_other_locks():
    lines = render_findings("github", [NOTED, STALE]).splitlines()
    assert [line.split(" ")[0] for line in lines[:8]] == ["::error"] * 3 + ["::warning"] * 2 + ["::notice"] * 3


def test_a_lock_outside_of_the_repository_has_no_file():
    examination = Examination(lock="../a.lock", findings=(finding(UNSATISFIED, "one"),), unchecked=("two",))
    lines = render_findings("github", [examination]).splitlines()
    assert [runner_reads(line)[1].keys() for line in lines[:2]] == [{"title"}, {"title"}]


# GitLab and SARIF: known again


def moved(examination: Examination, by: int) -> Examination:
    """The same findings, lines further down."""
    findings = [
        replace(one, location=replace(one.location, line=one.location.line + by)) if one.location else one
        for one in examination.findings
    ]
    return replace(examination, findings=tuple(findings))


def sarif_marks(output: str) -> list[str]:
    return [one["partialFingerprints"]["primaryLocationLineHash"] for one in json.loads(output)["runs"][0]["results"]]


def gitlab_marks(output: str) -> list[str]:
    return [one["fingerprint"] for one in json.loads(output)]


@pytest.mark.parametrize(("name", "marks"), [("sarif", sarif_marks), ("gitlab", gitlab_marks)])
def test_fingerprints_outlive_moved_lines_and_working_folders(name: str, marks):
    before = render_findings(name, [STALE])
    after = render_findings(name, [moved(STALE, 5)])
    assert before != after
    assert marks(before) == marks(after)
    root = PurePosixPath("/repository")
    from_below = Examination(lock="requirements.lock", findings=(finding(CHANGED, "x", location=Location("a.txt", 1)),))
    from_root = Examination(
        lock="service/requirements.lock", findings=(finding(CHANGED, "x", location=Location("service/a.txt", 1)),)
    )
    assert marks(render_findings(name, [from_below], root=root, folder=root / "service")) == marks(
        render_findings(name, [from_root], root=root, folder=root)
    )


@pytest.mark.parametrize("name", ["gitlab", "sarif", "github"])
def test_what_is_out_of_reach_is_shown_where_the_lock_is(name: str):
    far = "https://index.example/base.txt"
    pin = RelatedLocation(Location("a.lock", 4), "the pin")
    examination = Examination(
        lock="a.lock",
        findings=(
            finding(UNSATISFIED, "one", location=Location(far, 9), related=(pin,)),
            finding(UNSATISFIED, "two", location=Location(far, 9)),
        ),
    )
    output = render_findings(name, [examination])
    if name == "sarif":
        places = [one["locations"][0]["physicalLocation"] for one in json.loads(output)["runs"][0]["results"]]
        assert [(one["artifactLocation"]["uri"], one["region"]["startLine"]) for one in places] == [
            ("a.lock", 4),
            ("a.lock", 1),
        ]
    elif name == "gitlab":
        places = [one["location"] for one in json.loads(output)]
        assert places == [{"path": "a.lock", "lines": {"begin": 4}}, {"path": "a.lock", "lines": {"begin": 1}}]
    else:
        assert [line.split("title")[0] for line in output.splitlines()[:2]] == [
            "::error file=a.lock,line=4,",
            "::error file=a.lock,",
        ]
    assert output.count(f"{far}:9") == 2


def test_sarif_places_out_of_reach_are_not_related_places():
    related = (RelatedLocation(Location("/etc/x", 1), "a file"), RelatedLocation(Location("b.txt", 2), "a [line]"))
    examination = Examination(lock="/tmp/a b.lock", findings=(finding(UNSATISFIED, "one", related=related),))
    (result,) = json.loads(render_findings("sarif", [examination]))["runs"][0]["results"]
    assert [one["physicalLocation"]["artifactLocation"]["uri"] for one in result["relatedLocations"]] == ["b.txt"]
    assert "See a file: /etc/x:1. See [a \\[line\\]](1)." in result["message"]["text"]


def test_sarif_names_a_lock_outside_of_the_repository_in_full():
    examination = Examination(lock="/tmp/a b.lock", findings=(finding(UNSATISFIED, "one"),))
    (run,) = json.loads(render_findings("sarif", [examination]))["runs"]
    lock = {"uri": "file:///tmp/a%20b.lock"}
    assert run["artifacts"][0]["location"] == lock
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"] == lock


def test_sarif_rules_are_all_that_were_looked_for():
    (run,) = json.loads(render_findings("sarif", [FRESH], rules=RULES))["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.id for rule in RULES]
    assert run["results"] == []


def test_a_lock_that_was_compared_twice_is_one_artifact():
    twice = [replace(FRESH, subject=subject) for subject in ("python:3.12", "python:3.13")]
    output = render_findings("sarif", twice)
    check_sarif(output)
    assert len(json.loads(output)["runs"][0]["artifacts"]) == 1


# JUnit


def test_nothing_has_passed_in_a_lock_that_was_not_read():
    unread = Examination(lock="a.lock", findings=(finding(UNSATISFIED, "cannot be read"),))
    root = ET.fromstring(render_findings("junit", [unread], rules=RULES))
    assert [case.get("name") for case in root.iter("testcase")] == [UNSATISFIED.id]


def test_a_lock_without_rules_passes_as_one_case():
    root = ET.fromstring(render_findings("junit", [FRESH]))
    (case,) = root.iter("testcase")
    assert (case.get("name"), list(case)) == ("agrees", [])


# Paths


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("a.txt", "service/a.txt"),
        ("./b/../a.txt", "service/a.txt"),
        ("../a.txt", "a.txt"),
        ("../../a.txt", None),
        ("/repository/a.txt", "a.txt"),
        ("/repository-2/a.txt", None),
        ("https://index.example/a.txt", None),
        ("file:///repository/a.txt", None),
        ("-", None),
        ("", None),
    ],
)
def test_relative_to(path: str, inside: str | None):
    assert relative_to("/repository", "/repository/service")(path) == inside


def test_relative_to_on_windows():
    relative = relative_to("C:/repository", "C:/repository/service")
    assert [relative(path) for path in ("a.txt", "C:/repository/a.txt", "D:/a.txt")] == ["service/a.txt", "a.txt", None]


def test_inside_folder():
    paths = ["a.txt", "./b/../a.txt", "../a.txt", "/a.txt", "C:/a.txt", "docker://x/y", "-", ""]
    assert [inside_folder(path) for path in paths] == ["a.txt", "a.txt", *[None] * 6]


# Imports


@pytest.mark.parametrize(("name", "unwanted"), [("text", "json xml hashlib urllib"), ("json", "xml hashlib urllib")])
def test_a_format_imports_no_other(name: str, unwanted: str):
    script = (
        "import sys; from pipfreeze_lock.report.formats import render_findings\n"
        f"render_findings({name!r}, ()); print(*{{one.partition('.')[0] for one in sys.modules}})"
    )
    command = [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {str(HERE.parents[1])!r}); {script}"]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert not set(unwanted.split()) & set(loaded)
