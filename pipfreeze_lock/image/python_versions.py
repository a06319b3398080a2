"""The full version of a Python, and the C library, told from files alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.image.interface import ImageConfig
    from pipfreeze_lock.image.interpreters import Interpreter
    from pipfreeze_lock.image.layers import FileTree

__all__ = ["find_architecture", "find_libc", "full_version"]

_PATCHLEVEL = re.compile(rb'#\s*define\s+PY_VERSION\s+"([^"+]+)')
_SOURCE_FOLDER = re.compile(rb"/Python-(\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?)/")
_CONDA_PACKAGE = re.compile(r"python-(\d+\.\d+\.\d+)-.*\.json")
_GLIBC_IN_NAME = re.compile(r"libc-(2\.\d+)\.so")
_GLIBC_IN_FILE = re.compile(rb"GNU C Library [^\n]*? version (\d+\.\d+)")
_MUSL_IN_FILE = re.compile(rb"\0(1\.\d+\.\d+)\0")
_LIBRARY_FOLDERS = ("lib", "lib64", "usr/lib", "usr/lib64")
_ELF_MACHINES = {3: "386", 21: "ppc64le", 22: "s390x", 40: "arm", 62: "amd64", 183: "arm64", 243: "riscv64"}
"""``e_machine`` of an ELF header (elf(5)), and Docker's words for it."""
_MUSL_LOADER = re.compile(r"ld-musl-\S+\.so\.1")
_MULTIARCH = re.compile(r"[a-z0-9_]+-linux-(?:gnu|musl)[a-z0-9]*")
_MULTIARCH_OF = {
    "amd64": "x86_64-linux-gnu",
    "386": "i386-linux-gnu",
    "arm64": "aarch64-linux-gnu",
    "arm": "arm-linux-gnueabihf",
    "ppc64le": "powerpc64le-linux-gnu",
    "s390x": "s390x-linux-gnu",
    "riscv64": "riscv64-linux-gnu",
}
"""Debian's folder of an architecture, as images name that (Go's GOARCH)."""


def full_version(tree: FileTree, config: ImageConfig, interpreter: Interpreter, executable: str) -> tuple[str, str]:
    """Give the version of a Python with where that is said; ``X.Y`` alone where nothing says more.

    Asked in turn: the headers (``patchlevel.h``), the ``PYTHON_VERSION`` of the official images, the records of conda,
    Debian and Alpine, the folder in which it was built, and what a virtual environment was made by.
    """
    series = interpreter.series
    for version, source in _told(tree, config, interpreter, executable):
        if version.startswith((f"{series}.", f"{series}a", f"{series}b", f"{series}rc")):
            return version, source
    return series, interpreter.library


def _told(tree: FileTree, config: ImageConfig, interpreter: Interpreter, executable: str) -> Iterator[tuple[str, str]]:
    prefix, series = interpreter.base_prefix, interpreter.series
    yield from _told_by_headers(tree, interpreter)
    given = config.environment.get("PYTHON_VERSION")
    if given and prefix == "/usr/local":
        yield given, "the image's PYTHON_VERSION"
    for name in tree.children(f"{prefix}/conda-meta"):
        match = _CONDA_PACKAGE.fullmatch(name)
        if match:
            yield match[1], f"{prefix}/conda-meta/{name}"
    if prefix == "/usr" and interpreter.implementation == "cpython":
        yield from _told_by_packages(tree, series)
    for name in tree.children(interpreter.library):
        if name.startswith("_sysconfigdata"):
            built = _SOURCE_FOLDER.search(tree.read(f"{interpreter.library}/{name}") or b"")
            if built:
                yield built[1].decode(), f"{interpreter.library}/{name}"
    made = _told_by_virtual(interpreter)
    if made:
        yield made, f"{interpreter.prefix}/pyvenv.cfg"
    named = re.search(r"/c?python-(\d+\.\d+\.\d+)-|/versions/(\d+\.\d+\.\d+)/bin/", executable)
    if named:
        yield named[1] or named[2], executable


def _told_by_headers(tree: FileTree, interpreter: Interpreter) -> Iterator[tuple[str, str]]:
    include = f"{interpreter.base_prefix}/include"
    names = [name for name in tree.children(include) if name.startswith(interpreter.name)]
    names.sort(key=lambda name: name != interpreter.name)  # `python3.13` before `python3.13t`
    for path in (*(f"{include}/{name}/patchlevel.h" for name in names), f"{include}/patchlevel.h"):
        match = _PATCHLEVEL.search(tree.read(path) or b"")
        if match:
            yield match[1].decode(), path


def _told_by_virtual(interpreter: Interpreter) -> str | None:
    """Give the version that ``venv`` (``version``) or virtualenv (``version_info``) wrote down."""
    virtual = interpreter.virtual or {}
    text = virtual.get("version_info") or virtual.get("version") or ""
    match = re.match(r"(\d+\.\d+\.\d+)(?:\.(alpha|beta|candidate|final)\.(\d+))?", text)
    if match is None:
        return None
    stage = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(match[2] or "")
    return f"{match[1]}{stage}{match[3]}" if stage else match[1]


