"""The metadata of an sdist by the tiers that build nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from pipfreeze_lock.metadata.core_metadata import read_fields
from pipfreeze_lock.metadata.pyproject import (
    BuildSystem,
    NotStaticError,
    StaticProject,
    obstacle,
    read_build_system,
    read_project,
)
from pipfreeze_lock.metadata.requires_txt import extras_to_requires_dist, parse_requires_txt
from pipfreeze_lock.metadata.setup_cfg import read_setup_cfg
from pipfreeze_lock.model.core_metadata import CoreMetadata
from pipfreeze_lock.model.legacy_version import LegacyVersion, read_version

if TYPE_CHECKING:
    from pipfreeze_lock.metadata.archive import SourceTree
    from pipfreeze_lock.metadata.core_metadata import Fields
    from pipfreeze_lock.metadata.requires_txt import RequiresText
    from pipfreeze_lock.metadata.setup_cfg import SetupConfiguration
    from pipfreeze_lock.metadata.setup_py import SetupArguments
    from pipfreeze_lock.model.core_metadata import Tier
    from pipfreeze_lock.model.target import Target

__all__ = ["build_is_isolated", "setuptools_in_build", "static_metadata"]

_DECIDING = ("requires-dist", "requires-python", "provides-extra")


def static_metadata(tree: SourceTree, target: Target) -> CoreMetadata:
    """Give the metadata that a build on the target would give, where that can be told without one.

    :raises NotStaticError: with the reason of each tier that was tried.
    """
    system = read_build_system(tree)
    hindrance = obstacle(system, target.python_release) if build_is_isolated(system, target) else None
    if hindrance is not None:
        raise NotStaticError(hindrance)
    if not tree.is_file("setup.py") and not system.has_pyproject:
        msg = "it has neither setup.py nor pyproject.toml"
        raise NotStaticError(msg)
    fields = _package_information(tree)
    reasons: list[str] = []
    for tier in (_from_package_information, _from_pyproject, _from_setuptools):
        try:
            found = tier(tree, system, fields, target)
        except NotStaticError as reason:
            reasons.append(str(reason))
            continue
        _check_version(found.version, system, target)
        return found
    raise NotStaticError("; ".join(reasons))


def _check_version(version: str, system: BuildSystem, target: Target) -> None:
    """Leave to a build, which will tell of it, a version that setuptools refuses since 66.0."""
    if not isinstance(read_version(version), LegacyVersion) or not system.is_setuptools:
        return
    setuptools = setuptools_in_build(system, target)
    if _release(setuptools) >= (66,):
        which = "the newest setuptools" if setuptools == "999" else f"setuptools {setuptools}"
        msg = f"`{version}` is no version by PEP 440, which {which} refuses"
        raise NotStaticError(msg)


def build_is_isolated(system: BuildSystem, target: Target) -> bool:
    """Whether the target's pip builds this in an environment of its own, not among what is installed.

    Source: ``load_pyproject_toml`` in pip's ``_internal/pyproject.py``: pip 10 isolates what has a pyproject.toml;
    from 23.1 also what has none, unless setuptools and wheel are installed; from 25.3 everything.
    """
    pip = _release(target.pip)
    if system.has_pyproject and pip >= (10,):
        return True
    installed = {str(distribution.name) for distribution in target.base}
    return pip >= (25, 3) or (pip >= (23, 1) and not {"setuptools", "wheel"} <= installed)


_NEWEST_SETUPTOOLS = {
    (2, 7): "44.1.1",
    (3, 4): "43.0.0",
    (3, 5): "50.3.2",
    (3, 6): "59.6.0",
    (3, 7): "68.0.0",
    (3, 8): "75.3.4",
    (3, 9): "82.0.1",
}
"""The last release for a Python, by setuptools' own Requires-Python."""


def setuptools_in_build(system: BuildSystem, target: Target) -> str:
    """Give the version of setuptools that would run the setup script; ``999`` is the newest of all."""
    newest = _NEWEST_SETUPTOOLS.get(target.python_release, "999")
    if build_is_isolated(system, target):
        return _capped(system, newest)
    installed = {str(distribution.name): distribution.version for distribution in target.base}
    return installed.get("setuptools", newest)


