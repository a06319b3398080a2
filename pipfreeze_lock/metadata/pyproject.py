"""``pyproject.toml`` of an sdist: who builds it, and what of its metadata is static (PEP 517, 518, 621)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from pipfreeze_lock.metadata.requires_txt import requires_dist

if TYPE_CHECKING:
    from pipfreeze_lock.metadata.archive import SourceTree

__all__ = ["BuildSystem", "NotStaticError", "StaticProject", "obstacle", "read_build_system", "read_project"]

_LEGACY_BACKEND = "setuptools.build_meta:__legacy__"


class NotStaticError(Exception):
    """A tier cannot answer; the message says why, in words that fit ``setup.py: …``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildSystem:
    """How an sdist is built."""

    requires: tuple[str, ...] = ("setuptools", "wheel")
    backend: str = _LEGACY_BACKEND
    backend_path: tuple[str, ...] = ()
    declared: bool = False
    """Whether there is a pyproject.toml with a ``[build-system]`` table."""
    has_pyproject: bool = False
    document: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_setuptools(self) -> bool:
        """Whether setuptools builds it."""
        return self.backend.partition(":")[0].split(".")[0] == "setuptools"

    @property
    def imports_local_modules(self) -> bool:
        """Whether setup.py finds modules that lie beside it: not under plain ``setuptools.build_meta``."""
        return self.backend == _LEGACY_BACKEND


@dataclass(frozen=True, kw_only=True, slots=True)
class StaticProject:
    """What a ``[project]`` table, or what stands for it, says."""

    name: str | None = None
    version: str | None = None
    requires_python: str | None = None
    requires_dist: tuple[str, ...] = ()
    provides_extra: tuple[str, ...] = ()


def read_build_system(tree: SourceTree) -> BuildSystem:
    """Read the build system, with the defaults of PEP 517 where it is silent.

    :raises NotStaticError: when pyproject.toml is not TOML or its table has the wrong shape; pip fails on both.
    """
    content = tree.read("pyproject.toml")
    if content is None:
        if tree.is_file("pyproject.toml"):
            msg = "pyproject.toml is too large to be read"
            raise NotStaticError(msg)
        return BuildSystem()
    try:
        document = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"pyproject.toml is not TOML: {error}"
        raise NotStaticError(msg) from error
    table = document.get("build-system")
    if table is None:
        return BuildSystem(document=document, has_pyproject=True)
    requires, backend = table.get("requires"), table.get("build-backend", _LEGACY_BACKEND)
    paths = table.get("backend-path", [])
    if not (_is_strings(requires) and isinstance(backend, str) and _is_strings(paths)):
        msg = "[build-system] of pyproject.toml has the wrong shape"
        raise NotStaticError(msg)
    return BuildSystem(
        requires=tuple(requires),
        backend=backend,
        backend_path=tuple(paths),
        declared=True,
        has_pyproject=True,
        document=document,
    )


_OLDEST_PYTHON: dict[str, tuple[tuple[str, tuple[int, int]], ...]] = {
    # From each project's Requires-Python: from this version on, this Python.
    "setuptools": (
        *(("45", (3, 5)), ("51", (3, 6)), ("59.7", (3, 7)), ("68.1", (3, 8))),
        *(("75.4", (3, 9)), ("83", (3, 10))),
    ),
    "hatchling": (("0", (3, 7)), ("1.18", (3, 8)), ("1.28", (3, 10))),
    "poetry-core": (("1.1", (3, 7)), ("1.7", (3, 8)), ("2.0", (3, 9)), ("2.3", (3, 10))),
    "flit-core": (("3.4", (3, 6)), ("4.0.1", (3, 8))),
    "setuptools-scm": (("6", (3, 6)), ("7", (3, 7)), ("8", (3, 8))),
    "wheel": (("0.38", (3, 7)), ("0.43", (3, 8)), ("0.46", (3, 9))),
}


