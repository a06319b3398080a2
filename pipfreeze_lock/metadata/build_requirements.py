"""What a pip fetches to build an sdist, read from the sdist without building it.

What exactly depends on the pip: below 10 it runs setup.py among what is installed; 10 to 18.1 installs what PEP 518
names into an environment of its own and runs setup.py there; from 19.0 on it calls the backend (PEP 517), which may
name more. ``setup_requires`` are setuptools' own: it fetches them by itself (easy_install, from setuptools 42 on a
pip of its own) where setup.py is run, and names them to the pip where the backend is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from pipfreeze_lock.errors import BuildError
from pipfreeze_lock.metadata.pyproject import NotStaticError, obstacle, read_build_system
from pipfreeze_lock.metadata.sdist import build_is_isolated, setuptools_in_build
from pipfreeze_lock.metadata.setup_cfg import read_setup_cfg
from pipfreeze_lock.requirements.problems import hide_credentials
from pipfreeze_lock.target.pip_capabilities import capabilities

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipfreeze_lock.metadata.archive import SourceTree
    from pipfreeze_lock.metadata.pyproject import BuildSystem
    from pipfreeze_lock.model.target import Target

__all__ = ["Ask", "BuildRequirements", "build_requirements"]


class Ask(Protocol):
    """Runs a build as far as it takes to hear what it asks for beyond what the sdist says."""

    def __call__(self, system: BuildSystem, *, by_script: bool) -> Sequence[str]:
        """Give the requirements.

        :param by_script: Whether setup.py is run, and not a backend called.
        :raises BuildError: when the build fails, or there is nothing to run it.
        """
        ...  # pragma: no cover


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildRequirements:
    """What one sdist's build asks an index for, as far as that can be told."""

    isolated: bool
    """Whether this pip builds it in an environment of its own."""
    by_setuptools: bool
    """Whether setuptools builds it, so that it may need ``wheel`` beside it."""
    by_hook: bool = False
    """Whether this pip calls its backend (PEP 517), and installs what that names."""
    requires: tuple[str, ...] = ()
    """What this pip installs for the build, as it is written."""
    setup_requires: tuple[str, ...] = ()
    """What the setup script has fetched by itself, past this pip and its constraints, where it is not installed."""
    unlocked: tuple[str, ...] = ()
    """What else it may fetch, or why that is not known: clauses that fit after ``numpy==1.19.0:``."""
    is_settled: bool = True
    """Whether asking again would give the same: not where a build failed, for want of a network maybe."""


_SILENT_BACKENDS = ("poetry.core.masonry.api", "poetry.masonry.api", "uv_build")
"""Those whose ``get_requires_for_build_wheel`` names nothing."""
_FETCHING = {
    "cargo fetches the crates of its Cargo.lock": ("maturin", "setuptools-rust", "puccinialin"),
    "its CMake files may fetch sources": ("cmake", "scikit-build", "scikit-build-core", "py-build-cmake"),
    "Meson fetches the subprojects that it does not bring along": ("meson", "meson-python"),
    "npm fetches what its package.json names": ("jupyter-packaging", "hatch-jupyter-builder"),
    "Conan fetches the libraries that it names": ("conan",),
}
"""Build tools that ask others than the index, by name."""


def build_requirements(
    tree: SourceTree,
    target: Target,
    *,
    ask: Ask | None,
) -> BuildRequirements:
    """Tell what this pip, and the build itself, fetch to build an sdist.

    :param ask: Under the target's Python; None: that is not allowed. Its errors are told among what is unlocked.
    """
    try:
        system = read_build_system(tree)
    except NotStaticError as reason:
        return BuildRequirements(isolated=True, by_setuptools=False, unlocked=(f"pip cannot build it: {reason}",))
    return _Reading(tree, system, target, ask).answer()


