"""Real pips of any version on real interpreters of any version, the judges of what we promise.

A pip runs straight out of its unpacked wheel: nothing is installed, no venv made. One process for each pair of
interpreter and pip imports it once and forks for each run, which takes some 50 ms then.

The environment of a run is empty but for what pip needs: no configuration of this machine's pip has a say.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

from support import needs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["PipRun", "RealPip", "RealPips", "run_pip"]


@dataclass(frozen=True, slots=True)
class PipRun:
    """How a run ended."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        """All it said."""
        return self.stdout + self.stderr


class RealPip:
    """One pip on one interpreter.

    :param interpreter: Of the version that is asked; nothing is installed into it.
    :param version: Of pip; its wheel is fetched once into `needs.test_cache`.
    :param base: What counts as installed, name to version: nothing else does, beside this pip. Without it, what the
        interpreter has is installed; ``pip download`` ignores that anyway.
    :param base_metadata: METADATA of some of them, by name, where it says more than name and version.
    :param glibc: The glibc that it is told to be on: ``2.24``.
    :param machine: The machine that it is told to be on: ``aarch64``.
    :param folder: Where this pip is installed, beside what counts as installed and may change from run to run: the
        site-packages of a venv whose interpreter is given. Without it, it runs out of its wheel.
    """

    def __init__(
        self,
        interpreter: Path,
        version: str,
        *,
        base: Mapping[str, str] | None = None,
        base_metadata: Mapping[str, str] | None = None,
        glibc: str | None = None,
        machine: str | None = None,
        folder: Path | None = None,
    ) -> None:
        self.version = version
        self.interpreter = interpreter
        self._scratch = tempfile.TemporaryDirectory(prefix="real-pip-")
        self._folder = Path(self._scratch.name)
        pip_folder = folder or needs.pip_folder(version)
        if base is not None and Version(version) < _DRY_RUN:
            # `install` may move pip itself, and the folder of the cache is everybody's.
            pip_folder = shutil.copytree(pip_folder, self._folder / "pip")
        settings = {
            "folder": str(pip_folder),
            "base": None if base is None else str(self._base_folder(base, base_metadata or {})),
            "glibc": glibc,
            "machine": machine,
            "renews": folder is not None,
        }
        options = [] if base is None else ["-S"]  # -S: the interpreter's own site-packages stay out of sys.path
        launcher = Path(__file__).with_name("pip_launcher.py")
        self._process = subprocess.Popen(
            [interpreter, *options, launcher, json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(self._folder),
            start_new_session=True,
        )

    def run(self, *arguments: object, cwd: Path | None = None, timeout: float = 300.0) -> PipRun:
        """Run it: ``run("download", "-r", "requirements.txt")``.

        :raises TimeoutError: after so many seconds; it is ended then and cannot be asked again.
        """
        stdout, stderr = self._folder / "stdout", self._folder / "stderr"
        request = {
            "arguments": [str(argument) for argument in arguments],
            "cwd": str(cwd or self._folder),
            "stdout": str(stdout),
            "stderr": str(stderr),
        }
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], timeout)[0]:
            self.close()
            msg = f"pip {self.version} took longer than {timeout} s"
            raise TimeoutError(msg)
        code = int(self._process.stdout.readline())
        return PipRun(code, stdout.read_text(errors="replace"), stderr.read_text(errors="replace"))

    def download(self, *arguments: object, folder: Path, cwd: Path | None = None) -> tuple[PipRun, list[str]]:
        """Run ``pip download`` into a folder, and give the names of the files that it chose."""
        folder.mkdir(parents=True, exist_ok=True)
        ran = self.run("download", *_QUIET, "--dest", folder, *arguments, cwd=cwd)
        return ran, sorted(path.name for path in folder.iterdir())

    def would_install(self, *arguments: object, cwd: Path | None = None) -> tuple[PipRun, list[str]]:
        """Run ``pip install --dry-run --report`` (pip >= 22.2), and give the names of the files that it chose."""
        report = self._folder / "report.json"
        report.unlink(missing_ok=True)
        ran = self.run("install", *_QUIET, "--dry-run", "--report", report, *arguments, cwd=cwd)
        if not report.exists():
            return ran, []
        installs = json.loads(report.read_text())["install"]
        return ran, sorted(one["download_info"]["url"].rpartition("/")[2].replace("%2B", "+") for one in installs)

    def install(self, *arguments: object, cwd: Path | None = None) -> tuple[PipRun, list[str]]:
        """Run ``pip install`` into a prefix of its own, and give what it put there: ``a==1.0``.

        For pips below 22.2. What of the base set would be removed for another version stays, since nothing records its
        files: so the next run finds the same.
        """
        prefix = self._folder / "prefix"
        shutil.rmtree(prefix, ignore_errors=True)
        ran = self.run("install", *_QUIET, "--no-compile", "--prefix", prefix, *arguments, cwd=cwd)
        found = [path.name.removesuffix(".dist-info").split("-") for path in prefix.glob("lib/*/*/*.dist-info")]
        return ran, sorted(f"{canonicalize_name(name)}=={version}" for name, version in found)

    def close(self) -> None:
        """End its process."""
        if self._process.poll() is None:
            self._process.kill()
        with self._process:  # closes the pipes and waits
            pass
        self._scratch.cleanup()

    def _base_folder(self, base: Mapping[str, str], metadata: Mapping[str, str]) -> Path:
        folder = self._folder / "base"
        for name, version in base.items():
            information = folder / f"{name.replace('-', '_')}-{version}.dist-info"
            information.mkdir(parents=True)
            text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            information.joinpath("METADATA").write_text(metadata.get(name, text))
            information.joinpath("INSTALLER").write_text("pip\n")
            information.joinpath("RECORD").write_text("")
        folder.mkdir(exist_ok=True)
        return folder


_DRY_RUN = Version("22.2")
_QUIET = ("--disable-pip-version-check", "--no-cache-dir", "--no-input")


def _environment(home: Path) -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("PATH", "PIP_CERT", "SSL_CERT_FILE", "SYSTEMROOT") if key in os.environ}
    return kept | {
        "HOME": str(home),
        "TMPDIR": str(home),
        "PIP_CONFIG_FILE": os.devnull,
        "PYTHONIOENCODING": "utf-8",
        "LC_ALL": "C.UTF-8",
    }


class RealPips:
    """All that were asked for in a test session, each started once; skips the test where one is not to be had."""

    def __init__(self) -> None:
        self._started: dict[tuple[object, ...], RealPip] = {}

    def __call__(
        self,
        python: str,
        pip: str,
        *,
        base: Mapping[str, str] | None = None,
        base_metadata: Mapping[str, str] | None = None,
        glibc: str | None = None,
        machine: str | None = None,
    ) -> RealPip:
        """Give pip ``19.1.1`` on Python ``3.6``; see `RealPip`."""
        there = None if base is None else (*sorted(base.items()), *sorted((base_metadata or {}).items()))
        key = (python, pip, there, glibc, machine)
        if key not in self._started:
            interpreter = needs.interpreter(python)
            self._started[key] = RealPip(
                interpreter, pip, base=base, base_metadata=base_metadata, glibc=glibc, machine=machine
            )
        return self._started[key]

    def close(self) -> None:
        """End them all."""
        for one in self._started.values():
            one.close()
        self._started.clear()


def run_pip(interpreter: Path, pip_version: str, arguments: Sequence[object], *, cwd: Path | None = None) -> PipRun:
    """Run a pip once. `RealPips` is quicker for more."""
    pip = RealPip(interpreter, pip_version)
    try:
        return pip.run(*arguments, cwd=cwd)
    finally:
        pip.close()
