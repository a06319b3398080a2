"""A setup script's ``install_requires``, ``extras_require`` and ``python_requires``, where its AST proves them.

The script is evaluated for the target without being run (`evaluation`): names bound to literals, lists that grow,
files read from the archive, conditions on the target's Python and platform. What cannot be known is carried along as
unknown with its reason, and only if what a resolver needs comes out known on every path is it an answer. Else
`NotStaticError` says why.
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, TypeVar

from pipfreeze_lock.metadata.evaluation.statements import Statements
from pipfreeze_lock.metadata.evaluation.values import (
    ClassValue,
    DictValue,
    ListValue,
    Unknown,
    Unproven,
    Value,
    unknown_of,
)
from pipfreeze_lock.metadata.evaluation.world import ROOT, World
from pipfreeze_lock.metadata.pyproject import NotStaticError
from pipfreeze_lock.metadata.requires_txt import requirement_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipfreeze_lock.metadata.archive import SourceTree
    from pipfreeze_lock.model.target import Target

__all__ = ["BuildEnvironment", "SetupArguments", "read_setup_requires", "read_setup_script"]

_T = TypeVar("_T")

_FIELDS = ("install_requires", "extras_require", "python_requires")
_HOOKED = frozenset({*_FIELDS, "requires_dist", "parse_config_files", "_install_requires", "_finalize_requires"})

_HARMLESS_REQUIREMENTS = frozenset(
    """
    setuptools wheel pip incremental argparse isort pycodestyle setuptools-scm setuptools-scm-git-archive
    setuptools-git setuptools-git- versioning setuptools-git-version vcversioner versioneer versioneer-518 cython
    numpy oldest- supported-numpy scipy h5py pytest-runner pytest pytest-cov nose mock flake8 coverage cffi pybind11
    nanobind setuptools-rust cmake ninja six packaging babel toml tomli pkgconfig py-cpuinfo certifi cppy pyyaml
    jinja2 mypy mypy-extensions typing-extensions importlib-metadata sphinx pypandoc setuptools-markdown enum34
    attrs psutil pythran pkginfo pytz docutils extension-helpers twine requests futures unittest2 swig grpcio-tools
    """.split()  # noqa: SIM905  a line for each would take pages
)
"""Build requirements that are known to change nothing that a resolver needs. Others may: pbr reads requirements.txt."""


_ARGUMENTS = frozenset(
    """
    name version description long_description long_description_content_type author author_email maintainer
    maintainer_email url download_url license license_file license_files classifiers keywords platforms packages
    py_modules scripts ext_package ext_modules libraries headers data_files include_dirs cmdclass script_name
    script_args options password requires obsoletes provides include_package_data exclude_package_data package_data
    package_dir zip_safe install_requires entry_points extras_require python_requires setup_requires dependency_links
    namespace_packages test_suite tests_require test_loader eager_resources use_2to3 convert_2to3_doctests
    use_2to3_fixers use_2to3_exclude_fixers project_urls console features
    """.split()  # noqa: SIM905  a line for each would take pages
)
"""Keyword arguments of ``setup()`` that distutils and setuptools themselves know."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildEnvironment:
    """In what a setup script would be run."""

    setuptools: str
    """The version of setuptools."""
    local_imports: bool
    build_requires: tuple[str, ...] = ()
    """Names of the declared build requirements, normalised."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupArguments:
    """What every possible call of ``setup()`` gives; None where the argument is missing or empty."""

    name: str | None
    version: str | None
    install_requires: tuple[str, ...] | None
    extras_require: tuple[tuple[str, tuple[str, ...]], ...] | None
    python_requires: str | None
    consulted: frozenset[str]
    """What of the target it depends on."""
    assumed_unset: tuple[str, ...] = ()
    """Environment variables that it depends on, taken to be unset; sorted."""
    undecided: str | None = None
    """Why a field is not given here although it follows from the archive: the egg-info has it."""


def read_setup_script(tree: SourceTree, target: Target, environment: BuildEnvironment) -> SetupArguments:
    """Evaluate ``setup.py``.

    :raises NotStaticError: when something that a resolver needs is not proven; it says what and why.
    """
    unknown = sorted(set(environment.build_requires) - _HARMLESS_REQUIREMENTS)
    if unknown:
        msg = f"setup.py: its build requirement `{unknown[0]}` may change the dependencies"
        raise NotStaticError(msg)
    try:
        return _evaluate(tree, target, environment, assumes_unset=False)
    except NotStaticError as reason:
        # A build would run in some environment, too: one where nothing is set that only this script knows.
        try:
            return _evaluate(tree, target, environment, assumes_unset=True)
        except NotStaticError:
            raise reason from None


def read_setup_requires(tree: SourceTree, target: Target, environment: BuildEnvironment) -> tuple[str, ...] | None:
    """Give ``setup_requires``, what setuptools fetches or has fetched before it builds; None without any.

    :raises NotStaticError: when they are not proven; it says why.
    """
    try:
        return _setup_requires(tree, target, environment, assumes_unset=False)
    except NotStaticError as reason:
        try:
            return _setup_requires(tree, target, environment, assumes_unset=True)
        except NotStaticError:
            raise reason from None


def _setup_requires(
    tree: SourceTree, target: Target, environment: BuildEnvironment, *, assumes_unset: bool
) -> tuple[str, ...] | None:
    def of_calls(statements: Statements) -> tuple[str, ...] | None:
        _check_fetching(statements.sources)
        found = {_requirements(call.get("setup_requires"), "setup_requires") for call in statements.setup_calls}
        if len(found) != 1:
            msg = "it calls `setup()` with different `setup_requires` on different paths"
            raise Unproven(msg if found else "it does not call `setup()`")
        return found.pop()

    return _of_script(tree, target, environment, of_calls, assumes_unset=assumes_unset)


def _check_fetching(sources: list[ast.Module]) -> None:
    """Refuse a script that fetches by itself what ``setup_requires`` does not name."""
    for source in sources:
        for node in ast.walk(source):
            if isinstance(node, ast.Attribute) and node.attr == "fetch_build_eggs":
                msg = f"it calls `fetch_build_eggs()` itself (line {node.lineno})"
                raise Unproven(msg)


def _evaluate(
    tree: SourceTree, target: Target, environment: BuildEnvironment, *, assumes_unset: bool
) -> SetupArguments:
    def of_calls(statements: Statements) -> SetupArguments:
        _check_sources(statements.sources)
        return _arguments(statements)

    return _of_script(tree, target, environment, of_calls, assumes_unset=assumes_unset)


def _of_script(
    tree: SourceTree,
    target: Target,
    environment: BuildEnvironment,
    answer: Callable[[Statements], _T],
    *,
    assumes_unset: bool,
) -> _T:
    """Run through the script, and give what can be answered then.

    :raises NotStaticError: when something is not proven.
    """
    world = World(
        target=target,
        tree=tree,
        setuptools=environment.setuptools,
        local_imports=environment.local_imports,
        importable=_modules_of(environment.build_requires),
        assumes_unset=assumes_unset,
    )
    statements = Statements(world)
    try:
        statements.run_script(_parse(tree, target))
        return answer(statements)
    except Unproven as reason:
        msg = f"setup.py: {reason}"
        raise NotStaticError(msg) from reason
    except RecursionError as error:
        msg = "setup.py: its expressions are nested too deeply"
        raise NotStaticError(msg) from error


def _parse(tree: SourceTree, target: Target) -> ast.Module:
    source = tree.read("setup.py")
    if source is None:
        msg = "there is none that can be read"
        raise Unproven(msg)
    feature_version = target.python_release if target.python_release >= (3, 0) else None
    try:
        with warnings.catch_warnings():
            # Invalid escapes in a stranger's script are no concern of the reader of ours.
            warnings.simplefilter("ignore")
            return ast.parse(source, feature_version=feature_version)
    except (SyntaxError, ValueError, RecursionError) as error:
        msg = f"it is not Python {target.python_version if feature_version else 3}: {error}"
        raise Unproven(msg) from error


def _check_sources(sources: list[ast.Module]) -> None:
    """Refuse code, run or not, that could change the fields of a distribution behind ``setup()``'s back."""
    for number, source in enumerate(sources):
        for node in ast.walk(source):
            if isinstance(node, ast.Attribute) and node.attr in _HOOKED:
                msg = f"it uses `.{node.attr}` of a distribution (line {node.lineno})"
                raise Unproven(msg)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
                named = [arg.value for arg in node.args[1:2] if isinstance(arg, ast.Constant)]
                # A module of the sdist may well set attributes of its own things; setup.py has nothing of its own.
                if (named[:1] and named[0] in _HOOKED) or (not named and number == 0):
                    msg = f"it sets attributes by `setattr()` (line {node.lineno})"
                    raise Unproven(msg)