def _capped(system: BuildSystem, newest: str) -> str:
    """Respect an upper bound that the build requirements set."""
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415  loaded with `Requirement` already

    for text in system.requires:
        try:
            requirement = Requirement(text)
            bounds = [
                Version(specifier.version.removesuffix(".*"))
                for specifier in requirement.specifier
                if canonicalize_name(requirement.name) == "setuptools" and specifier.operator in ("<", "<=", "==", "~=")
            ]
        except (InvalidRequirement, InvalidVersion):
            continue
        newest = str(min([Version(newest), *bounds]))
    return newest


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _package_information(tree: SourceTree) -> Fields | None:
    content = tree.read("PKG-INFO")
    return read_fields(content) if content is not None else None


def _from_package_information(
    tree: SourceTree, system: BuildSystem, fields: Fields | None, target: Target
) -> CoreMetadata:
    """PEP 643: from metadata 2.2 on, what is not ``Dynamic`` is the same in every wheel built from the sdist."""
    del tree
    if fields is None:
        msg = "it has no PKG-INFO"
        raise NotStaticError(msg)
    if _release(fields.metadata_version or "0") < (2, 2):
        msg = f"its PKG-INFO has metadata {fields.metadata_version}, which promises nothing"
        raise NotStaticError(msg)
    dynamic = [field for field in _DECIDING if field in fields.dynamic]
    if dynamic:
        msg = f"`{dynamic[0]}` is dynamic in its PKG-INFO"
        raise NotStaticError(msg)
    if system.is_setuptools and setuptools_in_build(system, target) != "999" and "project" in system.document:
        # An old setuptools does not read [project], whatever a newer one wrote into PKG-INFO.
        read_project(system, target.python_release)
    return _metadata(
        "pkg-info",
        fields,
        StaticProject(
            requires_python=fields.requires_python,
            requires_dist=fields.requires_dist,
            provides_extra=fields.provides_extra,
        ),
    )


def _from_pyproject(tree: SourceTree, system: BuildSystem, fields: Fields | None, target: Target) -> CoreMetadata:
    if not system.has_pyproject:
        msg = "it has no pyproject.toml"
        raise NotStaticError(msg)
    if _release(target.pip) < (19, 0) and tree.is_file("setup.py"):
        msg = f"pip {target.pip} runs its setup.py and no backend"
        raise NotStaticError(msg)
    return _metadata("pyproject", fields, read_project(system, target.python_release))


def _from_setuptools(tree: SourceTree, system: BuildSystem, fields: Fields | None, target: Target) -> CoreMetadata:
    """setup.py and setup.cfg together, as setuptools puts them together."""
    if not system.is_setuptools and _release(target.pip) >= (19, 0):
        msg = f"`{system.backend}` builds it"
        raise NotStaticError(msg)
    if "project" in system.document:
        msg = "[project] of pyproject.toml leaves a part to setuptools"
        raise NotStaticError(msg)
    configuration = read_setup_cfg(tree)
    arguments = _read_script(tree, system, configuration, target)
    if arguments is None:
        return _metadata("setup.cfg", fields, _together(None, configuration), configuration)
    if arguments.undecided is not None:
        return _from_egg_info(tree, fields, arguments)
    project = _together(arguments, configuration)
    _check_against_egg_info(tree, project, arguments)
    found = _metadata("setup.py", fields, project, configuration)
    if not arguments.assumed_unset:
        return found
    names = ", ".join(f"`{name}`" for name in arguments.assumed_unset)
    return msgspec.structs.replace(found, note=f"its setup.py asks for {names}, taken to be unset")


def _read_script(
    tree: SourceTree, system: BuildSystem, configuration: SetupConfiguration, target: Target
) -> SetupArguments | None:
    from pipfreeze_lock.metadata.setup_py import BuildEnvironment, read_setup_script  # noqa: PLC0415  this tier alone

    requirements = tuple(
        canonicalize_name(Requirement(text).name) for text in (*system.requires, *configuration.setup_requires)
    )
    environment = BuildEnvironment(
        setuptools=setuptools_in_build(system, target),
        local_imports=system.imports_local_modules or _release(target.pip) < (19, 0),
        build_requires=requirements,
    )
    if not tree.is_file("setup.py"):
        return None
    return read_setup_script(tree, target, environment)


