"""What the system's package managers have installed, with the files of each package: read from their own lists.

Sources: ``dpkg-query(1)`` for ``/var/lib/dpkg/status`` and ``info/*.list``, Google's distroless images for
``status.d/*.md5sums``, ``apk-db(5)`` of apk-tools for ``/lib/apk/db/installed``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.image.layers import FileTree

__all__ = ["SystemPackage", "system_packages", "unread_manager"]

_DPKG = "var/lib/dpkg/info"
_DPKG_STATUS = "var/lib/dpkg/status"
_DISTROLESS = "var/lib/dpkg/status.d"
_APK = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
_UNREAD = {"var/lib/rpm": "rpm", "usr/lib/sysimage/rpm": "rpm", "var/lib/pacman": "pacman", "var/db/pkg": "portage"}
"""Package managers whose records we do not read, by where they keep them."""
_FIELD = re.compile(r"^(Package|Version|Section): *(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SystemPackage:
    """One package."""

    name: str
    version: str
    """Empty where that is not known."""
    section: str
    """Of Debian's archive, ``libdevel``; empty where that is not known."""
    files: list[str]
    """Paths from the root, with ``/`` before them, as the package has them: links on the way are not followed. dpkg
    lists folders, too."""


def system_packages(tree: FileTree) -> Iterator[SystemPackage]:
    """Give all packages of dpkg, of distroless images and of apk.

    :param tree: Read with an interest in the contents of their lists.
    """
    yield from _dpkg(tree)
    yield from _distroless(tree)
    for path in _APK:
        yield from _apk(_text(tree, path))


def unread_manager(tree: FileTree) -> str | None:
    """Give the name of a package manager that is there, and whose records we do not read."""
    return next((name for place, name in _UNREAD.items() if tree.find(place) is not None), None)


def _dpkg(tree: FileTree) -> Iterator[SystemPackage]:
    lists = [name for name in tree.children(_DPKG) if name.endswith(".list")]
    known = _fields(_text(tree, _DPKG_STATUS)) if lists else {}
    for one in lists:
        name = one.removesuffix(".list").partition(":")[0]  # of several architectures: `libc6:amd64.list`
        version, section = known.get(name, ("", ""))
        yield SystemPackage(name, version, section, _text(tree, f"{_DPKG}/{one}").splitlines())


def _distroless(tree: FileTree) -> Iterator[SystemPackage]:
    for one in tree.children(_DISTROLESS):
        if not one.endswith(".md5sums"):
            continue
        stem = one.removesuffix(".md5sums")
        name, (version, section) = next(iter(_fields(_text(tree, f"{_DISTROLESS}/{stem}")).items()), (stem, ("", "")))
        lines = _text(tree, f"{_DISTROLESS}/{one}").splitlines()
        yield SystemPackage(name, version, section, [f"/{line.partition('  ')[2].lstrip('./')}" for line in lines])


def _fields(status: str) -> dict[str, tuple[str, str]]:
    """Give version and section of each package of a dpkg status."""
    found: dict[str, tuple[str, str]] = {}
    for paragraph in status.split("\n\n"):
        fields: dict[str, str] = dict(_FIELD.findall(paragraph))
        if "Package" in fields:
            found[fields["Package"]] = (fields.get("Version", ""), fields.get("Section", "").rpartition("/")[2])
    return found


def _apk(text: str) -> Iterator[SystemPackage]:
    """Read ``P:name``, ``V:version``, ``F:folder`` and ``R:file`` lines, a blank one after each package."""
    for paragraph in text.split("\n\n"):
        name = version = folder = ""
        files = []
        for line in paragraph.splitlines():
            match line[:2]:
                case "P:":
                    name = line[2:]
                case "V:":
                    version = line[2:]
                case "F:":
                    folder = f"/{line[2:]}" if line[2:] else ""
                case "R:":
                    files.append(f"{folder}/{line[2:]}")
        if name or files:
            yield SystemPackage(name, version, "", files)


def _text(tree: FileTree, path: str) -> str:
    return (tree.read(path) or b"").decode(errors="surrogateescape")