def obstacle(system: BuildSystem, python: tuple[int, int]) -> str | None:
    """Say why this Python cannot build the sdist at all, or None where nothing is known against it.

    A static answer for something that cannot be built would be a pin that no pip of the target can install.
    """
    for text in system.requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            return f"its build requirement `{text}` is not valid"
        for since, oldest in _OLDEST_PYTHON.get(canonicalize_name(requirement.name), ()):
            if python < oldest and _excludes_older(requirement, since):
                return f"its build requirement `{text}` needs Python {oldest[0]}.{oldest[1]}"
    return None


def _excludes_older(requirement: Requirement, version: str) -> bool:
    """Whether only `version` and newer ones satisfy the requirement, by its lower bounds."""
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415  with `Requirement` it is loaded already

    if version == "0":
        return True
    for specifier in requirement.specifier:
        if specifier.operator in (">=", ">", "==", "~=", "==="):
            try:
                bound = Version(specifier.version.removesuffix(".*"))
            except InvalidVersion:
                continue
            if bound >= Version(version):
                return True
    return False


_FIRST_WITH_PROJECT = {"setuptools": "61", "poetry-core": "2.0", "flit-core": "3.2"}
"""The version of a backend that reads ``[project]``. Other backends read it from their first release on."""


def read_project(system: BuildSystem, python: tuple[int, int]) -> StaticProject:
    """Read ``[project]`` where the backend is bound to what it says (PEP 621, "dynamic").

    :raises NotStaticError: when it is not there, dependencies are dynamic, or the backend may not read it.
    """
    project = system.document.get("project")
    if not isinstance(project, dict):
        if isinstance(system.document.get("tool", {}).get("poetry"), dict):
            from pipfreeze_lock.metadata.poetry import read_poetry  # noqa: PLC0415  one backend's own table

            return read_poetry(system)
        msg = "pyproject.toml has no [project] table"
        raise NotStaticError(msg)
    dynamic = project.get("dynamic", [])
    for key in ("dependencies", "optional-dependencies", "requires-python"):
        if key in dynamic:
            msg = f"`{key}` is dynamic in pyproject.toml"
            raise NotStaticError(msg)
    _require_reader_of_project(system, python)
    return _to_static(project)


def _require_reader_of_project(system: BuildSystem, python: tuple[int, int]) -> None:
    if system.backend_path and not system.is_setuptools:
        msg = "pyproject.toml names a backend of its own (backend-path)"
        raise NotStaticError(msg)
    backend = {"setuptools": "setuptools", "poetry": "poetry-core", "flit_core": "flit-core"}.get(
        system.backend.partition(":")[0].split(".")[0]
    )
    if backend is None:
        return
    first = _FIRST_WITH_PROJECT[backend]
    oldest = {"setuptools": (3, 7), "poetry-core": (3, 9), "flit-core": (3, 4)}[backend]
    requirements = [Requirement(text) for text in system.requires]
    bound = any(
        canonicalize_name(requirement.name) == backend and _excludes_older(requirement, first)
        for requirement in requirements
    )
    capped = any(
        canonicalize_name(requirement.name) == backend
        and any(specifier.operator in ("<", "<=", "==", "~=", "===") for specifier in requirement.specifier)
        for requirement in requirements
    )
    if not bound and (capped or python < oldest):
        msg = f"the {backend} that would build it may not read [project] of pyproject.toml"
        raise NotStaticError(msg)


def _to_static(project: dict[str, Any]) -> StaticProject:
    dependencies = project.get("dependencies", [])
    optional = project.get("optional-dependencies", {})
    requires_python = project.get("requires-python")
    if not (
        _is_strings(dependencies)
        and isinstance(optional, dict)
        and all(_is_strings(value) for value in optional.values())
        and (requires_python is None or isinstance(requires_python, str))
    ):
        msg = "[project] of pyproject.toml has the wrong shape"
        raise NotStaticError(msg)
    found = [*dependencies, *(requires_dist(text, extra) for extra, texts in optional.items() for text in texts)]
    for text in found:
        try:
            Requirement(text)
        except InvalidRequirement as error:
            msg = f"`{text}` in [project] of pyproject.toml is not a requirement"
            raise NotStaticError(msg) from error
    return StaticProject(
        name=project.get("name"),
        version=project.get("version") if "version" not in project.get("dynamic", []) else None,
        requires_python=requires_python,
        requires_dist=tuple(found),
        provides_extra=tuple(optional),
    )


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
