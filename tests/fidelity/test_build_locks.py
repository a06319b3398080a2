"""Real pips, held to a build lock by the very lines that we print, while the index has moved on.

The first test puts to real pips what `pip_capabilities` says of constraints in build environments: with hashes, without,
by the option, by the variable. The others lock, move the index on, and run the Dockerfile.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support import needs
from support.command_line import enter_workplace, run
from support.distribution import Artifact
from support.image_stage import Stage, run_dockerfile
from support.packages import sdist, wheel

from pipfreeze_lock.target.pip_capabilities import capabilities

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.index_server import IndexServer

BASES = {
    "3.6": {"setuptools": "40.6.2", "wheel": "0.37.1"},
    "3.7": {"setuptools": "47.1.0", "wheel": "0.37.1"},
    "3.11": {"setuptools": "65.5.0", "wheel": "0.37.1"},
}
BUILDER = """\
import os
import zipfile

import helper


def said():
    return "builder=%s helper=%s" % (VERSION, helper.version)


def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "thing-1.0-py2.py3-none-any.whl"
    tag = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py2-none-any\\nTag: py3-none-any\\n"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        archive.writestr("thing.py", "built = %r\\n" % said())
        archive.writestr("thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: thing\\nVersion: 1.0\\n")
        archive.writestr("thing-1.0.dist-info/WHEEL", tag)
        archive.writestr("thing-1.0.dist-info/RECORD", "")
    return name
"""
SETUP = """\
import os
from setuptools import setup
import builder
with open("thing.py", "w") as stream:
    stream.write("built = %r\\n" % builder.said())
setup(name="thing", version="1.0", py_modules=["thing"])
"""
LEGACY = """\
from setuptools import setup

try:
    from helper import version
except ImportError:  # not fetched yet
    version = "none"
with open("legacy.py", "w") as stream:
    stream.write("built = %r\\n" % version)
setup(name="legacy", version="1.0", py_modules=["legacy"], setup_requires=["helper"])
"""
PYPROJECT = '[build-system]\nrequires = ["builder[x]>=1"]\nbuild-backend = "builder"\n'


def builder(version: str, *, more: str = "") -> Artifact:
    text = f"VERSION = {version!r}\n{BUILDER}{more}"
    return wheel("builder", version, extras={"x": ["helper"]}, inside={"builder.py": text})


def base_files(python: str) -> list[Artifact]:
    """Give the image's own setuptools and wheel, which builds of metadata on this machine fetch."""
    files = [(name, version, needs.wheel_file(name, version)) for name, version in BASES[python].items()]
    return [Artifact.of(name, version, path.name, path.read_bytes()) for name, version, path in files]


THING = sdist("thing", "1.0", style="bare", setup_py=SETUP, pyproject=PYPROJECT)
OLD = [sdist("legacy", "1.0", style="bare", setup_py=LEGACY), builder("1.0"), wheel("helper", "1.0")]
NEW = [builder("2.0"), wheel("helper", "2.0")]
SAID = "import thing; print(thing.built)"


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return enter_workplace(tmp_path, monkeypatch)


@pytest.fixture
def stages(tmp_path: Path) -> Callable[[str, str], Callable[[], Stage]]:
    """Give what makes stages of an image with a Python and a pip."""

    def of(python: str, pip: str) -> Callable[[], Stage]:
        def new() -> Stage:
            folder = tmp_path / "stages"
            folder.mkdir(exist_ok=True)
            return Stage(folder / str(len(list(folder.iterdir()))), python, pip, BASES[python])

        return new

    return of


def lock(python: str, pip: str, index: IndexServer, requirements: str, workplace: Path) -> list[str]:
    """Lock as of now, and give the lines for the Dockerfile."""
    (workplace / "requirements.txt").write_text(requirements)
    base = [word for name, held in BASES[python].items() for word in ("--preinstalled", f"{name}=={held}")]
    release = needs.interpreter(python).parent.parent.name  # of pyenv; else the minor version has to do
    version = release if release.startswith(f"{python}.") else f"{python}.0"
    target = ["--python-version", version, "--pip-version", pip, "--platform", "linux/amd64", "--libc", "glibc-2.28"]
    ran = run("lock", *target, *base, "--index-url", index.url, "--build-lock")
    assert ran.code == 0, ran.said
    return [line.strip() for line in re.findall(r"^    (?:FROM|RUN|COPY) .*$", ran.said, re.MULTILINE)]


