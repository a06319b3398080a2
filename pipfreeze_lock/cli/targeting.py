"""Which target a command is for: flags, environment, configuration, Dockerfile, or what the lock records."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.cli.command_line import relative_to_lock, split_command
from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.target.pip_pythons import why_it_cannot_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import typer

    from pipfreeze_lock.cli.settings import Settings
    from pipfreeze_lock.model.requirement import SourceLine
    from pipfreeze_lock.model.target import Target

__all__ = ["FIELD_OF_OPTION", "ChosenTargets", "TargetOptions", "choose_targets", "recorded_target"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetOptions:
    """The options that say what the target is, as they were given."""

    base_image: str | None = None
    dockerfile: str | None = None
    build_args: tuple[str, ...] = ()
    stage: str | None = None
    python_version: str | None = None
    implementation: str | None = None
    abi: str | None = None
    platforms: tuple[str, ...] = ()
    libc: str | None = None
    pip_version: str | None = None
    preinstalled: tuple[str, ...] = ()
    no_base: bool = False
    markers: tuple[str, ...] = ()

    @classmethod
    def of(cls, context: typer.Context) -> TargetOptions:
        """Take them from a command that has them all (`pipfreeze_lock.cli.options`)."""
        values = context.params
        base_image, dockerfile = _stronger_source(context, values["base_image"], values["dockerfile"])
        return cls(
            base_image=base_image,
            dockerfile=dockerfile,
            build_args=tuple(values["build_arg"] or ()),
            stage=values["stage"],
            python_version=values["python_version"],
            implementation=values["implementation"],
            abi=values["abi"],
            platforms=tuple(values["platform"] or ()),
            libc=values["libc"],
            pip_version=values["pip_version"],
            preinstalled=tuple(values["preinstalled"] or ()),
            no_base=values["no_base"],
            markers=tuple(values["marker"] or ()),
        )

    @property
    def names_an_interpreter(self) -> bool:
        """Whether they say which Python it is, by themselves."""
        return any((self.base_image, self.dockerfile, self.python_version))

    def over(self, other: TargetOptions) -> TargetOptions:
        """Fill in from weaker options what these leave open; a base image and a Dockerfile stand for each other."""
        values: dict[str, Any] = {}
        for one in fields(self):
            own = getattr(self, one.name)
            values[one.name] = own or getattr(other, one.name)
        if self.base_image and not self.dockerfile:
            values["dockerfile"] = None
        if self.dockerfile and not self.base_image:
            values["base_image"] = None
        return TargetOptions(**values)

    def arguments(self, lock: Path | None) -> Iterator[str]:
        """Give them as they stand in a lock's header, the platform aside."""
        if self.dockerfile:
            yield from ("--dockerfile", relative_to_lock(self.dockerfile, lock))
        for option, value in (
            ("--base-image", self.base_image),
            ("--stage", self.stage),
            ("--python-version", self.python_version),
            ("--implementation", self.implementation),
            ("--abi", self.abi),
            ("--libc", self.libc),
            ("--pip-version", self.pip_version),
        ):
            if value:
                yield from (option, value)
        for option, values in (
            ("--build-arg", self.build_args),
            ("--preinstalled", self.preinstalled),
            ("--marker", self.markers),
        ):
            for value in values:
                yield from (option, value)
        if self.no_base:
            yield "--no-base"


FIELD_OF_OPTION = {
    "--base-image": "base_image",
    "--dockerfile": "dockerfile",
    "--build-arg": "build_args",
    "--stage": "stage",
    "--python-version": "python_version",
    "--implementation": "implementation",
    "--abi": "abi",
    "--platform": "platforms",
    "--libc": "libc",
    "--pip-version": "pip_version",
    "--preinstalled": "preinstalled",
    "--marker": "markers",
}


