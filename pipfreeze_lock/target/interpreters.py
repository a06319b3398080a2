"""Pythons on this machine, to build the metadata of an sdist under the target's version."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipfreeze_lock.model.target import Implementation

__all__ = ["Interpreter", "find_interpreter"]

_SECONDS_TO_ANSWER = 10
_QUESTION = (
    "import json, platform;"
    "print(json.dumps({'version': platform.python_version(), 'name': platform.python_implementation().lower()}))"
)
_PROGRAMS: dict[Implementation, tuple[str, ...]] = {
    "cpython": ("python{series}", "python{major}", "python"),
    "pypy": ("pypy{series}", "pypy{major}", "pypy"),
}
_SYSTEM_FOLDERS = ("/usr/local/bin", "/usr/bin", "/opt/homebrew/bin")
_VERSION_IN_NAME = re.compile(r"(?<![\d.])(?:cp)?(\d)\.?(\d{1,2})(?!\d)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Interpreter:
    """A Python that answered."""

    path: str
    version: str
    """Full: ``3.6.15``."""
    implementation: str
    """In lower case: ``cpython``."""


def find_interpreter(
    version: str,
    implementation: Implementation = "cpython",
    *,
    environment: Mapping[str, str],
    cache: Path | None = None,
) -> Interpreter | None:
    """Find a Python of a version: exactly it, else the nearest patch of its minor version.

    Looked for on PATH, in pyenv's and uv's folders, in ``/opt/python`` and the system's folders, in that order; the
    running Python counts too.

    :param version: Full: ``3.6.8``.
    :param environment: PATH, HOME, PYENV_ROOT, UV_PYTHON_INSTALL_DIR and XDG_DATA_HOME are read.
    :param cache: A file that keeps what each program answered, by path and time of change.
    """
    series = ".".join(version.split(".")[:2])
    answers = _Answers(cache)
    nearest: Interpreter | None = None
    for path in _candidates(series, implementation, environment):
        found = answers.of(path, isolated=not series.startswith("2."))
        if found is None or found.implementation != implementation or not found.version.startswith(f"{series}."):
            continue
        if found.version == version:
            nearest = found
            break
        if nearest is None or _distance(found.version, version) < _distance(nearest.version, version):
            nearest = found
    answers.save()
    return nearest


def _distance(version: str, wanted: str) -> int:
    return abs(_patch(version) - _patch(wanted))


def _patch(version: str) -> int:
    match = re.match(r"\d+\.\d+\.(\d+)", version)
    return int(match[1]) if match else 0


def _candidates(series: str, implementation: Implementation, environment: Mapping[str, str]) -> Iterator[str]:
    """Give the programs that may be such a Python, each once."""
    seen: set[str] = set()
    for path in _paths(series, implementation, environment):
        if path not in seen and os.access(path, os.X_OK) and Path(path).is_file():
            seen.add(path)
            yield path


def _paths(series: str, implementation: Implementation, environment: Mapping[str, str]) -> Iterator[str]:
    suffix = ".exe" if os.name == "nt" else ""
    names = [name.format(series=series, major=series[0]) + suffix for name in _PROGRAMS[implementation]]
    on_path = [folder for folder in environment.get("PATH", "").split(os.pathsep) if folder]
    for name in names:
        yield from (str(Path(folder) / name) for folder in on_path)
    for root in _version_folders(environment):
        for folder in _folders_of(series, root):
            places = (folder / "bin", folder) if os.name != "nt" else (folder,)
            yield from (str(place / name) for place in places for name in names)
    yield from (str(Path(folder) / names[0]) for folder in _SYSTEM_FOLDERS)
    if f"{sys.version_info[0]}.{sys.version_info[1]}" == series:
        yield sys.executable


def _version_folders(environment: Mapping[str, str]) -> Iterator[Path]:
    """Folders that hold a folder for each Python."""
    home = environment.get("HOME") or environment.get("USERPROFILE")
    if pyenv := environment.get("PYENV_ROOT"):
        yield Path(pyenv) / "versions"
    elif home:
        yield Path(home) / ".pyenv" / "versions"
    if uv := environment.get("UV_PYTHON_INSTALL_DIR"):
        yield Path(uv)
    elif data := environment.get("XDG_DATA_HOME"):
        yield Path(data) / "uv" / "python"
    elif home:
        yield Path(home) / ".local" / "share" / "uv" / "python"
    if roaming := environment.get("APPDATA"):
        yield Path(roaming) / "uv" / "python"
    yield Path("/opt/python")  # the manylinux images


def _folders_of(series: str, root: Path) -> list[Path]:
    """The folders named after this version (``3.6.15``, ``cpython-3.6.15-linux-…``, ``cp36-cp36m``) or after none."""
    try:
        folders = sorted(root.iterdir(), reverse=True)
    except OSError:  # most machines have few of these places
        return []
    found = []
    for folder in folders:
        match = _VERSION_IN_NAME.search(folder.name)
        if match is None or f"{match[1]}.{match[2]}" == series:
            found.append(folder)
    return found


class _Answers:
    """What programs answered, remembered from run to run where there is a file for it."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._known: dict[str, dict[str, str] | None] = _read(file) if file else {}
        self._changed = False

    def of(self, path: str, *, isolated: bool) -> Interpreter | None:
        """Ask a program, or remember; None where it is no Python that answers."""
        try:
            changed_at = Path(path).stat().st_mtime_ns
        except OSError:  # gone since it was listed
            return None
        key = f"{path}:{changed_at}:{'I' if isolated else 'E'}"
        if key not in self._known:
            found = _asked(path, isolated=isolated)
            self._known[key] = asdict(found) if found else None
            self._changed = True
        answer = self._known[key]
        return Interpreter(**answer) if answer else None

    def save(self) -> None:
        """Write the answers down; that they cannot be written costs the next run the asking, no more."""
        if self._file is None or not self._changed:
            return
        unfinished = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(json.dumps(self._known), encoding="utf-8")
            unfinished.replace(self._file)
        except OSError:
            with contextlib.suppress(OSError):
                unfinished.unlink()


def _read(file: Path) -> dict[str, dict[str, str] | None]:
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none yet, or not ours: ask again
        return {}
    return known if isinstance(known, dict) else {}


def _asked(path: str, *, isolated: bool) -> Interpreter | None:
    """Run a program once. ``-I`` came with 3.4; below it, ``-E -s`` shuts out the user's settings as well."""
    options = ["-I"] if isolated else ["-E", "-s"]
    try:
        process = subprocess.run(  # noqa: S603  a program named python, with a fixed text
            [path, *options, "-c", _QUESTION],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS_TO_ANSWER,
            check=True,
        )
        answer = json.loads(process.stdout)
        return Interpreter(path=path, version=answer["version"], implementation=answer["name"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):  # a shim without a version, say
        return None
