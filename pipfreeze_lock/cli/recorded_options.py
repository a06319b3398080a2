"""The command that a lock's header records, read back: what shaped the answer, and what would shape it now.

`pipfreeze_lock.cli.command_line` writes it. Beside it the header says which of the options came from
``[tool.pipfreeze-lock]`` (``settings``) and which of the table's keys were overruled by a flag (``overridden``), so
that a change of the table shows, and a flag that was given on purpose is no change.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.cli.command_line import command_name, image_from_lock, split_command
from pipfreeze_lock.cli.lock_options import LockOptions, options_of_freeze, with_settings
from pipfreeze_lock.cli.targeting import FIELD_OF_OPTION, TargetOptions, recorded_target
from pipfreeze_lock.target.image_references import is_python_image

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipfreeze_lock.cli.settings import Settings
    from pipfreeze_lock.model.lock import LockedSet

__all__ = [
    "RecordedCommand",
    "in_force",
    "lock_command",
    "options_by_name",
    "read_command",
    "relock_command",
    "settings_used",
]

_TEXTS = {
    "--index-url": "index_url",
    "--uploaded-prior-to": "uploaded_prior_to",
    "--hashes": "hashes",
    "--resolver": "resolver",
}
_LISTS = {
    "--constraint": "constraints",
    "--extra": "extras",
    "--extra-index-url": "extra_index_urls",
    "--find-links": "find_links",
    "--trusted-host": "trusted_hosts",
    "--requirement": "inputs",
}
_FORMATS = ("--no-binary", "--only-binary", "--all-releases", "--only-final")
_FLAGS = {
    "--no-index": "no_index",
    "--pre": "pre",
    "--prefer-binary": "prefer_binary",
    "--no-build": "no_build",
}
_PATHS = ("--constraint", "--find-links", "--dockerfile", "--requirement")
_OF_IMAGES = frozenset(FIELD_OF_OPTION) | {"--no-base", "--environment"}
"""Options that say what the target is, which `recorded_target` reads, and in which environment ``freeze`` looked."""
_SHAPING = {
    "inputs": "inputs",
    "exclude-newer": "uploaded_prior_to",
    "no-binary": "format_mentions",
    "only-binary": "format_mentions",
    "all-releases": "format_mentions",
    "only-final": "format_mentions",
    **{option[2:]: field for option, field in (_TEXTS | _LISTS | _FLAGS).items()},
}
"""Keys of the configuration that shape the answer, the target's aside, with their fields."""
_OF_TARGET = {option[2:]: field for option, field in FIELD_OF_OPTION.items()} | {"no-base": "no_base"}


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedCommand:
    """What the header says of how the lock was made."""

    text: str
    options: LockOptions
    """Its paths are as seen from the working folder."""
    unknown: tuple[str, ...]
    """Options that this release does not know."""
    from_settings: frozenset[str]
    """Keys of ``[tool.pipfreeze-lock]`` that were in force then."""
    overridden: frozenset[str]
    """Keys of it that a flag overruled."""
    image: str | None = None
    """Of ``freeze``: what was frozen, as seen from the working folder; None where `lock` made the lock."""

    def as_asked_now(self, settings: Settings) -> LockOptions:
        """Give what was given by hand then; what comes of the configuration is left open, to be taken from it anew."""
        left_open = (self.from_settings | settings.values.keys()) - self.overridden
        return _without(self.options, left_open)

    def target_by_hand(self) -> TargetOptions:
        """Give the target's options where flags overruled the configuration; none where they did not."""
        return self.options.target if self.overridden & _OF_TARGET.keys() else TargetOptions()


def read_command(command: str, remarks: Mapping[str, str], lock: Path) -> RecordedCommand:
    """Read a recorded command.

    :param remarks: The header's other lines.
    :param lock: The path of the lock, to which the command's paths are relative.
    """
    values: dict[str, Any] = {}
    unknown: list[str] = []
    inputs: list[str] = []
    is_frozen = command_name(command) == "freeze"
    for option, value in _pairs(command):
        if option == "":
            inputs.append(image_from_lock(value, lock) if is_frozen else _from_here(value, lock))
        elif option in _LISTS:
            place = _from_here(value, lock) if option in _PATHS else value
            values[_LISTS[option]] = (*values.get(_LISTS[option], ()), place)
        elif option in _FORMATS:
            values["format_mentions"] = (*values.get("format_mentions", ()), (option, value))
        elif option in _TEXTS:
            values[_TEXTS[option]] = value
        elif option in _FLAGS:
            values[_FLAGS[option]] = True
        elif option == "--no-hashes":
            values["hashes"] = "none"
        elif option == "--build-lock":
            values["build_lock"] = True
        elif option not in _OF_IMAGES:
            unknown.append(option)
    image = inputs.pop() if is_frozen and inputs else None
    values.setdefault("inputs", tuple(inputs))
    options = LockOptions(target=recorded_target(command, lock), **values)
    return RecordedCommand(
        text=command,
        options=options,
        unknown=tuple(unknown),
        from_settings=_keys(remarks.get("settings", "")),
        overridden=_keys(remarks.get("overridden", "")),
        image=image,
    )


