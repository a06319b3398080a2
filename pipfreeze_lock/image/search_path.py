"""The folders in which an interpreter looks for distributions: ``sys.path`` without its standard library.

Sources: CPython's ``Lib/site.py``, with the patches of Debian (``dist-packages``) and Fedora (``/usr/local``); PyPy's.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.image.interface import ImageConfig
    from pipfreeze_lock.image.interpreters import Interpreter
    from pipfreeze_lock.image.layers import FileTree

__all__ = ["home_folder", "search_path"]

_MARK = "import sys; sys.__plen = len(sys.path)"
_MOVE = "import sys; new=sys.path[sys.__plen:]"
"""Around what old setuptools write into ``easy-install.pth`` (``RewritePthDistributions``): it goes to the front."""


def search_path(tree: FileTree, config: ImageConfig, interpreter: Interpreter) -> tuple[str, ...]:
    """Give the folders, and zipped eggs, in the order in which they are looked through, each once, links resolved."""
    path = _SearchPath(tree)
    for folder in _python_path(config):
        path.add(folder)
    if interpreter.virtual is not None:
        path.add_sites(_sites(tree, interpreter, interpreter.prefix))
    if interpreter.sees_system:
        if not config.environment.get("PYTHONNOUSERSITE"):
            path.add_sites([_user_site(tree, config, interpreter)])
        path.add_sites(_system_sites(tree, config, interpreter))
    return tuple(path.folders)


def _python_path(config: ImageConfig) -> Iterator[str]:
    """Give PYTHONPATH; what is relative, or empty, starts from the working directory."""
    value = config.environment.get("PYTHONPATH", "")
    for entry in value.split(":") if value else ():
        yield posixpath.join(config.working_directory or "/", entry)


def _user_site(tree: FileTree, config: ImageConfig, interpreter: Interpreter) -> str:
    base = config.environment.get("PYTHONUSERBASE") or f"{home_folder(tree, config)}/.local"
    return f"{base}/lib/{interpreter.name}/site-packages"


def home_folder(tree: FileTree | None, config: ImageConfig) -> str:
    """Give the home of the user that the image runs as; one whom nobody knows has the root (runc, Docker).

    :param tree: None where it is not known: root's home is `/root` then.
    """
    given = config.environment.get("HOME")
    if given:
        return given.rstrip("/")
    user = config.user.partition(":")[0] or "0"
    if tree is None:
        return "/root" if user in ("0", "root") else ""
    for line in (tree.read("etc/passwd") or b"").decode(errors="replace").splitlines():
        fields = line.split(":")
        if len(fields) >= 6 and user in (fields[0], fields[2]):
            return fields[5].rstrip("/")
    return ""


def _system_sites(tree: FileTree, config: ImageConfig, interpreter: Interpreter) -> list[str]:
    """Give ``site.getsitepackages()`` of the base; Fedora's looks into ``/usr/local`` before its own."""
    prefixes = [interpreter.base_prefix]
    is_fedora = interpreter.library.startswith("/usr/lib64/") and interpreter.series.startswith("3")
    if is_fedora and not config.environment.get("PYTHONNOUSERSITE"):
        prefixes.insert(0, "/usr/local")
    return [site for prefix in prefixes for site in _sites(tree, interpreter, prefix)]


def _sites(tree: FileTree, interpreter: Interpreter, prefix: str) -> list[str]:
    """Give the ``site-packages`` of one prefix."""
    name = interpreter.name
    if _has_debian_patch(tree, interpreter):
        own = [f"{prefix}/lib/{name}/site-packages"] if interpreter.virtual is not None else []
        shared = [f"{prefix}/lib/python3/dist-packages"] if interpreter.series.startswith("3") else []
        return [*own, f"{prefix}/local/lib/{name}/dist-packages", *shared, f"{prefix}/lib/{name}/dist-packages"]
    if "/lib-python/" in interpreter.library:
        return [f"{prefix}/site-packages"]
    folders = ["lib64", "lib"] if interpreter.library.rpartition("/")[0].endswith("/lib64") else ["lib"]
    return [f"{prefix}/{folder}/{name}/site-packages" for folder in folders]


def _has_debian_patch(tree: FileTree, interpreter: Interpreter) -> bool:
    """Whether it is a Python of Debian's: its library has a link to ``/etc``, or there are ``dist-packages``."""
    if interpreter.base_prefix != "/usr":
        return False
    places = (f"{interpreter.library}/sitecustomize.py", "/usr/lib/python3/dist-packages")
    return any(tree.look(place) is not None for place in (*places, f"{interpreter.library}/dist-packages"))


class _SearchPath:
    """Grows as ``site.py`` lets it grow."""

    def __init__(self, tree: FileTree) -> None:
        self._tree = tree
        self._at_front = 0
        self.folders: list[str] = []

    def add(self, path: str) -> str | None:
        """Add a folder or an egg; give where it really is, and None where there is nothing."""
        found = self._tree.find(path)
        if found is None or not (found.entry.is_directory or found.path.endswith(".egg")):
            return None
        real = f"/{found.path}"
        if real not in self.folders:
            self.folders.append(real)
        return real

    def add_sites(self, sites: list[str]) -> None:
        """Add folders with what their ``.pth`` files add (``addsitedir``)."""
        for site in sites:
            real = self.add(site)
            for name in self._tree.children(real) if real else ():
                if name.endswith(".pth") and not name.startswith("."):
                    self._add_lines(site, self._tree.read(f"{real}/{name}") or b"")

    def _add_lines(self, site: str, content: bytes) -> None:
        """Add what the lines of a ``.pth`` file name (``addpackage``); of its program lines one is known."""
        mark = len(self.folders)
        for line in content.decode("utf-8-sig", errors="replace").splitlines():
            text = line.rstrip()
            if text.startswith(_MARK):
                mark = len(self.folders)
            elif text.startswith(_MOVE):
                self._move_to_front(mark)
            elif text.lstrip() and not text.startswith(("#", "import ", "import\t")):
                self.add(posixpath.normpath(posixpath.join(site, text)))  # by its words, as `abspath` does

    def _move_to_front(self, mark: int) -> None:
        moved = self.folders[mark:]
        del self.folders[mark:]
        self.folders[self._at_front : self._at_front] = moved
        self._at_front += len(moved)
