"""Interpreters on machines, described: what they would say of themselves, and how one gives them to us.

`Interpreter.facts` is what `ask_pip_for_tags.py` puts in the place of the running interpreter's own; `Interpreter.target`
is made of the options that a user would write for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.model.target import Libc
from pipfreeze_lock.target.from_flags import target_from_flags
from pipfreeze_lock.target.tag_steps import pip_release

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.model.target import Target

__all__ = ["PYTHONS", "Interpreter", "interpreters_of"]

PYTHONS = {
    "2.7": "2.7.18",
    "3.6": "3.6.15",
    "3.7": "3.7.17",
    "3.8": "3.8.20",
    "3.9": "3.9.25",
    "3.10": "3.10.19",
    "3.11": "3.11.14",
    "3.12": "3.12.12",
    "3.13": "3.13.9",
    "3.14": "3.14.0",
}
PYPYS = {
    "2.7": ("7.1.1", "7.3.20"),
    "3.6": ("7.1.1", "7.2.0", "7.3.0", "7.3.3"),
    "3.7": ("7.3.9",),
    "3.8": ("7.3.11",),
    "3.9": ("7.3.16",),
    "3.10": ("7.3.19",),
    "3.11": ("7.3.20",),
}

GLIBCS = ("2.4", "2.5", "2.11", "2.12", "2.16", "2.17", "2.24", "2.27", "2.28", "2.31", "2.36", "2.41", "3.1")
LINUX = (
    *(("x86_64", f"glibc-{version}") for version in GLIBCS),
    *(
        (machine, f"glibc-{version}")
        for machine in ("aarch64", "armv7l", "i686", "ppc64le", "s390x")
        for version in ("2.4", "2.5", "2.16", "2.17", "2.28", "2.36", "2.41")
    ),
    *((machine, "glibc-2.41") for machine in ("armv8l", "armv6l", "ppc64", "riscv64", "loongarch64", "mips64")),
    *(
        (machine, f"musl-{version}")
        for machine in ("x86_64", "aarch64", "armv7l", "i686", "ppc64le", "s390x", "riscv64")
        for version in ("1.1", "1.2")
    ),
    ("armv8l", "musl-1.2"),
    ("armv6l", "musl-1.2"),
)
MACOS = (
    *((f"10.{minor}", "x86_64") for minor in (9, 12, 13, 14, 15)),
    *((version, machine) for version in ("11.0", "11.7", "12.3", "13.6", "14.2", "15.1", "26.0") for machine in ("x86_64", "arm64")),
)  # fmt: skip
WINDOWS = (("AMD64", "win-amd64", 64), ("x86", "win32", 32), ("ARM64", "win-arm64", 64))

_ELF_MACHINES = {
    "i686": 3, "mips64": 8, "ppc64": 21, "ppc64le": 21, "s390x": 22, "armv6l": 40, "armv7l": 40, "armv8l": 40,
    "x86_64": 62, "aarch64": 183, "riscv64": 243, "loongarch64": 258, "arm64": 183,
}  # fmt: skip
_ARM_HARD_FLOAT = 0x05000400
"""Of e_flags: EABI 5, floating point in registers."""
_DOCKER_NAMES = {
    "x86_64": "amd64", "aarch64": "arm64", "i686": "386", "armv6l": "arm/v6", "armv7l": "arm/v7", "armv8l": "arm/v8",
    "loongarch64": "loong64", "mips64": "mips64le",
}  # fmt: skip
_MACHINES_32 = ("i686", "armv6l", "armv7l", "armv8l")


@dataclass(frozen=True, kw_only=True, slots=True)
class Interpreter:
    """One interpreter on one machine."""

    python: str
    """``3.6``."""
    system: str = "linux"
    """``linux``, ``macos``, ``windows``."""
    machine: str = "x86_64"
    """As ``platform.machine()`` says: the kernel's."""
    libc: str = ""
    """``glibc-2.36``; Linux alone."""
    os_version: str = ""
    """macOS alone."""
    bits: int = 64
    build: str = ""
    """Flags of the build that are not the usual ones: ``d``, ``t``, ``td``; ``narrow`` or ``wide`` on Python 2."""
    pypy: str = ""
    """PyPy's own version."""

    def __str__(self) -> str:
        kind = f"PyPy {self.pypy} of {self.python}" if self.pypy else f"CPython {self.python}{self.build}"
        return f"{kind}, {self.bits} bits, {self.system} {self.machine} {self.libc}{self.os_version}"

    @property
    def release(self) -> tuple[int, int]:
        major, minor = self.python.split(".")
        return int(major), int(minor)

    @property
    def facts(self) -> dict[str, Any]:
        """What it would say; see `ask_pip_for_tags.py`."""
        libc = Libc.parse(self.libc) if self.libc else None
        numbers = f"{libc.major}.{libc.minor}" if libc else None
        return {
            "python": [int(part) for part in PYTHONS[self.python].split(".")],
            "implementation": "pypy" if self.pypy else "cpython",
            "pypy": [int(part) for part in self.pypy.split(".")] if self.pypy else None,
            "abiflags": self._flags if self.release >= (3, 2) else "",
            "maxunicode": 0x10FFFF if self._is_wide else 0xFFFF,
            "bits": self.bits,
            "system": {"linux": "Linux", "macos": "Darwin", "windows": "Windows"}[self.system],
            "sys_platform": {"linux": "linux", "macos": "darwin", "windows": "win32"}[self.system]
            + ("2" if self.system == "linux" and self.release < (3, 3) else ""),
            "machine": self.machine,
            "platform": self._platform,
            "mac_version": self.os_version,
            "glibc": numbers if libc and libc.family == "glibc" else None,
            "musl": f"{numbers}.5" if libc and libc.family == "musl" else None,
            "elf_machine": _ELF_MACHINES.get(self._program, 0),
            "elf_flags": _ARM_HARD_FLOAT if self._program.startswith("armv") else 0,
            "config_vars": self._config_vars,
            "suffixes": self._suffixes,
        }

    def target(self, pip: str) -> Target:
        """Give the target that a user's options for it, and for that pip, make."""
        return target_from_flags(
            python_version=PYTHONS[self.python],
            implementation=f"pypy-{self.pypy}" if self.pypy else None,
            abi=self._abi,
            platform=self._platform_option(pip),
            libc=self.libc or None,
            pip_version=pip,
        )

    @property
    def _program(self) -> str:
        """The machine that the interpreter itself is made for."""
        if self.bits == 32 and self.machine in ("x86_64", "aarch64"):
            return {"x86_64": "i686", "aarch64": "armv7l"}[self.machine]
        return self.machine

    @property
    def _is_wide(self) -> bool:
        if self.release >= (3, 3):
            return True
        return self.build == "wide" or (self.system == "linux" and self.build != "narrow")

    @property
    def _flags(self) -> str:
        """Of the ABI, PEP 3149: ``m``, ``dmu``, ``t``."""
        flags = self.build if self.build in ("d", "t", "td") else ""
        if self.release < (3, 8):
            flags += "m"
        return flags + ("u" if self.release < (3, 3) and self._is_wide else "")

    @property
    def _abi(self) -> str | None:
        """The option, where it is not the usual one."""
        return f"cp{self.python.replace('.', '')}{self._flags}" if self.build else None

    @property
    def _platform(self) -> str:
        """Of `sysconfig.get_platform`; on macOS the system that it was built for, which is not the one it runs on."""
        if self.system == "linux":
            return f"linux-{self.machine}"
        if self.system == "macos":
            return f"macosx-10.9-{'universal2' if self.machine == 'arm64' else self.machine}"
        return next(platform for machine, platform, _ in WINDOWS if machine == self.machine)

    def _platform_option(self, pip: str) -> str:
        if self.system == "windows":
            return self._platform.replace("-", "_")
        if self.system == "macos":
            return f"macosx_{self.os_version.replace('.', '_')}_{self.machine}"
        machine = self.machine
        if self.bits == 32 and machine == "x86_64":
            machine = "i686"
        elif self.bits == 32 and machine == "aarch64" and pip_release(pip) >= (20, 1):
            machine = "armv8l" if pip_release(pip) >= (24, 1) else "armv7l"
        return f"linux/{_DOCKER_NAMES.get(machine, machine)}"

    @property
    def _soabi(self) -> str | None:
        nodot = self.python.replace(".", "")
        if self.pypy:
            own = "".join(self.pypy.split(".")[:2])
            if self.release < (3, 0):
                return f"pypy-{own}"
            return f"pypy{nodot}-pp{own}" if own >= "73" else f"pypy3-{own}"
        if self.system == "windows" or self.release < (3, 2):
            return None
        return f"cpython-{nodot}{self._flags}-{self._multiarch}"

    @property
    def _multiarch(self) -> str:
        return "darwin" if self.system == "macos" else f"{self.machine}-linux-gnu"

    @property
    def _extension(self) -> str:
        """The suffix with the ABI in it, EXT_SUFFIX."""
        ending = "pyd" if self.system == "windows" else "so"
        if self.release < (3, 0) and not self.pypy:
            return f".{ending}"
        windows = f"{self._platform.replace('-', '_')}"
        if self.pypy:
            return f".{self._soabi}-{windows if self.system == 'windows' else self._multiarch}.{ending}"
        if self.system == "windows":
            flags = self._flags.replace("m", "")
            return f".cp{self.python.replace('.', '')}{flags}-{windows}.pyd"
        return f".{self._soabi}.{ending}"

    @property
    def _suffixes(self) -> list[str]:
        if self.pypy:
            return [self._extension]
        if self.system == "windows":
            return [self._extension, ".pyd"]
        if self.release < (3, 0):
            return [".so", "module.so"]
        return [self._extension, *([] if "t" in self._flags else [".abi3.so"]), ".so"]

    @property
    def _config_vars(self) -> dict[str, object]:
        variables: dict[str, object] = {
            "py_version_nodot": self.python.replace(".", ""),
            "SOABI": self._soabi,
            "EXT_SUFFIX": self._extension,
            "Py_DEBUG": None,
            "WITH_PYMALLOC": None,
            "Py_UNICODE_SIZE": None,
            "Py_GIL_DISABLED": int("t" in self._flags) if self.release >= (3, 13) and not self.pypy else None,
        }
        if self.system != "windows" and not self.pypy:
            variables |= {"Py_DEBUG": int("d" in self._flags), "WITH_PYMALLOC": 1}
            if self.release < (3, 3):
                variables["Py_UNICODE_SIZE"] = 4 if self._is_wide else 2
        return variables


