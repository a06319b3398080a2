"""Which file a pip takes, asked of real pips on both sides of each step in `pipfreeze_lock.target.pip_capabilities`.

A case is put to a pip where we say that the pip before it or after it in the list takes another file; with
``PIPFREEZE_LOCK_FIDELITY=all`` each case is put to each pip, which takes minutes.

No file here can be installed: what counts is the file that pip fetches first.
"""

from __future__ import annotations

import functools
import os
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from fidelity.candidate_cases import CASES, Case, Listed
from packaging.specifiers import SpecifierSet
from support import needs
from support.index_files import make_target
from support.index_server import IndexServer
from support.packages import wheel

from pipfreeze_lock.index.rank import ProjectFiles, SelectionRules
from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
from pipfreeze_lock.model.requirement import FormatControl, IndexOptions
from pipfreeze_lock.model.url import Url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.real_pip import RealPip, RealPips

PIPS = [
    *(("3.6", pip) for pip in ("9.0.3", "10.0.1", "18.1", "19.0.3", "19.1.1", "19.2.3", "19.3.1", "20.0.2", "20.1.1")),
    *(("3.6", pip) for pip in ("20.2.4", "20.3.1", "20.3.2", "20.3.4", "21.0.1", "21.1.3", "21.2.4", "21.3.1")),
    *(("3.7", pip) for pip in ("22.0.4", "22.2.2", "22.3", "22.3.1", "23.0", "24.0")),
    *(("3.8", pip) for pip in ("24.1", "24.3.1", "25.0.1")),
    *(("3.10", pip) for pip in ("25.1", "25.2", "25.3", "26.0.1", "26.1", "26.3")),
]
EACH_CASE = os.environ.get("PIPFREEZE_LOCK_FIDELITY") == "all"


@pytest.fixture(scope="module")
def index() -> Iterator[IndexServer]:
    with IndexServer() as server:
        for case in CASES:
            server.add(*case.artifacts())
        yield server


@pytest.mark.parametrize(("python", "pip"), PIPS)
def test_the_file_that_pip_takes(
    index: IndexServer, real_pips: RealPips, tmp_path: Path, python: str, pip: str
) -> None:
    real = real_pips(python, pip)
    release = full_version(needs.interpreter(python))
    differences = {}
    for case in cases_for(python, pip):
        theirs = first_fetched(real, index, case, tmp_path)
        if theirs == CRASH and pip in CRASHING:
            continue
        ours = first_ranked(release, pip, case)
        if theirs != ours:
            differences[f"{case.rule} {case.specifier}"] = {"of": case.files, "pip takes": theirs, "we": ours}
    assert differences == {}


def cases_for(python: str, pip: str) -> list[Case]:
    """Give the cases in which this pip differs from a neighbour."""
    place = PIPS.index((python, pip))
    neighbours = PIPS[max(place - 1, 0) : place] + PIPS[place + 1 : place + 2]
    return [
        case
        for case in CASES
        if tuple(map(int, pip.split("."))) >= case.since
        and (EACH_CASE or any(first_ranked(*pair, case) != first_ranked(python, pip, case) for pair in neighbours))
    ]


def test_there_is_a_case_for_each_step() -> None:
    """So that a new row of the table does not go without its experiment."""
    asked = {pip: len(cases_for(python, pip)) for python, pip in PIPS}
    steps = (
        "9.0.3",
        "10.0.1",
        "19.1.1",
        "19.2.3",
        "19.3.1",
        "20.0.2",
        "20.1.1",
        "20.2.4",
        "20.3.1",
        "21.0.1",
        "21.1.3",
    )
    steps += (
        "21.2.4",
        "21.3.1",
        "22.0.4",
        "22.2.2",
        "22.3",
        "24.0",
        "24.1",
        "24.3.1",
        "25.0.1",
        "25.1",
        "25.2",
        "25.3",
    )
    steps += ("26.0.1", "26.1")
    assert [pip for pip in steps if not asked[pip]] == []


CRASH = "TypeError"
CRASHING = ("25.1", "25.2")
"""They take a wheel whose name only older pips read, and then fail to sort it when it has no build number
(``Wheel.build_tag`` in ``models/wheel.py``). No lock can help a project that they fail for; we do not choose such a file."""


