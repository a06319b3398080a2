"""The command that a lock's header records: whatever shaped the answer, and nothing else."""

from __future__ import annotations

import os
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipfreeze_lock.cli.lock_options import LockOptions

__all__ = [
    "command_name",
    "frozen_command",
    "image_from_lock",
    "image_in_lock",
    "recorded_command",
    "relative_to_lock",
    "split_command",
]

_IN_FILES = ("docker-archive", "oci-archive", "oci", "rootfs")
"""Transports of images whose reference starts with a path; a colon ends it, but in ``rootfs``."""
_QUOTING = frozenset("'\"\\#")


def recorded_command(
    options: LockOptions, of_target: list[tuple[str, ...]], lock: Path | None, *, build_lock: bool = False
) -> str:
    """Give the command, sorted, its paths relative to the lock's folder and POSIX, its URLs without credentials.

    :param build_lock: Whether it is the build lock's, which the same command without ``--build-lock`` does not make.
    """

    def place(location: str) -> str:
        return relative_to_lock(location, lock)

    arguments: list[tuple[str, ...]] = list(of_target)
    arguments += [("--constraint", place(path)) for path in options.constraints]
    arguments += [("--extra", extra) for extra in options.extras]
    if options.index_url:
        arguments.append(("--index-url", _without_credentials(options.index_url)))
    arguments += [("--extra-index-url", _without_credentials(url)) for url in options.extra_index_urls]
    arguments += [("--find-links", place(link)) for link in options.find_links]
    arguments += [("--trusted-host", host) for host in options.trusted_hosts]
    arguments += list(options.format_mentions)
    if options.uploaded_prior_to:
        arguments.append(("--uploaded-prior-to", options.uploaded_prior_to))
    if options.resolver not in (None, "resolvelib"):
        arguments.append(("--resolver", options.resolver))
    if options.hashes != "chosen":
        arguments.append(("--no-hashes",) if options.hashes == "none" else ("--hashes", options.hashes or "all"))
    for flag in ("no_index", "pre", "prefer_binary", "no_build"):
        if getattr(options, flag):
            arguments.append((f"--{flag.replace('_', '-')}",))
    if build_lock:
        arguments.append(("--build-lock",))
    return shlex.join(
        [
            *("pipfreeze-lock", "lock"),
            *(part for argument in _sorted(arguments) for part in argument),
            *(place(path) for path in options.inputs),
        ]
    )


def frozen_command(options: LockOptions, image: str, of_image: list[tuple[str, ...]], lock: Path | None) -> str:
    """Give the command of ``freeze`` likewise.

    :param options: Its inputs and constraints, and how indexes are reached.
    :param of_image: Options that say what is looked at, and what the base set is.
    """
    arguments = [*of_image, *(("--requirement", relative_to_lock(path, lock)) for path in options.inputs)]
    command = recorded_command(replace(options, inputs=()), arguments, lock).split(" ", 2)
    return " ".join(["pipfreeze-lock", "freeze", *command[2:], shlex.quote(image_in_lock(image, lock))])


def command_name(command: str) -> str:
    """Give which of our commands it is: ``lock``."""
    return "".join(split_command(command)[1:2])


def image_in_lock(image: str, lock: Path | None) -> str:
    """Give an image as seen from the lock's folder."""
    return _image_of(image, lambda path: relative_to_lock(path, lock))


def image_from_lock(image: str, lock: Path) -> str:
    """Give the image of a recorded command as seen from the working folder."""
    return _image_of(image, lambda path: Path(os.path.normpath(lock.parent / path)).as_posix())


def _image_of(image: str, place: Callable[[str], str]) -> str:
    """Write the path in a reference to an image anew."""
    transport, _, rest = image.partition(":")
    if transport not in _IN_FILES:
        return image
    path, colon, choice = (rest, "", "") if transport == "rootfs" else rest.partition(":")
    return f"{transport}:{place(path)}{colon}{choice}"


def split_command(command: str) -> list[str]:
    """Split it as a shell does; one with an open quote, which only a hand can have left, into nothing."""
    if not _QUOTING.intersection(command):
        return command.split()  # the same, at a fiftieth of the time
    try:
        return shlex.split(command)
    except ValueError:
        return []


def _sorted(arguments: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Sort by option; the values of one option keep their order, and so do pairs whose order counts."""
    together = {"--only-binary": "--no-binary", "--only-final": "--all-releases"}
    return sorted(arguments, key=lambda argument: together.get(argument[0], argument[0]))


def relative_to_lock(location: str, lock: Path | None) -> str:
    """Write a path as seen from the lock's folder, POSIX; a URL without credentials; ``-`` as it is."""
    if location == "-":
        return location
    if "://" in location or location.startswith("file:"):
        return _without_credentials(location)
    folder = lock.parent if lock is not None else Path()
    try:
        relative = os.path.relpath(location, folder)
    except ValueError:  # another drive of Windows
        return Path(location).as_posix()
    return Path(relative).as_posix()


def _without_credentials(url: str) -> str:
    from pipfreeze_lock.model.url import Url  # noqa: PLC0415  it imports urllib.parse, and most commands name no URL

    return Url(url).without_credentials
