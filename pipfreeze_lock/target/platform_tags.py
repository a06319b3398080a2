"""The platform part of wheel tags (PEP 425, 513, 571, 599, 600, 656), ordered as a given pip orders it."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.model.target import Libc, Target
    from pipfreeze_lock.target.tag_steps import TagRules

__all__ = ["platform_tags"]

_X86 = frozenset({"x86_64", "i686"})
_LEGACY_NAMES = {(2, 17): "manylinux2014", (2, 12): "manylinux2010", (2, 5): "manylinux1"}
_LAST_GLIBC_MINOR = 50
"""What packaging takes for the last minor of a glibc major that has a successor (``_manylinux.py``)."""
_WINDOWS_TAGS = {"amd64": "win_amd64", "x86_64": "win_amd64", "arm64": "win_arm64", "aarch64": "win_arm64"}


def platform_tags(target: Target, rules: TagRules) -> list[str]:
    """Give the platform tags of a target, the best first."""
    match target.operating_system:
        case "linux":
            return _linux_tags(target.machine, target.libc, rules)
        case "macos":
            major, minor = _macos_version(target.os_version)
            if rules.packaging:
                return list(_packaging_macos_tags(major, minor, target.machine, rules))
            return _pep425_macos_tags(major, minor, target.machine)
        case "windows":
            return [_WINDOWS_TAGS.get(target.machine.lower(), "win32")]


def _linux_tags(machine: str, libc: Libc | None, rules: TagRules) -> list[str]:
    machines = ["armv8l", "armv7l"] if rules.armv8l and machine == "armv8l" else [machine]
    native = [f"linux_{name}" for name in machines]
    portable: list[str] = []
    if libc is not None and libc.family == "glibc":
        if rules.manylinux_perennial:
            if not rules.manylinux_machines.isdisjoint(machines):
                portable.extend(chain.from_iterable(_perennial_tags(name, libc) for name in machines))
        else:
            portable.extend(_named_manylinux_tags(machine, libc, rules))
    elif libc is not None and rules.musllinux:
        portable.extend(
            f"musllinux_{libc.major}_{minor}_{name}" for name in machines for minor in range(libc.minor, -1, -1)
        )
    return [*native, *portable] if rules.native_platform_first else [*portable, *native]


def _named_manylinux_tags(machine: str, libc: Libc, rules: TagRules) -> Iterator[str]:
    """``manylinux2014`` and older, as pips below 20.3 know them; only the last of them is for others than x86."""
    if machine not in rules.manylinux_machines or libc.major != 2:
        return
    for name, minor in rules.manylinux:
        if libc.minor >= minor and (name == "manylinux2014" or machine in _X86):
            yield f"{name}_{machine}"


def _perennial_tags(machine: str, libc: Libc) -> Iterator[str]:
    """PEP 600: every glibc down to 2.5 on x86, to 2.17 elsewhere, the older names beside the version they stand for."""
    oldest = 5 if machine in _X86 else 17
    for major in range(libc.major, 1, -1):
        newest_minor = libc.minor if major == libc.major else _LAST_GLIBC_MINOR
        for minor in range(newest_minor, (oldest if major == 2 else 0) - 1, -1):
            yield f"manylinux_{major}_{minor}_{machine}"
            if (major, minor) in _LEGACY_NAMES:
                yield f"{_LEGACY_NAMES[major, minor]}_{machine}"


def _macos_version(os_version: str) -> tuple[int, int]:
    major, _, minor = os_version.partition(".")
    return int(major), int(minor.partition(".")[0] or 0)


def _packaging_macos_tags(major: int, minor: int, machine: str, rules: TagRules) -> Iterator[str]:
    """`mac_platforms` of packaging."""
    if major == 10 or not rules.macos_every_major:
        for older in range(minor, -1, -1):
            yield from _packaging_macos_formats(major, older, machine, rules)
        return
    for older_major in range(major, 10, -1):
        yield from _packaging_macos_formats(older_major, 0, machine, rules)
    if machine == "x86_64":
        for older in range(16, 3, -1):
            yield from _packaging_macos_formats(10, older, machine, rules)
    elif rules.macos_universal2_of_10:
        yield from (f"macosx_10_{older}_universal2" for older in range(16, 3, -1))


def _packaging_macos_formats(major: int, minor: int, machine: str, rules: TagRules) -> Iterator[str]:
    """`_mac_binary_formats` of packaging, without PowerPC, which no Python of ours runs on."""
    formats = [machine]
    fat32 = rules.macos_fat32
    if machine in ("x86_64", "i386"):
        if (major, minor) < (10, 4):
            return
        formats += ["intel", "fat64", fat32] if machine == "x86_64" else ["intel", fat32, "fat"]
    if rules.macos_universal2 and machine in ("x86_64", "arm64"):
        formats.append("universal2")
    if machine in ("x86_64", "i386") or rules.macos_universal_on_arm64:
        formats.append("universal")
    yield from (f"macosx_{major}_{minor}_{name}" for name in formats)


def _pep425_macos_tags(major: int, minor: int, machine: str) -> list[str]:
    """`get_darwin_arches` of pip's `pep425tags`, for the minors of the running major alone."""
    return [
        f"macosx_{major}_{older}_{name}"
        for older in range(minor, -1, -1)
        for name in _pep425_macos_formats(major, older, machine)
    ]


def _pep425_macos_formats(major: int, minor: int, machine: str) -> Iterator[str]:
    version = (major, minor)
    intel = {"i386": version >= (10, 4), "x86_64": version >= (10, 5)}
    powerpc = {"ppc": version <= (10, 5), "ppc64": version == (10, 5)}
    runs = intel | powerpc
    groups = {
        "fat": ("i386", "ppc"),
        "intel": ("x86_64", "i386"),
        "fat64": ("x86_64", "ppc64"),
        "fat32": ("x86_64", "i386", "ppc"),
    }
    if runs.get(machine, False):
        yield machine
    yield from (name for name, members in groups.items() if machine in members and any(runs[one] for one in members))
    yield "universal"
