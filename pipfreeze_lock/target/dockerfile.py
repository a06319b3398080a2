"""The target that a Dockerfile builds on: its base image, and what it does to pip before it installs requirements."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from pipfreeze_lock.errors import InputError, UsageError
from pipfreeze_lock.model.target import BaseDistribution
from pipfreeze_lock.target.base_images import target_of_base_image
from pipfreeze_lock.target.dockerfile_stages import read_stages
from pipfreeze_lock.target.platforms import parse_platform

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.requirement import SourceLine
    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.target.dockerfile_stages import Stage
    from pipfreeze_lock.target.pip_commands import PipCommand, PipRequirement

__all__ = [
    "BaseChange",
    "DockerfileBase",
    "DockerfileTarget",
    "dockerfile_base",
    "parse_build_args",
    "read_dockerfile",
    "target_of_dockerfile",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class BaseChange:
    """A distribution that the Dockerfile installs in, or removes from, the image before the requirements."""

    name: NormalizedName
    action: Literal["install", "upgrade", "uninstall"]
    version: str | None
    """Of an exact pin; None where the day of the build decides, and for an uninstallation."""
    specifier: str
    """Empty: any version."""
    source: SourceLine
    command: str
    """Its words, without credentials."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DockerfileBase:
    """What a stage of a Dockerfile says of the image that its requirements are installed in."""

    image: str
    """The reference that the chain of stages starts from, variables substituted."""
    image_source: SourceLine
    platform: str | None
    """Of ``FROM --platform``; None where there is none, or where it is that of the build."""
    changes: tuple[BaseChange, ...] = ()
    """In order."""
    pip_settings: tuple[tuple[str, SourceLine], ...] = ()
    """Names of ``ENV PIP_…`` that change what pip selects, with where."""
    environment: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """What ENV sets, sorted by name; it may hold credentials, and so may RUN."""
    runs: tuple[str, ...] = field(default=(), repr=False)
    """``RUN …`` of the stage and of those that it is built on, in order."""
    notes: tuple[str, ...] = ()
    """Sentences for the reader, each with file and line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DockerfileTarget:
    """What is known of the image's pip."""

    target: Target | None
    """None where the base image is none of the official Python images."""
    image: str
    image_source: SourceLine
    notes: tuple[str, ...] = ()


def target_of_dockerfile(
    path: str,
    *,
    build_args: Mapping[str, str] | None = None,
    stage: str | None = None,
    platform: str | None = None,
    settled: Collection[str] = (),
) -> DockerfileTarget:
    """Read a Dockerfile and give the target that its last relevant stage, or the named one, installs requirements in.

    :param path: As the user wrote it; it stands in messages and sources.
    :param build_args: ``--build-arg``; they count where the Dockerfile declares them with ARG.
    :param stage: Name of a stage, or its number from 0.
    :param platform: What is built for, which ``$TARGETARCH`` and its like speak of.
    :param settled: Names of distributions whose version is given otherwise, so that nothing need be said of them.
    :raises InputError: with file and line, for a file that cannot be read or understood.
    :raises UsageError: for a stage that is not there, and for a tag that the table of base images does not have.
    """
    base = dockerfile_base(read_dockerfile(path), path, build_args=build_args, stage=stage, platform=platform)
    try:
        target = target_of_base_image(base.image)
    except UsageError as error:
        raise UsageError(error.message, context=str(base.image_source), hints=error.hints) from error
    notes = list(base.notes)
    changed = _changed(target, base, notes, settled) if target else None
    return DockerfileTarget(target=changed, image=base.image, image_source=base.image_source, notes=tuple(notes))


def read_dockerfile(path: str) -> str:
    """Read it.

    :raises InputError: when it cannot be read.
    """
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"the Dockerfile cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
        raise InputError(message, context=path) from error


def parse_build_args(texts: Iterable[str]) -> dict[str, str]:
    """Read ``NAME=VALUE`` each.

    :raises UsageError: for one without ``=``.
    """
    values = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            message = f"`--build-arg {text}` is not a name and a value"
            raise UsageError(message, hints=["Write it as `--build-arg PYTHON_VERSION=3.6.8`."])
        values[name] = value
    return values


def _changed(target: Target, base: DockerfileBase, notes: list[str], settled: Collection[str]) -> Target:
    """Give the image's target as it is when the requirements are installed; what cannot be known becomes a note."""
    installed = {one.name: one.version for one in target.base}
    sources = dict(target.sources)
    estimated = set(target.estimated)
    sources["image"] = f"{base.image_source}: {sources['image']}"
    for change in base.changes:
        where = f"{change.source}: `{change.command}`"
        if change.action != "uninstall" and change.version is None:
            if _stays(change, installed.get(change.name)):
                continue
            estimated.add(change.name)
            if change.name not in settled:
                notes.append(_left_open(change, installed.get(change.name)))
            continue
        estimated.discard(change.name)
        if change.version is None:
            installed.pop(change.name, None)
        else:
            installed[change.name] = change.version
        if change.name == "pip" and change.version:
            target = replace(target, pip=change.version)
            sources["pip"] = where
        if where not in sources["base"]:
            sources["base"] += f"; {where}"
    if base.platform:
        platform = parse_platform(base.platform)
        target = replace(target, machine=platform.machine, operating_system=platform.operating_system)
        sources["platform"] = f"{base.image_source}: `--platform={base.platform}`"
    return replace(
        target,
        base=tuple(BaseDistribution(name, version) for name, version in sorted(installed.items())),
        sources=tuple(sources.items()),
        estimated=tuple(sorted(estimated & {*installed, "pip"})),
    )