def in_force(recorded: RecordedCommand, settings: Settings) -> LockOptions:
    """Give the options that count now: those given by hand then, over the configuration.

    The inputs of a frozen image are those that were named when it was frozen, and maybe none.
    """
    asked = recorded.as_asked_now(settings)
    if recorded.image is None:
        return with_settings(asked, settings)
    return options_of_freeze(
        replace(asked, inputs=recorded.options.inputs, constraints=recorded.options.constraints), settings
    )


def settings_used(given: LockOptions, settings: Settings) -> tuple[tuple[str, str], ...]:
    """Give the header lines that say which keys of the configuration shape the answer, and which a flag overrules.

    :param given: The command line alone.
    """
    used: list[str] = []
    overridden: list[str] = []
    for key in sorted(settings.values):
        if key in _SHAPING:
            (overridden if getattr(given, _SHAPING[key]) else used).append(key)
        elif key in _OF_TARGET:
            by_hand = getattr(given.target, _OF_TARGET[key])
            names_another = given.target.names_an_interpreter and key != "platform"
            (overridden if by_hand or names_another else used).append(key)
    lines = (("settings", used), ("overridden", overridden))
    return tuple((line, ", ".join(keys)) for line, keys in lines if keys)


def options_by_name(command: str) -> dict[str, tuple[str, ...]]:
    """Give the values of each option of a command; a flag has one empty value, the inputs stand under ``inputs``."""
    found: dict[str, tuple[str, ...]] = {}
    for option, value in _pairs(command):
        name = option or "inputs"
        found[name] = (*found.get(name, ()), value)
    return found


def relock_command(recorded: RecordedCommand, lock: Path, *, default: bool) -> str:
    """Give the command that renews a lock, as it is to be typed here; what the configuration says is left out.

    :param default: Whether it is the file that is written without ``-o``.
    """
    words = ["pipfreeze-lock", "lock" if recorded.image is None else "freeze"]
    inputs: list[str] = []
    for option, value in _pairs(recorded.text):
        if (option[2:] or "inputs") in recorded.from_settings:
            continue
        shown = _from_here(value, lock) if option in ("", *_PATHS) else value
        if option == "":
            inputs.append(recorded.image or shown)
        else:
            words += [option, shown] if value else [option]
    if not default or recorded.image is not None:
        words += ["-o", lock.as_posix()]
    return shlex.join([*words, *inputs])


def lock_command(recorded: RecordedCommand, frozen: LockedSet, lock: Path) -> str:
    """Give the command that makes a lock of a frozen image's inputs, for the target that it records.

    :param lock: The path of the lock.
    """
    words = ["pipfreeze-lock", "lock"]
    image = recorded.options.target.base_image
    if image is not None and is_python_image(image):
        words += ["--base-image", image]
    else:
        words += _target_options(frozen)
    words += [word for path in recorded.options.constraints for word in ("--constraint", path)]
    return shlex.join([*words, "-o", lock.as_posix(), *recorded.options.inputs])


def _target_options(lock: LockedSet) -> Iterable[str]:
    """Give the target part by part, as the lock's ``target`` and ``base`` lines have it."""
    implementation, python, abi, platform, libc, pip = (lock.target.split(" ") + [""] * 6)[:6]
    yield from ("--python-version", python, "--pip-version", pip.removeprefix("pip-"), "--platform", platform)
    if implementation != "cpython":
        yield from ("--implementation", implementation)
    if abi.endswith("t"):  # free-threaded: the only ABI that does not follow from the rest
        yield from ("--abi", abi)
    if libc.startswith(("glibc-", "musl-")):
        yield from ("--libc", libc)
    for one in lock.base:
        if one.name != "pip":
            yield from ("--preinstalled", f"{one.name}=={one.version}")


def _pairs(command: str) -> Iterable[tuple[str, str]]:
    """Give each option with its value, empty for a flag; an input with an empty option. What is odd is passed over."""
    words = iter(split_command(command)[2:])
    for word in words:
        if not word.startswith("--"):
            yield "", word
        elif word in _FLAGS or word in ("--no-hashes", "--no-base"):
            yield word, ""
        else:
            yield word, next(words, "")


def _from_here(location: str, lock: Path) -> str:
    """Give a path of the header as seen from the working folder."""
    if location == "-" or "://" in location or location.startswith("file:"):
        return location
    import os.path  # noqa: PLC0415  `Path` does not take out `..`

    return os.path.normpath(lock.parent / location)


def _without(options: LockOptions, keys: Iterable[str]) -> LockOptions:
    own = {field.name: field.default for field in fields(LockOptions)}
    of_target = {field.name: field.default for field in fields(TargetOptions)}
    cleared: dict[str, Any] = {_SHAPING[key]: own[_SHAPING[key]] for key in keys if key in _SHAPING}
    target: dict[str, Any] = {_OF_TARGET[key]: of_target[_OF_TARGET[key]] for key in keys if key in _OF_TARGET}
    return replace(options, target=replace(options.target, **target), **cleared)


def _keys(text: str) -> frozenset[str]:
    return frozenset(key for key in text.split(", ") if key)
