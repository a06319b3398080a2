"""The promise, kept by the real pips: a lock is made, installed in hash mode in a clean venv, and is what is there then."""

from __future__ import annotations

import platform
import re
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version
from support import needs
from support.command_line import enter_workplace, python, run
from support.packages import sdist, wheel
from support.venv import Venv

if TYPE_CHECKING:
    from pathlib import Path

    from support.distribution import Artifact
    from support.index_server import IndexServer

PAIRS = [
    ("3.6", "9.0.3"),
    ("3.6", "18.1"),
    ("3.6", "19.1.1"),
    ("3.6", "21.3.1"),
    ("3.8", "20.3.4"),
    ("3.11", None),
    ("3.13", "26.3"),
]
"""An interpreter and its pip; None is the one that the interpreter brings."""

REQUIREMENTS = """\
# what a service asks for
Web >= 1 ; python_version >= "3"
cycle_a
built
shared < 3
never ; sys_platform == "no-such-platform"
"""


def universe(pip: str) -> list[Artifact]:
    """Give releases of a dozen projects: markers, extras, a cycle, sdists, a step back, what is yanked or too new."""
    modern = Version(pip) >= Version("20.0")  # from there on pip knows backend-path, and a build needs nothing
    return [
        wheel("never", "1.0"),
        wheel(
            "web",
            "2.0",
            requires=[
                "Router>=1,<3",
                "templates[fast]>=1",
                'backport>=1 ; python_version < "3.7"',
                'typing.shim ; python_version >= "3.7"',
                'never ; sys_platform == "win32" or platform_machine == "none"',
            ],
        ),
        wheel("web", "3.0", requires=["router>=3", "shared>=3"]),
        wheel("router", "1.0", requires=["shared"]),
        wheel("router", "2.0", requires=["shared>=1"]),
        wheel("router", "3.0", requires=["shared>=1"]),
        sdist("templates", "1.5", requires=["markup"], extras={"fast": ["speedups>=1", "leaf"]})
        if not modern
        else sdist("templates", "1.5", requires=["markup"], extras={"fast": ["speedups>=1", "leaf"]}, style="pkg-info"),
        wheel("speedups", "1.0"),
        wheel("speedups", "1.1", tag=f"py3-none-manylinux2014_{platform.machine()}"),
        wheel("markup", "1.0"),
        wheel("markup", "1.1", requires_python=">=3.8,!=3.12.*"),
        wheel("shared", "1.0"),
        wheel("shared", "1.1", yanked="wrong"),
        wheel("shared", "3.0"),
        wheel("backport", "1.0"),
        wheel("typing.shim", "1.0.post1"),
        wheel("cycle-a", "1.0", requires=["cycle-b"]),
        wheel("cycle-b", "1.0", requires=["cycle-a>=1", "leaf!=1.1"]),
        sdist("built", "1.0", requires=["leaf<2"], style="backend" if modern else "dynamic"),
        wheel("leaf", "1.0"),
        wheel("leaf", "1.1"),
        wheel("leaf", "2.0"),
    ]


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    work = enter_workplace(tmp_path, monkeypatch)
    (work / "requirements.txt").write_text(REQUIREMENTS)
    return work


def libc() -> str:
    family, version = platform.libc_ver()
    if family != "glibc":
        pytest.skip("only on Linux with glibc")
    return f"glibc-{version}"


def pinned(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+) \\$", lock.read_text(), re.MULTILINE))


@pytest.mark.parametrize(("release", "pip"), PAIRS)
def test_the_lock_is_what_is_there_once_it_is_installed(
    release: str, pip: str | None, index_server: IndexServer, workplace: Path, tmp_path: Path
) -> None:
    interpreter = needs.interpreter(release)
    venv = Venv.of(interpreter, pip, tmp_path / "venv")
    base = venv.base
    index_server.add(*universe(base["pip"]))
    lock = workplace / "requirements.lock"
    target = ["--python-version", venv.python_version(), "--pip-version", base["pip"], "--libc", libc()]
    target += [f"--preinstalled={name}=={version}" for name, version in base.items() if name != "pip"]
    ran = run("lock", *target, "--index-url", index_server.url)
    assert ran.code == 0, ran.said

    venv.pip("install", "--no-cache-dir", "--no-compile", "--require-hashes", "-r", lock)
    assert venv.pip("check").strip() == "No broken requirements found."
    assert venv.installed() == {**base, **pinned(lock)}
    assert expected(release, base["pip"]).items() <= pinned(lock).items()

    before = lock.read_bytes()
    ran = run("lock", *target, "--index-url", index_server.url)
    assert ran.code == 0, ran.said
    assert lock.read_bytes() == before


