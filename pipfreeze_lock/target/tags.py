"""The ordered list of wheel tags that a target's pip accepts (PEP 425), as that pip computes it there.

Nothing here looks at the running machine. How pips differ stands in `tag_steps`; the orders themselves are those of
`get_supported` in pip's ``pep425tags.py`` (below 20.0) and of ``cpython_tags``, ``generic_tags`` and
``compatible_tags`` in the packaging that pip vendors (from 20.0).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pipfreeze_lock.target.platform_tags import platform_tags
from pipfreeze_lock.target.tag_steps import pip_release, rules_of

if TYPE_CHECKING:
    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.target.tag_steps import TagRules

__all__ = ["supported_tags"]

_INTERPRETER_PREFIXES = {"cpython": "cp", "pypy": "pp"}


@lru_cache(maxsize=16)
def supported_tags(target: Target) -> tuple[str, ...]:
    """Give the tags (``cp36-cp36m-manylinux1_x86_64``) that the target's pip accepts, the most wanted first."""
    rules = rules_of(target.pip)
    platforms = platform_tags(target, rules)
    if not rules.packaging:
        return tuple(_pep425_tags(target, rules, platforms))
    if target.implementation == "cpython":
        specific = _cpython_tags(target, rules, platforms)
    else:
        interpreter = f"pp{_nodot(target.python_release)}"
        specific = [f"{interpreter}-{abi}-{platform}" for abi in (target.abi, "none") for platform in platforms]
    return (*specific, *_compatible_tags(target, rules, platforms))


def _nodot(release: tuple[int, ...], *, underscore: bool = False) -> str:
    """``36`` of (3, 6); ``3_10`` of (3, 10) where pip wrote it so."""
    separator = "_" if underscore and any(number >= 10 for number in release) else ""
    return separator.join(map(str, release))


# -- packaging.tags, from pip 20.0 on -----------------------------------------------------------------------------


def _cpython_tags(target: Target, rules: TagRules, platforms: list[str]) -> list[str]:
    major, minor = target.python_release
    underscore = rules.underscore_from_ten
    version = _nodot((major, minor), underscore=underscore)
    free_threaded = rules.free_threaded_abi and _is_free_threaded(target.abi)
    stable_abi = _stable_abi(major, rules, free_threaded=free_threaded)
    abis = _cpython_abis(target, rules, version)
    tags = [f"cp{version}-{abi}-{platform}" for abi in (*abis, *stable_abi, "none") for platform in platforms]
    for older in range(minor - 1, 1, -1) if stable_abi else ():
        older_version = _nodot((major, older), underscore=underscore)
        tags += [f"cp{older_version}-{stable_abi[0]}-{platform}" for platform in platforms]
    return tags


def _stable_abi(major: int, rules: TagRules, *, free_threaded: bool) -> tuple[str, ...]:
    if major < 3:
        return ()
    if not free_threaded:
        return ("abi3",)
    return ("abi3t",) if rules.abi3t else ()


def _is_free_threaded(abi: str) -> bool:
    return "t" in abi.removeprefix("cp")


def _cpython_abis(target: Target, rules: TagRules, version: str) -> list[str]:
    """The ABI from version and build flags, as `_cpython_abis` has it: SOABI is not asked.

    A debug build of 3.8 or newer loads extension modules of a normal build too.
    """
    flags = target.abi.removeprefix("cp").lstrip("0123456789_")
    if not rules.free_threaded_abi:
        flags = flags.replace("t", "")
    abis = [f"cp{version}{flags}"]
    if "d" in flags and target.python_release >= (3, 8):
        abis.append(f"cp{version}{flags.replace('d', '')}")
    return abis


def _compatible_tags(target: Target, rules: TagRules, platforms: list[str]) -> list[str]:
    major, minor = target.python_release
    underscore = rules.underscore_from_ten
    versions = [_nodot((major, minor), underscore=underscore), str(major)]
    versions += [_nodot((major, older), underscore=underscore) for older in range(minor - 1, -1, -1)]
    with_platforms = versions[:1] if rules.platforms_for_first_python_only else versions
    tags = [f"py{version}-none-{platform}" for version in with_platforms for platform in platforms]
    # sysconfig's py_version_nodot, which knows no underscore
    tags.append(f"{_INTERPRETER_PREFIXES[target.implementation]}{_nodot(target.python_release)}-none-any")
    tags += [f"py{version}-none-any" for version in versions]
    return tags


# -- pip's own pep425tags, below pip 20.0 -------------------------------------------------------------------------


def _pep425_tags(target: Target, rules: TagRules, platforms: list[str]) -> list[str]:
    prefix = _INTERPRETER_PREFIXES[target.implementation]
    versions = _pep425_versions(target)
    newest, major = versions[0], versions[0][0]
    # From the suffixes of extension modules, which have `.abi3.so` on CPython 3 but no `.abi3.pyd` on Windows.
    has_abi3 = target.implementation == "cpython" and major == "3" and target.operating_system != "windows"
    abis = [_pep425_abi(target, rules), *(["abi3"] if has_abi3 else []), "none"]
    tags = [f"{prefix}{newest}-{abi}-{platform}" for abi in abis for platform in platforms]
    if has_abi3 and rules.older_abi3:
        older = versions[1 : versions.index("31")] if "31" in versions else versions[1:]
        tags += [f"{prefix}{version}-abi3-{platform}" for version in older for platform in platforms]
    tags += [f"py{major}-none-{platform}" for platform in platforms]
    tags += [f"{prefix}{newest}-none-any", f"{prefix}{major}-none-any"]
    if rules.implementation_any_of_older_versions:
        tags += [f"{prefix}{version}-none-any" for version in versions[1:]]
    tags += [f"py{newest}-none-any", f"py{major}-none-any"]
    return [*tags, *(f"py{version}-none-any" for version in versions[1:])]


def _pep425_versions(target: Target) -> list[str]:
    """``36``, ``35`` … ``30``; on PyPy 7.3 ``373`` … ``370``, of its own version (`get_impl_version_info`)."""
    if target.implementation == "cpython":
        fixed: tuple[int, ...] = target.python_release[:1]
        last = target.python_release[1]
    else:
        implementation_major, last = pip_release(target.implementation_version)[:2]
        fixed = (target.python_release[0], implementation_major)
    return [_nodot((*fixed, number)) for number in range(last, -1, -1)]


def _pep425_abi(target: Target, rules: TagRules) -> str:
    """SOABI; where sysconfig has none (Windows), what `get_abi_tag` makes up."""
    no_soabi = target.operating_system == "windows" and target.implementation == "cpython"
    if no_soabi and rules.pymalloc_flag_without_soabi and target.python_release >= (3, 8):
        return f"{target.abi}m"
    return target.abi
