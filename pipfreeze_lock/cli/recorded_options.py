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

from pipfreeze_lock.cli.command_line import split_command
from pipfreeze_lock.cli.lock_options import LockOptions
from pipfreeze_lock.cli.targeting import FIELD_OF_OPTION, TargetOptions, recorded_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipfreeze_lock.cli.settings import Settings

__all__ = ["RecordedCommand", "options_by_name", "read_command", "relock_command", "settings_used"]

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
}
_FORMATS = ("--no-binary", "--only-binary", "--all-releases", "--only-final")
_FLAGS = {
    "--no-index": "no_index",
    "--pre": "pre",
    "--prefer-binary": "prefer_binary",
    "--no-build": "no_build",
}
_PATHS = ("--constraint", "--find-links", "--dockerfile")
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
    for option, value in _pairs(command):
        if option == "":
            inputs.append(_from_here(value, lock))
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
        elif option not in FIELD_OF_OPTION and option != "--no-base":
            unknown.append(option)
    options = LockOptions(target=recorded_target(command, lock), inputs=tuple(inputs), **values)
    return RecordedCommand(
        text=command,
        options=options,
        unknown=tuple(unknown),
        from_settings=_keys(remarks.get("settings", "")),
        overridden=_keys(remarks.get("overridden", "")),
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
    words = ["pipfreeze-lock", "lock"]
    inputs: list[str] = []
    for option, value in _pairs(recorded.text):
        if (option[2:] or "inputs") in recorded.from_settings:
            continue
        shown = _from_here(value, lock) if option in ("", *_PATHS) else value
        if option == "":
            inputs.append(shown)
        else:
            words += [option, shown] if value else [option]
    if not default:
        words += ["-o", lock.as_posix()]
    return shlex.join([*words, *inputs])


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
