"""``freeze`` from its options to the lock."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.cli.command_line import frozen_command, image_in_lock, relative_to_lock
from pipfreeze_lock.cli.frozen_releases import FrozenReleases
from pipfreeze_lock.cli.image_sources import Listing, SourceOptions, open_image
from pipfreeze_lock.cli.lock_options import LockOptions, options_of_freeze
from pipfreeze_lock.cli.locking import checked, read_existing, refuse_an_input, show_or_write
from pipfreeze_lock.cli.looking_at_images import look_at_image
from pipfreeze_lock.cli.progress import Progress
from pipfreeze_lock.cli.recorded_options import settings_used
from pipfreeze_lock.cli.settings import read_settings, working_folder
from pipfreeze_lock.cli.wiring import Wiring, read_inputs
from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.image.environment_target import first_of_each_name, target_of_environment
from pipfreeze_lock.image.interest import environment_interest, with_module_digests
from pipfreeze_lock.lockfile.requirements_txt import render
from pipfreeze_lock.memo import Memo
from pipfreeze_lock.model.target import BaseDistribution
from pipfreeze_lock.target.base_images import target_of_base_image
from pipfreeze_lock.target.image_references import is_python_image
from pipfreeze_lock.target.pip_capabilities import capabilities
from pipfreeze_lock.verify.ownership import Ownership
from pipfreeze_lock.workflows.freeze import FreezeRequest, freeze
from pipfreeze_lock.workflows.freeze_base import base_by_layers, base_of_image, first_layer_of_pip, paths_of_system

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipfreeze_lock.cli.looking_at_images import LookedAt
    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.cli.settings import Settings
    from pipfreeze_lock.image.interface import ImageSource
    from pipfreeze_lock.model.lock import LockedSet
    from pipfreeze_lock.model.requirement import RequirementSet
    from pipfreeze_lock.model.target import Target

__all__ = ["FreezeOptions", "run_freeze"]

_OF_PLACES = frozenset({"index-url", "extra-index-url", "find-links", "trusted-host", "no-index"})
"""Keys of the configuration that shape what is found."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FreezeOptions:
    """The command line of ``freeze``; see ``pipfreeze-lock freeze --help``."""

    image: str
    base_image: str | None = None
    environment: str | None = None
    platform: str | None = None
    insecure: bool = False
    lock: LockOptions
    """What is as in ``lock``: inputs, output, how indexes are reached."""


def run_freeze(options: FreezeOptions, talk: Talk) -> None:
    """Read the image, find the files, and write the lock, or show it.

    :raises PipfreezeLockError: for whatever keeps it from being done; nothing was written then.
    """
    settings = read_settings(working_folder())
    given = checked(options_of_freeze(options.lock, settings))
    path = Path(given.output) if given.output not in (None, "-") else None
    existing = read_existing(path)
    source = _opened(options.image, options, given)
    looked = _looked_at(source, options.image, options, talk)
    target = _target(looked, options, given, talk)
    legacy_specifiers = capabilities(target.pip).legacy_specifiers
    requirements = read_inputs(given, Memo([]), legacy_specifiers=legacy_specifiers, of_installed=True)
    if path is not None:
        refuse_an_input(requirements, [path])
    for note in existing.notes:
        talk.warn(note)
    remarks = tuple(_settings_used(options.lock, settings))
    frozen = _frozen(options, given, looked, target, requirements, path, remarks, talk)
    for detail in frozen.details:
        talk.detail(detail)
    for warning in frozen.warnings:
        talk.warn(warning)
    for hint in frozen.hints:
        talk.hint(hint)
    show_or_write(frozen, render(frozen), path, existing, given, talk)
    if frozen.pins:
        talk.hint(f"Install it by `{looked.pip} {_install_arguments(frozen, path)}`.")


def _opened(text: str, options: FreezeOptions, given: LockOptions) -> ImageSource:
    """Give what reads an image.

    :raises UsageError: for a list of what is installed: it has no files that could tell where they came from.
    """
    names = ("cert", "client_cert", "proxy", "timeout", "retries")
    network = {name: getattr(given, name) for name in names}
    source = open_image(text, SourceOptions(platform=options.platform, network=network, is_insecure=options.insecure))
    if not isinstance(source, Listing):
        return source
    message = f"`{text}` only lists what is installed, and freezing compares its files with those of the index"
    hints = ["Give the image itself, or a root file system: `rootfs:FOLDER`."]
    if text.startswith("python:"):
        prefix = _prefix_of(text.removeprefix("python:"))
        hints = [f"An environment of this machine is read as `--environment {shlex.quote(prefix)} rootfs:/`."]
    raise UsageError(message, hints=hints)


