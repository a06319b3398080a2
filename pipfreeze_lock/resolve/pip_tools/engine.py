"""The engine over pip-tools: names and versions are pip-compile's, the files those that the target's pip would take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.model.requirement import Requirement, SourceLine
from pipfreeze_lock.resolve.interface import Preferred
from pipfreeze_lock.resolve.pip_tools.compile import Question, pip_compile
from pipfreeze_lock.resolve.pip_tools.environment import Recipe, Unfit
from pipfreeze_lock.resolve.pip_tools.failures import NoAnswerError
from pipfreeze_lock.resolve.pip_tools.machine import on_this_machine

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from packaging.markers import Marker
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.resolve.interface import Resolution, ResolutionReporter, Resolver, ResolveRequest
    from pipfreeze_lock.resolve.pip_tools.environment import Environments, PipToolsEnvironment
    from pipfreeze_lock.resolve.pip_tools.releases import PipWheel, ToolReleases
    from pipfreeze_lock.target.interpreters import Interpreter

__all__ = ["Compiled", "PipToolsEngine"]

_PIPS_TRIED = 8
_SOURCE = SourceLine(file="pip-compile", line=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Compiled:
    """pip-compile's answer, and for whom it is one."""

    pins: Mapping[NormalizedName, str | None]
    """None is the version of a direct reference."""
    environment: PipToolsEnvironment
    own_target: Target
    """What pip-compile ran on: this machine, this interpreter, the pip in its environment."""


class _Releases(Protocol):
    def __call__(self, interpreter: Interpreter) -> ToolReleases: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class PipToolsEngine:
    """Resolves by pip-compile."""

    files: Resolver
    """Resolves by our own rules: finds, for pip-compile's pins, the files and who asks for them."""
    interpreter: Callable[[Target], Interpreter | None]
    releases: _Releases
    """Gives what knows the pip-tools and pips that there are for an interpreter."""
    environments: Environments
    variables: Mapping[str, str]
    """What programs run in."""
    cache: Path | None
    """For what pip-compile fetches."""
    holds: Callable[[Marker, Collection[NormalizedName]], bool]
    exclude_newer: datetime | None
    reporter: ResolutionReporter

    def resolve(self, request: ResolveRequest) -> Resolution:
        """Find the answer; see `pipfreeze_lock.resolve.interface.Resolver`."""
        return self.settle(request, self.compile(request))

    def compile(self, request: ResolveRequest) -> Compiled:
        """Ask pip-compile.

        :raises ResolutionError: where it cannot be run, or finds no answer.
        """
        target = request.target
        interpreter = self._interpreter(target)
        environment = self._environment(target, interpreter)
        base = {one.name: one.version for one in target.base}
        locked = {name: one.version for name, one in request.preferred.items()}
        question = Question(
            roots=self._that_hold(request.requirements.requirements),
            constraints=self._that_hold((*request.requirements.constraints, *request.moved)),
            options=request.requirements.options,
            exclude_newer=self.exclude_newer,
            preferred=base | locked,  # a lock pins what is installed only where that had to move
        )
        self.reporter.running(f"pip-compile {environment.pip_tools} with pip {environment.pip}")
        own = self._own_target(target, environment)
        try:
            pins = pip_compile(question, environment, variables=self.variables, cache=self.cache)
        except NoAnswerError as refusal:
            refusal.own_target = own
            raise
        return Compiled(pins=pins, environment=environment, own_target=own)

    def _own_target(self, target: Target, environment: PipToolsEnvironment) -> Target:
        version = environment.interpreter.version
        return replace(
            on_this_machine(target, environment, variables=self.variables),
            python=version,
            implementation_version=version if target.implementation == "cpython" else target.implementation_version,
            pip=environment.pip,
        )

    def settle(self, request: ResolveRequest, compiled: Compiled) -> Resolution:
        """Give the files that the target's pip takes of pip-compile's pins, and who asks for them.

        :raises ResolutionError: where the target's pip cannot take what pip-compile chose.
        """
        base = {one.name for one in request.target.base}
        moved = [_exactly(name, version) for name, version in compiled.pins.items() if version and name not in base]
        preferred = {name: Preferred(version=version) for name, version in compiled.pins.items() if version}
        try:
            found = self.files.resolve(replace(request, preferred=preferred, moved=(*request.moved, *moved)))
        except ResolutionError as error:
            raise _not_for_target(error, request.target, compiled) from error
        return replace(found, warnings=(*_remarks(request.target, compiled, found), *found.warnings))

    def _that_hold(self, requirements: Iterable[Requirement]) -> list[Requirement]:
        return [one for one in requirements if one.marker is None or self.holds(one.marker, ())]

    def _interpreter(self, target: Target) -> Interpreter:
        interpreter = self.interpreter(target)
        if interpreter is None:
            name = "CPython" if target.implementation == "cpython" else "PyPy"
            message = f"there is no {name} {target.python_version} on this machine, and pip-compile must run on one"
            series = target.python_version
            install = f"`pyenv install {series}` or `uv python install {series}`"
            hints = [
                f"Install one, with {install} for instance, or put it on PATH as `python{series}`.",
                "The default, `--resolver resolvelib`, needs none.",
            ]
            raise ResolutionError(message, hints=hints)
        return interpreter

    def _environment(self, target: Target, interpreter: Interpreter) -> PipToolsEnvironment:
        """Give the environment with the pip that is nearest to the target's of those that this pip-tools runs with."""
        releases = self.releases(interpreter)
        pip_tools, within = releases.newest_pip_tools()
        requirements = (f"pip-tools=={pip_tools}", *self._of_base(target, releases))
        said = ""
        for wheel in releases.pips(target.pip, within)[:_PIPS_TRIED]:
            recipe = Recipe(interpreter=interpreter, pip=str(wheel.version), requirements=requirements)
            try:
                return self.environments.get(recipe, _fetcher(releases, wheel))
            except Unfit as unfit:
                said = str(unfit)
        raise _none_fits(pip_tools, target, interpreter, said)

    @staticmethod
    def _of_base(target: Target, releases: ToolReleases) -> Iterator[str]:
        """Give what builds that are not isolated find in the image."""
        for one in target.base:
            if one.name in ("setuptools", "wheel") and releases.offers(one.name, one.version):
                yield f"{one.name}=={one.version}"


