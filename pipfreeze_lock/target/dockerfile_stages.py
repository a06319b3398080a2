"""The stages of a Dockerfile: what each starts from, and what it tells pip to do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import InputError, UsageError
from pipfreeze_lock.target.dockerfile_syntax import Variables, read_instructions
from pipfreeze_lock.target.pip_commands import pip_commands
from pipfreeze_lock.target.platforms import parse_platform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipfreeze_lock.model.requirement import SourceLine
    from pipfreeze_lock.target.dockerfile_syntax import Instruction
    from pipfreeze_lock.target.pip_commands import PipCommand

__all__ = ["Stage", "read_stages"]

_DEFAULT_PLATFORM = "linux/amd64"
_FROM = re.compile(r"(?P<flags>(?:--\S+\s+)*)(?P<image>\S+)(?:\s+[Aa][Ss]\s+(?P<name>\S+))?")
_ASSIGNMENT = re.compile(r"""([A-Za-z_]\w*)=((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])*)""", re.DOTALL)
_SHELL_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})")
_SELECTING = frozenset(
    {
        "PIP_CONSTRAINT",
        "PIP_EXTRA_INDEX_URL",
        "PIP_FIND_LINKS",
        "PIP_INDEX_URL",
        "PIP_NO_BINARY",
        "PIP_NO_INDEX",
        "PIP_ONLY_BINARY",
        "PIP_PRE",
        "PIP_PREFER_BINARY",
    }
)
"""Settings of pip, in the environment, that change what it selects."""


@dataclass(kw_only=True, slots=True)
class Stage:
    """A stage while it is read."""

    name: str | None
    image: str
    platform: str | None
    source: SourceLine
    parent: Stage | None
    arguments: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    commands: list[tuple[PipCommand, SourceLine]] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    """Each RUN as the shell gets it, its here-documents behind it."""
    pip_settings: dict[str, SourceLine] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def chain(self) -> list[Stage]:
        """The stages that it is built on, from the first, and itself."""
        return [*(self.parent.chain if self.parent else []), self]

    @property
    def variables(self) -> dict[str, str]:
        """ENV wins over ARG."""
        return self.arguments | self.environment


def read_stages(text: str, path: str, *, build_args: Mapping[str, str], platform: str | None) -> list[Stage]:
    """Give the stages in order; at least one.

    :param platform: What is built for, as Docker writes it; None: linux/amd64.
    :raises InputError: with file and line.
    """
    read = read_instructions(text, path)
    reader = _Reader(read.escape, build_args, platform or _DEFAULT_PLATFORM)
    for instruction in read.instructions:
        reader.take(instruction)
    if not reader.stages:
        message = "there is no FROM in this Dockerfile"
        raise InputError(message, context=path)
    return reader.stages


class _Reader:
    """Goes through the instructions and keeps what matters of each stage."""

    def __init__(self, escape: str, build_args: Mapping[str, str], platform: str) -> None:
        self._escape = escape
        self._build_args = build_args
        self._platform_arguments = _platform_arguments(platform)
        self._global_arguments: dict[str, str] = {}
        self._declared_without_value: set[str] = set()
        self.stages: list[Stage] = []

    def take(self, instruction: Instruction) -> None:
        match instruction.keyword:
            case "FROM":
                self._take_from(instruction)
            case "ARG":
                self._take_arg(instruction)
            case _ if not self.stages:
                message = f"`{instruction.keyword}` stands before the first FROM, where only ARG can"
                raise InputError(message, context=str(instruction.source))
            case "ENV":
                self._take_env(instruction)
            case "RUN":
                self._take_run(instruction)

    def _take_from(self, instruction: Instruction) -> None:
        match = _FROM.fullmatch(instruction.value)
        if match is None:
            message = "this FROM cannot be read"
            hint = "Write it as `FROM [--platform=PLATFORM] IMAGE [AS NAME]`."
            raise InputError(message, context=str(instruction.source), hints=[hint])
        variables = Variables(self._platform_arguments | self._global_arguments, self._escape)
        image = self._substituted(variables, match["image"], instruction)
        if variables.unset:
            self._refuse_unset(variables.unset[0], instruction)
        platform = None
        for flag in match["flags"].split():
            if flag.startswith("--platform="):
                platform = self._platform_of(flag.removeprefix("--platform="), instruction)
        parent = next((stage for stage in reversed(self.stages) if _named(stage, image)), None)
        stage = Stage(name=match["name"], image=image, platform=platform, source=instruction.source, parent=parent)
        if parent:
            stage.environment = dict(parent.environment)
        self.stages.append(stage)

    def _platform_of(self, text: str, instruction: Instruction) -> str | None:
        """None where it is the platform that builds, or is built for: neither says more than the flags do."""
        if re.search(r"\$\{?(BUILD|TARGET)", text):
            return None
        variables = Variables(self._global_arguments, self._escape)
        platform = self._substituted(variables, text, instruction)
        if variables.unset:
            self._refuse_unset(variables.unset[0], instruction)
        try:
            parse_platform(platform)
        except UsageError as error:
            raise InputError(error.message, context=str(instruction.source), hints=error.hints) from error
        return platform

    def _refuse_unset(self, name: str, instruction: Instruction) -> None:
        declared = name in self._declared_without_value
        message = f"`{name}` has no value here"
        hint = f"Give it one: `--build-arg {name}=…`."
        if not declared:
            hint = f"Declare it before the first FROM, `ARG {name}=…`: one that a stage declares does not reach here."
        raise InputError(message, context=str(instruction.source), hints=[hint])

    def _take_arg(self, instruction: Instruction) -> None:
        stage = self.stages[-1] if self.stages else None
        for word in _words(instruction.value):
            name, equals, default = word.partition("=")
            value = self._build_args.get(name)
            if value is None and equals:
                seen = stage.variables if stage else self._platform_arguments | self._global_arguments
                value = self._substituted(Variables(seen, self._escape), default, instruction)
            if value is None and stage:
                value = self._global_arguments.get(name, self._platform_arguments.get(name))
            if value is None:
                self._declared_without_value.add(name)
            elif stage:
                stage.arguments[name] = value
            else:
                self._global_arguments[name] = value

    def _take_env(self, instruction: Instruction) -> None:
        stage = self.stages[-1]
        before = stage.variables
        for name, text in _environment(instruction.value):
            stage.environment[name] = self._substituted(Variables(before, self._escape), text, instruction)
            if name in _SELECTING:
                stage.pip_settings[name] = instruction.source

    def _take_run(self, instruction: Instruction) -> None:
        stage = self.stages[-1]
        values = stage.variables
        value = _shell_expanded(instruction.value, values)
        heredocs = [_shell_expanded(content, values) for content in instruction.heredocs]
        stage.runs.append("\n".join((f"RUN {value}", *heredocs)))
        if re.search(r"-m\s+(venv|virtualenv)\b|\bvirtualenv\s", "\n".join((value, *heredocs))):
            stage.notes.append(
                f"{instruction.source} makes a virtual environment: if the requirements go into it, its pip and base "
                "set are other ones; give them with `--pip-version`, `--no-base` and `--preinstalled`"
            )
        try:
            stage.commands += [(command, instruction.source) for command in pip_commands(value, heredocs)]
        except ValueError as error:
            if "pip" in value:
                stage.notes.append(f"{instruction.source} is passed over: it cannot be read as a shell does ({error})")

    def _substituted(self, variables: Variables, text: str, instruction: Instruction) -> str:
        try:
            return variables.substitute(text)
        except ValueError as error:
            raise InputError(str(error), context=str(instruction.source)) from error


def _named(stage: Stage, name: str) -> bool:
    return stage.name is not None and stage.name.lower() == name.lower()


def _platform_arguments(platform: str) -> dict[str, str]:
    """The ARGs that BuildKit gives by itself, of the platform that is built for."""
    if "/" not in platform:
        parsed = parse_platform(platform)
        architectures = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "i686": "386", "armv7l": "arm/v7"}
        platform = f"{parsed.operating_system}/{architectures.get(parsed.machine, parsed.machine.lower())}"
    system, _, architecture = platform.partition("/")
    architecture, _, variant = architecture.partition("/")
    return {
        "TARGETPLATFORM": platform,
        "TARGETOS": system,
        "TARGETARCH": architecture,
        "TARGETVARIANT": variant,
    }


def _words(value: str) -> list[str]:
    """``NAME`` or ``NAME=VALUE``, quotes kept."""
    return [match[0] for match in re.finditer(rf"{_ASSIGNMENT.pattern}|\S+", value, re.DOTALL)]


def _environment(value: str) -> list[tuple[str, str]]:
    """``ENV A=1 B=2``, or the old ``ENV A 1 and all the rest``."""
    if re.match(r"[A-Za-z_]\w*=", value):
        return [(match[1], match[2]) for match in _ASSIGNMENT.finditer(value)]
    name, _, rest = value.partition(" ")
    return [(name, rest.strip())]


def _shell_expanded(text: str, values: Mapping[str, str]) -> str:
    """Replace the variables that the image's environment has, as the shell will; others stay as they are."""

    def replacement(match: re.Match[str]) -> str:
        value = values.get(match[1] or match[2])
        if match[3] is not None:
            return value or match[3]
        return match[0] if value is None else value

    return _SHELL_VARIABLE.sub(replacement, text)
