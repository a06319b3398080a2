"""Projects of made-up files, each about one rule by which pips choose; the file names tell all, their contents nothing.

``{}`` stands for the project's name, ``{machine}`` for this machine's.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass, field

from support.distribution import Artifact

__all__ = ["CASES", "Case", "Listed"]

MACHINE = platform.machine()


@dataclass(frozen=True, slots=True)
class Listed:
    """A file and what its index says of it."""

    filename: str
    yanked: bool | str = False
    requires_python: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked of which files."""

    rule: str
    files: tuple[str | Listed, ...]
    specifier: str = ""
    pre: bool = False
    prefer_binary: bool = False
    no_binary: tuple[str, ...] = ()
    only_binary: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    """Files whose hashes the requirement names; it must be a pin then."""
    since: tuple[int, ...] = field(default=())
    """The first pip that can be asked."""

    @property
    def project(self) -> str:
        """A name of its own, so that all cases can be in one index."""
        return f"case{CASES.index(self)}"

    def artifacts(self, project: str | None = None) -> list[Artifact]:
        """Make the files, in the order they are listed."""
        project = project or self.project
        listed = [Listed(file) if isinstance(file, str) else file for file in self.files]
        return [
            Artifact.of(
                project,
                "",
                one.filename.format(project, machine=MACHINE),
                one.filename.encode(),
                yanked=one.yanked,
                requires_python=one.requires_python,
            )
            for one in listed
        ]

    def name_of(self, filename: str) -> str:
        """Fill the placeholders in."""
        return filename.format(self.project, machine=MACHINE)


WHEEL, BINARY = "{}-%s-py3-none-any.whl", "{}-%s-py3-none-linux_{machine}.whl"
SDIST = "{}-%s.tar.gz"


def wheels(versions: str) -> tuple[str, ...]:
    return tuple(WHEEL % version for version in versions.split())


def sdists(versions: str) -> tuple[str, ...]:
    return tuple(SDIST % version for version in versions.split())


_SPECIFIED = [
    ("1.0 2.0 2.1.dev1 3.0rc1", ["", ">=1.0", ">=2.1", ">=2.1.dev0", "==3.0rc1", "<3.0rc2", ">2.0rc1", "!=2.0", "<1"]),
    ("1.0a1 1.0a2", ["", ">=0.1", "<2", "!=1.0a2", "==1.0a1", ">=1.0a1", "~=1.0a1", ">0.9"]),
    ("0.9 1.0 1.0+local", ["<=1.0", "==1.0", "==1.0+local", "===1.0", "<1.0", ">1.0", ">=1.0", "!=1.0"]),
    ("1.0 1.0.post1 1.0.post2+x 1.1.dev1", [">1.0", ">1.0.post1", "<1.0.post1", "~=1.0", "==1.0.*", "===1.0.post1"]),
    ("1.0a1 1.0a1.post1 1.0 1.0.post1 1.0+local", [">1.0a1", "<1.0.post1", ">1.0a1,<1.0", "~=1.0a1"]),
    ("1.0 1.2 1.10 2.0 1!0.1", ["", "~=1.0", "~=1!0.1", "==1.1*", "<1!0", "==1.*", "==1!0.*", "~=1.2"]),
    ("1.0 1.0.0 1", ["", "==1", "===1.0.0"]),
    ("1.0a1 1.0 1.2 2.0", ["~=1.0a1"]),
]

_VERSIONS = [
    Case(f"versions {versions}", wheels(versions), specifier)
    for versions, specifiers in _SPECIFIED
    for specifier in specifiers
    if specifier != "==1.1*"
]

_ORDER = [
    Case("a wheel before the sdist", (SDIST % 1, WHEEL % 1, SDIST % "0.9")),
    Case("a newer sdist before an older wheel", (WHEEL % 1, SDIST % 2)),
    Case("the most specific tag", (WHEEL % 1, BINARY % 1, "{}-1-py2.py3-none-any.whl")),
    Case("build numbers and tags", (BINARY % "1-1", BINARY % "1-2", WHEEL % "1-3", SDIST % 1)),
    Case("a build number and none", (WHEEL % 1, WHEEL % "1-1")),
    Case("build numbers are numbers", (WHEEL % "1-9", WHEEL % "1-10", WHEEL % "1-10a")),
    Case("equal wheels", (WHEEL % "1.0", "{}-1-py3-none-any.whl", WHEEL % "1.0.0")),
    Case("equal sdists", ("{}-1.zip", "{}-1.tgz", "{}-1.tar.gz")),
    Case("equal sdists, the other way round", ("{}-1.tar.gz", "{}-1.zip")),
    Case("prefer binary", (SDIST % 3, WHEEL % 2, SDIST % 2, WHEEL % 1), prefer_binary=True, since=(18,)),
    Case("prefer binary, only sdists", sdists("1 2"), prefer_binary=True, since=(18,)),
    Case("prefer binary, yanked", (SDIST % 3, Listed(WHEEL % 2, "y")), prefer_binary=True, since=(18,)),
    Case("pre", wheels("1.0 2.0a1"), pre=True),
    Case("pre and a specifier", wheels("1.0 2.0a1"), "<2", pre=True),
    Case("no binary", (WHEEL % 1, SDIST % 1), no_binary=("{}",)),
    Case("no binary, all", (WHEEL % 2, SDIST % 1), no_binary=(":all:",)),
    Case("only binary", (WHEEL % 1, SDIST % 2), only_binary=("{}",)),
    Case("only binary, all", (WHEEL % 1, SDIST % 2), only_binary=(":all:",)),
    Case("only binary, all but one", (WHEEL % 1, SDIST % 2), only_binary=(":all:",), no_binary=("{}",)),
]