def _fetcher(releases: ToolReleases, wheel: PipWheel) -> Callable[[], bytes]:
    return lambda: releases.content(wheel)


def _exactly(name: NormalizedName, version: str) -> Requirement:
    try:
        specifier = SpecifierSet(f"=={version}")
    except InvalidSpecifier:  # a legacy version, which old pips take
        specifier = SpecifierSet(f"==={version}")
    return Requirement(name=name, specifier=specifier, source=_SOURCE, text=f"{name}{specifier}", is_constraint=True)


def _remarks(target: Target, compiled: Compiled, found: Resolution) -> Iterator[str]:
    """Say what pip-compile ran on where that is not the target, and where the closure differs for it."""
    environment = compiled.environment
    yield from differences_of(target, compiled)
    names = {one.name for one in found.distributions}
    for name in sorted(names - compiled.pins.keys()):
        yield f"pip-compile has no pin for `{name}`, which the target needs: its version is our own choice"
    for name in sorted(compiled.pins.keys() - names - {one.distribution.name for one in found.kept}):
        yield f"pip-compile on Python {environment.interpreter.version} pins `{name}`, which the target does not need"


def differences_of(target: Target, compiled: Compiled) -> Iterator[str]:
    """Say in sentences in what pip-compile's interpreter, pip and platform are not the target's."""
    own = compiled.own_target
    if own.pip != target.pip:
        yield (
            f"pip-compile {compiled.environment.pip_tools} ran with pip {own.pip}, the nearest to the target's "
            f"{target.pip} that it runs with"
        )
    if own.python != target.python:
        yield f"pip-compile ran on Python {own.python}, not the target's {target.python}"
    if (own.platform, own.abi, own.libc) != (target.platform, target.abi, target.libc):
        yield (
            f"pip-compile ran on {own.platform} {own.abi} {own.libc or ''}".rstrip()
            + f", the target is {target.platform} {target.abi} {target.libc or ''}".rstrip()
        )


def _not_for_target(error: ResolutionError, target: Target, compiled: Compiled) -> ResolutionError:
    lines = [error.message, *(error.context or "").splitlines()]
    message = f"the target's pip {target.pip} cannot take what pip-compile {compiled.environment.pip_tools} chose"
    hints = [
        "pip-compile chooses for the machine that it runs on: run this on one that is like the target.",
        "Or leave out `--resolver pip-tools`: the default chooses for the target.",
    ]
    return ResolutionError(message, context="\n".join(lines), hints=hints)


def _none_fits(pip_tools: Version, target: Target, interpreter: Interpreter, said: str) -> ResolutionError:
    message = f"pip-tools {pip_tools} runs with no pip near {target.pip} on Python {interpreter.version}"
    hints = ["The default, `--resolver resolvelib`, needs no pip-tools."]
    return ResolutionError(message, context=said or None, hints=hints)