def _stays(change: BaseChange, version: str | None) -> bool:
    """Whether what is there is enough for an installation that does not upgrade."""
    if version is None or change.action == "upgrade":
        return False
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415  few Dockerfiles get here
    from packaging.version import InvalidVersion  # noqa: PLC0415  as above

    try:
        return SpecifierSet(change.specifier).contains(version, prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return False


def _left_open(change: BaseChange, version: str | None) -> str:
    remedy = "`--pip-version`" if change.name == "pip" else f"`--preinstalled {change.name}==…`"
    taken = f"{version}, which the base image has, is taken" if version else "it is taken as not there"
    return (
        f"{change.source} installs `{change.name}{change.specifier}` in the version of the day of the build, which "
        f"cannot be known: {taken}; give it with {remedy}, or pin it in the Dockerfile"
    )


def dockerfile_base(
    text: str,
    path: str,
    *,
    build_args: Mapping[str, str] | None = None,
    stage: str | None = None,
    platform: str | None = None,
) -> DockerfileBase:
    """Say what a Dockerfile builds on; nothing is looked up. Parameters and errors as for `target_of_dockerfile`."""
    stages = read_stages(text, path, build_args=build_args or {}, platform=platform)
    chosen = _named_stage(stages, stage, path) if stage is not None else _relevant_stage(stages)
    root = chosen.chain[0]
    effects = _Effects()
    for member in chosen.chain:
        effects.notes += member.notes
        for command, source in member.commands:
            effects.take(command, source)
    settings = {name: source for member in chosen.chain for name, source in member.pip_settings.items()}
    notes = [
        f"{source} sets {name}, which changes what pip selects; it is not taken from there: give this command the same"
        for name, source in settings.items()
    ]
    if chosen is not stages[-1] and stage is None:
        notes.insert(
            0, f"{chosen.source} is taken for the base image: its stage is the last that installs requirements"
        )
    return DockerfileBase(
        image=root.image,
        image_source=root.source,
        platform=next((member.platform for member in chosen.chain if member.platform), None),
        changes=tuple(effects.changes),
        pip_settings=tuple(settings.items()),
        environment=tuple(sorted(chosen.environment.items())),
        runs=tuple(run for member in chosen.chain for run in member.runs),
        notes=(*notes, *effects.notes),
    )


def _relevant_stage(stages: Sequence[Stage]) -> Stage:
    """The last stage that installs requirements, itself or in a stage it is built on; where none does, the last."""
    for stage in reversed(stages):
        if any(command.from_files for member in stage.chain for command, _ in member.commands):
            return stage
    return stages[-1]


def _named_stage(stages: Sequence[Stage], wanted: str, path: str) -> Stage:
    for stage in reversed(stages):
        if stage.name and stage.name.lower() == wanted.lower():
            return stage
    if wanted.isdecimal() and int(wanted) < len(stages):
        return stages[int(wanted)]
    message = f"`{path}` has no stage `{wanted}`"
    names = ", ".join(f"`{stage.name or number}`" for number, stage in enumerate(stages))
    raise UsageError(message, hints=[f"Its stages: {names}."])


class _Effects:
    """What pip commands do to the base set, up to the first that installs files of requirements."""

    def __init__(self) -> None:
        self.changes: list[BaseChange] = []
        self.notes: list[str] = []
        self._requirements_at: SourceLine | None = None

    def take(self, command: PipCommand, source: SourceLine) -> None:
        if self._requirements_at is not None:
            if any(one.name == "pip" for one in command.requirements) and command.is_system:
                self.notes.append(
                    f"{source} changes pip after {self._requirements_at} has installed requirements: it is not counted"
                )
        elif command.from_files:
            self._requirements_at = source
        elif command.is_system:
            for requirement in command.requirements:
                self._take_requirement(requirement, command, source)

    def _take_requirement(self, requirement: PipRequirement, command: PipCommand, source: SourceLine) -> None:
        upgrades = command.action == "install" and command.upgrade
        change = BaseChange(
            name=cast("NormalizedName", requirement.name),
            action="upgrade" if upgrades else command.action,
            version=requirement.version if command.action == "install" else None,
            specifier=requirement.specifier,
            source=source,
            command=command.text,
        )
        self.changes.append(change)
        if change.version and change.name not in ("pip", "setuptools", "wheel"):
            self.notes.append(
                f"{source} installs `{change.name}=={change.version}`, which counts as there already; what it depends "
                "on is not known: give it with `--preinstalled`"
            )
