"""The two answers to one set: the real pip's and ours, each as the files by their SHA-256."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version
from support import needs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fidelity.real_sets.reading import Asked

__all__ = ["Answer", "full_version", "our_answer", "their_answer"]

_LIMIT = 1500.0
"""Seconds for one run of pip: it may compile, and step back through a hundred versions."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was chosen."""

    files: dict[str, dict[str, str]] | None
    """Project to the SHA-256 and the name of its files; None where the question was refused."""
    said: str = ""
    is_broken: bool = False
    """Whether it is no answer at all: our exit code was neither 0 nor that of "no resolution"."""


def their_answer(asked: Asked, requirements: Path, index: str | None) -> Answer:
    """Ask the real pip: what it would install where it has ``--report``, else what it downloads."""
    with tempfile.TemporaryDirectory(prefix="real-set-") as scratch:
        folder = Path(scratch)
        options = ["--disable-pip-version-check", "--no-input", "--cache-dir", str(_cache("pip"))]
        options += ["-r", str(requirements), *(["--index-url", index] if index else [])]
        report = folder / "report.json"
        if Version(asked.pip) >= Version("22.2"):
            command = ["install", "--dry-run", "--ignore-installed", "--quiet", "--report", str(report)]
        else:
            command = ["download", "--dest", str(folder / "files")]
        code, said = _run_pip(asked, [*command, *options], folder)
        if code:
            return Answer(None, said)
        return Answer(_by_project(_reported(report) if report.exists() else _downloaded(folder / "files")), said)


def our_answer(asked: Asked, requirements: Path, as_of: str | None) -> Answer:
    """Lock it with our command line, for the same interpreter and pip."""
    with tempfile.TemporaryDirectory(prefix="real-set-") as scratch:
        lock = Path(scratch, "requirements.lock")
        command = [sys.executable, "-m", "pipfreeze_lock", "lock", str(requirements), "-o", str(lock), "--no-base"]
        command += ["--python-version", full_version(asked.python), "--pip-version", asked.pip]
        command += ["--platform", "linux/amd64", "--libc", _libc(), "--cache-dir", str(_cache("ours"))]
        command += ["--exclude-newer", as_of] if as_of else []
        code, said = _run(command, _environment(scratch), Path(scratch))
        return Answer(_pins(lock.read_text()) if code == 0 else None, said, is_broken=code not in (0, 4))


@functools.cache
def full_version(python: str) -> str:
    """Ask the interpreter: ``3.6.15``."""
    code = "import platform; print(platform.python_version())"
    return subprocess.run([_interpreter(python), "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def _interpreter(python: str) -> Path:
    found = needs.find_interpreter(python)
    if found is None:
        msg = f"there is no CPython {python} on PATH or in pyenv"
        raise SystemExit(msg)
    return found


def _libc() -> str:
    return os.confstr("CS_GNU_LIBC_VERSION").replace(" ", "-")  # type: ignore[union-attr]


def _cache(which: str) -> Path:
    return needs.test_cache() / "real-sets" / which


def _run_pip(asked: Asked, arguments: Sequence[str], folder: Path) -> tuple[int, str]:
    # `python FOLDER/pip` is how pip runs itself in isolated builds.
    command = [str(_interpreter(asked.python)), str(needs.pip_folder(asked.pip) / "pip"), *arguments]
    return _run(command, _environment(str(folder)), folder)


def _run(command: Sequence[str], environment: dict[str, str], folder: Path) -> tuple[int, str]:
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        said = process.communicate(timeout=_LIMIT)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return 124, process.communicate()[0] + f"\nended after {_LIMIT:.0f} s"
    return process.returncode, said


def _environment(home: str) -> dict[str, str]:
    """Give what both need, and nothing of this machine's configuration."""
    kept = {key: os.environ[key] for key in ("PATH", "PIP_CERT", "SSL_CERT_FILE") if key in os.environ}
    pyenv = os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv"))
    return kept | {
        "HOME": home,
        "PYENV_ROOT": pyenv,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DEFAULT_TIMEOUT": "60",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "500",
        "NO_COLOR": "1",
        "PIPFREEZE_LOCK_TRACEBACK": "1",
    }


def _reported(report: Path) -> dict[str, str]:
    """Give file names by SHA-256 out of ``pip install --report``."""
    found = {}
    for one in json.loads(report.read_text())["install"]:
        information = one["download_info"]
        archive = information["archive_info"]
        digest = archive.get("hashes", {}).get("sha256") or archive["hash"].removeprefix("sha256=")
        found[digest] = information["url"].rpartition("/")[2].replace("%2B", "+")
    return found


def _downloaded(folder: Path) -> dict[str, str]:
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path.name for path in folder.iterdir()}


def _by_project(names: dict[str, str]) -> dict[str, dict[str, str]]:
    projects: dict[str, dict[str, str]] = {}
    for digest, name in names.items():
        parse = parse_wheel_filename if name.endswith(".whl") else parse_sdist_filename
        projects.setdefault(parse(name)[0], {})[digest] = name
    return projects


def _pins(text: str) -> dict[str, dict[str, str]]:
    """Read a lock with other eyes than the package's; a file is called ``NAME==VERSION``, since no name stands there."""
    projects: dict[str, dict[str, str]] = {}
    name = pin = ""
    for line in text.splitlines():
        if found := re.match(r"([\w.-]+)(?:\[[^]]*\])?(==[^\s;]+)", line):
            name, pin = canonicalize_name(found[1]), canonicalize_name(found[1]) + found[2]
            projects[name] = {}
        elif digest := re.match(r"\s+--hash=sha256:(\w+)", line):
            projects[name][digest[1]] = pin
    return projects
