"""Examinations that show every feature of the reports, and strategies for any that there may be."""

from __future__ import annotations

from hypothesis import strategies as st

from pipfreeze_lock.model.finding import Examination, Finding, Location, RelatedLocation, Rule

UNSATISFIED = Rule(
    id="unsatisfied-requirement",
    title="A pin does not satisfy a requirement",
    help="pip would refuse the two together. Lock again; `lock` keeps the pins that still fit.",
)
UNASKED = Rule(
    id="unasked-pin",
    title="A pin that nobody asks for",
    help="No requirement leads to it. Lock again.",
    severity="warning",
)
CHANGED = Rule(
    id="changed-requirement",
    title="A requirement was changed, and its pin still satisfies it",
    help="The lock installs what is asked for.",
    severity="note",
    strict=True,
)
TARGET = Rule(id="changed-target", title="The lock is for another target", help="The base image moved. Lock again.")
RULES = (UNSATISFIED, UNASKED, CHANGED, TARGET)

RELOCK = "pipfreeze-lock lock --base-image python:3.6.8 -o service/requirements.lock service/requirements.txt"


def finding(rule: Rule, message: str, **words) -> Finding:
    return Finding(rule=rule, message=message, **({"severity": rule.severity, "remedy": RELOCK} | words))


STALE = Examination(
    lock="service/requirements.lock",
    target="cpython 3.6.8 cp36m linux/amd64 glibc-2.24 pip-19.1.1",
    pins=61,
    findings=(
        finding(
            UNSATISFIED,
            "`grpcio==1.34.1` does not satisfy `grpcio>=1.36`",
            location=Location("service/requirements.txt", 3),
            related=(RelatedLocation(Location("service/requirements.lock", 41), "the pin"),),
            name="grpcio",
            pin="grpcio==1.34.1",
            details=(("expected", ">=1.36"), ("expected", "<2")),
        ),
        finding(
            UNSATISFIED,
            "`requests[socks]==2.22.0` does not satisfy `requests[socks]>=2.23`",
            location=Location("https://index.example/team/base.txt", 7),
            related=(RelatedLocation(Location("service/requirements.lock", 60), "the pin"),),
            name="requests",
            pin="requests[socks]==2.22.0",
        ),
        finding(
            TARGET,
            "the target is `cpython 3.7.4` now, and the lock was made for `cpython 3.6.8`",
            location=Location("service/Docker file: 100%,new", 1),
            remedy="FROM python:3.6.8",
        ),
        finding(
            UNASKED,
            "`six==1.15.0` is asked for by nobody",
            location=Location("service/requirements.lock", 70),
            name="six",
        ),
        finding(
            UNASKED,
            "`six==1.15.0` is asked for by nobody",
            location=Location("service/requirements.lock", 71),
            name="six",
        ),
        finding(CHANGED, "`flask==1.1.1` was `flask`", location=Location("service/requirements.txt", 2), name="flask"),
        finding(CHANGED, "the lock has other line ends\nthan it was written with"),
    ),
    unchecked=(
        "`-r https://index.example/team/more.txt` was not fetched",
        "the base set of `python:3.6.8` is estimated",
    ),
    hidden=2,
)
FRESH = Examination(lock="requirements.lock", target="cpython 3.12.1 cp312 linux/amd64 glibc-2.36 pip-24.0", pins=9)
NOTED = Examination(
    lock="other/requirements.lock",
    subject="python:3.12",
    pins=1,
    findings=(
        finding(
            CHANGED, "`flask==1.1.1` was `flask`", name="flask", location=Location("../above.txt", 2), remedy="touch it"
        ),
    ),
)

CASES = {"stale": (STALE,), "fresh": (FRESH,), "several": (FRESH, STALE, NOTED), "none": ()}

# Any

texts = st.text(st.characters(), max_size=20) | st.sampled_from(
    ["::error::x", "##[error]x", "a%0Ab", "%", "]]>", "&<\"'>", "\r\n", "\udcff"]
)
"""Lone surrogates too, which file names that are no UTF-8 have."""
paths = texts | st.sampled_from(
    ["../a", "/a b/c", "C:/x", "a:b", "https://h/%zz?a b#", "-", "", "a//../b", "::add-mask::x"]
)
locations = st.builds(Location, paths, st.integers(0, 10**6))
rules = st.builds(
    Rule,
    id=st.from_regex(r"[a-z]{1,4}(-[a-z]{1,4})?", fullmatch=True),
    title=texts,
    help=texts,
    severity=st.sampled_from(["error", "warning", "note"]),
    strict=st.booleans(),
)
findings = st.builds(
    Finding,
    rule=rules,
    severity=st.sampled_from(["error", "warning", "note"]),
    message=texts,
    location=st.none() | locations,
    related=st.lists(st.builds(RelatedLocation, locations, texts), max_size=2).map(tuple),
    name=st.none() | texts,
    pin=st.none() | texts,
    remedy=st.none() | texts,
    details=st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
)
any_examinations = st.lists(
    st.builds(
        Examination,
        lock=paths,
        subject=st.none() | texts,
        target=st.none() | texts,
        pins=st.integers(0, 1000),
        findings=st.lists(findings, max_size=4).map(tuple),
        unchecked=st.lists(texts, max_size=2).map(tuple),
        hidden=st.integers(0, 9),
    ),
    max_size=3,
)