def _prefix_of(interpreter: str) -> str:
    path = Path(interpreter).absolute()
    return (path if path.is_dir() else path.parent.parent).as_posix()


def _looked_at(source: ImageSource, image: str, options: FreezeOptions, talk: Talk) -> LookedAt:
    (looked,) = look_at_image(
        source, subject=image, interest=with_module_digests, talk=talk, wanted=options.environment
    )
    return looked


def _target(looked: LookedAt, options: FreezeOptions, given: LockOptions, talk: Talk) -> Target:
    """Give the image's pip as a value; its base set is what was there before anything was installed."""
    whole = target_of_environment(
        looked.environment, looked.installed, looked.config_with(options.platform, subject=options.image)
    )
    installed = first_of_each_name(looked.installed)
    ownership = Ownership.of(looked.tree, looked.installed.distributions)
    of_system = paths_of_system(ownership.owned, looked.tree)
    if options.base_image is not None:
        known = _base_of(options.base_image, whole, looked, options, given, talk)
        return replace(whole, base=base_of_image(installed, known, of_system=of_system))
    pip_layer = first_layer_of_pip(looked.layers, looked.environment.search_path)
    return replace(whole, base=base_by_layers(installed, of_system=of_system, pip_layer=pip_layer))


def _base_of(
    reference: str, target: Target, looked: LookedAt, options: FreezeOptions, given: LockOptions, talk: Talk
) -> Iterable[BaseDistribution]:
    """Say what a base image has: by the table of official ones, else by looking at it."""
    if is_python_image(reference):
        known = target_of_base_image(reference)
        if known is not None and known.python != target.python:
            message = f"the image has Python {target.python}, and `{reference}` Python {known.python}"
            raise UsageError(message, hints=["Name the image that it was made on, or leave out `--base-image`."])
        return known.base if known is not None else ()
    source = _opened(reference, options, given)
    (base,) = look_at_image(
        source, subject=reference, interest=environment_interest, talk=talk, wanted=looked.environment.prefix
    )
    return [BaseDistribution(one.name, one.version) for one in first_of_each_name(base.installed)]


def _frozen(
    options: FreezeOptions,
    given: LockOptions,
    looked: LookedAt,
    target: Target,
    requirements: RequirementSet,
    path: Path | None,
    remarks: tuple[tuple[str, str], ...],
    talk: Talk,
) -> LockedSet:
    progress = Progress(talk)
    wiring = Wiring.of(given, requirements, target, None, progress)
    with wiring.at_work(progress, talk):
        frozen = freeze(
            FreezeRequest(
                installed=looked.installed,
                tree=looked.tree,
                target=target,
                requirements=requirements,
                command=frozen_command(given, options.image, _of_image(options, path), path),
                has_hashes=given.hashes != "none",
                path_in_lock=lambda location: relative_to_lock(location, path),
                remarks=remarks,
            ),
            releases=FrozenReleases.of(wiring, target, requirements.options, progress),
            hasher=wiring.files,
            holds=wiring.markers.holds,
        )
    return replace(frozen, warnings=(*wiring.notes(), *frozen.warnings, *wiring.markers.guesses()))


def _of_image(options: FreezeOptions, path: Path | None) -> list[tuple[str, ...]]:
    """Give the options to record that say what was looked at."""
    base_image = options.base_image
    if base_image is not None and not is_python_image(base_image):
        base_image = image_in_lock(base_image, path)
    values = (("--base-image", base_image), ("--environment", options.environment), ("--platform", options.platform))
    return [(option, value) for option, value in values if value is not None]


def _settings_used(given: LockOptions, settings: Settings) -> Iterable[tuple[str, str]]:
    """Give the header lines on the configuration, for those keys of it that are of account here."""
    for line, keys in settings_used(given, settings):
        kept = [key for key in keys.split(", ") if key in _OF_PLACES]
        if kept:
            yield line, ", ".join(kept)


def _install_arguments(frozen: LockedSet, path: Path | None) -> str:
    words = ["install"]
    words += ["--no-deps"] if frozen.installs_without_dependencies else []
    words += ["--require-hashes"] if any(pin.hashes for pin in frozen.pins) else []
    return shlex.join([*words, "-r", path.name if path is not None else "requirements.lock"])
