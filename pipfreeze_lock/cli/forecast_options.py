"""The command line of ``forecast`` as a value: which of its words are inputs, which is the image."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pipfreeze_lock.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.cli.lock_options import LockOptions
    from pipfreeze_lock.cli.settings import Settings
    from pipfreeze_lock.resolve.planning.interface import UpgradeStrategy

__all__ = [
    "Asked",
    "ForecastOptions",
    "PipOptions",
    "inputs_and_image",
    "lock_among",
    "pip_command",
    "with_lock_remarks",
]

_STRATEGIES = ("eager", "only-if-needed")
_OF_TARGET = {
    "base_image": "--base-image",
    "python_version": "--python-version",
    "implementation": "--implementation",
    "abi": "--abi",
    "libc": "--libc",
    "pip_version": "--pip-version",
    "preinstalled": "--preinstalled",
    "no_base": "--no-base",
}
"""Parameters that say what an image that is read says itself; ``--dockerfile`` tells beside it how pip is called."""
_TRANSPORTS = ("docker-archive:", "docker-daemon:", "docker://", "oci-archive:", "oci:", "rootfs:")
_OF_INPUTS = (".txt", ".in", ".lock", ".toml")


@dataclass(frozen=True, kw_only=True, slots=True)
class PipOptions:
    """Options of ``pip install`` itself."""

    upgrade: bool = False
    upgrade_strategy: str | None = None
    force_reinstall: bool = False
    no_deps: bool = False
    require_hashes: bool = False
    no_cache_dir: bool = False
    no_compile: bool = False

    @property
    def strategy(self) -> UpgradeStrategy | None:
        """Give the strategy.

        :raises UsageError: for a word that pip does not know.
        """
        if self.upgrade_strategy is None or self.upgrade_strategy in _STRATEGIES:
            return cast("UpgradeStrategy | None", self.upgrade_strategy)
        message = f"`--upgrade-strategy {self.upgrade_strategy}` is not known"
        raise UsageError(message, hints=["Write `eager` or `only-if-needed`."])

    def words(self) -> Iterator[str]:
        """Give those that are on, as pip has them."""
        for name in ("upgrade", "force_reinstall", "no_deps", "require_hashes", "no_cache_dir", "no_compile"):
            if getattr(self, name):
                yield f"--{name.replace('_', '-')}"
        if self.upgrade_strategy is not None:
            yield from ("--upgrade-strategy", self.upgrade_strategy)


@dataclass(frozen=True, kw_only=True, slots=True)
class ForecastOptions:
    """The command line of ``forecast``; see ``pipfreeze-lock forecast --help``."""

    words: tuple[str, ...]
    """``INPUT… IMAGE``; without IMAGE where other options name it."""
    flags: frozenset[str] = frozenset()
    """Names of the parameters that stand on the command line, and do not come from the environment."""
    environment: str | None = None
    insecure: bool = False
    since: str | None = None
    pip: PipOptions = PipOptions()
    lock: LockOptions
    """What is as in ``lock``: further inputs, the target, selection, how indexes are reached."""
    format: str = "text"
    output: str | None = None
    network: dict[str, Any] = field(default_factory=dict)
    """How a registry is reached: fields of `LockOptions` that were given."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is forecast, and where."""

    inputs: tuple[str, ...]
    image: str | None
    """None where the target's options name it."""


