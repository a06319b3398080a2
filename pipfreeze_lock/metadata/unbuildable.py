"""Sdists that an old pip cannot build, whatever the image has: those that only a build backend builds (PEP 517)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from pipfreeze_lock.errors import BuildError
from pipfreeze_lock.metadata.pyproject import NotStaticError, read_build_system
from pipfreeze_lock.target.pip_capabilities import capabilities

if TYPE_CHECKING:
    from pipfreeze_lock.metadata.archive import SourceTree
    from pipfreeze_lock.metadata.pyproject import BuildSystem
    from pipfreeze_lock.model.target import Target

__all__ = ["check_this_pip_builds"]


def check_this_pip_builds(tree: SourceTree, filename: str, target: Target) -> None:
    """Refuse what the target's pip fails on; where nobody can say, it passes.

    pips before 19.0 run setup.py, and fail where there is none; those before 20.0 do not look for a backend in the
    sdist. Neither goes on to another file or release: ``load_pyproject_toml`` in pip's ``_internal/pyproject.py``.

    :raises BuildError: with what would help.
    """
    known = capabilities(target.pip, python_major=target.python_release[0])
    if known.in_tree_backends:
        return
    has_script = tree.is_file("setup.py")
    if not known.build_backends:
        if not has_script and tree.is_file("pyproject.toml"):
            reason = f"it has no setup.py, and pip {target.pip} calls no build backend (PEP 517)"
            raise _unbuildable(filename, reason, target, "19.0")
        return
    try:
        system = read_build_system(tree)
    except NotStaticError:  # every pip fails on it, and others tell of that
        return
    calls_backend = not has_script or "build-backend" in system.document.get("build-system", {})
    if system.backend_path and calls_backend and not _is_fetched(system):
        reason = f"its build backend lies in it (backend-path), where pip {target.pip} does not look"
        raise _unbuildable(filename, reason, target, "20.0")


def _is_fetched(system: BuildSystem) -> bool:
    """Whether the backend may come from a build requirement all the same."""
    module = system.backend.partition(":")[0].split(".")[0]
    try:
        names = [Requirement(text).name for text in system.requires]
    except InvalidRequirement:
        return False
    return any(canonicalize_name(name) == canonicalize_name(module) for name in names)


def _unbuildable(filename: str, reason: str, target: Target, newer: str) -> BuildError:
    return BuildError(
        f"pip {target.pip} cannot build `{filename}`: {reason}",
        hints=[
            f"A newer pip in the image, {newer} at least, builds it.",
            "Or rule the release out with a constraint (`-c`): an older one may have a setup.py, or a wheel.",
        ],
        reference="https://peps.python.org/pep-0517/",
    )