def _stronger_source(
    context: typer.Context, base_image: str | None, dockerfile: str | None
) -> tuple[str | None, str | None]:
    """Leave of a base image and a Dockerfile the one that is a flag, where the other comes from the environment."""
    if base_image and dockerfile:
        from_flag = {
            name
            for name in ("base_image", "dockerfile")
            if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"
        }
        if from_flag == {"base_image"}:
            return base_image, None
        if from_flag == {"dockerfile"}:
            return None, dockerfile
    return base_image, dockerfile


@dataclass(frozen=True, kw_only=True, slots=True)
class ChosenTargets:
    """What was chosen, and how to say it again."""

    targets: tuple[Target, ...]
    options: TargetOptions
    notes: tuple[str, ...] = ()
    image_source: SourceLine | None = None
    """The line of a Dockerfile that names the image."""

    def command(self, target: Target, lock: Path | None) -> list[tuple[str, ...]]:
        """Give the options to record for one of the targets, each with its value."""
        words = list(self.options.arguments(lock))
        grouped: list[tuple[str, ...]] = []
        for word in words:
            if word.startswith("--"):
                grouped.append((word,))
            else:
                grouped[-1] = (*grouped[-1], word)
        platforms = self.options.platforms
        if platforms:
            platform = platforms[0] if len(platforms) == 1 else platforms[self.targets.index(target)]
            grouped.append(("--platform", platform))
        return grouped


def choose_targets(
    given: TargetOptions,
    settings: Settings,
    *,
    recorded: str | None,
    lock: Path | None = None,
    to_be_read: Callable[[str], object] | None = None,
) -> ChosenTargets:
    """Choose, strongest first: flags and environment, ``[tool.pipfreeze-lock]``, what the lock's header records.

    :param recorded: The header's command; the options in it are evaluated anew, its ``# target:`` line is not read.
    :param lock: The lock's path, to which recorded paths are relative.
    :param to_be_read: Is told of a Dockerfile, before it is read.
    :raises UsageError: when nothing says what the target is, or one of them cannot be read.
    """
    configured = _configured(settings)
    if given.names_an_interpreter:  # another image, but for the same machines
        options = replace(given, platforms=given.platforms or configured.platforms)
    else:
        options = given.over(configured)
    if not options.names_an_interpreter and recorded is not None:
        options = options.over(recorded_target(recorded, lock))
    if not options.names_an_interpreter:
        raise _nothing_said(recorded)
    if options.base_image and options.dockerfile:
        message = "`--base-image` and `--dockerfile` both name the base image"
        raise UsageError(message, hints=["Give one of them."])
    if options.dockerfile and to_be_read is not None:
        to_be_read(options.dockerfile)
    if not options.dockerfile and (options.stage or options.build_args):
        message = f"`{'--stage' if options.stage else '--build-arg'}` is for a Dockerfile, and there is none"
        raise UsageError(message, hints=["Name it with `--dockerfile`."])
    options = replace(options, platforms=tuple(dict.fromkeys(options.platforms)))
    platforms: tuple[str | None, ...] = options.platforms or (None,)
    told = _Told()
    targets = tuple(_target(options, platform, told) for platform in platforms)
    told.notes += filter(None, map(why_it_cannot_run, targets))
    return ChosenTargets(
        targets=targets, options=options, notes=tuple(dict.fromkeys(told.notes)), image_source=told.image_source
    )


@dataclass(slots=True)
class _Told:
    """What a Dockerfile says beside the target."""

    notes: list[str] = field(default_factory=list)
    image_source: SourceLine | None = None


def _nothing_said(recorded: str | None) -> UsageError:
    words = split_command(recorded or "")
    frozen = (
        [f"`{words[-1]}` was frozen there: name the image that it was made on."] if words[1:2] == ["freeze"] else []
    )
    return UsageError(
        "nothing says which image the lock is for",
        hints=[
            *frozen,
            "Name its base image: `--base-image python:3.6.8`, or `--dockerfile Dockerfile`.",
            "Or say it part by part: `--python-version 3.6.8 --pip-version 19.1.1 --libc glibc-2.24`.",
            'Or write it down once, in pyproject.toml: `[tool.pipfreeze-lock]`, `base-image = "python:3.6.8"`.',
        ],
    )


