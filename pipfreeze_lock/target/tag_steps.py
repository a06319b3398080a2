"""What changed from pip to pip in the list of wheel tags that a pip accepts, each step with the version it starts at.

Read off pip's own sources, release by release (`pip/pep425tags.py`, later `pip/_internal/pep425tags.py`, later
`pip/_vendor/packaging/tags.py` with `_manylinux.py` and `_musllinux.py`), and put to the real pips by
`tests/target/test_tags_of_real_pips.py`. Releases that are not named here compute as the one before them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

__all__ = ["STEPS", "TagRules", "TagStep", "pip_release", "rules_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TagRules:
    """How one pip computes its tags; the defaults are those of pip 8.0."""

    packaging: bool = False
    """By ``packaging.tags``; else by pip's own ``pep425tags``."""
    implementation_any_of_older_versions: bool = True
    """``cp35-none-any`` on Python 3.6."""
    older_abi3: bool = False
    """``cp35-abi3-…`` on Python 3.6."""
    manylinux: tuple[tuple[str, int], ...] = ()
    """Named manylinux tags, newest first, with the minor of the glibc 2 that each needs."""
    manylinux_perennial: bool = False
    """``manylinux_2_24`` (PEP 600)."""
    manylinux_machines: frozenset[str] = frozenset({"x86_64", "i686"})
    musllinux: bool = False
    """``musllinux_1_2`` (PEP 656)."""
    armv8l: bool = False
    """A 32-bit userland on a 64-bit ARM is ``armv8l``, which takes ``armv7l`` too."""
    native_platform_first: bool = False
    """``linux_x86_64`` before ``manylinux…``, not after."""
    pymalloc_flag_without_soabi: bool = True
    """Where sysconfig has no SOABI (Windows), ``m`` is put into the ABI of Python 3.8 and newer too: a defect."""
    platforms_for_first_python_only: bool = False
    """``py35-none-linux_x86_64`` is lost on Python 3.6, since a generator was walked twice: a defect."""
    underscore_from_ten: bool = False
    """``cp3_10`` where 3.10 is meant."""
    free_threaded_abi: bool = False
    """``cp313t`` is told from ``cp313``, and takes no ``abi3``."""
    abi3t: bool = False
    """``abi3t`` (PEP 803) in the place of ``abi3`` on free-threaded builds."""
    macos_every_major: bool = False
    """macOS 12 takes ``macosx_11_0`` and, on x86_64, ``macosx_10_16`` to ``macosx_10_4``."""
    macos_universal2: bool = False
    macos_universal2_of_10: bool = False
    """arm64 takes ``macosx_10_16_universal2`` to ``macosx_10_4_universal2``."""
    macos_universal_on_arm64: bool = True
    macos_fat32: str = "fat32"


@dataclass(frozen=True, kw_only=True, slots=True)
class TagStep:
    """The rules that change with one release of pip."""

    since: tuple[int, ...]
    changes: dict[str, Any] = field(hash=False)
    source: str
    """The file within that release's wheel."""


_MANYLINUX1 = ("manylinux1", 5)  # PEP 513: CentOS 5
_MANYLINUX2010 = ("manylinux2010", 12)  # PEP 571: CentOS 6
_MANYLINUX2014 = ("manylinux2014", 17)  # PEP 599: CentOS 7
_MANYLINUX2014_MACHINES = frozenset({"x86_64", "i686", "aarch64", "armv7l", "ppc64", "ppc64le", "s390x"})

STEPS: tuple[TagStep, ...] = (
    TagStep(
        since=(8, 1),
        changes={"manylinux": (_MANYLINUX1,), "implementation_any_of_older_versions": False},
        source="pip/pep425tags.py",
    ),
    TagStep(since=(9, 0), changes={"older_abi3": True}, source="pip/pep425tags.py"),
    TagStep(
        since=(19, 0),
        changes={"manylinux": (_MANYLINUX2010, _MANYLINUX1)},
        source="pip/_internal/pep425tags.py",
    ),
    TagStep(
        since=(19, 2, 3),
        changes={"pymalloc_flag_without_soabi": False},
        source="pip/_internal/pep425tags.py",
    ),
    TagStep(
        since=(19, 3),
        changes={
            "manylinux": (_MANYLINUX2014, _MANYLINUX2010, _MANYLINUX1),
            "manylinux_machines": _MANYLINUX2014_MACHINES,
        },
        source="pip/_internal/pep425tags.py",
    ),
    TagStep(
        since=(20, 0),
        changes={"packaging": True, "platforms_for_first_python_only": True},
        source="pip/_vendor/packaging/tags.py (20.0)",
    ),
    TagStep(
        since=(20, 0, 2),
        changes={"platforms_for_first_python_only": False},
        source="pip/_vendor/packaging/tags.py (20.1)",
    ),
    TagStep(
        since=(20, 1),
        changes={"underscore_from_ten": True},
        source="pip/_vendor/packaging/tags.py (20.3)",
    ),
    TagStep(
        since=(20, 3),
        changes={
            "manylinux_perennial": True,
            "macos_every_major": True,
            "macos_universal2": True,
            "macos_universal_on_arm64": False,
        },
        source="pip/_vendor/packaging/tags.py (20.7)",
    ),
    TagStep(
        since=(20, 3, 2),
        changes={"underscore_from_ten": False},
        source="pip/_vendor/packaging/tags.py (20.8)",
    ),
    TagStep(
        since=(21, 0, 1),
        changes={"macos_universal2_of_10": True},
        source="pip/_vendor/packaging/tags.py (20.9)",
    ),
    TagStep(
        since=(21, 2),
        changes={"musllinux": True},
        source="pip/_vendor/packaging/_musllinux.py (21.0)",
    ),
    TagStep(
        since=(24, 1),
        changes={
            "free_threaded_abi": True,
            "armv8l": True,
            "manylinux_machines": _MANYLINUX2014_MACHINES | {"loongarch64", "riscv64"},
        },
        source="pip/_vendor/packaging/tags.py, _manylinux.py (24.1)",
    ),
    TagStep(since=(26, 1), changes={"abi3t": True}, source="pip/_vendor/packaging/tags.py (26.2)"),
    TagStep(
        since=(26, 3),
        changes={"native_platform_first": True, "macos_fat32": "fat3"},
        source="pip/_vendor/packaging/tags.py (26.3)",
    ),
)


def pip_release(version: str) -> tuple[int, ...]:
    """Give the release numbers of a pip version: ``20.3.1`` is (20, 3, 1), and so is ``20.3.1b1``.

    A pre-release counts as its release: it has most of what is new in it. Text that is no version gives ().
    """
    numbers = []
    for part in version.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
        if digits != part:
            break
    return tuple(numbers)


@lru_cache(maxsize=64)
def rules_of(pip: str) -> TagRules:
    """Give the rules of one pip version.

    pips below 8.0 are taken as 8.0, since they have no hash mode and so install no lock; below 8.1, macOS is as in 8.1.
    """
    release = pip_release(pip)
    rules = TagRules()
    for step in STEPS:
        if release >= step.since:
            rules = replace(rules, **step.changes)
    return rules
