"""The C library of an image, by the names of its files, by what stands in them, by the records of packages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support import needs
from support.file_trees import Link, tree

from pipfreeze_lock.image.python_versions import find_libc

DEBIAN_12 = "\x7fELF\0GNU C Library (Debian GLIBC 2.36-9+deb12u10) stable release version 2.36.\nCopyright (C)"
UBUNTU = "\x7fELF\0GNU C Library (Ubuntu GLIBC 2.35-0ubuntu3.8) stable release version 2.35.\n"
FEDORA = "\x7fELF\0GNU C Library (GNU libc) stable release version 2.40.\n"
MUSL = "\x7fELF\0more\x001.2.4\0musl libc (x86_64)\nVersion %s\n\0"


@pytest.mark.parametrize(
    ("files", "libc"),
    [
        ({"lib/x86_64-linux-gnu": {"libc-2.24.so": "", "libc.so.6": Link("libc-2.24.so")}}, "glibc-2.24"),
        ({"lib64": {"libc-2.17.so": "", "libc.so.6": Link("libc-2.17.so")}}, "glibc-2.17"),
        ({"lib": Link("usr/lib"), "usr/lib/x86_64-linux-gnu/libc.so.6": DEBIAN_12}, "glibc-2.36"),
        ({"usr/lib/aarch64-linux-gnu/libc.so.6": UBUNTU}, "glibc-2.35"),
        ({"lib64": Link("usr/lib64"), "usr/lib64/libc.so.6": FEDORA}, "glibc-2.40"),
        ({"lib/arm-linux-gnueabihf/libc.so.6": UBUNTU}, "glibc-2.35"),
        ({"lib/ld-musl-x86_64.so.1": MUSL, "lib/libc.musl-x86_64.so.1": Link("ld-musl-x86_64.so.1")}, "musl-1.2"),
        ({"lib/ld-musl-aarch64.so.1": "", "lib/apk/db/installed": "P:musl\nV:1.1.24-r10\n"}, "musl-1.1"),
        ({"lib/ld-musl-aarch64.so.1": ""}, None),
        # Alpine's gcompat and libc6-compat: another name for musl.
        (
            {
                "lib/ld-musl-x86_64.so.1": MUSL,
                "lib64": Link("lib"),
                "lib/libc.so.6": Link("ld-musl-x86_64.so.1"),
            },
            "musl-1.2",
        ),
        # Debian's package `musl` beside its own library.
        ({"lib/x86_64-linux-gnu/libc.so.6": DEBIAN_12, "lib/ld-musl-x86_64.so.1": MUSL}, "glibc-2.36"),
        ({"lib/x86_64-linux-gnu/libc.so.6": Link("/gone")}, None),
        ({"usr/lib/python3/libc.so.6": DEBIAN_12}, None),
        ({}, None),
    ],
)
def test_libc(files: dict, libc: str | None):
    assert find_libc(tree(files)) == libc


def test_library_of_the_images_own_architecture():
    files = {"usr/lib/i386-linux-gnu/libc.so.6": UBUNTU, "usr/lib/x86_64-linux-gnu/libc.so.6": DEBIAN_12}
    assert find_libc(tree(files), "amd64") == "glibc-2.36"
    assert find_libc(tree(files), "386") == "glibc-2.35"


def test_library_of_this_machine():
    name, _, version = (
        (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ") if hasattr(os, "confstr") else ("", "", "")
    )
    found = next(Path("/lib").glob("*-linux-gnu/libc.so.6"), Path("/lib64/libc.so.6"))
    if not version or not found.exists():
        needs.missing("glibc")
    files = {str(found).lstrip("/"): found.read_bytes()}
    if found.resolve().name != "libc.so.6":  # before 2.34
        files = {
            str(found.with_name(found.resolve().name)).lstrip("/"): b"",
            str(found).lstrip("/"): Link(found.resolve().name),
        }
    assert find_libc(tree(files)) == f"{name}-{version}"