def _arguments(statements: Statements) -> SetupArguments:
    calls = statements.setup_calls
    if not calls:
        msg = "it does not call `setup()`"
        raise Unproven(msg)
    found = [_of_call(call, statements.world) for call in calls]
    first = found[0]
    for other in found[1:]:
        if (other.install_requires, other.extras_require, other.python_requires, other.undecided) != (
            first.install_requires,
            first.extras_require,
            first.python_requires,
            first.undecided,
        ):
            msg = "it calls `setup()` with different dependencies on different paths"
            raise Unproven(msg)
        if other.name != first.name:
            msg = "it calls `setup()` for several distributions"
            raise Unproven(msg)
    return first


def _of_call(call: dict[str, Value], world: World) -> SetupArguments:
    if not isinstance(call.get("distclass"), (ClassValue, NoneType)):
        msg = "it has a distribution class of its own"
        raise Unproven(msg)
    _check_setup_requires(call)
    undecided = None
    for field in _FIELDS:
        unknown = unknown_of([call.get(field)])
        if unknown is not None and unknown.fixed and not world.consulted:
            undecided = f"`{field}`: {unknown.reason}"
    if undecided is not None:
        call = {name: value for name, value in call.items() if name not in _FIELDS or unknown_of([value]) is None}
    return SetupArguments(
        name=call["name"] if isinstance(call.get("name"), str) else None,
        version=call["version"] if isinstance(call.get("version"), str) else None,
        install_requires=_requirements(call.get("install_requires"), "install_requires"),
        extras_require=_extras(call.get("extras_require")),
        python_requires=_python_requires(call.get("python_requires")),
        consulted=frozenset(world.consulted),
        assumed_unset=tuple(sorted(world.assumed_unset)),
        undecided=undecided,
    )