class _Reading:
    """One sdist for one target."""

    def __init__(
        self,
        tree: SourceTree,
        system: BuildSystem,
        target: Target,
        ask: Ask | None,
    ) -> None:
        self._tree = tree
        self._system = system
        self._target = target
        self._ask = ask
        self._known = capabilities(target.pip, python_major=target.python_release[0])
        self._is_isolated = build_is_isolated(system, target)
        # Where pip knows backends, it isolates whatever it calls one for (``load_pyproject_toml``).
        self._calls_backend = self._known.build_backends and self._is_isolated
        self._unlocked: list[str] = []
        self.is_settled = True

    def answer(self) -> BuildRequirements:
        by_setuptools = self._system.is_setuptools or not self._calls_backend
        declared = self._valid(self._declared())
        more = self._valid(self._setup_requires() if by_setuptools else self._of_backend())
        self._unlocked += self._obstacles()
        self._unlocked += _fetching((*declared, *more))
        return BuildRequirements(
            isolated=self._is_isolated,
            by_setuptools=by_setuptools,
            by_hook=self._calls_backend,
            requires=tuple(dict.fromkeys((*declared, *(more if self._calls_backend else ())))),
            setup_requires=() if self._calls_backend else more,
            unlocked=tuple(self._unlocked),
            is_settled=self.is_settled,
        )

    def _declared(self) -> tuple[str, ...]:
        """Give what pip installs before it asks anybody.

        Where it isolates nothing it installs nothing; a declaration is then what has to be installed beforehand.
        """
        if self._system.declared:
            return self._system.requires
        return self._known.build_requires if self._is_isolated else ()

    def _setup_requires(self) -> Iterable[str]:
        try:
            from_file = read_setup_cfg(self._tree).setup_requires
            from_script = self._of_script() if self._tree.is_file("setup.py") else None
        except NotStaticError as reason:
            return self._asked(f"its `setup_requires`: {reason}")
        # What setup() gives wins (`ConfigHandler.__setitem__`); the file is read from setuptools 30.3 on.
        return from_script or from_file

    def _of_script(self) -> tuple[str, ...] | None:
        from pipfreeze_lock.metadata.setup_py import BuildEnvironment, read_setup_requires  # noqa: PLC0415  only where it is needed

        environment = BuildEnvironment(
            setuptools=setuptools_in_build(self._system, self._target),
            local_imports=self._system.imports_local_modules or not self._known.build_backends,
            build_requires=tuple(_names(self._system.requires)),
        )
        return read_setup_requires(self._tree, self._target, environment)

    def _of_backend(self) -> Iterable[str]:
        backend = self._system.backend
        if not self._system.backend_path:
            if backend in _SILENT_BACKENDS:
                return ()
            if backend == "hatchling.build" and not self._names_dependencies():
                return ()
            if backend in ("pdm.backend", "pdm.pep517.api") and not _names_build_script(self._system.document):
                return ()
        return self._asked(f"what its backend `{backend}` asks for")

    def _names_dependencies(self) -> bool:
        """Whether Hatch's configuration names dependencies of the build, or may: hatch.toml is not read here."""
        table = self._system.document.get("tool", {}).get("hatch", {})
        build = table.get("build", {}) if isinstance(table, dict) else {}
        return self._tree.is_file("hatch.toml") or _has_key(build, ("dependencies", "require-runtime-"))

    def _asked(self, what: str) -> Iterable[str]:
        """Hear from the build itself, else tell that it is not known."""
        if self._ask is None:
            self._unlocked.append(f"{what}: not known without running its build")
            return ()
        try:
            return self._ask(self._system, by_script=not self._calls_backend)
        except BuildError as error:
            self.is_settled = False
            self._unlocked.append(f"{what}: not known, since its build fails here: {_cause(error)}")
            return ()

    def _valid(self, texts: Iterable[str]) -> tuple[str, ...]:
        found = []
        for text in texts:
            try:
                url = Requirement(text).url
            except InvalidRequirement:
                self._unlocked.append(f"its build requirement `{hide_credentials(text)}` is not valid")
                continue
            if url is not None and not url.startswith(("https:", "http:", "file:")):
                self._unlocked.append(
                    f"its build requirement `{hide_credentials(text)}` is no file, which a hash could hold"
                )
            else:
                found.append(text)
        return tuple(found)

    def _obstacles(self) -> Iterable[str]:
        if self._is_isolated:
            hindrance = obstacle(self._system, self._target.python_release)
            if hindrance is not None:
                yield f"this Python cannot build it: {hindrance}"


def _cause(error: BuildError) -> str:
    return (error.context or error.message).splitlines()[-1].strip()


def _names(requirements: Iterable[str]) -> Iterable[str]:
    for text in requirements:
        try:
            yield canonicalize_name(Requirement(text).name)
        except InvalidRequirement:
            continue


def _fetching(requirements: Iterable[str]) -> Iterable[str]:
    names = set(_names(requirements))
    for what, tools in _FETCHING.items():
        if names.intersection(tools):
            yield what


def _has_key(value: object, beginnings: tuple[str, ...]) -> bool:
    if isinstance(value, dict):
        return any(str(key).startswith(beginnings) or _has_key(item, beginnings) for key, item in value.items())
    return isinstance(value, list) and any(_has_key(item, beginnings) for item in value)


def _names_build_script(document: object) -> bool:
    """Whether PDM's backend has to run setuptools or a script (``[tool.pdm.build]``, before 1.0 ``build``)."""
    table = document.get("tool", {}).get("pdm", {}) if isinstance(document, dict) else {}
    build = table.get("build", {}) if isinstance(table, dict) else {}
    return not isinstance(build, dict) or not build.keys().isdisjoint(("run-setuptools", "custom-hook", "setup-script"))
