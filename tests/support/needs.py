"""What a test needs and a machine may lack: asked for here, so that its lack is said aloud, and fails in CI.

``interpreter = needs.interpreter("3.6")`` gives the thing or skips the test; `tests/conftest.py` counts the skips in the
summary and, with ``CI=true``, turns them into failures.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

_HOME = Path.home()
"""As it was before any test set another."""

__all__ = [
    "find_interpreter",
    "forbidden",
    "interpreter",
    "missing",
    "module",
    "pip_folder",
    "program",
    "test_cache",
    "wheel_file",
]


def missing(what: str) -> NoReturn:
    """Skip the running test, because this machine lacks something."""
    pytest.skip(f"needs {what}")


def forbidden(what: str) -> NoReturn:
    """Skip the running test, because the system does not let us do something, which no installing can change."""
    pytest.skip(f"only on systems that let this account {what}")


def interpreter(version: str) -> Path:
    """Give a CPython of that version: ``3.6``, or ``3.6.15`` for no other."""
    return find_interpreter(version) or missing(f"CPython {version} (on PATH or in pyenv)")


def program(name: str) -> Path:
    """Give a program on PATH."""
    found = shutil.which(name)
    return Path(found) if found else missing(f"the program {name}")


def module(name: str) -> ModuleType:
    """Import a module that is not among our dependencies."""
    try:
        return importlib.import_module(name)
    except ImportError:
        missing(f"the module {name}")


def pip_folder(version: str) -> Path:
    """Give a folder with the package ``pip`` of that version in it, unpacked from its wheel; fetched once."""
    folder = test_cache() / f"pip-{version}"
    if not folder.is_dir():
        try:
            _fetch_pip(version, folder)
        except subprocess.CalledProcessError:
            missing(f"pip {version} (no wheel of it in {test_cache()}, and it could not be fetched)")
    return folder


def wheels(*requirements: str, python: str) -> list[Path]:
    """Give the wheels of these requirements and of all that they need on a Python (``3.6``); fetched once.

    :param requirements: Pinned, so that the answer is the same another day; what they need may move.
    """
    name = hashlib.sha256(" ".join((python, *sorted(requirements))).encode()).hexdigest()[:16]
    folder = test_cache() / f"wheels-{name}"
    if not folder.is_dir():
        try:
            _fetch_wheels(requirements, python, folder)
        except subprocess.CalledProcessError:
            missing(f"wheels of {', '.join(requirements)} (none in {test_cache()}, and they could not be fetched)")
    return sorted(folder.glob("*.whl"))


def test_cache() -> Path:
    """Give the folder that is kept from one test run to the next: $PIPFREEZE_LOCK_TEST_CACHE, or one of the user's."""
    chosen = os.environ.get("PIPFREEZE_LOCK_TEST_CACHE")
    folder = Path(chosen) if chosen else _HOME / ".cache" / "pipfreeze-lock-tests"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


test_cache.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test where it is imported


def wheel_file(name: str, version: str) -> Path:
    """Give the wheel of a real release, fetched once into `test_cache`."""
    wheels = test_cache() / "wheels"
    wheels.mkdir(exist_ok=True)
    found = next(wheels.glob(f"{name}-{version}-*.whl"), None)
    if found is None:
        try:
            _download(f"{name}=={version}", wheels)
        except subprocess.CalledProcessError:
            missing(f"{name} {version} (no wheel of it in {test_cache()}, and it could not be fetched)")
        found = next(wheels.glob(f"{name}-{version}-*.whl"))
    return found


@functools.cache
def find_interpreter(version: str) -> Path | None:
    """Look for a CPython in pyenv's versions, then on PATH."""
    minor = ".".join(version.split(".")[:2])
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    candidates = sorted(versions.glob(f"{version}/bin/python")) + sorted(versions.glob(f"{version}.*/bin/python"))
    on_path = shutil.which(f"python{minor}")
    if on_path:
        candidates.append(Path(on_path))
    candidates.append(Path(sys.executable))
    return next((one for one in candidates if _is_cpython(one, version)), None)


def _is_cpython(candidate: Path, version: str) -> bool:
    """Ask it, since a shim on PATH may stand for nothing."""
    code = "import platform; print(platform.python_implementation() + ' ' + platform.python_version())"
    asked = subprocess.run([candidate, "-c", code], capture_output=True, text=True, check=False)
    words = asked.stdout.split()
    return asked.returncode == 0 and words[0] == "CPython" and f"{words[1]}.".startswith(f"{version}.")


def _download(requirement: str, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--ignore-requires-python"]
    subprocess.run([*command, "--dest", folder, requirement], check=True, capture_output=True)


def _fetch_wheels(requirements: Sequence[str], python: str, folder: Path) -> None:
    unfinished = folder.with_name(f"{folder.name}.{os.getpid()}")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary", ":all:", "--python-version", python]
    try:
        subprocess.run([*command, "--dest", unfinished, *requirements], check=True, capture_output=True)
        unfinished.rename(folder)
    except OSError:  # another process of this test run was quicker
        pass
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _fetch_pip(version: str, folder: Path) -> None:
    wheels = test_cache() / "wheels"
    wheels.mkdir(exist_ok=True)
    if not list(wheels.glob(f"pip-{version}-*.whl")):
        _download(f"pip=={version}", wheels)
    unpacked = folder.with_name(f"{folder.name}.{os.getpid()}")
    shutil.unpack_archive(next(wheels.glob(f"pip-{version}-*.whl")), unpacked, "zip")
    try:
        unpacked.rename(folder)
    except OSError:  # another process of this test run was quicker
        shutil.rmtree(unpacked)
