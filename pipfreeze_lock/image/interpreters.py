"""The interpreter behind a path, and where its standard library lies, as it would find that itself.

Sources: CPython's ``Modules/getpath.py`` (``getpath.c`` before 3.11), PEP 405 (``pyvenv.cfg``), virtualenv before 20,
which copied the interpreter, and PyPy's ``sys/initpath.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipfreeze_lock.image.layers import FileTree

__all__ = ["Interpreter", "find_interpreter", "interpreters_in", "is_interpreter_name"]

_INTERPRETER = re.compile(r"(?:platform-)?(python|pypy)(\d+(?:\.\d+)?)?[a-z]?")
"""``python3.6m`` and ``python3.13t`` too; ``platform-python3.6`` is that of RHEL 8."""
_LIBRARY = re.compile(r"(python|pypy)(\d+\.\d+)(t?)")
_LIBRARY_FOLDERS = ("lib", "lib64")
_NAMES = ("python", "python3", "pypy3", "pypy", "python2")
"""In the order in which a person would take them."""
_BUILT_IN_PREFIXES = ("/usr/local", "/usr")
_PYPY_VERSION = re.compile(rb'#\s*define\s+PY_VERSION\s+"(\d+\.\d+)')


@dataclass(frozen=True, kw_only=True, slots=True)
class Interpreter:
    """One, and its standard library."""

    implementation: Literal["cpython", "pypy"]
    series: str
    """``3.11``."""
    name: str
    """Of the folders that are its own: ``python3.11``, ``python3.13t``, ``pypy3.9``."""
    base_prefix: str
    """``sys.base_prefix``: ``/usr/local``; ``""`` is the root."""
    library: str
    """Of its standard library: ``/usr/local/lib/python3.11``."""
    prefix: str
    """``sys.prefix``: of a virtual environment its own."""
    virtual: Mapping[str, str] | None = field(default=None, repr=False)
    """Of a virtual environment what ``pyvenv.cfg`` says, keys in lower case; of one that virtualenv before 20 made
    ``{"include-system-site-packages": …}`` by the files that it left."""

    @property
    def sees_system(self) -> bool:
        """Whether the base's distributions are its own too (``venv`` in ``site.py``: a missing key means yes)."""
        return self.virtual is None or self.virtual.get("include-system-site-packages", "true").lower() == "true"


def is_interpreter_name(name: str) -> bool:
    """Whether a program of that name is a Python: ``python3``, not ``python3-config``."""
    return _INTERPRETER.fullmatch(name) is not None


def interpreters_in(tree: FileTree, folder: str) -> list[str]:
    """Give the paths of the Pythons in a folder, ``python`` first; links that lead nowhere are none."""
    names = [name for name in tree.children(folder) if is_interpreter_name(name)]
    ordered = [name for name in _NAMES if name in names] + [name for name in names if name not in _NAMES]
    paths = [f"{folder.rstrip('/')}/{name}" for name in ordered]
    return [path for path in paths if (found := tree.find(path)) is not None and not found.entry.is_directory]


def find_interpreter(tree: FileTree, executable: str, *, home: str | None = None) -> Interpreter | None:
    """Work out what an interpreter would at its start.

    :param executable: As it is called; a symbolic link into a virtual environment is not of that environment.
    :param home: PYTHONHOME.
    :return: None where it is no interpreter, or its standard library is not there.
    """
    found = tree.find(executable)
    if found is None or found.entry.is_directory:
        return None
    folder = _parent(executable)
    own, virtual = _virtual(tree, folder)
    start = home or (virtual or {}).get("home") or f"/{_parent(found.path)}"
    hint = _hint(tree, found.path, own, virtual)
    base = _base(tree, start.rstrip("/"), hint)
    if base is None:
        return None
    if virtual is None:
        legacy = _legacy_virtual(tree, base)
        if legacy is not None:
            base_prefix, virtual = legacy
            return _interpreter(tree, base, base_prefix=base_prefix, prefix=base.prefix, virtual=virtual)
    return _interpreter(tree, base, base_prefix=base.prefix, prefix=own or base.prefix, virtual=virtual)


@dataclass(frozen=True, slots=True)
class _Hint:
    """What a name tells of the series: ``("python", "3")`` of ``python3``."""

    family: str
    version: str

    def fits(self, family: str, series: str) -> bool:
        return family == self.family and (not self.version or f"{series}.".startswith(f"{self.version}."))


@dataclass(frozen=True, slots=True)
class _Base:
    """A standard library that was found."""

    prefix: str
    library: str
    name: str