def _check_setup_requires(call: dict[str, Value]) -> None:
    """Refuse what brings code that setuptools calls before it looks at the arguments."""
    value = call.get("setup_requires")
    if unknown_of([value]) is not None:
        # Not known which, then: but what hooks in is told so by an argument of its own.
        unusual = sorted(set(call) - _ARGUMENTS)
        if unusual:
            msg = f"`setup_requires` is not known, and `setup()` is given `{unusual[0]}`"
            raise Unproven(msg)
        return
    for text in _requirements(value, "setup_requires") or ():
        name = _normal_name(text)
        if name not in _HARMLESS_REQUIREMENTS:
            msg = f"`{name}` of its setup_requires may change the dependencies"
            raise Unproven(msg)


def _requirements(value: Value, field: str) -> tuple[str, ...] | None:
    """Give the requirement lines of a field as setuptools' ``check_requirements`` accepts them."""
    if value is None:
        return None
    if isinstance(value, (DictValue, ListValue)) and _is_refused(value, field):
        msg = f"`{field}` is unordered, which setuptools refuses"
        raise Unproven(msg)
    try:
        lines = tuple(line for text in _texts(value, field) for line in requirement_lines(text))
    except ValueError as error:
        msg = f"`{field}`: {error}"
        raise Unproven(msg) from error
    for line in lines:
        if ROOT in line:
            msg = f"`{field}` holds a path of the machine it is built on"
            raise Unproven(msg)
        _check_requirement(line, field)
    return lines or None


def _is_refused(value: DictValue | ListValue, field: str) -> bool:
    """Whether setuptools refuses it for want of order; of an extra's requirements it does not."""
    return isinstance(value, DictValue) or (value.kind == "set" and field == "install_requires")


def _texts(value: Value, field: str) -> Iterator[str]:
    unknown = unknown_of([value])
    if unknown is not None:
        msg = f"`{field}` is not known: {unknown.reason}"
        raise Unproven(msg)
    if isinstance(value, str):
        yield value
    elif isinstance(value, (ListValue, tuple)):
        for item in value.items if isinstance(value, ListValue) else value:
            yield from _texts(item, field)
    else:
        msg = f"`{field}` is neither text nor a list of texts"
        raise Unproven(msg)


def _check_requirement(line: str, field: str) -> None:
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415  sdists only

    try:
        Requirement(line)
    except InvalidRequirement as error:
        msg = f"`{line}` in `{field}` is not a requirement"
        raise Unproven(msg) from error


def _extras(value: Value) -> tuple[tuple[str, tuple[str, ...]], ...] | None:
    if value is None:
        return None
    if isinstance(value, DictValue) and value.spoilt is None and all(isinstance(key, str) for key in value.entries):
        found = tuple((key, _requirements(item, "extras_require") or ()) for key, item in value.entries.items())
        return found or None
    unknown = unknown_of([value])
    msg = f"`extras_require` is not known: {unknown.reason if unknown else 'it is no dictionary of texts'}"
    raise Unproven(msg)


def _python_requires(value: Value) -> str | None:
    if value is None or isinstance(value, str):
        return _checked_specifier(value.strip()) if value else None
    unknown = unknown_of([value]) or Unknown("it is no text")
    msg = f"`python_requires` is not known: {unknown.reason}"
    raise Unproven(msg)


def _checked_specifier(text: str) -> str:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415  sdists only

    try:
        SpecifierSet(text)
    except InvalidSpecifier as error:
        msg = f"`python_requires` is not valid: `{text}`"
        raise Unproven(msg) from error
    return text


def _normal_name(text: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", text.strip())
    return re.sub(r"[-_.]+", "-", match[0]).lower() if match else text


def _modules_of(requirements: tuple[str, ...]) -> frozenset[str]:
    """Give the top-level modules that the build requirements bring, for those whose name tells."""
    special = {"cython": "Cython", "pytest-runner": "ptr", "oldest-supported-numpy": "numpy", "setuptools-git": ""}
    return frozenset(special.get(name, name.replace("-", "_")) for name in requirements) - {""}