def interpreters_of(python: str) -> list[Interpreter]:
    """Give all of one Python version."""
    return [*_linux(python), *_macos(python), *_windows(python), *_builds(python), *_pypys(python)]


def _linux(python: str) -> Iterator[Interpreter]:
    for machine, libc in LINUX:
        yield Interpreter(python=python, machine=machine, libc=libc, bits=32 if machine in _MACHINES_32 else 64)
    for machine in ("x86_64", "aarch64"):  # a 32-bit image on a 64-bit kernel
        for libc in ("glibc-2.36", "musl-1.2"):
            yield Interpreter(python=python, machine=machine, libc=libc, bits=32)


def _macos(python: str) -> Iterator[Interpreter]:
    for version, machine in MACOS:
        yield Interpreter(python=python, system="macos", machine=machine, os_version=version)


def _windows(python: str) -> Iterator[Interpreter]:
    for machine, _, bits in WINDOWS:
        yield Interpreter(python=python, system="windows", machine=machine, bits=bits)


def _builds(python: str) -> Iterator[Interpreter]:
    """Debug builds, narrow ones of Python 2, free-threaded ones."""
    release = tuple(map(int, python.split(".")))
    kinds = ["d", *(("t", "td") if release >= (3, 13) else ()), *(("narrow",) if release < (3, 3) else ())]
    for build in kinds:
        for libc in ("glibc-2.17", "glibc-2.36", "musl-1.2"):
            yield Interpreter(python=python, libc=libc, build=build)
        yield Interpreter(python=python, libc="glibc-2.31", machine="aarch64", build=build)
    if release < (3, 3):
        yield Interpreter(python=python, system="macos", os_version="10.15", build="wide")
    if release >= (3, 13):
        yield Interpreter(python=python, system="macos", os_version="14.2", machine="arm64", build="t")
        yield Interpreter(python=python, system="windows", machine="AMD64", build="t")


def _pypys(python: str) -> Iterator[Interpreter]:
    for pypy in PYPYS.get(python, ()):
        for machine, libc in (
            ("x86_64", "glibc-2.12"),
            ("x86_64", "glibc-2.36"),
            ("x86_64", "musl-1.2"),
            ("aarch64", "glibc-2.31"),
            ("i686", "glibc-2.28"),
            ("s390x", "glibc-2.28"),
        ):
            yield Interpreter(
                python=python, pypy=pypy, machine=machine, libc=libc, bits=32 if machine in _MACHINES_32 else 64
            )
        for version, machine in (("10.15", "x86_64"), ("11.7", "x86_64"), ("14.2", "arm64")):
            yield Interpreter(python=python, pypy=pypy, system="macos", os_version=version, machine=machine)
        yield Interpreter(python=python, pypy=pypy, system="windows", machine="AMD64")
