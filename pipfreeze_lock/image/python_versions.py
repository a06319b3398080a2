"""The full version of a Python, and the C library, told from files alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.image.interface import ImageConfig
    from pipfreeze_lock.image.layers import FileTree

__all__ = ["find_libc", "full_version"]

_PATCHLEVEL = re.compile(rb'#\s*define\s+PY_VERSION\s+"([^"+]+)')
_GLIBC_IN_NAME = re.compile(r"libc-(2\.\d+)\.so")
_GLIBC_IN_FILE = re.compile(rb"GNU C Library [^\n]*? version (\d+\.\d+)")
_LIBRARY_FOLDERS = ("lib", "lib64", "usr/lib", "usr/lib64")
_MUSL_LOADER = re.compile(r"ld-musl-\S+\.so\.1")


def full_version(tree: FileTree, config: ImageConfig, prefix: str, implementation: str, series: str) -> tuple[str, str]:
    """Give the version of the Python under a prefix with where it is said; ``X.Y`` alone where nothing says more.

    Asked in turn: the headers (``patchlevel.h``), the ``PYTHON_VERSION`` of the official images, the records of
    conda, Debian and Alpine.
    """
    if implementation == "python":
        for version, source in _told(tree, config, prefix, series):
            if version == series or version.startswith(f"{series}."):
                return version, source
    return series, f"{prefix}/lib/{implementation}{series}"


def _told(tree: FileTree, config: ImageConfig, prefix: str, series: str) -> Iterator[tuple[str, str]]:
    for name in tree.children(f"{prefix}/include"):
        if name.startswith(f"python{series}"):
            path = f"{prefix}/include/{name}/patchlevel.h"
            match = _PATCHLEVEL.search(tree.read(path) or b"")
            if match:
                yield match[1].decode(), path
    given = config.environment.get("PYTHON_VERSION")
    if given and prefix == "/usr/local":
        yield given, "the image's PYTHON_VERSION"
    for name in tree.children(f"{prefix}/conda-meta"):
        match_of_name = re.fullmatch(r"python-(\d+\.\d+\.\d+)-.*\.json", name)
        if match_of_name:
            yield match_of_name[1], f"{prefix}/conda-meta/{name}"
    if prefix == "/usr":
        yield from _told_by_packages(tree, series)


def _told_by_packages(tree: FileTree, series: str) -> Iterator[tuple[str, str]]:
    for package in (f"python{series}-minimal", f"libpython{series}-minimal", f"python{series}"):
        version = _package_version(tree, package)
        if version:
            yield version, f"the version of its package `{package}`"
    version = _alpine_version(tree, "python3")
    if version:
        yield version, "the version of its package `python3`"


def _package_version(tree: FileTree, package: str) -> str | None:
    """Give the upstream version of a Debian package; distroless images keep a record for each."""
    records = [tree.read("var/lib/dpkg/status") or b""]
    records += [tree.read(f"var/lib/dpkg/status.d/{name}") or b"" for name in tree.children("var/lib/dpkg/status.d")]
    pattern = re.compile(rb"^Package: %s\n(?:[^\n]+\n)*?Version: (\S+)" % re.escape(package.encode()), re.MULTILINE)
    for record in records:
        match = pattern.search(record)
        if match:
            return _upstream(match[1].decode())
    return None


def _alpine_version(tree: FileTree, package: str) -> str | None:
    """Give the upstream version of an Alpine package."""
    pattern = re.compile(rb"^P:%s\nV:(\S+)" % re.escape(package.encode()), re.MULTILINE)
    for path in ("lib/apk/db/installed", "usr/lib/apk/db/installed"):
        match = pattern.search(tree.read(path) or b"")
        if match:
            return match[1].decode().partition("-r")[0]
    return None


def _upstream(version: str) -> str:
    """``3.11.2`` of Debian's ``1:3.11.2-6+deb12u3``."""
    return re.split(r"[-+~]", version.rpartition(":")[2])[0]


def find_libc(tree: FileTree) -> str | None:
    """Give the C library, ``glibc-2.36`` or ``musl-1.2``; None where there is none that is known."""
    for folder in _folders(tree):
        for name in tree.children(folder):
            match = _GLIBC_IN_NAME.fullmatch(name)
            if match:
                return f"glibc-{match[1]}"
        content = tree.read(f"{folder}/libc.so.6") if tree.find(f"{folder}/libc.so.6") else None
        told = _GLIBC_IN_FILE.search(content or b"")
        if told:
            return f"glibc-{told[1].decode()}"
    if any(_MUSL_LOADER.fullmatch(name) for folder in _LIBRARY_FOLDERS for name in tree.children(folder)):
        version = _alpine_version(tree, "musl")
        return f"musl-{'.'.join(version.split('.')[:2])}" if version else "musl-1.2"
    return None


def _folders(tree: FileTree) -> Iterator[str]:
    for folder in _LIBRARY_FOLDERS:
        yield folder
        yield from (f"{folder}/{name}" for name in tree.children(folder) if name.endswith(("-linux-gnu", "-gnueabihf")))
