from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from pipfreeze_lock.target.interpreters import Interpreter, find_interpreter

pytestmark = pytest.mark.skipif(os.name == "nt", reason="only on POSIX: the interpreters are shell scripts")


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(monkeypatch):
    monkeypatch.setattr("pipfreeze_lock.target.interpreters._SYSTEM_FOLDERS", ())


def fake(path: Path, version: str, name: str = "cpython") -> str:
    """A program that answers as a Python would, and counts how often it is asked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    answer = json.dumps({"version": version, "name": name})
    path.write_text(f"#!/bin/sh\necho \"$@\" >> {path}.asked\necho '{answer}'\n")
    path.chmod(0o755)
    return str(path)


def asked(path: str) -> list[str]:
    file = Path(f"{path}.asked")
    return file.read_text().splitlines() if file.exists() else []


def test_the_exact_version_wins_over_what_stands_first_on_path(tmp_path):
    fake(tmp_path / "bin" / "python3.6", "3.6.15")
    exact = fake(tmp_path / "home" / ".pyenv" / "versions" / "3.6.8" / "bin" / "python", "3.6.8")
    environment = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path / "home")}
    assert find_interpreter("3.6.8", environment=environment) == Interpreter(
        path=exact, version="3.6.8", implementation="cpython"
    )


def test_else_the_nearest_patch_of_the_same_minor_version(tmp_path):
    versions = tmp_path / "root" / "versions"
    for version in ("3.6.1", "3.6.7", "3.6.15", "3.7.8"):
        fake(versions / version / "bin" / "python", version)
    environment = {"PATH": "", "PYENV_ROOT": str(tmp_path / "root")}
    assert find_interpreter("3.6.8", environment=environment).version == "3.6.7"
    assert find_interpreter("3.5.2", environment=environment) is None
    assert not asked(str(versions / "3.7.8" / "bin" / "python"))


@pytest.mark.parametrize(
    ("variable", "folder"),
    [
        ("HOME", ".local/share/uv/python/cpython-3.6.15-linux-x86_64-gnu/bin/python3.6"),
        ("XDG_DATA_HOME", "uv/python/cpython-3.6.15-linux-x86_64-gnu/bin/python"),
        ("UV_PYTHON_INSTALL_DIR", "cpython-3.6.15-linux-x86_64-gnu/bin/python3"),
        ("PYENV_ROOT", "versions/3.6.15/bin/python"),
        ("PYENV_ROOT", "versions/my-service/bin/python"),
        ("PATH", "python"),
        ("PATH", "python3"),
    ],
)
def test_places(tmp_path, variable, folder):
    path = fake(tmp_path / folder, "3.6.15")
    assert find_interpreter("3.6.8", environment={variable: str(tmp_path)}).path == path


def test_another_implementation_is_no_match(tmp_path):
    fake(tmp_path / "python3.6", "3.6.8", "pypy")
    pypy = fake(tmp_path / "pypy3", "3.6.9", "pypy")
    environment = {"PATH": str(tmp_path)}
    assert find_interpreter("3.6.8", "cpython", environment=environment) is None
    assert find_interpreter("3.6.8", "pypy", environment=environment).path == pypy


def test_programs_that_fail_are_passed_over(tmp_path):
    broken = tmp_path / "a" / "python3.6"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    good = fake(tmp_path / "b" / "python3.6", "3.6.8")
    environment = {"PATH": os.pathsep.join((str(tmp_path / "missing"), str(broken.parent), str(Path(good).parent)))}
    assert find_interpreter("3.6.8", environment=environment).path == good


def test_each_is_asked_once_as_long_as_it_does_not_change(tmp_path):
    path = fake(tmp_path / "bin" / "python3.6", "3.6.8")
    environment = {"PATH": str(tmp_path / "bin")}
    cache = tmp_path / "cache" / "interpreters.json"
    for _ in range(2):
        assert find_interpreter("3.6.8", environment=environment, cache=cache).path == path
    assert len(asked(path)) == 1
    os.utime(path, (1, 1))
    find_interpreter("3.6.8", environment=environment, cache=cache)
    assert len(asked(path)) == 2


def test_a_cache_that_cannot_be_used_is_no_hindrance(tmp_path):
    path = fake(tmp_path / "bin" / "python3.6", "3.6.8")
    cache = tmp_path / "file" / "interpreters.json"
    (tmp_path / "file").write_text("in the way")
    assert find_interpreter("3.6.8", environment={"PATH": str(tmp_path / "bin")}, cache=cache).path == path


def test_users_settings_are_shut_out(tmp_path):
    path = fake(tmp_path / "python2.7", "2.7.18")
    find_interpreter("2.7.18", environment={"PATH": str(tmp_path)})
    newer = fake(tmp_path / "python3.6", "3.6.8")
    find_interpreter("3.6.8", environment={"PATH": str(tmp_path)})
    assert asked(path)[0].startswith("-E -s -c")
    assert asked(newer)[0].startswith("-I -c")


def test_the_running_python_is_found():
    version = ".".join(map(str, sys.version_info[:3]))
    found = find_interpreter(version, environment={})
    assert (found.path, found.version) == (sys.executable, version)


def test_the_real_ones(interpreters):
    for series, path in interpreters.items():
        found = find_interpreter(f"{series}.999", environment={"PATH": str(Path(path).parent)})
        assert found.version.startswith(f"{series}.")
