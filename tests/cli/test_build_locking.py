"""``lock --build-lock`` on an index of our own; `tests/fidelity/test_build_locks.py` holds real pips to the result."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from support.command_line import run
from support.packages import sdist, wheel

from pipfreeze_lock.lockfile.requirements_txt import read

if TYPE_CHECKING:
    from pathlib import Path

    from support.distribution import Artifact
    from support.index_server import IndexServer

BASE = ("--preinstalled", "setuptools==41.0.1", "--preinstalled", "wheel==0.33.4")
OLD = (
    *("--python-version", "3.6.8", "--pip-version", "19.1.1", "--libc", "glibc-2.24", "--platform", "linux/amd64"),
    *BASE,
)
NEW = ("--python-version", "3.11.7", "--pip-version", "26.3", "--libc", "glibc-2.36", "--platform", "linux/amd64")


def source(name: str, *requires: str, backend: str = "poetry.core.masonry.api", **words: Any) -> Artifact:
    """Give an sdist with these build requirements, whose backend is known to ask for nothing more."""
    listed = ", ".join(f'"{one}"' for one in requires)
    text = f'[build-system]\nrequires = [{listed}]\nbuild-backend = "{backend}"\n'
    script = "from setuptools import setup\nsetup()\n"
    return sdist(name, "1.0", style="pkg-info", pyproject=text, setup_py=script, **words)


def legacy(name: str, *setup_requires: str) -> Artifact:
    """Give an sdist of setup.py and PKG-INFO alone, which says what it depends on."""
    script = f"from setuptools import setup\nsetup(name={name!r}, setup_requires={list(setup_requires)})\n"
    information = f"Metadata-Version: 2.2\nName: {name}\nVersion: 1.0\n"
    return sdist(name, "1.0", style="bare", setup_py=script, inside={"PKG-INFO": information})


@pytest.fixture
def shelf(index_server: IndexServer, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> IndexServer:
    """Give an index, in force by its variable; `helper` has two releases, `tool` one that needs it."""
    assert workplace.is_dir()
    monkeypatch.setenv("PIPFREEZE_LOCK_INDEX_URL", index_server.url)
    index_server.add(wheel("helper", "1.0"), wheel("helper", "2.0"), wheel("tool", "1.0", requires=["helper"]))
    return index_server


def locked(workplace: Path, requirements: str, *options: str, target: tuple[str, ...] = NEW) -> tuple[list[str], str]:
    """Lock, and give the lines of the build lock and what was said."""
    (workplace / "requirements.txt").write_text(requirements)
    ran = run("lock", *target, "--build-lock", *options)
    assert ran.code == 0, ran.said
    return (workplace / "requirements.build.lock").read_text().splitlines(), ran.said


def pins(lines: list[str]) -> list[str]:
    return re.findall(r"^([\w.-]+==[^ \n]+)", "\n".join(lines), re.MULTILINE)


def test_a_build_lock(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("thing", "tool>=1", "helper; python_version < '3.8'"), wheel("other", "1.0"))
    lines, said = locked(workplace, "thing\nother\n")
    main = (workplace / "requirements.lock").read_text()
    digest = re.search(r"^# digest: (\S+)$", main, re.MULTILINE)
    assert digest is not None
    hashes = {one.project: one.sha256 for one in shelf.index().files["tool"] + shelf.index().files["helper"][1:]}
    assert lines[0] == "# pipfreeze-lock 1"
    assert lines[1].startswith("# command: pipfreeze-lock lock --build-lock ")
    assert "build-lock" not in main
    assert lines[3] == f"# build-for: requirements.lock {digest[1]}"
    assert lines[5:] == [
        f"--index-url {shelf.url}",
        "helper==2.0 \\",
        f"    --hash=sha256:{hashes['helper']}",
        "    # via tool",
        "tool==1.0 \\",
        f"    --hash=sha256:{hashes['tool']}",
        "    # via thing (>=1)",
    ]
    assert read((workplace / "requirements.build.lock").read_bytes(), path="-").digest_ok
    assert said.splitlines()[-5:] == [
        "requirements.lock: 2 distributions for cpython 3.11.7 cp311 linux/amd64 glibc-2.36 pip-26.3.",
        "requirements.build.lock: 2 distributions for cpython 3.11.7 cp311 linux/amd64 glibc-2.36 pip-26.3.",
        "Compiled in the image: `thing==1.0`. Compilers and system libraries are the image's, and in no lock.",
        "In the Dockerfile, pip 26.3 is held to both locks by",
        "    RUN pip install --require-hashes --build-constraint requirements.build.lock -r requirements.lock",
    ]
    assert run("lock", *NEW).code == 0
    assert (workplace / "requirements.lock").read_text() == main


def test_a_pin_has_no_extras_since_no_constraint_may(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("thing", "more[x]"), wheel("more", "1.0", extras={"x": ["helper"]}))
    lines, _ = locked(workplace, "thing\n")
    assert pins(lines) == ["helper==2.0", "more==1.0"]
    assert lines[lines.index("more==1.0 \\") + 2] == "    # via thing ([x])"


def test_a_build_requirement_by_its_url_is_installed_first(shelf: IndexServer, workplace: Path) -> None:
    tool = wheel("far", "1.0")
    (workplace / tool.filename).write_bytes(tool.content)
    shelf.add(source("thing", f"far @ {(workplace / tool.filename).as_uri()}"))
    lines, said = locked(workplace, "thing\n")
    assert f"far @ {(workplace / tool.filename).as_uri()} \\" in lines
    assert said.endswith(STAGES)


def test_nothing_is_compiled(shelf: IndexServer, workplace: Path) -> None:
    assert shelf.url
    lines, said = locked(workplace, "tool\n")
    assert pins(lines) == []
    assert said.endswith("Nothing is compiled, so that nothing has to be held.\n")


def test_builds_that_fetch_nothing(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(legacy("thing"))
    lines, said = locked(workplace, "thing\n", "--no-build", target=OLD)
    assert pins(lines) == []
    assert said.endswith("These builds fetch nothing, so that nothing has to be held.\n")


def test_sdists_that_build_sdists(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("thing", "middle"), source("middle", "deep"), source("deep", "helper<2"))
    lines, said = locked(workplace, "thing\n")
    assert pins(lines) == ["deep==1.0", "helper==1.0", "middle==1.0"]
    assert "    # via deep (<2)" in lines
    assert "Compiled in the image: `thing==1.0`." in said


def test_a_build_needs_another_release_of_what_is_compiled_as_well(shelf: IndexServer, workplace: Path) -> None:
    text = '[build-system]\nrequires = ["deep"]\nbuild-backend = "poetry.core.masonry.api"\n'
    shelf.add(source("thing", "numbers"), source("numbers", "helper<2"), wheel("deep", "1.0"))
    shelf.add(sdist("numbers", "2.0", style="pkg-info", pyproject=text))
    lines, said = locked(workplace, "thing\nnumbers<2\n")
    assert pins(lines) == ["deep==1.0", "helper==1.0", "numbers==2.0"]
    assert "Compiled in the image: `numbers==1.0`, `thing==1.0`." in said


def test_a_build_lock_that_is_itself_compiled_when_it_is_installed_first(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("thing", "middle", "helper>=2"), source("middle", "helper<2"))
    lines, said = locked(workplace, "thing\n", target=("--base-image", "python:3.9", "--pip-version", "21.3.1"))
    assert pins(lines) == ["helper==2.0", "middle==1.0"]
    clause = "middle==1.0: it is itself compiled when the build lock is installed, with what that fetches"
    assert f"# unlocked: {clause}" in lines
    assert f"warning: not in the build lock: {clause}\n" in said


@pytest.mark.parametrize(("setuptools", "more"), [("70.0.0", ["wheel==0.40"]), ("70.1", [])])
def test_wheel_where_setuptools_asks_for_it(
    shelf: IndexServer, workplace: Path, setuptools: str, more: list[str]
) -> None:
    shelf.add(source("thing", "setuptools", backend="setuptools.build_meta"))
    shelf.add(wheel("setuptools", setuptools), wheel("wheel", "0.40"))
    lines, _ = locked(workplace, "thing\n")
    assert pins(lines) == [f"setuptools=={setuptools}", *more]


# --- how pip is held --------------------------------------------------------------------------------------------------


def test_the_variable_bounds_both_so_that_both_locks_say_the_same(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("thing", "helper"))
    lines, said = locked(workplace, "thing\nhelper<2\n", target=OLD)
    assert pins(lines) == ["helper==1.0"]
    assert "    #   -c requirements.lock (==1.0)" in lines
    line = 'RUN PIP_CONSTRAINT="$PWD/requirements.build.lock" pip install --require-hashes -r requirements.lock'
    assert said.splitlines()[-1].strip() == line
    lines, _ = locked(workplace, "thing\nhelper<2\n", "--upgrade")
    assert pins(lines) == ["helper==2.0"]


def test_the_variable_moves_nothing_of_the_base(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("thing", "setuptools>=40"), wheel("user", "1.0", requires=["setuptools"]))
    shelf.add(wheel("setuptools", "41.0.1"), wheel("setuptools", "59.0"))
    lines, said = locked(workplace, "thing\nuser\n", target=OLD)
    assert pins(lines) == ["setuptools==41.0.1"]
    assert "    #   -c requirements.lock (==41.0.1)" in lines
    assert "PIP_CONSTRAINT" in said
    lines, _ = locked(workplace, "thing\n", "--upgrade", target=OLD)
    assert pins(lines) == ["setuptools==59.0"]


STAGES = """\
    FROM IMAGE AS wheels
    COPY requirements.lock requirements.build.lock ./
    RUN pip install --require-hashes -r requirements.build.lock
    RUN pip wheel --no-build-isolation --no-deps --require-hashes -w /wheels -r requirements.lock
    FROM IMAGE
    COPY --from=wheels /wheels /wheels
    RUN pip install --no-index --no-deps /wheels/*.whl
"""


def test_a_build_that_wants_another_version_than_is_installed(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("thing", "helper>=2"))
    lines, said = locked(workplace, "thing\nhelper<2\n", target=OLD)
    assert pins(lines) == ["helper==2.0"]
    assert said.endswith(STAGES)


def test_setup_requires_are_installed_first(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(legacy("thing", "tool"))
    lines, said = locked(workplace, "thing\n", target=OLD)
    assert pins(lines) == ["helper==2.0", "tool==1.0"]
    assert "# base: pip 19.1.1, setuptools 41.0.1, wheel 0.33.4" in lines
    assert "# satisfied: setuptools via thing" in lines
    assert said.endswith(STAGES)


def test_where_hashes_and_constraints_do_not_go_together(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("thing", "tool"))
    lines, said = locked(workplace, "thing\n", "--base-image", "python:3.9", target=("--pip-version", "21.3.1"))
    assert pins(lines) == ["helper==2.0", "tool==1.0"]
    assert said.endswith(STAGES.replace("IMAGE", "python:3.9"))


def test_without_hashes(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("thing", "tool"))
    lines, said = locked(workplace, "thing\n", "--no-hashes")
    assert "tool==1.0" in lines
    assert (
        said.splitlines()[-1] == "    RUN pip install --build-constraint requirements.build.lock -r requirements.lock"
    )


# --- what cannot be -----------------------------------------------------------------------------------------------------


def test_two_builds_that_cannot_share_a_lock(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("a", "tool"), source("b", "helper<2"), source("c", "helper>=2", "tool"))
    (workplace / "requirements.txt").write_text("a\nb\nc\n")
    ran = run("lock", *NEW, "--build-lock")
    assert ran.code == 4
    assert ran.said.startswith("error: the builds of `b==1.0` and `c==1.0` cannot share a build lock: ")
    assert "helper<2" in ran.said
    assert "hint: Lock and build one of the two by itself into a wheel, and point `--find-links` to it." in ran.said
    assert not (workplace / "requirements.lock").exists()
    assert not (workplace / "requirements.build.lock").exists()


def test_a_build_requirement_that_nobody_has(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("a", "tool"), source("b", "helper>=3"))
    (workplace / "requirements.txt").write_text("a\nb\n")
    ran = run("lock", *NEW, "--build-lock")
    assert ran.code == 4
    assert ran.said.startswith("error: what building `b==1.0` needs cannot be locked: ")


def test_what_stays_unlocked_is_said_and_written(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("thing", "tool", "maturin", backend="maturin"), wheel("maturin", "1.0"))
    lines, said = locked(workplace, "thing\n", "--no-build")
    clauses = [
        "thing==1.0: what its backend `maturin` asks for: not known without running its build",
        "thing==1.0: cargo fetches the crates of its Cargo.lock",
    ]
    assert [line for line in lines if line.startswith("# unlocked: ")] == [f"# unlocked: {one}" for one in clauses]
    for clause in clauses:
        assert f"warning: not in the build lock: {clause}\n" in said


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("-o", "-"), "`--build-lock` writes a second file beside the lock, and stdout takes one"),
        (("--resolver", "pip-tools"), "`--build-lock` goes by the rules of the image's pip"),
    ],
)
def test_options_that_do_not_go_together(
    shelf: IndexServer, workplace: Path, options: tuple[str, ...], words: str
) -> None:
    assert shelf.url
    (workplace / "requirements.txt").write_text("tool\n")
    ran = run("lock", *NEW, "--build-lock", *options)
    assert ran.code == 2
    assert words in ran.said


# --- again --------------------------------------------------------------------------------------------------------------


def test_nothing_moves_without_a_cause(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("thing", "tool"))
    before, _ = locked(workplace, "thing\n")
    shelf.add(wheel("helper", "3.0"), wheel("tool", "2.0"))
    again, said = locked(workplace, "thing\n", "--refresh")
    assert again == before
    assert "requirements.build.lock is as it was" in said
    moved, _ = locked(workplace, "thing\n", "-P", "tool")
    assert pins(moved) == ["tool==2.0"]
    moved, _ = locked(workplace, "thing\n", "--upgrade")
    assert pins(moved) == ["tool==2.0"]


def test_a_lock_that_moves_on_without_its_build_lock(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("thing", "tool"))
    locked(workplace, "thing\n")
    words = "warning: `requirements.build.lock` is for another state of the lock: make both with `--build-lock`\n"
    assert words not in run("lock", *NEW).said
    (workplace / "requirements.txt").write_text("thing\nhelper\n")
    assert words in run("lock", *NEW).said
    assert words in run("lock", *NEW).said  # though the answer is an earlier one
    assert words not in locked(workplace, "thing\nhelper\n")[1]
    assert words not in run("lock", *NEW).said


def test_check_of_a_build_lock(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("thing", "tool"))
    locked(workplace, "thing\n")
    path = workplace / "requirements.build.lock"
    ran = run("check")
    assert ran.code == 0, ran.out
    assert "requirements.build.lock agrees with its requirements: 2 pins" in ran.out + ran.said
    good = path.read_text()
    path.write_text(good.replace("tool==1.0", "tool==1.1"))
    ran = run("check")
    assert ran.code == 1
    assert "error[edited-lock]" in ran.out
    path.write_text(good)
    (workplace / "requirements.txt").write_text("thing\nhelper\n")
    assert run("lock", *NEW).code == 0
    ran = run("check", "requirements.build.lock")
    assert ran.code == 1
    assert (
        "error[stale-build-lock]: it is for another state of `requirements.lock`\n  --> requirements.build.lock:"
        in ran.out
    )
    assert re.search(r"^    pipfreeze-lock lock --build-lock .* requirements.txt$", ran.out + ran.said, re.MULTILINE)
    (workplace / "requirements.lock").unlink()
    ran = run("check", "requirements.build.lock")
    assert "error[stale-build-lock]: it is for `requirements.lock`, which cannot be read" in ran.out


def test_dry_runs_write_neither(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("thing", "tool"))
    (workplace / "requirements.txt").write_text("thing\n")
    ran = run("lock", *NEW, "--build-lock", "--dry-run")
    assert ran.code == 0
    assert "tool==1.0" in ran.out
    assert sorted(path.name for path in workplace.iterdir()) == ["requirements.txt"]


def test_the_configuration_may_ask_for_it(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("thing", "tool"))
    (workplace / "pyproject.toml").write_text("[tool.pipfreeze-lock]\nbuild-lock = true\n")
    (workplace / "requirements.txt").write_text("thing\n")
    assert run("lock", *NEW).code == 0
    assert (workplace / "requirements.build.lock").exists()


def test_two_platforms_have_two_build_locks(shelf: IndexServer, workplace: Path) -> None:
    shelf.add(source("thing", "tool"))
    (workplace / "requirements.txt").write_text("thing\n")
    assert run("lock", *NEW, "--platform", "linux/arm64", "--build-lock").code == 0
    names = sorted(path.name for path in workplace.glob("*.build.lock"))
    assert names == ["requirements.linux-amd64.build.lock", "requirements.linux-arm64.build.lock"]
    text = (workplace / names[1]).read_text()
    assert "# build-for: requirements.linux-arm64.lock sha256:" in text
    ran = run("check")
    assert ran.code == 0, ran.out
    assert run("why", "thing").code == 0


@pytest.mark.usefixtures("shelf")
def test_an_sdist_by_its_url(workplace: Path) -> None:
    artifact = source("thing", "tool")
    (workplace / artifact.filename).write_bytes(artifact.content)
    lines, said = locked(workplace, f"./{artifact.filename}\n")
    assert pins(lines) == ["helper==2.0", "tool==1.0"]
    assert "Compiled in the image: `thing==1.0`." in said
