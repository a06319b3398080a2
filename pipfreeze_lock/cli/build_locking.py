"""``lock --build-lock``: the lock of what compiling fetches, beside the lock, and how pip is held to both."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.cli.command_line import recorded_command
from pipfreeze_lock.cli.existing_lock import read_existing
from pipfreeze_lock.cli.lock_differences import difference_of
from pipfreeze_lock.cli.lock_output import show_or_write
from pipfreeze_lock.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from pipfreeze_lock.cli.lock_differences import Difference
    from pipfreeze_lock.cli.lock_options import LockOptions
    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.cli.wiring import Wiring
    from pipfreeze_lock.model.lock import LockedSet
    from pipfreeze_lock.workflows.build_lock import BuildLock
    from pipfreeze_lock.workflows.lock import LockRequest

__all__ = [
    "build_lock_path",
    "check_build_lock",
    "dockerfile_lines",
    "lock_builds_beside",
    "lock_digest",
    "stale_build_lock",
]

_DIGEST = re.compile(rb"^# digest: (sha256:[0-9a-f]{64})$", re.MULTILINE)
_BUILD_FOR = re.compile(rb"^# build-for: .* (sha256:[0-9a-f]{64})$", re.MULTILINE)


def build_lock_path(lock: Path) -> Path:
    """``requirements.build.lock`` of ``requirements.lock``."""
    return lock.with_name(f"{lock.stem}.build{lock.suffix}")


def check_build_lock(options: LockOptions, output: Path | None) -> None:
    """Refuse what a build lock cannot be made with.

    :raises UsageError: for stdout, which takes one lock, and for another engine.
    """
    if output is None:
        message = "`--build-lock` writes a second file beside the lock, and stdout takes one"
        raise UsageError(message, hints=["Give a file with `-o`."])
    if options.resolver == "pip-tools" or options.cross_check:
        message = "`--build-lock` goes by the rules of the image's pip, which pip-compile does not know"
        raise UsageError(message, hints=["Leave out `--resolver pip-tools` and `--cross-check`."])


def stale_build_lock(lock: Path | None, data: bytes) -> tuple[str, ...]:
    """Give a warning where the build lock that lies beside a lock is for another state of it."""
    if lock is None:
        return ()
    path = build_lock_path(lock)
    try:
        recorded = _BUILD_FOR.search(path.read_bytes())
    except OSError:  # there is none, mostly
        return ()
    if recorded is None or recorded[1].decode() == lock_digest(data):
        return ()
    return (f"`{path}` is for another state of the lock: make both with `--build-lock`",)


def lock_builds_beside(
    options: LockOptions,
    wiring: Wiring,
    request: LockRequest,
    main: LockedSet,
    data: bytes,
    lock: Path,
    talk: Talk,
    *,
    of_target: list[tuple[str, ...]],
    exclude_newer: datetime | None,
) -> tuple[tuple[Difference, ...], Callable[[], None]]:
    """Find the build lock, and give what moved in it, and what tells of it and writes it.

    :param data: The bytes of the lock that it is for.
    """
    from pipfreeze_lock.lockfile.requirements_txt import render  # noqa: PLC0415  see `locking`
    from pipfreeze_lock.workflows.build_lock import BuildLockRequest, lock_builds  # noqa: PLC0415  likewise

    path = build_lock_path(lock)
    existing = read_existing(path)
    built = lock_builds(
        BuildLockRequest(
            main=main,
            main_name=lock.name,
            main_digest=lock_digest(data),
            request=request,
            command=recorded_command(options, of_target, lock, build_lock=True),
            existing=existing.pins,
        ),
        resolver=wiring.resolver,
        hasher=wiring.files,
        releases=wiring.releases,
        builds=wiring.metadata,
    )
    rendered = render(built.locked)
    differences = difference_of(
        built.locked, rendered, path, existing, options, wiring.releases, exclude_newer=exclude_newer
    )

    def tell_and_write() -> None:
        for note in (*existing.notes, *built.locked.warnings):
            talk.warn(note)
        for text in built.unlocked:
            talk.warn(f"not in the build lock: {text}")
        for hint in built.locked.hints:
            talk.hint(hint)
        show_or_write(built.locked, rendered, path, existing, options, talk)
        _tell_how(built, options, request.target.pip, lock, path, talk)

    return differences, tell_and_write


def _tell_how(built: BuildLock, options: LockOptions, pip: str, lock: Path, path: Path, talk: Talk) -> None:
    if not built.compiled:
        talk.say("Nothing is compiled, so that nothing has to be held.")
        return
    builds = ", ".join(f"`{label}`" for label in built.compiled)
    talk.say(f"Compiled in the image: {builds}. Compilers and system libraries are the image's, and in no lock.")
    if built.held_by == "nothing":
        talk.say("These builds fetch nothing, so that nothing has to be held.")
        return
    talk.say(f"In the Dockerfile, pip {pip} is held to both locks by")
    for line in dockerfile_lines(built, lock.name, path.name, image=options.target.base_image or "IMAGE"):
        talk.say(f"    {line}")


def dockerfile_lines(built: BuildLock, lock: str, build_lock: str, *, image: str) -> Iterable[str]:
    """Give the lines that hold a pip to both locks.

    :param image: What the lines of another way say after FROM.
    """
    hashed = "--require-hashes " if all(pin.hashes for pin in built.locked.pins) else ""
    match built.held_by:
        case "--build-constraint":
            return [f"RUN pip install {hashed}--build-constraint {build_lock} -r {lock}"]
        case "PIP_CONSTRAINT":
            # Absolute, since some builds start pip in a folder of their own.
            return [f'RUN PIP_CONSTRAINT="$PWD/{build_lock}" pip install {hashed}-r {lock}']
        case "installed first":
            first = [f"RUN pip install {hashed}-r {build_lock}"] if built.locked.pins else []
            return [
                f"FROM {image} AS wheels",
                f"COPY {lock} {build_lock} ./",
                *first,
                f"RUN pip wheel {_without_isolation(built)}--no-deps {hashed}-w /wheels -r {lock}",
                f"FROM {image}",
                "COPY --from=wheels /wheels /wheels",
                "RUN pip install --no-index --no-deps /wheels/*.whl",
            ]
        case _:
            return [f"RUN pip install {hashed}-r {lock}"]


def _without_isolation(built: BuildLock) -> str:
    """Give the option that pip knows from 10.0 on; before, nothing is isolated."""
    from pipfreeze_lock.target.pip_capabilities import capabilities  # noqa: PLC0415  one way of three

    pip = built.locked.target.rpartition(" pip-")[2]
    return "--no-build-isolation " if capabilities(pip).build_isolation else ""


def lock_digest(data: bytes) -> str:
    """Give the digest that a lock's header says, ``sha256:…``; nothing where it says none."""
    found = _DIGEST.search(data)
    return found[1].decode() if found is not None else ""