def inputs_and_image(options: ForecastOptions, settings: Settings) -> Asked:
    """Tell the words of the command line apart.

    :raises UsageError: where an input or an image is missing, or something is said twice.
    """
    words = [*options.words]
    given = list(options.lock.inputs)
    image = words.pop() if words and _is_image_last(words, options, has_inputs=bool(given)) else None
    inputs = (*words, *given)
    if not inputs:
        message = "there is no input" if image is None else f"`{image}` is the image, and there is no input beside it"
        raise UsageError(message, hints=["Write it as `pipfreeze-lock forecast requirements.txt python:3.6.8`."])
    misplaced = next((one for one in inputs if one.startswith(_TRANSPORTS)), None)
    if misplaced is not None:
        message = f"`{misplaced}` is an image, and stands where inputs do"
        raise UsageError(message, hints=[f"Write it last: `pipfreeze-lock forecast requirements.txt {misplaced}`."])
    if image is None and not _is_named_elsewhere(options, settings, inputs):
        message = "no image is named"
        hints = [f"Name it behind the input: `pipfreeze-lock forecast {shlex.join(inputs)} python:3.6.8`."]
        raise UsageError(message, hints=hints)
    if image is not None:
        twice = next((option for name, option in _OF_TARGET.items() if name in options.flags), None)
        if twice is not None:
            message = f"`{twice}` says what IMAGE says, which is `{image}`"
            raise UsageError(message, hints=["Leave out one of them."])
    return Asked(inputs=inputs, image=image)


def _is_image_last(words: list[str], options: ForecastOptions, *, has_inputs: bool) -> bool:
    """Whether the last word is the image: always behind an input where nothing else names one, else by its look."""
    last = words[-1]
    is_behind = has_inputs or len(words) > 1
    if is_behind and not options.flags & {"base_image", "dockerfile", "python_version"}:
        return True
    is_input = last == "-" or last.startswith(("http://", "https://", "file:")) or last.endswith(_OF_INPUTS)
    return not is_input and not Path(last).is_file()


def _is_named_elsewhere(options: ForecastOptions, settings: Settings, inputs: tuple[str, ...]) -> bool:
    configured = any(settings.values.get(key) for key in ("base-image", "dockerfile", "python-version"))
    return options.lock.target.names_an_interpreter or configured or lock_among(inputs) is not None


def lock_among(inputs: tuple[str, ...]) -> bytes | None:
    """Give the content of the input that is a lock of ours, told by its content; None where none is, or none alone.

    :raises InputError: for one that cannot be read, and for a ``pylock.toml``, which ``pip install -r`` does not read.
    """
    from pipfreeze_lock.lockfile import requirements_txt  # noqa: PLC0415  not for a command line that is wrong
    from pipfreeze_lock.requirements.loader import read_location  # noqa: PLC0415  likewise

    for one in inputs:
        if Path(one).name.startswith("pylock.") and one.endswith(".toml"):
            message = "the image's pip reads no `pylock.toml` as requirements"
            raise InputError(message, context=one, hints=["Give the lock that is a requirements file."])
    local = [one for one in inputs if one != "-" and "://" not in one]
    read = {one: read_location(one, client=None, stdin=bytes) for one in local}
    data = read.get(inputs[0])
    return data if data is not None and len(inputs) == 1 and requirements_txt.is_lock(data) else None


def pip_command(pip: PipOptions, lock: LockOptions) -> str:
    """Give the ``pip install`` that is forecast; what says where the index is, is left out."""
    words = ["pip", "install", *pip.words()]
    words += [f"--{name.replace('_', '-')}" for name in ("no_index", "pre", "prefer_binary") if getattr(lock, name)]
    words += [word for mention in lock.format_mentions for word in mention]
    words += [word for path in lock.constraints for word in ("-c", _shown(path))]
    words += [word for path in lock.inputs for word in ("-r", _shown(path))]
    return shlex.join(words)


def _shown(location: str) -> str:
    from pipfreeze_lock.model.url import Url  # noqa: PLC0415  most inputs are files

    return Url(location).without_credentials if "://" in location else location


def with_lock_remarks(pip: PipOptions, *, has_hashes: bool, installs_without_dependencies: bool) -> PipOptions:
    """Add the options that a lock of ours is installed with."""
    return replace(
        pip,
        require_hashes=pip.require_hashes or has_hashes,
        no_deps=pip.no_deps or installs_without_dependencies,
    )