@pytest.mark.parametrize("pip", ["9.0.3", "18.1", "19.1.1", "20.3.4", "21.3.1"])
def test_a_version_that_pep_440_does_not_know(
    pip: str, index_server: IndexServer, workplace: Path, tmp_path: Path
) -> None:
    """As of pytz 2011k: locked by ``===``, installed in hash mode, and known to every other command."""
    venv = Venv.of(needs.interpreter("3.6"), pip, tmp_path / "venv")
    index_server.add(sdist("zones", "2011k", requires=["leaf"]), wheel("zones", "2012"), wheel("leaf", "1.0"))
    (workplace / "requirements.txt").write_text("zones===2011k\n")
    target = ["--python-version", venv.python_version(), "--pip-version", pip, "--libc", libc()]
    target += [f"--preinstalled={name}=={version}" for name, version in venv.base.items() if name != "pip"]
    ran = run("lock", *target, "--index-url", index_server.url)
    assert ran.code == 0, ran.said
    lock = workplace / "requirements.lock"
    assert "\nzones===2011k \\\n    --hash=sha256:" in lock.read_text()

    venv.pip("install", "--no-cache-dir", "--no-compile", "--require-hashes", "-r", lock)
    assert venv.installed() == {**venv.base, "zones": "2011k", "leaf": "1.0"}

    assert run("check").code == 0
    assert run("check", "--online").code == 0
    (workplace / "requirements.txt").write_text("zones===2011k\nleaf\n")  # so that the earlier pins are looked at
    assert run("lock", *target, "--index-url", index_server.url).code == 0
    assert "\nzones===2011k " in lock.read_text()
    why = run("why", "zones", "--files", "--lock", str(lock))
    assert why.code == 0, why.said
    assert "2011k" in why.out
    (workplace / "requirements.txt").write_text("zones==2012\n")
    assert run("check").code == 1
    moved = run("lock", *target, "--index-url", index_server.url)
    assert moved.code == 0
    assert "zones 2011k -> 2012" in moved.said


def expected(release: str, pip: str) -> dict[str, str]:
    """Say what the universe is made to show."""
    old_python, old_pip = release == "3.6", Version(pip) < Version("19.3")
    return {
        "web": "2.0",
        "router": "2.0",
        "shared": "1.1" if Version(pip) < Version("19.2") else "1.0",  # older ones know nothing of yanked files
        "templates": "1.5",
        "markup": "1.0" if old_python else "1.1",
        "speedups": "1.0" if old_pip else "1.1",
        "leaf": "1.0",
        "built": "1.0",
    } | ({"backport": "1.0"} if old_python else {"typing-shim": "1.0.post1"})


TARGET = ("--python-version", "3.11.7", "--pip-version", "25.3", "--libc", "glibc-2.36", "--platform", "linux/amd64")


def test_the_same_bytes_from_any_process_and_any_cache(
    index_server: IndexServer, workplace: Path, tmp_path: Path
) -> None:
    """Sets and dictionaries of strings have another order in each process."""
    index_server.add(*universe("25.3"))
    answers = set()
    for seed, cache in (
        ("0", "--no-cache"),
        ("1", "--cache-dir=one"),
        ("2", "--cache-dir=one"),
        ("3", "--cache-dir=2"),
    ):
        ran = python(
            *("-m", "pipfreeze_lock", "lock", *TARGET, "--index-url", index_server.url, "-o", "-", cache, "-q"),
            PYTHONHASHSEED=seed,
            XDG_CACHE_HOME=str(tmp_path / "cache"),
        )
        assert ran.code == 0, ran
        answers.add(ran.out)
    assert len(answers) == 1
    assert sorted(path.name for path in workplace.iterdir()) == ["2", "one", "requirements.txt"]


def test_the_same_answer_from_any_form_of_the_index(index_server: IndexServer, workplace: Path) -> None:
    """JSON or HTML, with core metadata or without, with ranges or without: another way to the same lock."""
    answers = set()
    for number, (formats, metadata, ranges) in enumerate(
        [(("json", "html"), "flagged", "multi"), (("html",), "absent", "none"), (("json",), "unflagged", "single")]
    ):
        index = index_server.index("", formats=formats, ranges=ranges, cache_control="no-cache")
        index.shape = type(index.shape)(core_metadata=metadata)
        if not number:
            index.add(*universe("25.3"))
        ran = run("lock", *TARGET, "--index-url", index_server.url, "-o", "-", "--no-cache", "-q")
        assert ran.code == 0, ran.said
        answers.add(ran.out)
    assert len(answers) == 1
    assert workplace.is_dir()
