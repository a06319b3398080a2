"""The ``.pyc`` of the standard library and of pip itself that running pip leaves, where they are not there yet."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from pipfreeze_lock.footprint.bytecode import bytecode_path
from pipfreeze_lock.footprint.bytecode_ratios import estimated_size
from pipfreeze_lock.image.interest import DEBIAN_VERSION
from pipfreeze_lock.target.pip_imports import imported_bytes, imported_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipfreeze_lock.footprint.interface import Compiler, GrowthRequest
    from pipfreeze_lock.image.layers import FileTree

__all__ = ["FirstRun", "first_run"]

_OF_DEBIAN = "encodings/ascii.py"
"""Read by the ``distro`` of pip 23.0 and newer, for Debian's version."""
_PREFIXES = ("/usr/local", "/usr")
"""Of the Python that a virtual environment was made by."""


class FirstRun(NamedTuple):
    """What is left."""

    files: dict[str, int]
    """Sizes by path in the image."""
    is_estimated: bool


class _Source(NamedTuple):
    path: str
    size: int
    content: bytes | None


def first_run(request: GrowthRequest, compiler: Compiler | None) -> FirstRun:
    """Give what the interpreter writes for itself; nothing with PYTHONDONTWRITEBYTECODE."""
    if not request.is_bytecode_written or request.plan.is_empty:
        return FirstRun({}, is_estimated=False)
    if request.tree is None:
        return _of_official_image(request)
    sources = list(_sources(request, request.tree))
    contents = [(one.path, one.content) for one in sources if one.content is not None]
    told = iter(compiler.sizes(contents) if compiler is not None and contents else [None] * len(contents))
    sizes = [None if one.content is None else next(told) for one in sources]
    python = request.target.python_release
    files = {
        bytecode_path(one.path, request.target): estimated_size(one.size, python) if size is None else size
        for one, size in zip(sources, sizes, strict=True)
    }
    return FirstRun({path: size for path, size in files.items() if size}, is_estimated=None in sizes)


def _of_official_image(request: GrowthRequest) -> FirstRun:
    """Give as many files as there would be, of equal size: those images have no ``.pyc``."""
    count, total = imported_bytes(request.target.pip, request.target.python_release)
    each = estimated_size(total // count, request.target.python_release)
    paths = imported_files(request.target.pip, request.target.python_release)
    library = posixpath.dirname(request.places.purelib)
    files = {bytecode_path(posixpath.join(library, path), request.target): each for path in paths}
    return FirstRun(files, is_estimated=True)


def _sources(request: GrowthRequest, tree: FileTree) -> Iterator[_Source]:
    for path in _paths(request, tree):
        found = tree.find(path)
        if (
            found is not None
            and not found.entry.is_directory
            and tree.find(bytecode_path(path, request.target)) is None
        ):
            yield _Source(path, found.entry.file.size, found.entry.file.content)


def _paths(request: GrowthRequest, tree: FileTree) -> Sequence[str]:
    site = request.places.purelib
    library = _standard_library(request, tree)
    names = imported_files(request.target.pip, request.target.python_release)
    if tree.find(DEBIAN_VERSION) is None:
        names = [name for name in names if name != _OF_DEBIAN]
    return [
        posixpath.join(site, name.removeprefix("site-packages/"))
        if name.startswith("site-packages/")
        else posixpath.join(library, name)
        for name in names
    ]


def _standard_library(request: GrowthRequest, tree: FileTree) -> str:
    """Give the folder of ``os.py``."""
    name = f"lib/python{request.target.python_version}"
    folders = [posixpath.join(prefix, name) for prefix in (request.places.data, *_PREFIXES)]
    there = (folder for folder in folders if tree.find(f"{folder}/os.py") is not None)
    return next(there, folders[0])