_YANKED = (*wheels("1 2"), Listed(WHEEL % 3, "broken"), Listed(WHEEL % 4, yanked=True))
_YANKS = [Case("yanked", _YANKED, specifier) for specifier in ("", ">2", "==3", "===3", "==3.*", ">=2", "==3,>2", "<4")]
_YANKS += [
    Case("all yanked", tuple(Listed(name, "y") for name in wheels("1 2"))),
    Case("one file of a version yanked", (Listed(WHEEL % 2, "y"), SDIST % 2, WHEEL % 1)),
    Case("a yanked final and a pre-release", (Listed(WHEEL % "1.0", "y"), WHEEL % "2.0a1")),
    Case("one file of a pin yanked", (Listed(WHEEL % 2, "y"), SDIST % 2), "==2"),
]

_BOUNDS = (
    *(">=3.5", "<3", "!=3.6.*", "!=3.6.*,!=3.7.*,!=3.8.*,!=3.9.*,!=3.10.*", ">=2.7, <3.99", "~=3.5", "==3.*", ">=3.5,"),
    # No specifiers by PEP 440, though some pips read them.
    *(">=3.99.*", ">=3.5.*", "<3.5.*", "~=3", "3", "three", "=>3.5", ">=3.5 <4", ">3.5.x", "!=2.7.x", ""),
)
_REQUIRES_PYTHON = [
    Case("Requires-Python", (WHEEL % 1, Listed(WHEEL % 2, requires_python=bounds))) for bounds in _BOUNDS
]

_SUFFIXES = (
    *(".zip", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma"),
    *(".egg", ".exe", ".TAR.GZ", ".tar.GZ", ".ZIP", ".7z", ".tar.zst", ".macosx10.zip", ""),
)
_NAMES = [Case("suffixes", (f"{{}}-2{suffix}", SDIST % 1)) for suffix in _SUFFIXES]
_NAMES += [
    Case("odd names", (name, WHEEL % "0.1"))
    for name in (
        *(WHEEL % version for version in ("1_1", "v1", "2011k", "1.0_rc1", "1.0-rc1", "1.0+local_1", " 1", "1 ", "x1")),
        WHEEL % "1_1-2",
        "{}-1-b1-py3-none-any.whl",
        "{}-1-py3-none.whl",
        "{}-1-1-2-py3-none-any.whl",
        "{}__-1-py3-none-any.whl",
        "{}_-1-py3-none-any.whl",
        "x{}-1-py3-none-any.whl",
        "{}-1-PY3-none-any.whl",
        "{}-1-py3.py4-none-any.linux.whl",
        "{}-1-py2-none-any.whl",
        "{}-1-py3-none-any.WHL",
        "{}-1-py3.6.tar.gz",
        "{}-1-py2.7.tar.gz",
        "{}-1-1.tar.gz",
        "{}-v1.tar.gz",
        "{}-2011k.tar.gz",
        "{}-1.linux-x86_64.tar.gz",
        "{}-.tar.gz",
        "{}.tar.gz",
        "{}--1.tar.gz",
        "{}_-1.tar.gz",
        "{}-extra-1.tar.gz",
        "x-{}-1.tar.gz",
    )
]

_HASHED = (WHEEL % 1, SDIST % 1)
_HASHES = [
    Case("hash of the wheel", _HASHED, "==1", allowed=(WHEEL % 1,)),
    Case("hash of the sdist", _HASHED, "==1", allowed=(SDIST % 1,)),
    Case("both hashes", _HASHED, "==1", allowed=_HASHED),
    Case("hash of a yanked file", (Listed(SDIST % 1, "y"), WHEEL % 1), "==1", allowed=(SDIST % 1,)),
    Case("another hash", (WHEEL % 1, SDIST % 1, WHEEL % 2), "==1", allowed=(WHEEL % 2,)),
    Case("hash of the lesser wheel", (WHEEL % 1, BINARY % 1), "==1", allowed=(WHEEL % 1,)),
]

CASES = [*_VERSIONS, *_ORDER, *_YANKS, *_REQUIRES_PYTHON, *_NAMES, *_HASHES]
