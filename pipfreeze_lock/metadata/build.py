"""The last resort: an sdist's metadata by building it, in an environment of its own under the target's Python."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import os
import re
import subprocess
import tarfile
import tempfile
import threading
import zipfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidSdistFilename, canonicalize_name, parse_sdist_filename

from pipfreeze_lock.errors import BuildError, MetadataError
from pipfreeze_lock.metadata.child_programs import index_variables, run_to_end
from pipfreeze_lock.metadata.core_metadata import read_fields, to_core_metadata
from pipfreeze_lock.metadata.requires_txt import parse_requires_txt
from pipfreeze_lock.metadata.sdist import build_is_isolated, setuptools_in_build
from pipfreeze_lock.metadata.wheel import wheel_metadata
from pipfreeze_lock.target.pip_capabilities import capabilities

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipfreeze_lock.metadata.interface import BuildInterpreter
    from pipfreeze_lock.metadata.pyproject import BuildSystem
    from pipfreeze_lock.model.core_metadata import CoreMetadata
    from pipfreeze_lock.model.requirement import IndexOptions
    from pipfreeze_lock.model.target import Target

__all__ = ["Builder"]

_TIME_LIMIT = 600.0
"""Seconds for one command of a build."""
_SHOWN_LINES = 15
_ADVICE = (
    "[notice]",
    "WARNING: You are using pip",
    "You are using pip",
    "You should consider upgrading",
    "hint:",
    "note:",
)
"""What pip says below a failure that has nothing to do with it."""
_DRIVER = Path(__file__).with_name("build_driver.py")
_CLEANED = (
    *("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONWARNINGS", "PYTHONUSERBASE", "PYTHONDONTWRITEBYTECODE"),
    *("VIRTUAL_ENV", "CONDA_PREFIX", "__PYVENV_LAUNCHER__", "SETUPTOOLS_USE_DISTUTILS", "DISTUTILS_USE_SDK"),
)
_KEPT_OF_PIP = frozenset({"PIP_CERT", "PIP_CLIENT_CERT", "PIP_PROXY", "PIP_DEFAULT_TIMEOUT", "PIP_RETRIES"})
"""How an index is reached is this machine's to say; what is taken from it is not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Environment:
    """A place with an interpreter and build requirements."""

    python: Path
    variables: Mapping[str, str]


