"""What a setup script would find around it on the target: its Python, its platform, the files of the archive."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipfreeze_lock.metadata.evaluation.values import Arguments, Prefix, Symbol, Unknown, Value

if TYPE_CHECKING:
    from pipfreeze_lock.metadata.archive import SourceTree
    from pipfreeze_lock.model.target import Target

__all__ = ["ROOT", "World"]

ROOT = "/root-of-the-sdist"
"""Stands for the folder that the sdist is unpacked to; a dependency that holds it is not the same everywhere."""

_PLATFORMS = {
    "linux": ("linux", "Linux", "posix"),
    "macos": ("darwin", "Darwin", "posix"),
    "windows": ("win32", "Windows", "nt"),
}
_64_BIT = ("x86_64", "amd64", "aarch64", "arm64", "ppc64le", "ppc64", "s390x", "riscv64")

_COMMAND_LINE = frozenset(
    """
    setup.py -c egg_info dist_info bdist_wheel build install clean --egg-base --output-dir --keep-egg-
    info --no-user-cfg --no-date --no-vcs --quiet -q --record --dist-dir -d --dist-info-dir --single-
    version-externally-managed
    """.split()  # noqa: SIM905  a line for each would take pages
)
"""What pip and setuptools.build_meta put on a setup script's command line."""

_COMMON_VARIABLES = frozenset(
    """
    PATH HOME USER USERNAME LOGNAME SHELL LANG TERM TMP TEMP TMPDIR PWD HOSTNAME CI CC CXX CFLAGS CPPFLAGS CXXFLAGS
    LDFLAGS LD_LIBRARY_PATH PKG_CONFIG_PATH VIRTUAL_ENV CONDA_PREFIX CONDA_BUILD READTHEDOCS TRAVIS APPVEYOR TOX_ENV
    DEBUG VERSION CUDA_HOME CUDA_PATH JAVA_HOME LLVM_CONFIG DISTUTILS_USE_SDK SOURCE_DATE_EPOCH
    """.split()  # noqa: SIM905  a line for each would take pages
)
"""Environment variables that may well be set where an image is built."""


@dataclass(kw_only=True, slots=True)
class World:
    """The target as a setup script sees it."""

    target: Target
    tree: SourceTree
    setuptools: str
    """Version of the setuptools that would run the script."""
    local_imports: bool
    """Whether modules beside the script can be imported (pip's own run of it: yes; ``setuptools.build_meta``: no)."""
    importable: frozenset[str]
    """Top-level modules that the declared build requirements bring."""
    assumes_unset: bool = False
    """Take environment variables that nobody sets by accident to be unset, and note them."""
    assumed_unset: set[str] = field(default_factory=set)
    folder: str = "."
    """The working folder, relative to the sdist's root."""
    consulted: set[str] = field(default_factory=set)
    """What of the target the script asked for: where nothing, its own egg-info must agree with the result."""

    def constant(self, path: str) -> Value | None:
        """Give what a dotted name is worth on the target, as a one-tuple, or None where it is no known constant."""
        facts = self._facts()
        if path not in facts:
            return None
        if not path.startswith(("os.curdir", "os.pardir", "os.environ", "sys.argv", "typing.", "string.")):
            self.consulted.add(path)
        return (facts[path],)

    def is_unset(self, variable: Value) -> bool:
        """Whether an environment variable may be taken to be unset; notes it, if so."""
        if not self.assumes_unset or not isinstance(variable, str):
            return False
        if variable in _COMMON_VARIABLES or variable.startswith(("PIP_", "PYTHON", "CI_", "GITHUB_", "LC_")):
            return False
        self.assumed_unset.add(variable)
        return True

    def has_attribute(self, module: str, name: str) -> bool | None:
        """Answer ``hasattr(module, name)`` where that is known."""
        path = f"{module}.{name}"
        if path.startswith("sys.pypy_"):
            self.consulted.add(path)
            return self.target.implementation == "pypy"
        if path in ("sys.maxint", "sys.setdefaultencoding", "sys.exc_clear"):
            self.consulted.add(path)
            return self.target.python_release[0] == 2
        if path in ("sys.real_prefix", "sys.getandroidapilevel", "sys.frozen"):
            return False
        return None

    def version_info(self) -> tuple[int, int, int, str, int]:
        """Give ``sys.version_info``."""
        from packaging.version import Version  # noqa: PLC0415  needed for scripts that ask

        version = Version(self.target.python)
        level, serial = ("final", 0)
        if version.pre:
            level, serial = {"a": "alpha", "b": "beta", "rc": "candidate"}[version.pre[0]], version.pre[1]
        return version.major, version.minor, version.micro, level, serial

    def normal_path(self, path: str) -> str | None:
        """Give a path relative to the sdist's root, or None for one outside it."""
        absolute = posixpath.normpath(posixpath.join(ROOT, self.folder, path))
        if absolute == ROOT:
            return "."
        return absolute[len(ROOT) + 1 :] if absolute.startswith(f"{ROOT}/") else None

    def _facts(self) -> dict[str, Value]:
        platform, system, os_name = _PLATFORMS[self.target.operating_system]
        python = self.target.python
        if self.target.python_release[0] == 2 and platform == "linux":
            platform = "linux2"
        wide = self.target.machine.lower() in _64_BIT
        implementation = {"cpython": "CPython", "pypy": "PyPy"}[self.target.implementation]
        return {
            "sys.version_info": self.version_info(),
            "sys.version_info.major": self.version_info()[0],
            "sys.version_info.minor": self.version_info()[1],
            "sys.version_info.micro": self.version_info()[2],
            "sys.argv": Arguments(_COMMAND_LINE),
            "sys.version": Prefix(f"{python} ("),
            "sys.hexversion": _hexversion(self.version_info()),
            "sys.platform": platform,
            "sys.maxsize": 2**63 - 1 if wide else 2**31 - 1,
            "sys.implementation.name": self.target.implementation,
            "sys.byteorder": "big" if self.target.machine.lower() == "s390x" else "little",
            "os.name": os_name,
            "os.sep": "\\" if os_name == "nt" else "/",
            "os.linesep": "\r\n" if os_name == "nt" else "\n",
            "os.curdir": ".",
            "os.pardir": "..",
            "platform.system()": system,
            "platform.machine()": self.target.machine,
            "platform.python_version()": python,
            "platform.python_version_tuple()": tuple(python.split(".", 2)),
            "platform.python_implementation()": implementation,
            "setuptools.__version__": self.setuptools,
            "pkg_resources.__version__": Unknown("the version of pkg_resources is not known"),
            "typing.TYPE_CHECKING": False,
            "string.ascii_letters": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "six.PY2": self.target.python_release[0] == 2,
            "six.PY3": self.target.python_release[0] == 3,
            "os.environ": Symbol("os.environ"),
        }


def _hexversion(info: tuple[int, int, int, str, int]) -> int:
    level = {"alpha": 0xA, "beta": 0xB, "candidate": 0xC, "final": 0xF}[info[3]]
    return info[0] << 24 | info[1] << 16 | info[2] << 8 | level << 4 | info[4]
