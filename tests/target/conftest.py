"""Real interpreters and real pips for the tests of `pipfreeze_lock.target`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

TAG_PIPS = [
    "8.0.3",
    "8.1.2",
    "9.0.3",
    "18.1",
    "19.1.1",
    "19.2.2",
    "19.2.3",
    "19.3.1",
    "20.0.1",
    "20.0.2",
    "20.1.1",
    "20.2.4",
    "20.3.1",
    "20.3.4",
    "21.0",
    "21.0.1",
    "21.1.3",
    "21.2.4",
    "24.0",
    "24.1",
    "26.0",
    "26.1",
    "26.3",
]
"""The last before and the first after every step of `tag_steps`, or near them."""


@pytest.fixture(scope="session")
def test_cache() -> Path:
    configured = os.environ.get("PIPFREEZE_LOCK_TEST_CACHE")
    folder = Path(configured) if configured else Path.home() / ".cache" / "pipfreeze-lock-tests"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def unpacked_pips(test_cache) -> dict[str, Path]:
    """Version to folder of an unpacked wheel of pip, from the cache or the index; what cannot be had is left out.

    Unpacked, since importing from a zip file cannot keep bytecode: that takes most of the time of these tests.
    """
    folders = {}
    for version in TAG_PIPS:
        wheel = cached_wheel(test_cache, version) or download_pip(test_cache, version)
        if wheel:
            folders[version] = unpack(wheel, test_cache / "unpacked" / f"pip-{version}")
        elif not folders:
            break  # the first was not to be had: there is no index, and no use in waiting for it again
    return folders


def unpack(wheel: Path, folder: Path) -> Path:
    if not folder.exists():
        unfinished = folder.with_name(f"{folder.name}.{os.getpid()}")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(unfinished)
        try:
            unfinished.rename(folder)
        except OSError:  # another run was first
            shutil.rmtree(unfinished)
    return folder


def cached_wheel(folder: Path, version: str) -> Path | None:
    return next(iter(folder.glob(f"pip-{version}-*.whl")), None)


def download_pip(folder: Path, version: str) -> Path | None:
    options = ["--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--retries=0", "--quiet"]
    command = [sys.executable, "-m", "pip", "download", *options, f"--dest={folder}", f"pip=={version}"]
    subprocess.run(command, capture_output=True, check=False)
    return cached_wheel(folder, version)


@pytest.fixture(scope="session")
def interpreters() -> dict[str, str]:
    """``3.6`` to the path of a CPython of it."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = {}
    for folder in sorted(root.glob("[23].*")):
        executable = folder / "bin" / "python"
        if executable.exists():
            found[".".join(folder.name.split(".")[:2])] = str(executable)
    found.setdefault(f"{sys.version_info[0]}.{sys.version_info[1]}", sys.executable)
    return found