class Builder:
    """Builds metadata. One build at a time: builds are rare, heavy, and compilers use all processors anyway.

    :param environment: What commands of a build find in their environment; what would change their result is taken
        out. None: a search path and nothing else.
    :param time_limit: Seconds for each command.
    """

    def __init__(
        self,
        *,
        target: Target,
        index_options: IndexOptions,
        environment: Mapping[str, str] | None = None,
        time_limit: float = _TIME_LIMIT,
    ) -> None:
        self._target = target
        self._known = capabilities(target.pip, python_major=target.python_release[0])
        self._index_options = index_options
        self._variables = _clean(environment or {"PATH": os.defpath})
        self._time_limit = time_limit
        self._lock = threading.Lock()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._environments: dict[tuple[str, tuple[str, ...]], _Environment] = {}

    def close(self) -> None:
        """Remove the build environments."""
        with self._lock:
            if self._folder is not None:
                self._folder.cleanup()
            self._folder = None
            self._environments.clear()

    def build(
        self, data: bytes | memoryview, filename: str, system: BuildSystem, interpreter: BuildInterpreter
    ) -> CoreMetadata:
        """Build the metadata of an sdist.

        :param data: The sdist.
        :raises BuildError: with the last lines that the failing command said.
        """
        with self._begun(data, filename, system, interpreter) as build:
            return build.metadata()

    def requirements(
        self,
        data: bytes | memoryview,
        filename: str,
        system: BuildSystem,
        interpreter: BuildInterpreter,
        *,
        by_script: bool,
    ) -> list[str]:
        """Hear what an sdist's build asks for beyond what the sdist declares.

        :param by_script: Of its setup script, and not of its backend.
        :raises BuildError: as `build` does.
        """
        with self._begun(data, filename, system, interpreter) as build:
            return build.further_requirements(by_script=by_script)

    @contextmanager
    def _begun(
        self, data: bytes | memoryview, filename: str, system: BuildSystem, interpreter: BuildInterpreter
    ) -> Iterator[_Build]:
        with (
            self._lock,
            tempfile.TemporaryDirectory(prefix="pipfreeze-lock-build-", ignore_cleanup_errors=True) as name,
        ):
            work = Path(name)
            source = _unpack(data, filename, work / "source")
            yield _Build(self, filename, system, interpreter, work, source)

    def environment(self, interpreter: BuildInterpreter, requires: Sequence[str], filename: str) -> _Environment:
        """Make, or find again, an environment with these build requirements."""
        key = (interpreter.path, tuple(sorted(requires)))
        found = self._environments.get(key)
        if found is None:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="pipfreeze-lock-env-", ignore_cleanup_errors=True)
            place = Path(self._folder.name) / hashlib.sha256(repr(key).encode()).hexdigest()[:16]
            found = self._environments[key] = self._make(interpreter, requires, place, filename)
        return found

    def _make(self, interpreter: BuildInterpreter, requires: Sequence[str], place: Path, filename: str) -> _Environment:
        is_old = interpreter.version.startswith("2.")
        if is_old:
            # Python 2 has no venv: a folder on its path has to do.
            place.mkdir()
            python = Path(interpreter.path)
            variables = {**self._variables, "PYTHONPATH": str(place), "PYTHONNOUSERSITE": "1"}
            where = ["--target", str(place)]
        else:
            self.run([interpreter.path, "-m", "venv", "--without-pip", str(place)], self._variables, None, filename)
            python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
            folder = str(python.parent)
            variables = {**self._variables, "PATH": os.pathsep.join([folder, self._variables.get("PATH", "")])}
            where = ["--ignore-installed"]
        if requires:
            command = [str(python), str(self._pip(interpreter)), "install", *where, "--no-input", *requires]
            self.run(command, {**self._variables, **self._index_variables()}, place, filename)
        return _Environment(python=python, variables={**variables, **self._index_variables()})

    def _pip(self, interpreter: BuildInterpreter) -> Path:
        """Give a pip that this interpreter can run: the one it brings along, or ours."""
        found = subprocess.run(  # noqa: S603  the interpreter was given to us
            [interpreter.path, "-c", "import ensurepip,os;print(os.path.dirname(ensurepip.__file__))"],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env=dict(self._variables),
        )
        bundled = sorted(Path(found.stdout.strip() or "/nowhere").joinpath("_bundled").glob("pip-*.whl"))
        if bundled:
            return bundled[-1] / "pip"
        own = importlib.util.find_spec("pip")
        if own is None or own.origin is None:
            msg = f"no pip can be found for `{interpreter.path}`"
            raise BuildError(msg, hints=["Install the interpreter with `ensurepip`."])
        return Path(own.origin).parent

    def _index_variables(self) -> dict[str, str]:
        own = {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        return own | index_variables(self._index_options)

    def run(self, command: Sequence[str], variables: Mapping[str, str], folder: Path | None, filename: str) -> None:
        """Run one command of a build.

        :raises BuildError: when it fails or takes too long.
        """
        try:
            returncode, output = run_to_end(command, variables=variables, folder=folder, time_limit=self._time_limit)
        except OSError as error:
            msg = f"`{command[0]}` cannot be run to build `{filename}`: {error.strerror}"
            raise BuildError(msg, hints=["Check that this interpreter works."]) from error
        except subprocess.TimeoutExpired as error:
            msg = f"building the metadata of `{filename}` took more than {self._time_limit:g} seconds"
            raise BuildError(msg, hints=self.hints(filename)) from error
        if returncode != 0:
            msg = f"the metadata of `{filename}` cannot be built"
            raise BuildError(msg, context=last_lines(output.decode("utf-8", "replace")), hints=self.hints(filename))

    def hints(self, filename: str) -> list[str]:
        """Say what the target's pip would make of a build that fails, and how to see all that it says."""
        pip, python = self._target.pip, self._target.python_version
        passes_over = self._known.failing_build == "next file"
        then = "takes another release where it fails" if passes_over else "stops where it fails"
        found = [
            f"pip {pip} has to build it in the image, too, and {then}: check that it can there.",
            "Constrain the package with `-c` to a release that has a wheel.",
        ]
        try:
            name, version = parse_sdist_filename(filename)
        except InvalidSdistFilename:
            return found
        command = f"python{python} -m pip wheel --no-deps --no-binary {name} {name}=={version}"
        return [*found, f"To see all that it says: `{command}`."]

    def legacy_requires(self, system: BuildSystem) -> list[str]:
        """Give what a build finds around it before anything asks for more."""
        installed = {str(distribution.name): distribution.version for distribution in self._target.base}
        if build_is_isolated(system, self._target):
            declared = list(system.requires)
            if self._known.build_backends or "setuptools" in _by_name(declared):
                return declared
            # Before pip 19.0 the image's own distributions could be seen from within.
            return [*declared, f"setuptools=={installed['setuptools']}" if "setuptools" in installed else "setuptools"]
        setuptools = setuptools_in_build(system, self._target)
        found = [f"setuptools=={setuptools}" if setuptools != "999" else "setuptools"]
        if "wheel" in installed:
            return [*found, f"wheel=={installed['wheel']}"]
        # An image without wheel can run egg_info, which needs none; the hooks of setuptools do.
        return found if self.runs_script(system) else [*found, "wheel"]

    def runs_script(self, system: BuildSystem) -> bool:
        """Whether it must be ``setup.py egg_info``: a pip or a setuptools (before 40.8) without hooks, or Python 2."""
        if not self._known.build_backends:
            return True
        if system.backend_path or not system.is_setuptools:
            return False
        version = setuptools_in_build(system, self._target)
        parts = [int(part) for part in version.split(".")[:2] if part.isdigit()]
        return parts < [40, 8] or self._target.python_release[0] == 2


class _Build:
    """One build of one sdist."""

    def __init__(
        self,
        builder: Builder,
        filename: str,
        system: BuildSystem,
        interpreter: BuildInterpreter,
        work: Path,
        source: Path,
    ) -> None:
        self._builder = builder
        self._filename = filename
        self._system = system
        self._interpreter = interpreter
        self._work = work
        self._source = source
        self._requires = builder.legacy_requires(system)
        self._runs_script = builder.runs_script(system) and (source / "setup.py").is_file()

    def metadata(self) -> CoreMetadata:
        # Before setuptools 42, easy_install would fetch `setup_requires`, from where it thinks fit.
        try:
            joined = _joined(self._requires, self.further_requirements(by_script=self._runs_script))
        except InvalidRequirement as error:
            first_line = str(error).splitlines()[0]
            msg = f"the build of `{self._filename}` asks for something that is no requirement: {first_line}"
            raise BuildError(msg, hints=self._builder.hints(self._filename)) from error
        environment = self._builder.environment(self._interpreter, joined, self._filename)
        if self._runs_script:
            self._ask(environment, "egg_info")
            return self._read_egg_info()
        return self._read(self._ask(environment, "metadata"))

    def further_requirements(self, *, by_script: bool) -> list[str]:
        environment = self._builder.environment(self._interpreter, self._requires, self._filename)
        answer = self._ask(environment, "setup_requires" if by_script else "requires")
        found: list[str] = answer.get("requires", [])
        return found

    def _ask(self, environment: _Environment, action: str) -> dict[str, Any]:
        request, answer = self._work / f"{action}.request.json", self._work / f"{action}.answer.json"
        output = self._work / "output"
        output.mkdir(exist_ok=True)
        request.write_text(
            json.dumps(
                {
                    "action": action,
                    "backend": self._system.backend,
                    "backend_path": list(self._system.backend_path),
                    "output": str(output),
                }
            )
        )
        command = [str(environment.python), str(_DRIVER), str(request), str(answer)]
        self._builder.run(command, environment.variables, self._source, self._filename)
        try:
            found: dict[str, Any] = json.loads(answer.read_text())
        except (OSError, ValueError) as error:
            msg = f"the build of `{self._filename}` ended without an answer"
            raise BuildError(msg, hints=self._builder.hints(self._filename)) from error
        return found

    def _read(self, answer: dict[str, Any]) -> CoreMetadata:
        output = self._work / "output"
        if "wheel" in answer:
            content = wheel_metadata((output / answer["wheel"]).read_bytes(), answer["wheel"])
        else:
            content = (output / answer["folder"] / "METADATA").read_bytes()
        return to_core_metadata(read_fields(content), tier="build", origin=self._filename)

    def _read_egg_info(self) -> CoreMetadata:
        folders = list((self._work / "output").glob("*.egg-info"))
        if len(folders) != 1:
            msg = f"`setup.py egg_info` of `{self._filename}` made {len(folders)} egg-info directories"
            raise BuildError(msg, hints=self._builder.hints(self._filename))
        fields = read_fields((folders[0] / "PKG-INFO").read_bytes())
        plain = to_core_metadata(fields, tier="build", origin=self._filename)
        requires = folders[0] / "requires.txt"
        if not requires.is_file():
            return plain
        found = parse_requires_txt(requires.read_text("utf-8"))
        import msgspec  # noqa: PLC0415  rare

        return msgspec.structs.replace(plain, requires_dist=found.requires_dist, provides_extra=found.provides_extra)


def last_lines(output: str) -> str:
    """Give the lines of a build's output that say why it failed: the last, without pip's advice, credentials hidden."""
    hidden = re.sub(r"://[^/\s@]+@", "://****@", output)
    lines = [line.rstrip() for line in hidden.splitlines() if line.strip()]
    useful = [line for line in lines if not line.lstrip().startswith(_ADVICE)]
    return "\n".join(useful[-_SHOWN_LINES:])


def _joined(requires: list[str], more: Sequence[str]) -> list[str]:
    """Add what a backend asks for; of a distribution that is named already, only what binds it more.

    Old pips refuse a distribution that is named twice on their command line.
    """
    by_name = _by_name(requires)
    for text in more:
        requirement = Requirement(text)
        name = str(canonicalize_name(requirement.name))
        if name not in by_name or (requirement.specifier and not Requirement(by_name[name]).specifier):
            by_name[name] = text
    return list(by_name.values())


def _by_name(requires: Sequence[str]) -> dict[str, str]:
    found = {}
    for text in requires:
        with suppress(InvalidRequirement):  # pip will say what is wrong with it
            found[str(canonicalize_name(Requirement(text).name))] = text
    return found


def _clean(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if name not in _CLEANED and (not name.startswith("PIP_") or name in _KEPT_OF_PIP)
    }


def _unpack(data: bytes | memoryview, filename: str, place: Path) -> Path:
    """Unpack to a folder; gives the one that holds the sources."""
    place.mkdir()
    try:
        if filename.lower().endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                archive.extractall(place)  # noqa: S202  zipfile lets nothing out of the folder
        else:
            # PEP 706's filter: nothing outside the folder, no devices, no set-uid.
            with tarfile.open(fileobj=io.BytesIO(data)) as archive:
                archive.extractall(place, filter="data")
    except (tarfile.TarError, zipfile.BadZipFile, OSError, EOFError) as error:
        msg = f"`{filename}` cannot be unpacked: {error}"
        raise MetadataError(msg, hints=["Exclude this release with `!=`; pip cannot unpack it either."]) from error
    entries = list(place.iterdir())
    return entries[0] if len(entries) == 1 and entries[0].is_dir() else place
