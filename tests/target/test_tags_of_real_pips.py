"""Whole ordered tag lists, ours against what the real pips compute on real interpreters, the platform made up."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipfreeze_lock.model.target import Libc, Target
from pipfreeze_lock.target.tag_steps import STEPS, pip_release, rules_of
from pipfreeze_lock.target.tags import supported_tags

ASK = Path(__file__).parent / "ask_pip_for_tags.py"

# Each side of every step, and each pip's Pythons: those on which its tag modules import.
PIPS = {
    "8.0.3": ("2.7", "3.9"),
    "8.1.2": ("2.7", "3.9"),
    "9.0.3": ("2.7", "3.9"),
    "18.1": ("2.7", "3.9"),
    "19.1.1": ("2.7", "3.9"),
    "19.2.2": ("2.7", "3.9"),
    "19.2.3": ("2.7", "3.9"),
    "19.3.1": ("2.7", "3.9"),
    "20.0.1": ("2.7", "3.11"),
    "20.0.2": ("2.7", "3.11"),
    "20.1.1": ("2.7", "3.11"),
    "20.2.4": ("2.7", "3.11"),
    "20.3.1": ("2.7", "3.11"),
    "20.3.4": ("2.7", "3.11"),
    "21.0": ("3.6", "3.11"),
    "21.0.1": ("3.6", "3.11"),
    "21.1.3": ("3.6", "3.11"),
    "21.2.4": ("3.6", "3.14"),
    "24.0": ("3.7", "3.14"),
    "24.1": ("3.8", "3.14"),
    "26.0": ("3.9", "3.14"),
    "26.1": ("3.9", "3.14"),
    "26.3": ("3.10", "3.14"),
}
PYTHONS = ["2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"]

LINUX = [
    ("x86_64", "glibc-2.4"),
    ("x86_64", "glibc-2.5"),
    ("x86_64", "glibc-2.12"),
    ("x86_64", "glibc-2.17"),
    ("x86_64", "glibc-2.24"),
    ("x86_64", "glibc-2.36"),
    ("x86_64", "glibc-3.1"),
    ("x86_64", "musl-1.1"),
    ("x86_64", "musl-1.2"),
    ("i686", "glibc-2.28"),
    ("aarch64", "glibc-2.16"),
    ("aarch64", "glibc-2.31"),
    ("aarch64", "musl-1.2"),
    ("armv7l", "glibc-2.31"),
    ("armv7l", "musl-1.2"),
    ("armv8l", "glibc-2.36"),
    ("armv6l", "glibc-2.31"),
    ("ppc64le", "glibc-2.28"),
    ("s390x", "glibc-2.41"),
    ("riscv64", "glibc-2.41"),
]
MACOS = [("10.9", "x86_64"), ("10.15", "x86_64"), ("11.0", "x86_64"), ("11.2", "arm64"), ("14.2", "arm64")]
WINDOWS = [("AMD64", "win-amd64"), ("x86", "win32"), ("ARM64", "win-arm64")]
NO_CONFIG_VARS = {"SOABI": None, "WITH_PYMALLOC": None, "Py_DEBUG": None, "Py_UNICODE_SIZE": None}


def abi_of(python: str, *, windows: bool = False) -> str:
    release = tuple(map(int, python.split(".")))
    flags = ("m" if windows else "mu") if release < (3, 3) else "m" if release < (3, 8) else ""
    return f"cp{python.replace('.', '')}{flags}"


def target_of(python: str, pip: str, **parts) -> Target:
    defaults = {"abi": abi_of(python), "machine": "x86_64", "libc": None, "implementation_version": f"{python}.0"}
    return Target(python=f"{python}.0", pip=pip, **(defaults | parts))


def linux_case(machine: str, libc_text: str, **parts) -> dict:
    libc = Libc.parse(libc_text)
    version = f"{libc.major}.{libc.minor}"
    case = {
        "system": "linux",
        "platform": f"linux-{machine}",
        "glibc": version if libc.family == "glibc" else None,
        "musl": [libc.major, libc.minor] if libc.family == "musl" else None,
        "os_version": "",
        "machine": machine,
        "config_vars": {},
        "abi3_suffix": True,
        "pypy": None,
    }
    return case | parts


def linux_cases(python: str, pip: str) -> list[tuple[dict, Target]]:
    return [
        (linux_case(machine, libc), target_of(python, pip, machine=machine, libc=Libc.parse(libc)))
        for machine, libc in LINUX
    ]


def macos_cases(python: str, pip: str) -> list[tuple[dict, Target]]:
    if pip.startswith("8.0"):
        return []  # not modelled
    # Python 2.7 of macOS has UCS-2 or UCS-4 as built; the interpreter at hand is UCS-4.
    return [
        (
            linux_case(machine, "musl-0.0", system="macos", os_version=version, platform="macosx-10.9-x", musl=None),
            target_of(python, pip, operating_system="macos", os_version=version, machine=machine),
        )
        for version, machine in MACOS
    ]


def windows_cases(python: str, pip: str) -> list[tuple[dict, Target]]:
    parts = {"system": "windows", "config_vars": NO_CONFIG_VARS, "abi3_suffix": False, "musl": None}
    return [
        (
            linux_case(machine, "musl-0.0", platform=platform, **parts),
            target_of(python, pip, operating_system="windows", machine=machine, abi=abi_of(python, windows=True)),
        )
        for machine, platform in WINDOWS
    ]


def build_cases(python: str, pip: str) -> list[tuple[dict, Target]]:
    """Debug builds, free-threaded builds, PyPy."""
    release = tuple(map(int, python.split(".")))
    nodot = python.replace(".", "")
    libc = Libc.parse("glibc-2.36")
    debug_abi = f"cp{nodot}d{abi_of(python).removeprefix(f'cp{nodot}')}"
    soabi = f"cpython-{debug_abi.removeprefix('cp')}-x86_64-linux-gnu" if release > (3,) else None
    cases = [
        (
            linux_case("x86_64", str(libc), config_vars={"Py_DEBUG": 1, "SOABI": soabi}),
            target_of(python, pip, libc=libc, abi=debug_abi),
        )
    ]
    if release >= (3, 13):
        for abi, config_vars in (("t", {"Py_GIL_DISABLED": 1}), ("td", {"Py_GIL_DISABLED": 1, "Py_DEBUG": 1})):
            cases.append(
                (
                    linux_case("x86_64", str(libc), config_vars=config_vars),
                    target_of(python, pip, libc=libc, abi=f"cp{nodot}{abi}"),
                )
            )
    pypy_vars = {
        "SOABI": f"pypy{nodot}-pp73",
        "EXT_SUFFIX": f".pypy{nodot}-pp73-x86_64-linux-gnu.so",
        "py_version_nodot": nodot,
    }
    pypy = {"implementation": "pypy", "implementation_version": "7.3.5", "abi": f"pypy{nodot}_pp73"}
    cases.append(
        (
            linux_case("x86_64", str(libc), config_vars=pypy_vars, abi3_suffix=False, pypy=[7, 3]),
            target_of(python, pip, libc=libc, **pypy),
        )
    )
    return cases


def all_cases(python: str, pip: str) -> list[tuple[dict, Target]]:
    """Every platform in CI; elsewhere a third of them on each Python, so that each is asked on some Pythons."""
    cases = every_case(python, pip)
    if os.environ.get("CI") == "true":
        return cases
    return [case for number, case in enumerate(cases) if (number + PYTHONS.index(python)) % 3 == 0]


def every_case(python: str, pip: str) -> list[tuple[dict, Target]]:
    return [case for kind in (linux_cases, macos_cases, windows_cases, build_cases) for case in kind(python, pip)]


def runs_on(pip: str, python: str) -> bool:
    oldest, newest = PIPS[pip]
    return PYTHONS.index(oldest) <= PYTHONS.index(python) <= PYTHONS.index(newest)


def question_of(python: str, pip: str, folder: Path) -> dict:
    cases = []
    for case, target in all_cases(python, pip):
        digest = hashlib.sha256(" ".join(supported_tags(target)).encode()).hexdigest()
        cases.append(case | {"expected": digest})
    return {"pip": str(folder), "cases": cases}


def difference(target: Target, theirs: list[str]) -> str:
    ours = supported_tags(target)
    same = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(ours, theirs, strict=False)))
    return f"{target}: after {same} equal tags, ours {ours[same : same + 2]}, theirs {theirs[same : same + 2]}"


@pytest.mark.parametrize("python", [python for python in PYTHONS if python != "3.14" or sys.version_info >= (3, 14)])
def test_tags_are_those_of_the_real_pips(python, interpreters, unpacked_pips):
    if python not in interpreters:
        pytest.skip(f"no interpreter of Python {python} on this machine")
    pips = [pip for pip in PIPS if runs_on(pip, python) and pip in unpacked_pips]
    if not pips:
        pytest.skip("no wheel of any pip could be had from the index")
    questions = [question_of(python, pip, unpacked_pips[pip]) for pip in pips]
    command = [interpreters[python], "-W", "ignore", str(ASK)]
    process = subprocess.run(command, input=json.dumps(questions), capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    differences = []
    for pip, answer in zip(pips, json.loads(process.stdout), strict=True):
        assert isinstance(answer, list), f"pip {pip} does not import on Python {python}:\n{answer['error']}"
        targets = [target for _, target in all_cases(python, pip)]
        pairs = zip(targets, answer, strict=True)
        differences += [difference(target, theirs) for target, theirs in pairs if theirs is not None]
    assert not differences, f"{len(differences)} lists differ:\n" + "\n".join(differences[:40])


def test_every_step_has_a_real_pip_on_each_side():
    releases = sorted(pip_release(pip) for pip in PIPS)
    for step in STEPS:
        before = [release for release in releases if release < step.since]
        after = [release for release in releases if release >= step.since]
        assert rules_of(text(before[-1])) != rules_of(text(after[0])), step
        neighbours = [other.since for other in STEPS if before[-1] < other.since <= after[0]]
        assert neighbours == [step.since], f"no real pip between the steps {neighbours}"


def text(release: tuple[int, ...]) -> str:
    return ".".join(map(str, release))
