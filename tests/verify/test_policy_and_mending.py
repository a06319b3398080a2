"""What a reader is content with, and the line that mends the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipfreeze_lock.model.finding import Finding
from pipfreeze_lock.verify import rules
from pipfreeze_lock.verify.mending import Mending, with_remedies
from pipfreeze_lock.verify.policy import Policy

if TYPE_CHECKING:
    from pipfreeze_lock.model.finding import Rule


def finding(rule: Rule, name: str | None = None, *, path: str = "", pin: str | None = None) -> Finding:
    details = (("path", path),) if path else ()
    return Finding(rule=rule, severity=rule.severity, message="m", name=name, pin=pin, details=details)  # type: ignore[arg-type]


EXTRA = finding(rules.EXTRA_DISTRIBUTION, "types-six", path="/s/types_six-1.dist-info")
BASE = finding(rules.CHANGED_BASE_DISTRIBUTION, "pip")
EDITED = finding(rules.CHANGED_FILE, "numpy", path="/s/numpy/x.py", pin="numpy==1.0")
NAMELESS = finding(rules.UNOWNED_FILE, path="/s/evil.pth")


@pytest.mark.parametrize(
    ("policy", "left"),
    [
        (Policy(), [EXTRA, BASE, EDITED, NAMELESS]),
        (Policy(allow_extra=("types-six",)), [BASE, EDITED, NAMELESS]),
        (Policy(allow_extra=("types-*",)), [BASE, EDITED, NAMELESS]),
        (Policy(allow_extra=("numpy", "pip")), [EXTRA, BASE, EDITED, NAMELESS]),
        (Policy(base="ignore"), [EXTRA, EDITED, NAMELESS]),
        (Policy(ignore=("changed-file",)), [EXTRA, BASE, NAMELESS]),
        (Policy(ignore=("numpy",)), [EXTRA, BASE, NAMELESS]),
        (Policy(ignore=("num*", "pip")), [EXTRA, NAMELESS]),
        (Policy(ignore=("changed-file:num*",)), [EXTRA, BASE, NAMELESS]),
        (Policy(ignore=("changed-file:pip", "missing-file:numpy")), [EXTRA, BASE, EDITED, NAMELESS]),
        (Policy(ignore=("*",)), [NAMELESS]),
        (Policy(ignore=("unowned-file",)), [EXTRA, BASE, EDITED]),
    ],
)
def test_what_policy_hides_is_counted(policy: Policy, left: list[Finding]) -> None:
    everything = [EXTRA, BASE, EDITED, NAMELESS]
    assert policy.applied(everything) == (left, len(everything) - len(left))


def test_base_policy_warns() -> None:
    (one,), hidden = Policy(base="warn").applied([BASE])
    assert (one.severity, hidden) == ("warning", 0)


MISSING = finding(rules.MISSING_DISTRIBUTION, "a", pin="a==1")
MOVED = finding(rules.OTHER_VERSION, "b", pin="b==1")
TWICE = finding(rules.TWO_VERSIONS, "c", pin="c==1")
BROKEN = finding(rules.BROKEN_METADATA, "d", path="/s/d-1.dist-info", pin="d==1")
BROKEN_BASE = finding(rules.BROKEN_METADATA, "pip", path="/s/pip-1.dist-info")
INSTALL = "pip install --no-cache-dir --require-hashes -r requirements.lock"


@pytest.mark.parametrize(
    ("findings", "line"),
    [
        ([MISSING], f"RUN {INSTALL}"),
        ([MOVED, MISSING], f"RUN {INSTALL}"),
        ([EXTRA], "RUN pip uninstall --yes types-six"),
        ([EXTRA, MISSING], f"RUN pip uninstall --yes types-six && {INSTALL}"),
        ([EDITED, TWICE], f"RUN pip uninstall --yes c numpy && {INSTALL}"),
        ([NAMELESS], "RUN rm -r /s/evil.pth"),
        ([BROKEN], f"RUN rm -r /s/d-1.dist-info && {INSTALL}"),
        ([BROKEN_BASE], None),  # without its pip the line would not run
        ([finding(rules.TWO_VERSIONS, "pip")], None),
        ([BASE], None),
        ([finding(rules.OTHER_INSTALLER, "a", pin="a==1")], None),
    ],
)
def test_one_line_mends_all(findings: list[Finding], line: str | None) -> None:
    assert Mending(lock="requirements.lock").line(findings) == line


def test_of_an_environment_it_is_a_command() -> None:
    mending = Mending(lock="my lock.txt", pip=".venv/bin/python -m pip", is_image=False)
    assert mending.line([MISSING]) == ".venv/bin/python -m pip install --require-hashes -r 'my lock.txt'"


def test_what_only_another_lock_mends() -> None:
    mending = Mending(lock="l", relock="pipfreeze-lock lock x")
    told = with_remedies([BASE, MISSING, finding(rules.OTHER_PLATFORM)], mending)
    assert [one.remedy for one in told] == ["pipfreeze-lock lock x", mending.line([MISSING]), "pipfreeze-lock lock x"]