@pytest.mark.parametrize(
    ("python", "pip"),
    [
        *(("3.6", pip) for pip in ("10.0.1", "18.0", "20.2.4", "20.3.4")),
        *(("3.11", pip) for pip in ("25.3", "26.0.1", "26.1", "26.2")),
    ],
)
def test_what_holds_the_build_environment_of_a_pip(
    index_server: IndexServer, stages: Callable[..., Callable[[], Stage]], tmp_path: Path, python: str, pip: str
) -> None:
    index_server.add(THING, *OLD, *NEW)
    pins = {one.project: one for one in OLD if one.project != "legacy"}
    known = capabilities(pip)
    hashed = "".join(f"{name}==1.0 --hash=sha256:{one.sha256}\n" for name, one in pins.items())
    (tmp_path / "thing.txt").write_text(f"thing==1.0 --hash=sha256:{THING.sha256}\n")
    (tmp_path / "hashed.txt").write_text(hashed)
    (tmp_path / "plain.txt").write_text("builder==1.0\nhelper==1.0\n")
    new = stages(python, pip)

    def built(variable: str | None, option: str = "") -> str | None:
        stage = new()
        assignment = f"PIP_CONSTRAINT={variable} " if variable else ""
        ran = stage.run(f"{assignment}pip install {option} -i {index_server.url} -r thing.txt", cwd=tmp_path)
        return stage.says(SAID) if ran.returncode == 0 else None

    old, newest = "builder=1.0 helper=1.0", "builder=2.0 helper=2.0"
    by_variable, by_option = built("hashed.txt"), built(None, "--build-constraint hashed.txt")
    assert (by_option == old) == (known.holds_builds_by == "--build-constraint")
    if known.holds_builds_by == "PIP_CONSTRAINT":
        assert by_variable == old
    elif not known.environment_bounds_builds:
        assert by_variable in (newest, None)  # None: pip 10 gives wheels that it found and no index for the rest
    else:
        assert by_variable == (old if known.constraint_hashes else None)
        assert built("plain.txt") == old


@pytest.mark.parametrize(
    ("python", "pip"),
    [
        *(("3.6", pip) for pip in ("18.1", "19.1.1", "21.3.1")),
        *(("3.11", "25.3"), ("3.11", "26.3")),
    ],
)
def test_isolated_builds(
    index_server: IndexServer,
    stages: Callable[..., Callable[[], Stage]],
    workplace: Path,
    python: str,
    pip: str,
) -> None:
    index_server.add(THING, *OLD, *base_files(python))
    lines = lock(python, pip, index_server, "thing\n", workplace)
    index_server.add(*NEW)
    new = stages(python, pip)
    plain, ran = run_dockerfile(["RUN pip install --require-hashes -r requirements.lock"], new, cwd=workplace)
    assert ran is not None
    assert plain.says(SAID) == "builder=2.0 helper=2.0", ran.stderr  # what the lock alone does not hold
    held, ran = run_dockerfile(lines, new, cwd=workplace)
    assert ran is not None
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert held.says(SAID) == "builder=1.0 helper=1.0"
    assert held.says("import importlib.util as u; print(u.find_spec('builder'))") == "None"
    if pip in ("18.1", "25.3"):  # held as others are
        return
    # Another file under the same name and version is refused.
    index_server.index().remove("builder", "1.0")
    index_server.add(builder("1.0", more="CHANGED = 1\n"))
    _, ran = run_dockerfile(lines, new, cwd=workplace)
    assert ran is not None
    assert ran.returncode != 0
    assert "DO NOT MATCH THE HASHES" in ran.stdout + ran.stderr


@pytest.mark.parametrize(("python", "pip"), [("3.6", "9.0.3"), ("3.6", "18.1"), ("3.6", "19.1.1"), ("3.7", "23.0.1")])
def test_setup_requires_beside_an_isolated_build(
    index_server: IndexServer, stages: Callable[..., Callable[[], Stage]], workplace: Path, python: str, pip: str
) -> None:
    index_server.add(THING, *OLD, *base_files(python))
    isolates = pip != "9.0.3"  # which installs no build requirements, and fails on `thing`
    lines = lock(python, pip, index_server, "legacy\nthing\n" if isolates else "legacy\n", workplace)
    assert lines[0].startswith("FROM")
    index_server.add(*NEW)
    held, ran = run_dockerfile(lines, stages(python, pip), cwd=workplace)
    assert ran is not None
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert held.says("import legacy; print(legacy.built)") == "1.0"
    if isolates:
        assert held.says(SAID) == "builder=1.0 helper=1.0"
    assert held.says("import importlib.util as u; print(u.find_spec('helper'))") == "None"
