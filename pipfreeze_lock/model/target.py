"""The image's pip, as a value: for whom a lock is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pipfreeze_lock.errors import UsageError

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

__all__ = ["BaseDistribution", "Implementation", "Libc", "OperatingSystem", "Target", "docker_platform"]

Implementation = Literal["cpython", "pypy"]
OperatingSystem = Literal["linux", "macos", "windows"]


@dataclass(frozen=True, slots=True, order=True)
class Libc:
    """A C library: ``glibc-2.24``, ``musl-1.2``. Windows and macOS have none that matters."""

    family: Literal["glibc", "musl"]
    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.family}-{self.major}.{self.minor}"

    @classmethod
    def parse(cls, text: str) -> Libc:
        """Read ``FAMILY-MAJOR.MINOR``; a further ``.PATCH`` is dropped, since no wheel tag knows it.

        :raises UsageError: for anything else.
        """
        family, _, version = text.strip().lower().partition("-")
        numbers = version.split(".")
        if family in ("glibc", "musl") and len(numbers) >= 2 and all(part.isdigit() for part in numbers):
            return cls("glibc" if family == "glibc" else "musl", int(numbers[0]), int(numbers[1]))
        msg = f"`{text}` is not a C library and version"
        raise UsageError(msg, hints=["Write it as `glibc-2.24` or `musl-1.2`."])


@dataclass(frozen=True, slots=True, order=True)
class BaseDistribution:
    """A distribution that the base image has before anything is installed."""

    name: NormalizedName
    version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What decides which files a pip takes: an interpreter, a platform, a pip, and what is installed already."""

    python: str
    """Full version: ``3.6.8``, ``3.14.0rc1``."""
    implementation: Implementation = "cpython"
    implementation_version: str
    """Of the implementation: PyPy's own; equal to `python` on CPython."""
    abi: str
    """``cp36m``, ``cp313t``, ``pypy310_pp73``."""
    operating_system: OperatingSystem = "linux"
    os_version: str = ""
    """macOS: ``11.0``, as in a wheel tag; else empty."""
    machine: str
    """As ``platform.machine()`` says there: ``x86_64``, ``aarch64``, ``armv7l``, ``i686``, ``AMD64``, ``arm64``."""
    libc: Libc | None
    pip: str
    """Version of the image's pip."""
    base: tuple[BaseDistribution, ...] = ()
    """Sorted by name; always holds pip itself."""
    markers: tuple[tuple[str, str], ...] = ()
    """Marker values given by hand (``--marker NAME=VALUE``), sorted by name."""
    sources: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """Where each part came from, as (part, words): ``("pip", "python:3.6.8 in the table of base images")``."""
    estimated: tuple[str, ...] = field(default=(), compare=False)
    """Parts that are not known but estimated: ``setuptools``, ``wheel``, ``pip``."""

    @property
    def python_version(self) -> str:
        """``3.6`` of ``3.6.8``."""
        return ".".join(self.python.split(".")[:2])

    @property
    def python_release(self) -> tuple[int, int]:
        """``(3, 6)`` of ``3.6.8``."""
        major, minor = self.python_version.split(".")
        return int(major), int(minor)

    @property
    def platform(self) -> str:
        """As Docker writes it: ``linux/amd64``; the machine as it is where Docker has no word for it."""
        return docker_platform(self.operating_system, self.machine)

    def __str__(self) -> str:
        """The ``# target:`` line of a lock."""
        libc = (
            str(self.libc) if self.libc else (f"{self.operating_system}-{self.os_version}" if self.os_version else "-")
        )
        return f"{self.implementation} {self.python} {self.abi} {self.platform} {libc} pip-{self.pip}"


def docker_platform(operating_system: OperatingSystem, machine: str) -> str:
    """Write a platform as `Target.platform` has it."""
    return f"{operating_system}/{_DOCKER_ARCHITECTURES.get(machine.lower(), machine.lower())}"


_DOCKER_ARCHITECTURES = {
    "x86_64": "amd64",
    "amd64": "amd64",
    "aarch64": "arm64",
    "arm64": "arm64",
    "armv7l": "arm/v7",
    "armv6l": "arm/v6",
    "i686": "386",
    "i386": "386",
    "ppc64le": "ppc64le",
    "s390x": "s390x",
    "riscv64": "riscv64",
}