def first_fetched(real: RealPip, index: IndexServer, case: Case, folder: Path) -> str | None:
    """Ask pip to download, and give the name of the file that it fetches first; `CRASH` where it does not get there."""
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{case.project}{case.specifier}{hash_options(case)}\n")
    before = len(index.requests)
    ran = real.run(
        *("download", "--no-deps", "--no-cache-dir", "--disable-pip-version-check"),
        *("--index-url", index.url, "--dest", folder / "files", "-r", requirements),
        *(["--pre"] if case.pre else []),
        *(["--prefer-binary"] if case.prefer_binary else []),
        *(f"--only-binary={case.name_of(name)}" for name in case.only_binary),
        *(f"--no-binary={case.name_of(name)}" for name in case.no_binary),
    )
    fetched = [one.path for one in index.requests[before:] if one.path.startswith("/files/")]
    if not fetched:
        return CRASH if CRASH in ran.output else None
    return unquote(fetched[0].rpartition("/")[2])


def hash_options(case: Case) -> str:
    return "".join(f" --hash=sha256:{digest}" for _, digest in sorted(allowed_hashes(case)))


def allowed_hashes(case: Case) -> set[tuple[str, str]]:
    wanted = {case.name_of(filename) for filename in case.allowed}
    return {("sha256", one.sha256) for one in case.artifacts() if one.filename in wanted}


@functools.cache
def first_ranked(python: str, pip: str, case: Case) -> str | None:
    """Give the name of the file that we think this pip takes."""
    options = IndexOptions(
        pre=case.pre,
        prefer_binary=case.prefer_binary,
        format_control=FormatControl(
            no_binary=frozenset(map(case.name_of, case.no_binary)),
            only_binary=frozenset(map(case.name_of, case.only_binary)),
        ),
    )
    project = ProjectFiles(case.project, [page_of(case, case.project)], rules_of(python, pip, options))
    best = next(project.ranked(specifier=SpecifierSet(case.specifier), hashes=allowed_hashes(case)), None)
    return best.file.filename if best is not None else None


@functools.cache
def page_of(case: Case, name: str) -> ProjectPage:
    files = [
        IndexFile(
            one.filename,
            one.filename,
            hashes={"sha256": one.sha256},
            requires_python=one.requires_python,
            yanked=one.yanked,
        )
        for one in case.artifacts(name)
    ]
    url = "https://index.example/simple/"
    return ProjectPage(name, f"{url}{name}/", Url(url), files)


def rules_of(python: str, pip: str, options: IndexOptions) -> SelectionRules:
    major, minor, *_ = python.split(".")
    abi = f"cp{major}{minor}{'m' if int(minor) < 8 else ''}"
    return SelectionRules.of(make_target(pip, python=python, implementation_version=python, abi=abi), options)


@functools.cache
def full_version(interpreter: Path) -> str:
    command = [interpreter, "-c", "import platform; print(platform.python_version())"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize(("pip", "expected"), [("20.3.1", ["2", "1"]), ("20.3.2", ["2"]), ("21.3.1", ["2"])])
def test_a_yanked_file_as_the_way_out_of_a_conflict(
    index_server: IndexServer, real_pips: RealPips, tmp_path: Path, pip: str, expected: list[str]
) -> None:
    """Whether a yanked file stands at the end of pip's list, or not on it, shows when the others lead nowhere."""
    index_server.add(wheel("foo", "2", requires=["bar<1"]), wheel("foo", "1", yanked=True), wheel("bar", "1"))
    ran, files = real_pips("3.6", pip).download("-i", index_server.url, "foo", "bar", folder=tmp_path)
    assert (ran.returncode == 0, "foo-1-py2.py3-none-any.whl" in files) == (("1" in expected),) * 2, ran.output
    case = Case("", (Listed("foo-2-py3-none-any.whl"), Listed("foo-1-py3-none-any.whl", yanked=True)))
    project = ProjectFiles("foo", [page_of(case, "foo")], rules_of("3.6.15", pip, IndexOptions()))
    assert [str(one.version) for one in project.ranked(specifier=SpecifierSet())] == expected
