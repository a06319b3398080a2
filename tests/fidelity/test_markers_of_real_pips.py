"""Markers put to the packaging that each pip carries, on both sides of each change there."""

from __future__ import annotations

import itertools
import json
import subprocess
from pathlib import Path

import pytest
from packaging.markers import InvalidMarker, Marker, UndefinedComparison
from support import needs

from pipfreeze_lock.target.marker_rules import MarkerRules
from pipfreeze_lock.target.pip_capabilities import capabilities

PIPS = [
    *(("3.6", pip) for pip in ("9.0.3", "18.1", "19.1.1", "20.2.4", "20.3.4", "21.2.4")),
    *(("3.7", pip) for pip in ("22.0.4", "24.0")),
    *(("3.8", pip) for pip in ("24.1", "24.3.1", "25.0.1")),
    *(("3.10", pip) for pip in ("25.3", "26.0.1", "26.1", "26.3")),
]

ENVIRONMENT = {
    "extra": "socks",
    "implementation_name": "cpython",
    "implementation_version": "3.6.8",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "5.10.0-8-amd64",
    "platform_system": "Linux",
    "platform_version": "#1 SMP Debian 5.10.46-4 (2021-08-03)",
    "python_full_version": "3.6.8",
    "python_version": "3.6",
    "sys_platform": "linux",
}
PRERELEASE = ENVIRONMENT | {"python_full_version": "3.13.0rc1", "implementation_version": "3.13.0rc1"}
RELEASED_KERNEL = ENVIRONMENT | {"platform_release": "20.6.0", "platform_version": "20.6"}

_OPERATORS = ("==", "!=", "<=", ">=", "<", ">", "~=", "===", "in", "not in")
_BOUNDS = {
    "python_version": ("3", "3.6", "3.6.*", "3.10", "2.7", "3.6, 3.7", "three", ""),
    "python_full_version": ("3.6.8", "3.6.9", "3.6.0b1", "3.13.0rc1", "3.13.0", "3.6.*", "3.x"),
    "implementation_version": ("3.6", "3.13.0rc2"),
    "platform_release": ("5", "5.4", "5.10.0-8-amd64", "20.6", "amd64"),
    "platform_version": ("1", "20.0", "#1 SMP"),
    "platform_machine": ("x86_64", "x86", "1", "x86_64 aarch64"),
    "sys_platform": ("linux", "linux2", "win32", "Linux"),
    "os_name": ("posix", "nt", "1.0"),
    "platform_system": ("Linux", "Darwin"),
    "platform_python_implementation": ("CPython", "PyPy"),
    "extra": ("socks", "other", "1"),
}
_MARKERS = (
    *(
        f"{name} {operator} '{bound}'"
        for name, bounds in _BOUNDS.items()
        for operator, bound in itertools.product(_OPERATORS, bounds)
    ),
    *("'3.6' <= python_version", "'3.10' > python_version", "'linux' in sys_platform", "'win' not in sys_platform"),
    "python_version > '3' and (os_name == 'nt' or sys_platform == 'linux')",
    "python_version < '3' and os_name == 'nt' or sys_platform == 'linux'",
    "python_version > '3' and (os_name ~= 'nt')",
    "(python_version < '3') or (python_version >= '3.6' and extra == 'socks')",
)


@pytest.mark.parametrize(("python", "pip"), PIPS)
@pytest.mark.parametrize("environment", [ENVIRONMENT, PRERELEASE, RELEASED_KERNEL], ids=["usual", "pre", "kernel"])
def test_the_same_answers(python: str, pip: str, environment: dict[str, str]) -> None:
    rules = MarkerRules(capabilities(pip))
    answers = ask(python, pip, _MARKERS, environment)
    ours = {text: answer(rules, text, environment) for text in answers}
    assert {text: (ours[text], theirs) for text, theirs in answers.items() if ours[text] != theirs} == {}


def ask(python: str, pip: str, markers: tuple[str, ...], environment: dict[str, str]) -> dict[str, bool | str | None]:
    answer = subprocess.run(
        [needs.interpreter(python), Path(__file__).with_name("ask_pip_for_markers.py"), needs.pip_folder(pip)],
        input=json.dumps({"markers": markers, "environment": environment}),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout)


def answer(rules: MarkerRules, text: str, environment: dict[str, str]) -> bool | str | None:
    try:
        return rules.holds(Marker(text), environment)
    except InvalidMarker:
        return None
    except UndefinedComparison:
        return "error"
