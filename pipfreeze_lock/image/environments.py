"""The Pythons of an image: which there are, which one would run, where each looks for distributions.

Nothing of the image is run: what an interpreter would work out at its start is worked out from the files
(`interpreters`, `search_path`), and what the image would start from its configuration (`started_program`).
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from pipfreeze_lock.errors import ImageError, UsageError
from pipfreeze_lock.image.interpreters import find_interpreter, interpreters_in, is_interpreter_name
from pipfreeze_lock.image.python_versions import full_version
from pipfreeze_lock.image.search_path import search_path
from pipfreeze_lock.image.started_program import started_programs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipfreeze_lock.image.interface import ImageConfig
    from pipfreeze_lock.image.layers import FileTree
    from pipfreeze_lock.image.started_program import StartedProgram

__all__ = ["Environment", "EnvironmentChoice", "choose_environment", "find_environments"]

_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Docker's, where an image has none."""
_SYSTEM_FOLDERS = frozenset({"/usr/bin", "/bin", "/usr/sbin", "/sbin"})
"""That a program lies there beside a Python says nothing of it."""
_VERSIONED = re.compile(r"(?:platform-)?(?:python|pypy)\d+\.\d+[a-z]?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """One Python, and where it finds what is installed for it."""

    executable: str
    """As a shell in the image would name it: ``/usr/local/bin/python``."""
    prefix: str
    """``sys.prefix``: ``/usr/local``, ``/opt/venv``."""
    implementation: Literal["cpython", "pypy"]
    python: str
    """Its version, in full where that can be told, else ``3.6``."""
    version_source: str
    """Where that is said."""
    search_path: tuple[str, ...]
    """The folders of ``sys.path`` that may hold distributions, in its order, each once, with links resolved."""
    is_virtual: bool = False
    """Whether it is a virtual environment."""
    reason: str = ""
    """Why it is the one that would run, or how it was found."""
    executables: tuple[str, ...] = ()
    """All paths by which it is called, `executable` first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentChoice:
    """The environment that is looked at, and why."""

    environment: Environment
    reason: str
    """``CMD runs `python3` ``."""
    others: tuple[Environment, ...]
    """Those that were not taken."""


def find_environments(tree: FileTree, config: ImageConfig) -> list[Environment]:
    """Give all Pythons of an image: first the one that the image would run, then those on PATH, then the rest."""
    finder = _Finder(tree, config)
    for executable, reason in finder.executables():
        finder.look_at(executable, reason)
    return finder.environments()


def choose_environment(
    environments: Sequence[Environment], wanted: str | None = None, *, subject: str
) -> EnvironmentChoice:
    """Take the environment that is asked for, else the one that the image would run.

    :param wanted: A prefix (``/opt/venv``), the path of an interpreter, or the folder in which that lies.
    :param subject: The image, as a person names it.
    :raises ImageError: where there is no Python at all.
    :raises UsageError: where the wanted one is none of them.
    """
    if not environments:
        message = "there is no Python in it"
        hints = [
            "It has no interpreter with its standard library, on PATH or elsewhere.",
            'An environment of this machine is read as `--environment "$PWD/.venv" rootfs:/`.',
        ]
        raise ImageError(message, context=subject, hints=hints)
    if wanted is None:
        return EnvironmentChoice(
            environment=environments[0], reason=environments[0].reason, others=tuple(environments[1:])
        )
    path = posixpath.normpath(posixpath.join("/", wanted))
    for one in environments:
        if path in (one.prefix, posixpath.dirname(one.executable)) or path in one.executables:
            others = tuple(other for other in environments if other is not one)
            return EnvironmentChoice(environment=one, reason="it was asked for", others=others)
    message = f"there is no Python environment `{wanted}` in it"
    prefixes = [one.prefix for one in environments]
    there = [
        f"`{one.prefix if prefixes.count(one.prefix) == 1 else one.executable}` (Python {one.python})"
        for one in environments
    ]
    raise UsageError(message, context=subject, hints=[f"There is {', '.join(there)}."])


class _Finder:
    """Looks through one tree."""

    def __init__(self, tree: FileTree, config: ImageConfig) -> None:
        self._tree = tree
        self._config = config
        path = config.environment.get("PATH") or _DEFAULT_PATH
        self._path = [self._absolute(one) for one in path.split(":")]
        self._found: dict[tuple[str, str], Environment] = {}
        self._names: dict[tuple[str, str], dict[str, None]] = {}
        self._keys: dict[str, tuple[str, str] | None] = {}

    def environments(self) -> list[Environment]:
        """Give those that were found, each once."""
        return [_named(one, tuple(self._names[key])) for key, one in self._found.items()]

    def executables(self) -> Iterator[tuple[str, str]]:
        """Give interpreters by their paths, with the reason for each, the likeliest first."""
        started = next(self._started(), None)
        if started is not None:
            yield started
        for executable in self._on_path():
            first = f"it is the first on the image's PATH{self._unclear()}"
            yield executable, "it is on the image's PATH" if self._found else first
        for executable in self._elsewhere():
            first = f"it is the first that was found{self._unclear()}"
            yield executable, "it lies there" if self._found else first

    def look_at(self, executable: str, reason: str) -> None:
        """Work out an environment, and note by which names it is called."""
        beside = interpreters_in(self._tree, posixpath.dirname(executable))
        for path in dict.fromkeys((executable, *beside)):
            if path not in self._keys:
                self._keys[path] = self._environment(path, reason if path == executable else "it lies there")
            key = self._keys[path]
            if key is not None:
                self._names[key][path] = None

    def _environment(self, executable: str, reason: str) -> tuple[str, str] | None:
        """Add what a path leads to, unless it is there already; give what tells it from others."""
        interpreter = find_interpreter(self._tree, executable, home=self._config.environment.get("PYTHONHOME"))
        prefix = self._tree.find(interpreter.prefix) if interpreter else None
        if interpreter is None or prefix is None:
            return None
        key = (prefix.path, interpreter.name)
        if key not in self._found:
            is_virtual = interpreter.virtual is not None
            version, source = full_version(self._tree, self._config, interpreter, executable)
            self._names[key] = {}
            self._found[key] = Environment(
                executable=executable,
                prefix=interpreter.prefix or "/",
                implementation=interpreter.implementation,
                python=version,
                version_source=source,
                search_path=search_path(self._tree, self._config, interpreter),
                is_virtual=is_virtual,
                reason=reason,
            )
        return key

    def _started(self) -> Iterator[tuple[str, str]]:
        """Give the interpreter of each program that the image starts, where that can be told."""
        for program in started_programs(self._config):
            for executable, how in self._of_program(program):
                if find_interpreter(self._tree, executable) is not None:
                    yield executable, f"{program.instruction} runs `{program.word}`{how}"

    def _of_program(self, program: StartedProgram) -> Iterator[tuple[str, str]]:
        """Give what runs a program: itself, or the interpreter beside a script, and how that was told."""
        place = self._place_of(program)
        if place is None:
            return
        name = program.word.rpartition("/")[2]
        if is_interpreter_name(name):
            yield f"{place}/{name}", ""
        elif place not in _SYSTEM_FOLDERS:
            yield from ((one, f", and `{one}` lies beside it") for one in interpreters_in(self._tree, place)[:1])

    def _place_of(self, program: StartedProgram) -> str | None:
        """Give the folder in which a program lies; None where it is not there, or is no program by its place."""
        folder, slash, name = program.word.rpartition("/")
        places = [self._absolute(folder or "/")] if slash else [*map(self._absolute, program.activated), *self._path]
        return next((one for one in places if self._tree.find(f"{one}/{name}") is not None), None)

    def _absolute(self, folder: str) -> str:
        """Give a folder from the root; what is relative starts from the working directory."""
        return posixpath.normpath(posixpath.join(self._config.working_directory or "/", folder))

    def _unclear(self) -> str:
        """Say what is run that tells nothing of a Python."""
        program = next(iter(started_programs(self._config)), None)
        if program is None:
            return ""
        folder = program.word.rpartition("/")[0]
        is_gone = folder.endswith("bin") and self._place_of(program) is None  # of other folders not all names are kept
        return f"; {program.instruction} runs `{program.word}`, which {'is not there' if is_gone else 'does not tell'}"

    def _on_path(self) -> Iterator[str]:
        for folder in self._path:
            if folder.endswith("/shims"):
                folder = self._pyenv_folder(posixpath.dirname(folder)) or folder  # noqa: PLW2901  what the shims run
            yield from interpreters_in(self._tree, folder)

    def _pyenv_folder(self, root: str) -> str | None:
        """Give the ``bin`` of the version that pyenv's shims run (``pyenv version-name``)."""
        given = self._config.environment.get("PYENV_VERSION", "").encode()
        files = (f"{self._config.working_directory}/.python-version", f"{root}/version")
        for content in (given, *(self._tree.read(path) or b"" for path in files)):
            words = content.decode(errors="replace").replace(":", " ").split()
            if words:
                return f"{root}/versions/{words[0]}/bin"
        return None

    def _elsewhere(self) -> Iterator[str]:
        """Give the Pythons of other folders: environments, that of the working directory first, then their bases."""
        environments, bases = set(), set()
        for at in self._tree.walk():
            folder, _, name = at.path.rpartition("/")
            if name == "pyvenv.cfg":
                environments.add(f"/{folder}/bin" if folder else "/bin")
            elif _VERSIONED.fullmatch(name) and folder.endswith(("bin", "libexec")) and not self._is_package(folder):
                bases.add(f"/{folder}")
        here = f"{posixpath.join('/', self._config.working_directory).rstrip('/')}/"
        in_order = sorted(environments, key=lambda folder: (not folder.startswith(here), folder))
        for folder in (*in_order, *sorted(bases - environments)):
            yield from interpreters_in(self._tree, folder)

    def _is_package(self, folder: str) -> bool:
        """Whether a folder is part of what conda has unpacked and links from: ``/opt/conda/pkgs/python-3.11.5-…``."""
        packages = posixpath.dirname(posixpath.dirname(folder))
        root = posixpath.dirname(packages)
        return packages.endswith("/pkgs") and self._tree.find(f"{root}/conda-meta") is not None


def _named(environment: Environment, names: tuple[str, ...]) -> Environment:
    """Give it with all its names, its own first."""
    own = environment.executable
    return replace(environment, executables=(own, *(name for name in names if name != own)))