def _told_by_packages(tree: FileTree, series: str) -> Iterator[tuple[str, str]]:
    for package in (f"python{series}-minimal", f"libpython{series}-minimal", f"python{series}"):
        version = _debian_version(tree, package)
        if version:
            yield version, f"the version of its package `{package}`"
    for package in (f"python{series[0]}", f"python-{series}-base", f"python-{series}"):  # Alpine's, Wolfi's
        version = _alpine_version(tree, package)
        if version:
            yield version, f"the version of its package `{package}`"


def _debian_version(tree: FileTree, package: str) -> str | None:
    """Give the upstream version of a Debian package; distroless images keep a record for each."""
    folder = "var/lib/dpkg/status.d"
    pattern = re.compile(rb"^Package: %s\n(?:[^\n]+\n)*?Version: (\S+)" % re.escape(package.encode()), re.MULTILINE)
    for path in ("var/lib/dpkg/status", *(f"{folder}/{name}" for name in tree.children(folder))):
        if path.endswith(".md5sums"):
            continue
        match = pattern.search(tree.read(path) or b"")
        if match:
            return _upstream(match[1].decode())
    return None


def _alpine_version(tree: FileTree, package: str) -> str | None:
    """Give the upstream version of an Alpine package."""
    pattern = re.compile(rb"^P:%s\nV:(\S+)" % re.escape(package.encode()), re.MULTILINE)
    for path in ("lib/apk/db/installed", "usr/lib/apk/db/installed"):
        match = pattern.search(tree.read(path) or b"")
        if match:
            return match[1].decode().partition("-r")[0].replace("_", "")
    return None


def _upstream(version: str) -> str:
    """Give ``3.11.2`` of Debian's ``1:3.11.2-6+deb12u3``, and ``3.13.0rc1`` of ``3.13.0~rc1-2``."""
    without_epoch = version.partition(":")[2] or version
    return re.split(r"[-+]", without_epoch)[0].replace("~", "")


def find_libc(tree: FileTree, architecture: str = "") -> str | None:
    """Give the C library, ``glibc-2.36`` or ``musl-1.2``; None where there is none that is known.

    :param architecture: Of the image, as images name it; where several libraries lie, that one's counts.
    """
    for folder in _library_folders(tree, architecture):
        names = tree.children(folder)
        match = next((match for name in names if (match := _GLIBC_IN_NAME.fullmatch(name))), None)
        if match:
            return f"glibc-{match[1]}"
        told = _GLIBC_IN_FILE.search(_content(tree, f"{folder}/libc.so.6")) if "libc.so.6" in names else None
        if told:
            return f"glibc-{told[1].decode()}"
    return _find_musl(tree)


def find_architecture(tree: FileTree) -> str | None:
    """Give what the C library is for, as images name it: ``amd64``; for what does not say so itself, such as a folder.

    None where there is no C library, or for an architecture that is not known.
    """
    folders = dict.fromkeys((*_library_folders(tree, ""), *_LIBRARY_FOLDERS))
    for folder in folders:
        for name in tree.children(folder):
            if name == "libc.so.6" or _MUSL_LOADER.fullmatch(name):
                header = _content(tree, f"{folder}/{name}")[:20]
                order: Literal["little", "big"] = "big" if header[5:6] == b"\2" else "little"
                found = _ELF_MACHINES.get(int.from_bytes(header[18:20], order))
                if header.startswith(b"\x7fELF") and found is not None:
                    return found
    return None


def _find_musl(tree: FileTree) -> str | None:
    for folder in _LIBRARY_FOLDERS:
        for name in tree.children(folder):
            if _MUSL_LOADER.fullmatch(name):
                told = _MUSL_IN_FILE.search(_content(tree, f"{folder}/{name}"))
                version = told[1].decode() if told else _alpine_version(tree, "musl")
                return f"musl-{'.'.join(version.split('.')[:2])}" if version else None
    return None


def _content(tree: FileTree, path: str) -> bytes:
    """Give what was kept of a file; nothing where a link leads to one that is no C library by its name."""
    found = tree.find(path)
    return (found.entry.file.content if found is not None else None) or b""


def _library_folders(tree: FileTree, architecture: str) -> Iterator[str]:
    """Give where the C library may lie, the image's own architecture first."""
    own = _MULTIARCH_OF.get(architecture)
    if own is not None:
        yield from (f"{folder}/{own}" for folder in _LIBRARY_FOLDERS)
    yield from ("lib64", "usr/lib64", "lib", "usr/lib")
    for folder in _LIBRARY_FOLDERS:
        yield from (f"{folder}/{name}" for name in tree.children(folder) if _MULTIARCH.fullmatch(name))
