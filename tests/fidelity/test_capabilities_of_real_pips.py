"""The steps of `pipfreeze_lock.target.pip_capabilities` that are no choice among files, put to real pips on both sides.

Each experiment looks at what a pip does (what it asks the index for, what it ends up with, whether it knows an option)
and says which value of the capability that is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.packages import sdist, wheel
from support.simple_pages import PageShape

from pipfreeze_lock.target.pip_capabilities import STEPS, capabilities

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.index_server import IndexServer
    from support.real_pip import PipRun, RealPip, RealPips

ELSEWHERE = {
    "arbitrary_equality_takes_marker": "test_universes",
    "build_requires": "test_build_locks",
    "compatible_ignores_prerelease": "test_specifiers_of_real_pips",
    "constraint_hashes": "test_build_locks",
    "environment_bounds_builds": "test_build_locks",
    "exclusive_bound_means_prerelease": "test_specifiers_of_real_pips",
    "exclusive_bounds_by_suffix": "test_specifiers_of_real_pips",
    "extra_spelling": "test_extras_of_real_pips",
    "find_links_pages_first": "test_places",
    "hash_mode": "no pip below 9 runs on an interpreter that we have",
    "json_everywhere": "a habit of indexes, not of pip",
    "key_order": "test_candidate_rules",
    "legacy_specifiers": "test_specifiers_of_real_pips",
    "legacy_versions": "test_candidate_rules",
    "less_equal_ignores_local": "test_specifiers_of_real_pips",
    "markers_order_text": "test_markers_of_real_pips",
    "names_keep_dots": "test_names_in_locks",
    "prefers_allowed_hash": "test_candidate_rules",
    "prefix_fills_short_release": "test_specifiers_of_real_pips",
    "prerelease_fallback": "test_candidate_rules",
    "requires_python": "no pip below 9 runs on an interpreter that we have",
    "resolver": "scenarios/backtracking",
    "sdist_names": "test_candidate_rules",
    "tags_ignore_case": "test_candidate_rules",
    "url_constraints": "test_url_constraints",
    "wheel_names": "test_candidate_rules",
    "yanked": "test_candidate_rules",
}
"""What holds the other capabilities to the real pips."""


@dataclass(frozen=True, slots=True)
class Bench:
    """A pip, and what there is to experiment with."""

    pip: RealPip
    server: IndexServer
    folder: Path

    def download(self, *arguments: object) -> tuple[PipRun, list[str]]:
        return self.pip.download("-i", self.server.url, *arguments, folder=self.folder / "files")

    def knows(self, command: str, *options: str) -> bool:
        """Whether its parser takes an option: an unknown one ends it before ``--help`` is reached."""
        return self.pip.run(command, *options, "--help").returncode == 0

    def knows_in_a_file(self, line: str) -> bool:
        self.folder.joinpath("requirements.txt").write_text(f"{line}\na\n")
        self.server.add(wheel("a", "1"))
        return self.download("--no-deps", "-r", self.folder / "requirements.txt")[0].returncode == 0

    def asked_for(self, pattern: str) -> bool:
        return any(re.search(pattern, one.path) for one in self.server.requests)


def url_requirements(bench: Bench) -> bool:
    """With a fragment: what ends in an archive's suffix is a path to pips before 19.3 (see `pin_lines`).

    pip 9 reads the line, and asks the index for the name.
    """
    bench.server.add(wheel("a", "1"))
    url = f"{bench.server.root}/files/{file_digest(bench, 'a')}/a-1-py2.py3-none-any.whl#sha256={digest(bench, 'a')}"
    ran, _ = bench.download("--no-deps", f"a @ {url}")
    return ran.returncode == 0 and not bench.asked_for("/simple/a/")


def url_dependencies(bench: Bench) -> bool:
    bench.server.add(wheel("b", "1"))
    url = f"{bench.server.root}/files/{file_digest(bench, 'b')}/b-1-py2.py3-none-any.whl"
    bench.server.add(wheel("a", "1", requires=[f"b @ {url}"]))
    # Seen in a file of one's own: what comes from the public index alone may never name URLs.
    local = bench.folder / "a-1-py2.py3-none-any.whl"
    local.write_bytes(bench.server.index().files["a"][0].content)
    ran, _ = bench.download(local)
    return ran.returncode == 0 and not bench.asked_for("/simple/b/")


def digest(bench: Bench, project: str) -> str:
    return bench.server.index().files[project][0].sha256


def file_digest(bench: Bench, project: str) -> str:
    return digest(bench, project)[:16]


_SETUP_PY = "from distutils.core import setup\nsetup(name='a', version='1')\n"


def build_isolation(bench: Bench) -> bool:
    toml = "[build-system]\nrequires = ['only-built-with']\n"
    bench.server.add(sdist("a", "1", setup_py=_SETUP_PY, pyproject=toml))
    bench.download("--no-deps", "--no-binary", ":all:", "a")
    return bench.asked_for("/simple/only-built-with/")


def build_backends(bench: Bench) -> bool:
    """A backend that does not exist fails only those who call it."""
    toml = "[build-system]\nrequires = []\nbuild-backend = 'no.such.backend'\n"
    bench.server.add(sdist("a", "1", setup_py=_SETUP_PY, pyproject=toml))
    ran, _ = bench.download("--no-deps", "--no-binary", "a", "a")
    return "BackendUnavailable" in ran.output or "no.such.backend" in ran.output or "no/such" in ran.output


def in_tree_backends(bench: Bench) -> bool:
    bench.server.add(sdist("a", "1", style="backend"))
    return bench.download("--no-deps", "a")[0].returncode == 0


def setup_py_install(bench: Bench) -> bool:
    """What only ``setup.py install`` could obey."""
    return bench.knows("install", "--install-option=--prefix=x")


def json_index(bench: Bench) -> bool:
    bench.server.add(wheel("a", "1"))
    bench.download("--no-deps", "a")
    pages = [one for one in bench.server.requests if one.path.endswith("/simple/a/")]
    accepted = [{key.lower(): value for key, value in one.headers.items()}["accept"] for one in pages]
    return any("application/vnd.pypi.simple" in one for one in accepted)


def metadata_files(bench: Bench) -> bool:
    """In HTML: of JSON pip 22.3 reads no such key."""
    bench.server.index().formats = ("html",)
    bench.server.index().shape = PageShape(core_metadata="flagged")
    return bench_asks_for_metadata(bench)


def core_metadata_attribute(bench: Bench) -> bool:
    """The page names it by PEP 714 alone."""
    bench.server.index().shape = PageShape(core_metadata="true")
    return bench_asks_for_metadata(bench)


def bench_asks_for_metadata(bench: Bench) -> bool:
    bench.server.add(wheel("a", "1"))
    ran, files = bench.download("a")
    assert files, ran.output
    return bench.asked_for(r"\.metadata$")


def extras_bound_base(bench: Bench) -> bool:
    """Whether a version of the base is fetched that the bound on its extra rules out."""
    bench.server.index().shape = PageShape(core_metadata="absent")
    bench.server.add(wheel("a", "1", extras={"x": []}), wheel("a", "2", extras={"x": []}))
    bench.server.add(wheel("b", "1", requires=["a[x]<2", "a"]))
    bench.download("b")
    return not bench.asked_for("/a-2-")


def failing_build(bench: Bench) -> str:
    bench.server.add(wheel("a", "1"), sdist("a", "2", style="bare", setup_py="raise SystemExit('no')\n"))
    return "next file" if bench.download("a")[0].returncode == 0 else "error"


def inconsistent_metadata(bench: Bench) -> str:
    bench.server.add(wheel("a", "1"), wheel("a", "2", metadata_fields={"Version": "3"}))
    ran, files = bench.download("a")
    return "next file" if ran.returncode == 0 and files == ["a-1-py2.py3-none-any.whl"] else "error"


def invalid_metadata_skips_version(bench: Bench) -> bool:
    bench.server.add(wheel("a", "1"), wheel("a", "2", requires=["b (>=1"]))
    return bench.download("a")[0].returncode == 0


_PYTHON_OF_PIP = (((21, 3, 1), "3.6"), ((24, 0), "3.7"), ((25, 0, 1), "3.8"), ((99,), "3.10"))

EXPERIMENTS: dict[str, tuple[Callable[[Bench], Any], tuple[str, ...]]] = {
    "url_requirements": (url_requirements, ("9.0.3", "10.0.0")),
    "url_dependencies": (url_dependencies, ("18.0", "18.1")),
    "build_isolation": (build_isolation, ("9.0.3", "10.0.0")),
    "build_backends": (build_backends, ("18.1", "19.0")),
    "in_tree_backends": (in_tree_backends, ("19.3.1", "20.0.2")),
    "setup_py_install": (setup_py_install, ("23.0.1", "23.1")),
    "prefer_binary": (lambda bench: bench.knows("download", "--prefer-binary"), ("10.0.1", "18.0")),
    "prefer_binary_in_files": (lambda bench: bench.knows_in_a_file("--prefer-binary"), ("20.1.1", "20.2")),
    "reads_range": (lambda bench: bench.knows("download", "--use-feature=fast-deps"), ("20.1.1", "20.2")),
    "json_index": (json_index, ("22.1.2", "22.2")),
    "dry_run": (lambda bench: bench.knows("install", "--dry-run", "--report=-"), ("22.1.2", "22.2")),
    "metadata_files": (metadata_files, ("22.2.2", "22.3")),
    "core_metadata_attribute": (core_metadata_attribute, ("23.1.2", "23.2")),
    "extras_bound_base": (extras_bound_base, ("23.2.1", "23.3")),
    "failing_build": (failing_build, ("20.3.1", "20.3.2", "20.3.3", "20.3.4", "21.3.1", "22.0.4")),
    "inconsistent_metadata": (inconsistent_metadata, ("20.3.1", "20.3.2", "20.3.3", "20.3.4", "24.0", "26.3")),
    "invalid_metadata_skips_version": (invalid_metadata_skips_version, ("24.0", "24.1")),
    "pylock": (lambda bench: bench.knows("lock"), ("25.0.1", "25.1")),
    "build_constraint": (lambda bench: bench.knows("download", "--build-constraint=x"), ("25.2", "25.3")),
    "uploaded_prior_to": (lambda bench: bench.knows("download", "--uploaded-prior-to=2020-01-01"), ("25.3", "26.0")),
    "release_control": (
        lambda bench: bench.knows("download", "--all-releases=a", "--only-final=b") and bench.knows_in_a_file("--pre"),
        ("25.3", "26.0"),
    ),
}


@pytest.mark.parametrize(
    ("capability", "version"), [(name, version) for name, (_, versions) in EXPERIMENTS.items() for version in versions]
)
def test_on_both_sides(
    index_server: IndexServer, real_pips: RealPips, tmp_path: Path, capability: str, version: str
) -> None:
    release = tuple(map(int, version.split(".")))
    python = next(python for last, python in _PYTHON_OF_PIP if release <= last)
    found = EXPERIMENTS[capability][0](Bench(real_pips(python, version), index_server, tmp_path))
    assert found == getattr(capabilities(version), capability)


def test_the_pips_of_an_experiment_differ() -> None:
    """So that each looks at both sides of a step."""
    for capability, (_, versions) in EXPERIMENTS.items():
        assert len({getattr(capabilities(version), capability) for version in versions}) > 1, capability


def test_every_step_is_put_to_real_pips_somewhere() -> None:
    assert {step.capability for step in STEPS} == EXPERIMENTS.keys() | ELSEWHERE.keys()
    files = [Path(__file__).with_name(f"{where}.py") for where in ELSEWHERE.values() if where.startswith("test_")]
    assert [file.name for file in files if not file.exists()] == []
