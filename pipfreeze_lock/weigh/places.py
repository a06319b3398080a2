"""Whose a file is by where it lies: an interpreter's, a cache's, the system's, or the application's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pipfreeze_lock.model.weight import Owner

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipfreeze_lock.image.environments import Environment
    from pipfreeze_lock.image.interface import ImageConfig

__all__ = ["PlaceOwners", "Places", "cache_variables", "site_prefix"]

_LIBRARY = re.compile(r"(?:(.*)/)?lib(?:64)?/(python|pypy)(\d+\.\d+)t?/(?!site-packages/|dist-packages/)")
_OLD_PYPY = re.compile(r"(?:(.*)/)?lib-python/()(\d+(?:\.\d+)?)/")
_HEADERS = re.compile(r"(?:(.*)/)?include/(python|pypy)(\d+\.\d+)[a-z]*/")
_LIBRARY_FILE = re.compile(r"lib(python|pypy)(\d+\.\d+)[a-z]*[-.].*")
_PROGRAM = re.compile(r"(python|pypy|pydoc|idle|2to3-|pyvenv-)(\d+\.\d+)[a-z]?(?:-config)?")
_IN_BIN = re.compile(r"(?:(.*)/)?bin")
_IN_LIB = re.compile(r"(?:(.*)/)?lib(?:64)?(?:/[\w-]+-linux-[\w-]+)?")
_SITE = re.compile(r"(?:(.*)/)?lib(?:64)?/(?:python|pypy)\d(?:\.\d+)?t?/(?:site|dist)-packages")
_SITE_PACKAGES = re.compile(r".*?/(?:site|dist)-packages(?:/[^/]+)?")
_CACHES = (
    (re.compile(r"(?:.*/)?\.cache/([^/]+)/"), ""),
    (re.compile(r"var/lib/apt/lists/"), "apt"),
    (re.compile(r"var/cache/([^/]+)/"), ""),
    (re.compile(r"etc/apk/cache/"), "apk"),
    (re.compile(r"(?:.*/)?\.npm/_cacache/"), "npm"),
    (re.compile(r"(?:.*/)?\.cargo/registry/"), "cargo"),
    (re.compile(r"(?:.*/)?\.conda/pkgs/"), "conda"),
    (re.compile(r"(?:.*/)?go/pkg/mod/cache/"), "go"),
)
"""With the name of whose it is; where that is empty, the folder has it."""
_CACHE_VARIABLES = {"PIP_CACHE_DIR": "pip", "UV_CACHE_DIR": "uv", "POETRY_CACHE_DIR": "pypoetry", "XDG_CACHE_HOME": ""}
_OF_SYSTEM = frozenset({"bin", "boot", "etc", "lib", "lib32", "lib64", "libx32", "sbin", "usr", "var"})
_DEPTHS = {"home": 2, "opt": 2, "srv": 2, "usr": 2, "var": 2}
"""How many names of a path tell whose it is, where that is more than one."""


class PlaceOwners(NamedTuple):
    """To whom a folder belongs."""

    certain: Owner | None
    """An interpreter, or a cache: whatever packages may say of it."""
    fallback: Owner
    """Where nobody claims the file."""


def cache_variables(config: ImageConfig) -> dict[str, str]:
    """Give the folders that the image's environment names as caches, from the root, with whose they are."""
    found = ((config.environment.get(variable, ""), name) for variable, name in _CACHE_VARIABLES.items())
    return {folder.strip("/"): name for folder, name in found if folder.startswith("/") and folder.strip("/")}


def site_prefix(folder: str, environments: Iterable[Environment]) -> str:
    """Give ``sys.prefix`` of the Python that a folder of distributions is for, else the folder, with ``/`` before it.

    :param folder: From the root, without ``/`` before it.
    """
    path = f"/{folder}"
    prefixes = [one.prefix for one in environments if path in one.search_path]
    own = [one for one in prefixes if path.startswith(f"{one.rstrip('/')}/")]
    if prefixes:
        return max(own, key=len, default=prefixes[0])
    match = _SITE.fullmatch(folder)
    return f"/{match[1] or ''}" if match else path


class Places:
    """Tells owners by places; remembers what it knows of folders.

    :param versions: Full versions of the Pythons by prefix and series: ``("/usr/local", "3.6")``.
    :param caches: Folders that are caches, from the root, with the names of whose they are; ``""``: named by what is
        in them.
    """

    def __init__(self, versions: Mapping[tuple[str, str], str], caches: Mapping[str, str]) -> None:
        self._versions = versions
        self._caches = (
            *(
                (re.compile(re.escape(folder) + ("/" if name else "/([^/]+)/")), name)
                for folder, name in caches.items()
            ),
            *_CACHES,
        )
        self._folders: dict[str, PlaceOwners] = {}

    def of_folder(self, folder: str) -> PlaceOwners:
        """Give the owners of what is in a folder, from the root."""
        known = self._folders.get(folder)
        if known is None:
            known = PlaceOwners(self._certain(f"{folder}/"), _fallback(folder))
            self._folders[folder] = known
        return known

    def interpreter_file(self, parent: str, name: str) -> Owner | None:
        """Give the interpreter of which a file is a program or its library: ``bin/python3.6``, ``libpython3.6m.so``."""
        match = _PROGRAM.fullmatch(name)
        folder = _IN_BIN.fullmatch(parent) if match else None
        if match is None:
            match = _LIBRARY_FILE.fullmatch(name)
            folder = _IN_LIB.fullmatch(parent) if match else None
        return self._interpreter(folder[1], match[1], match[2]) if match and folder else None

    def _certain(self, folder: str) -> Owner | None:
        for pattern, name in self._caches:
            match = pattern.match(folder)
            if match:
                return Owner(category="cache", name=name or match[1])
        if "python" in folder or "pypy" in folder:
            match = _LIBRARY.match(folder) or _HEADERS.match(folder) or _OLD_PYPY.match(folder)
            return self._interpreter(match[1], match[2] or "pypy", match[3]) if match else None
        return None

    def _interpreter(self, prefix: str | None, family: str, series: str) -> Owner:
        environment = f"/{prefix or ''}"
        words = "PyPy" if family == "pypy" else "Python"
        version = self._versions.get((environment, series), "")
        return Owner(category="interpreter", name=f"{words} {series}", version=version, environment=environment)


def _fallback(folder: str) -> Owner:
    site = _SITE_PACKAGES.match(folder)
    if site:
        return Owner(category="other", name=f"/{site[0]}")
    parts = folder.split("/")
    first = parts[0]
    is_local = parts[:2] == ["usr", "local"]
    category = "system" if first in _OF_SYSTEM and not is_local and parts[:2] != ["usr", "src"] else "other"
    depth = 3 if is_local else _DEPTHS.get(first, 1)
    return Owner(category=category, name=f"/{'/'.join(parts[:depth])}")  # type: ignore[arg-type]  # both are categories