def _together(arguments: SetupArguments | None, configuration: SetupConfiguration) -> StaticProject:
    """What ``setup()`` gives wins; what it leaves empty is setup.cfg's (``ConfigHandler.__setitem__``)."""
    requires = (arguments.install_requires if arguments else None) or configuration.install_requires
    extras = (arguments.extras_require if arguments else None) or configuration.extras_require
    found = [*requires, *extras_to_requires_dist(dict(extras))]
    for text in found:
        try:
            Requirement(text)
        except InvalidRequirement as error:
            msg = f"`{text}` is not a requirement"
            raise NotStaticError(msg) from error
    return StaticProject(
        name=arguments.name if arguments else None,
        version=arguments.version if arguments else None,
        requires_python=(arguments.python_requires if arguments else None) or configuration.python_requires,
        requires_dist=tuple(found),
        provides_extra=tuple(dict.fromkeys(key.partition(":")[0] for key, _ in extras if key.partition(":")[0])),
    )


def _egg_info(tree: SourceTree, name: str | None) -> RequiresText | None:
    """Give what the one egg-info of an sdist says; None when there is none, several, or one of another project."""
    folders = [path for path in tree.paths() if path.endswith(".egg-info/PKG-INFO")]
    if len(folders) != 1:
        return None
    recorded_name = read_fields(tree.read(folders[0]) or b"").name
    if name is not None and recorded_name is not None and canonicalize_name(name) != canonicalize_name(recorded_name):
        return None
    content = tree.read(folders[0].replace("PKG-INFO", "requires.txt"))
    try:
        return parse_requires_txt(content.decode() if content is not None else "")
    except ValueError:
        return None


def _from_egg_info(tree: SourceTree, fields: Fields | None, arguments: SetupArguments) -> CoreMetadata:
    """The script gave the same wherever it ran, and this is what it gave."""
    recorded = _egg_info(tree, arguments.name)
    if recorded is None or fields is None:
        msg = f"setup.py: {arguments.undecided}, and there is no egg-info to look it up in"
        raise NotStaticError(msg)
    return _metadata(
        "egg-info",
        fields,
        StaticProject(
            name=arguments.name,
            requires_python=fields.requires_python or arguments.python_requires,
            requires_dist=recorded.requires_dist,
            provides_extra=recorded.provides_extra,
        ),
    )


def _check_against_egg_info(tree: SourceTree, project: StaticProject, arguments: SetupArguments) -> None:
    """Hold a result that depends on nothing of the target to the sdist's own record: they must agree."""
    recorded = _egg_info(tree, arguments.name)
    if arguments.consulted or recorded is None:
        return
    if _comparable(recorded.requires_dist) != _comparable(project.requires_dist):
        msg = "setup.py: what is read from it is not what its egg-info records"
        raise NotStaticError(msg)


def _comparable(requirements: tuple[str, ...]) -> frozenset[tuple[str, str, str, frozenset[str]]]:
    found = set()
    for text in requirements:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            msg = f"its egg-info has `{text}`, which is not a requirement"
            raise NotStaticError(msg) from error
        marker = str(requirement.marker).replace("(", "").replace(")", "") if requirement.marker else ""
        extras = frozenset(canonicalize_name(extra) for extra in requirement.extras)
        found.add((canonicalize_name(requirement.name), str(requirement.specifier), marker, extras))
    return frozenset(found)


def _metadata(
    tier: Tier, fields: Fields | None, project: StaticProject, configuration: SetupConfiguration | None = None
) -> CoreMetadata:
    name = project.name or (configuration.name if configuration else None) or (fields.name if fields else None)
    version = project.version or (configuration.version if configuration else None)
    version = version or (fields.version if fields else None)
    if not name or not version:
        msg = "its name or version is not known without a build"
        raise NotStaticError(msg)
    return CoreMetadata(
        name=name,
        version=version,
        requires_python=project.requires_python,
        requires_dist=project.requires_dist,
        provides_extra=project.provides_extra,
        tier=tier,
    )
