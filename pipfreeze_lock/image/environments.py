"""The Pythons of an image: which there are, which one would run, where each looks for distributions.

Nothing of the image is run. What an interpreter would work out at its start is worked out here from the files, after
CPython's ``Lib/site.py`` and ``Modules/getpath.py``, PEP 405 (``pyvenv.cfg``) and Debian's patch for ``dist-packages``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipfreeze_lock.image.python_versions import full_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipfreeze_lock.image.interface import ImageConfig
    from pipfreeze_lock.image.layers import FileTree

__all__ = ["Environment", "find_environments"]

_INTERPRETER = re.compile(r"(python|pypy)(\d+(?:\.\d+)?)?t?")
_VERSIONED = re.compile(r"(python|pypy)(\d+\.\d+)t?")
_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NAMES = ("python", "python3", "pypy3", "pypy", "python2")
_LIBRARIES = ("lib", "lib64")
_WRAPPERS = frozenset({"exec", "env", "tini", "dumb-init", "--"})


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
    """Whether it has a ``pyvenv.cfg``."""
    reason: str = ""
    """Why it is the one that would run, or how it was found."""


def find_environments(tree: FileTree, config: ImageConfig) -> list[Environment]:
    """Give all Pythons of an image: first the one that the image would run, then those on PATH, then the rest."""
    finder = _Finder(tree, config)
    found: dict[str, Environment] = {}
    for executable, reason in finder.executables():
        environment = finder.environment(executable, reason)
        if environment is not None:
            found.setdefault(environment.prefix, environment)
    return list(found.values())


class _Finder:
    """Looks through one tree."""

    def __init__(self, tree: FileTree, config: ImageConfig) -> None:
        self._tree = tree
        self._config = config
        self._path = [one for one in config.environment.get("PATH", _DEFAULT_PATH).split(":") if one]

    def executables(self) -> Iterator[tuple[str, str]]:
        """Give interpreters by their paths, with the reason for each, the likeliest first."""
        for word, where in self._words()[:1]:
            program = self._program(word)
            if program is not None:
                yield program, f"{where} runs `{word}`"
        for folder in self._path:
            yield from ((one, "it is the first on the image's PATH") for one in self._in_folder(folder))
        for at in self._tree.walk():
            folder, _, name = at.path.rpartition("/")
            if name == "pyvenv.cfg":
                yield from ((one, f"`/{at.path}` makes it one") for one in self._in_folder(f"/{folder}/bin"))
            elif _VERSIONED.fullmatch(name) and folder.endswith("bin"):
                yield f"/{at.path}", "it lies there"

    def _words(self) -> list[tuple[str, str]]:
        """Give the words that the image runs, without a shell, ``exec`` or ``env`` before them."""
        words = [(word, "ENTRYPOINT") for word in self._config.entrypoint]
        words += [(word, "CMD") for word in self._config.command]
        if len(words) >= 3 and words[0][0].endswith("sh") and words[1][0] == "-c":
            words = [(word, words[2][1]) for word in words[2][0].split()]
        while words and (
            words[0][0].rpartition("/")[2] in ("exec", "env", "tini", "dumb-init", "--") or "=" in words[0][0]
        ):
            del words[0]
        return words

    def _program(self, word: str) -> str | None:
        """Give the interpreter that a program runs under: itself, or the one beside a script."""
        folders = [word.rpartition("/")[0]] if "/" in word else self._path
        name = word.rpartition("/")[2]
        if _INTERPRETER.fullmatch(name):
            return next((f"{folder}/{name}" for folder in folders if self._tree.find(f"{folder}/{name}")), None)
        if "/" not in word:  # a script's own folder is not known: scripts are not kept
            return None
        return next(iter(self._in_folder(folders[0])), None)

    def _in_folder(self, folder: str) -> Iterator[str]:
        names = set(self._tree.children(folder))
        for name in (*_NAMES, *sorted(name for name in names if _VERSIONED.fullmatch(name))):
            if name in names and self._tree.find(f"{folder}/{name}") is not None:
                yield f"{folder}/{name}"
                return

    def environment(self, executable: str, reason: str) -> Environment | None:
        """Work out what an interpreter would; None where it is none, or its library is not there."""
        folder = executable.rpartition("/")[0]
        home = folder.rpartition("/")[0] or ""
        virtual = self._virtual(home)
        base = self._base(virtual.get("home") or folder, executable)
        if base is None:
            return None
        prefix, implementation, series = base
        own = home if virtual else prefix
        version, source = full_version(self._tree, self._config, prefix, implementation, series)
        if virtual and version == series:
            version = _version_in(virtual, series) or version
            source = f"{home}/pyvenv.cfg"
        return Environment(
            executable=executable,
            prefix=own or "/",
            implementation="pypy" if implementation == "pypy" else "cpython",
            python=version,
            version_source=source,
            search_path=tuple(self._search_path(own, prefix, implementation, series, virtual)),
            is_virtual=bool(virtual),
            reason=reason,
        )

    def _virtual(self, home: str) -> dict[str, str]:
        """Read ``pyvenv.cfg``: keys in lower case; empty where there is none."""
        content = self._tree.read(f"{home}/pyvenv.cfg")
        pairs = (line.partition("=") for line in (content or b"").decode(errors="replace").splitlines())
        return {key.strip().lower(): value.strip() for key, equals, value in pairs if equals}

    def _base(self, folder: str, executable: str) -> tuple[str, str, str] | None:
        """Give prefix, implementation and ``X.Y`` of the interpreter that is behind a path.

        :param folder: Where it lies; of a virtual environment, what its ``home`` says.
        """
        name = executable.rpartition("/")[2]
        found = self._tree.find(executable) or self._tree.find(f"{folder}/{name}")
        places = [f"/{found.path}"] if found else []
        places += [f"{folder}/{one}" for one in self._tree.children(folder) if _VERSIONED.fullmatch(one)]
        for place in places:
            prefix = place.rpartition("/")[0].rpartition("/")[0]
            for implementation, series in self._libraries(prefix, place.rpartition("/")[2]):
                return prefix, implementation, series
        return None

    def _libraries(self, prefix: str, name: str) -> Iterator[tuple[str, str]]:
        """Give the standard libraries below a prefix that fit the name of an interpreter, ``lib/python3.6/os.py``."""
        match = _INTERPRETER.fullmatch(name)
        if match is None:
            return
        implementation, wanted = match[1], match[2] or ""
        for library in _LIBRARIES:
            for child in self._tree.children(f"{prefix}/{library}"):
                fits = _VERSIONED.fullmatch(child)
                if (
                    fits is None
                    or fits[1] != implementation
                    or not (fits[2] + ".").startswith(wanted + "." if wanted else "")
                ):
                    continue
                if self._tree.find(f"{prefix}/{library}/{child}/os.py") is not None:
                    yield fits[1], fits[2]

    def _search_path(
        self, own: str, prefix: str, implementation: str, series: str, virtual: dict[str, str]
    ) -> Iterator[str]:
        """Give the folders in the order of ``sys.path``, with what ``.pth`` files add after each."""
        seen: set[str] = set()
        environment = self._config.environment
        folders = [one for one in environment.get("PYTHONPATH", "").split(":") if one.startswith("/")]
        is_isolated = virtual and virtual.get("include-system-site-packages", "false").lower() != "true"
        if not is_isolated and not environment.get("PYTHONNOUSERSITE"):
            folders.append(f"{self._home()}/.local/lib/{implementation}{series}/site-packages")
        folders += self._site_folders(own, implementation, series)
        if virtual and not is_isolated:
            folders += self._site_folders(prefix, implementation, series)
        for folder in folders:
            found = self._tree.find(folder)
            if found is None or f"/{found.path}" in seen:
                continue
            seen.add(f"/{found.path}")
            yield f"/{found.path}"
            for added in self._added(f"/{found.path}"):
                if added not in seen:
                    seen.add(added)
                    yield added

    def _site_folders(self, prefix: str, implementation: str, series: str) -> Iterable[str]:
        """Give what ``site.getsitepackages`` gives, Debian's way too."""
        name = f"{implementation}{series}"
        if prefix in ("/usr", ""):  # Debian: /usr/local's before the distribution's own
            yield f"/usr/local/lib/{name}/dist-packages"
            if series.startswith("3"):
                yield f"/usr/lib/python{series[0]}/dist-packages"
            yield f"/usr/lib/{name}/dist-packages"
        yield from (f"{prefix}/{library}/{name}/site-packages" for library in _LIBRARIES)
        yield f"{prefix}/lib/{name}t/site-packages"
        if implementation == "pypy":
            yield f"{prefix}/site-packages"

    def _added(self, folder: str) -> Iterator[str]:
        """Give the folders that the ``.pth`` files of a folder add (``addpackage`` in ``site.py``)."""
        for name in self._tree.children(folder):
            if not name.endswith(".pth") or name.startswith("."):
                continue
            for line in (self._tree.read(f"{folder}/{name}") or b"").decode(errors="replace").splitlines():
                text = line.strip()
                if text and not text.startswith(("#", "import ", "import\t")):
                    found = self._tree.find(text if text.startswith("/") else f"{folder}/{text}")
                    if found is not None and found.entry.is_directory:
                        yield f"/{found.path}"

    def _home(self) -> str:
        """Give the home of the user that the image runs as."""
        given = self._config.environment.get("HOME")
        if given:
            return given.rstrip("/")
        user = self._config.user.partition(":")[0] or "0"
        for line in (self._tree.read("etc/passwd") or b"").decode(errors="replace").splitlines():
            fields = line.split(":")
            if len(fields) >= 6 and user in (fields[0], fields[2]):
                return fields[5].rstrip("/")
        return "/root"


def _is_of(series: str, wanted: str) -> bool:
    """Whether ``3.6`` is ``3``, ``3.6`` or, for a name without version, anything."""
    return not wanted or f"{series}.".startswith(f"{wanted}.")


def _version_in(virtual: dict[str, str], series: str) -> str | None:
    """Give the version that ``venv`` (``version``) or virtualenv (``version_info``) wrote down."""
    text = virtual.get("version") or virtual.get("version_info") or ""
    parts = text.split(".")
    return ".".join(parts[:3]) if ".".join(parts[:2]) == series and len(parts) >= 3 else None