def _configured(settings: Settings) -> TargetOptions:
    return TargetOptions(
        base_image=settings.text("base-image", None),
        dockerfile=settings.place("dockerfile", None),
        build_args=tuple(settings.items("build-arg", None)),
        stage=settings.text("stage", None),
        python_version=settings.text("python-version", None),
        implementation=settings.text("implementation", None),
        abi=settings.text("abi", None),
        platforms=tuple(settings.items("platform", None)),
        libc=settings.text("libc", None),
        pip_version=settings.text("pip-version", None),
        preinstalled=tuple(settings.items("preinstalled", None)),
        no_base=settings.flag("no-base", given=False),
        markers=tuple(settings.items("marker", None)),
    )


def recorded_target(command: str, lock: Path | None) -> TargetOptions:
    """Read the target's options out of a recorded command; what is not one of them is passed over."""
    values: dict[str, Any] = {}
    words = iter(split_command(command))
    for word in words:
        if word == "--no-base":
            values["no_base"] = True
        name = FIELD_OF_OPTION.get(word)
        if name is None:
            continue
        value = next(words, "")
        if name in ("build_args", "platforms", "preinstalled", "markers"):
            values[name] = (*values.get(name, ()), value)
        else:
            values[name] = value
    if lock is not None and values.get("dockerfile"):
        values["dockerfile"] = str(lock.parent / values["dockerfile"])
    return TargetOptions(**values)


def _target(options: TargetOptions, platform: str | None, told: _Told) -> Target:
    from pipfreeze_lock.target.from_flags import target_from_flags  # noqa: PLC0415  not before something was said

    base = None
    if options.dockerfile:
        base = _target_of_dockerfile(options, platform, told)
    elif options.base_image:
        base = _target_of_image(options.base_image)
    return target_from_flags(
        python_version=options.python_version,
        implementation=options.implementation,
        abi=options.abi,
        platform=platform,
        libc=options.libc,
        pip_version=options.pip_version,
        preinstalled=options.preinstalled,
        markers=options.markers,
        base=base,
        no_base=options.no_base,
    )


def _target_of_image(reference: str) -> Target:
    from pipfreeze_lock.target.base_images import target_of_base_image  # noqa: PLC0415  as above

    target = target_of_base_image(reference)
    if target is None:
        raise _not_known(reference)
    return target


def _target_of_dockerfile(options: TargetOptions, platform: str | None, told: _Told) -> Target:
    from pipfreeze_lock.target.dockerfile import parse_build_args, target_of_dockerfile  # noqa: PLC0415  as above

    found = target_of_dockerfile(
        options.dockerfile or "",
        build_args=parse_build_args(options.build_args),
        stage=options.stage,
        platform=platform,
        settled=_settled(options),
    )
    told.notes += found.notes
    told.image_source = found.image_source
    if found.target is None:
        raise _not_known(found.image, str(found.image_source))
    return found.target


def _settled(options: TargetOptions) -> set[str]:
    """Give the names whose versions are given by hand, so that the Dockerfile may leave them open."""
    names = {text.partition("==")[0].strip().lower() for text in options.preinstalled}
    return names | {"pip"} if options.pip_version else names


def _not_known(reference: str, context: str | None = None) -> UsageError:
    message = f"`{reference}` is not an official Python image, so that nothing is known of what is in it"
    hints = [
        "Say what its pip is: `--python-version 3.6.8 --pip-version 19.1.1 --libc glibc-2.24`.",
        f"Ask it: `docker run --rm {reference} python -m pip --version`.",
    ]
    return UsageError(message, context=context, hints=hints)
