"""Platforms as people write them: Docker's ``linux/arm64``, or a wheel tag, ``manylinux_2_28_x86_64``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.model.target import Libc, OperatingSystem

__all__ = ["Platform", "parse_platform"]

_LINUX_MACHINES = {
    # Docker's names (github.com/containerd/platforms) and the kernel's
    "amd64": "x86_64",
    "x86_64": "x86_64",
    "386": "i686",
    "i386": "i686",
    "i686": "i686",
    "arm64": "aarch64",
    "arm64/v8": "aarch64",
    "aarch64": "aarch64",
    "arm": "armv7l",
    "arm/v7": "armv7l",
    "armv7l": "armv7l",
    "arm/v8": "armv8l",
    "armv8l": "armv8l",
    "arm/v6": "armv6l",
    "arm/v5": "armv5tel",
    "armv6l": "armv6l",
    "ppc64le": "ppc64le",
    "ppc64": "ppc64",
    "s390x": "s390x",
    "riscv64": "riscv64",
    "loong64": "loongarch64",
    "loongarch64": "loongarch64",
    "mips64le": "mips64",
}
_MACOS_MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "arm64": "arm64", "aarch64": "arm64"}
_WINDOWS_MACHINES = {"amd64": "AMD64", "x86_64": "AMD64", "386": "x86", "x86": "x86", "arm64": "ARM64"}
_WINDOWS_TAGS = {"win_amd64": "AMD64", "win32": "x86", "win_arm64": "ARM64"}
_NAMED_MANYLINUX = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_WHEEL_TAG = re.compile(r"(?P<name>manylinux1|manylinux2010|manylinux2014|linux)_(?P<machine>\w+)")
_VERSIONED_WHEEL_TAG = re.compile(
    r"(?P<name>manylinux|musllinux|macosx)_(?P<major>\d+)_(?P<minor>\d+)_(?P<machine>\w+)"
)
_FAT_FORMAT = re.compile(r"_(universal2?|intel|fat(?:3|32|64)?)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Platform:
    """An operating system on a machine; what was not said is None or empty."""

    operating_system: OperatingSystem
    machine: str
    """As ``platform.machine()`` says there."""
    libc: Libc | None = None
    """Said by a wheel tag alone."""
    os_version: str = ""
    """macOS, said by a wheel tag alone."""


def parse_platform(text: str) -> Platform:
    """Read ``OS/ARCHITECTURE[/VARIANT]`` or the platform part of a wheel's tag.

    :raises UsageError: for anything else.
    """
    written = text.strip().lower()
    platform = _docker_platform(written) if "/" in written else _wheel_platform(written.replace("-", "_"))
    if platform is None:
        message = f"`{text}` is not a platform"
        if written.startswith("macosx") and (fat := _FAT_FORMAT.search(written)):
            message += f": `{fat[1]}` is a kind of file, which runs on more than one"
            system = written.removesuffix(fat[0])
            hint = f"Say the machine that it runs on: `{system}_x86_64`, or from macOS 11 on `{system}_arm64`."
            raise UsageError(message, hints=[hint])
        hint = (
            "Write it as `linux/amd64`, `linux/arm64`, `macos/arm64`, `windows/amd64`, or as the platform of a wheel: "
        )
        raise UsageError(
            message, hints=[f"{hint}`manylinux2014_aarch64`, `musllinux_1_2_x86_64`, `macosx_11_0_arm64`."]
        )
    return platform


def _docker_platform(text: str) -> Platform | None:
    name, _, architecture = text.partition("/")
    match name:
        case "linux" if architecture in _LINUX_MACHINES:
            return Platform(operating_system="linux", machine=_LINUX_MACHINES[architecture])
        case "darwin" | "macos" if architecture in _MACOS_MACHINES:
            return Platform(operating_system="macos", machine=_MACOS_MACHINES[architecture])
        case "windows" if architecture in _WINDOWS_MACHINES:
            return Platform(operating_system="windows", machine=_WINDOWS_MACHINES[architecture])
    return None


def _wheel_platform(text: str) -> Platform | None:
    if text in _WINDOWS_TAGS:
        return Platform(operating_system="windows", machine=_WINDOWS_TAGS[text])
    if match := _WHEEL_TAG.fullmatch(text):
        level = _NAMED_MANYLINUX.get(match["name"])
        return _linux(match["machine"], Libc("glibc", *level) if level else None)
    if match := _VERSIONED_WHEEL_TAG.fullmatch(text):
        major, minor = int(match["major"]), int(match["minor"])
        match match["name"]:
            case "manylinux":
                return _linux(match["machine"], Libc("glibc", major, minor))
            case "musllinux":
                return _linux(match["machine"], Libc("musl", major, minor))
        if match["machine"] in _MACOS_MACHINES:
            machine = _MACOS_MACHINES[match["machine"]]
            return Platform(operating_system="macos", machine=machine, os_version=f"{major}.{minor}")
    return None


def _linux(machine: str, libc: Libc | None) -> Platform | None:
    if machine not in _LINUX_MACHINES:
        return None
    return Platform(operating_system="linux", machine=_LINUX_MACHINES[machine], libc=libc)