def _interpreter(
    tree: FileTree, base: _Base, *, base_prefix: str, prefix: str, virtual: Mapping[str, str] | None
) -> Interpreter | None:
    match = _LIBRARY.fullmatch(base.name)
    series = match[2] if match else _pypy_series(tree, base_prefix)
    if series is None:
        return None
    return Interpreter(
        implementation="pypy" if base.name.startswith("pypy") else "cpython",
        series=series,
        name=base.name if match else f"pypy{series}",
        base_prefix=base_prefix,
        library=base.library,
        prefix=prefix,
        virtual=virtual,
    )


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _virtual(tree: FileTree, folder: str) -> tuple[str | None, dict[str, str] | None]:
    """Give prefix and ``pyvenv.cfg`` of the virtual environment in whose ``bin`` an interpreter lies."""
    for place in (folder, _parent(folder)):
        content = tree.read(f"{place}/pyvenv.cfg")
        if content is not None:
            pairs = (line.partition("=") for line in content.decode(errors="replace").splitlines())
            # site.py always takes the folder above the interpreter's for the prefix.
            return _parent(folder), {key.strip().lower(): value.strip() for key, equals, value in pairs if equals}
    return None, None


def _hint(tree: FileTree, path: str, own: str | None, virtual: Mapping[str, str] | None) -> _Hint:
    """Say which Python it is: by the name of the file that is run, else by what the environment was made for."""
    match = _INTERPRETER.fullmatch(path.rpartition("/")[2])
    family, version = (match[1], match[2] or "") if match else ("python", "")
    if virtual is not None and "." not in version:
        told = virtual.get("version_info") or virtual.get("version") or ""
        if virtual.get("implementation", "").lower() == "pypy":
            family = "pypy"
        version = ".".join(told.split(".")[:2]) or _series_of(tree, f"{own}/lib") or version
    return _Hint(family, version)


def _series_of(tree: FileTree, library: str) -> str | None:
    """Give the series of the only ``pythonX.Y`` in a folder; None where there are several, or none."""
    found = {match[2] for name in tree.children(library) if (match := _LIBRARY.fullmatch(name))}
    return found.pop() if len(found) == 1 else None


def _base(tree: FileTree, start: str, hint: _Hint) -> _Base | None:
    """Go up from a folder to the first with a fitting standard library below it, else to where most are built for."""
    place = start
    while True:
        found = max(_libraries(tree, place, hint), key=_newest, default=None)
        if found is not None or not place:
            break
        place = _parent(place)
    if found is None and "." in hint.version:
        found = next((one for prefix in _BUILT_IN_PREFIXES for one in _libraries(tree, prefix, hint)), None)
    return found


def _newest(base: _Base) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", base.name)]


def _libraries(tree: FileTree, prefix: str, hint: _Hint) -> Iterator[_Base]:
    """Give the standard libraries below a prefix, told by their ``os.py``."""
    for folder in _LIBRARY_FOLDERS:
        found = tree.find(f"{prefix}/{folder}")
        if found is None or (folder != "lib" and found.path == f"{prefix}/lib".lstrip("/")):
            continue  # `lib64` that is another name for `lib`
        for name in tree.children(f"{prefix}/{folder}"):
            match = _LIBRARY.fullmatch(name)
            if match and hint.fits(match[1], match[2]) and tree.find(f"{prefix}/{folder}/{name}/os.py") is not None:
                yield _Base(prefix, f"{prefix}/{folder}/{name}", name)
    if hint.family == "pypy":  # before 7.3.6
        for name in tree.children(f"{prefix}/lib-python"):
            if name.startswith(hint.version[:1]) and tree.find(f"{prefix}/lib-python/{name}/os.py") is not None:
                yield _Base(prefix, f"{prefix}/lib-python/{name}", "pypy")


def _pypy_series(tree: FileTree, prefix: str) -> str | None:
    match = _PYPY_VERSION.search(tree.read(f"{prefix}/include/patchlevel.h") or b"")
    return match[1].decode() if match else None


def _legacy_virtual(tree: FileTree, base: _Base) -> tuple[str, dict[str, str]] | None:
    """Give the base prefix, and how it was made, of an environment by virtualenv before 20, which links its library."""
    content = tree.read(f"{base.library}/orig-prefix.txt")
    if content is None:
        return None
    is_isolated = tree.find(f"{base.library}/no-global-site-packages.txt") is not None
    system = "false" if is_isolated else "true"
    return content.decode(errors="replace").strip(), {"include-system-site-packages": system}
