"""Which locks ``check`` looks at: those that are named, else those of the configuration and of the folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipfreeze_lock.cli.settings import Settings

__all__ = ["find_locks"]

_SUFFIXES = (".lock", ".txt")
_MARK = b"# pipfreeze-lock "
_PYLOCK_MARK = b"[tool.pipfreeze-lock]"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NOT_OURS = frozenset({"node_modules", "__pycache__", "site-packages"})


def find_locks(named: Sequence[str], settings: Settings) -> list[Path]:
    """Give the locks to look at, each once.

    A folder that is named is searched with all that is below it, but for hidden folders and virtual environments.
    Without any name: what ``output`` of the configuration says, and every lock of ours in the working folder.

    :raises UsageError: when there is none.
    :raises InputError: for a name behind which there is nothing.
    """
    found: list[Path] = []
    for name in named:
        path = Path(name)
        if path.is_dir():
            found += _below(path)
        elif path.exists():
            found.append(path)
        else:
            message = f"there is no file `{name}`"
            hints = ["`pipfreeze-lock lock` writes a lock; `pipfreeze-lock check` without a name looks for those here."]
            raise InputError(message, context=name, hints=hints)
    if not named:
        here = list(_here())
        output = settings.place("output", None)
        if output is not None or here:  # where nothing was locked yet, no lock of a platform is missed
            found += _of_configuration(output, settings)
        found += (path for path in here if path not in found)
    if not found:
        message = f"there is no lock {f'below `{named[0]}`' if named else 'here'}"
        raise UsageError(
            message,
            hints=["Name it: `pipfreeze-lock check requirements.lock`.", "Or write one: `pipfreeze-lock lock`."],
        )
    return list(dict.fromkeys(found))


def _of_configuration(output: str | None, settings: Settings) -> list[Path]:
    """Give the file that is named, or where several platforms are locked, theirs; none of them need be there."""
    platforms = settings.items("platform", None)
    if len(platforms) < 2:
        return [Path(output)] if output is not None else []
    from pipfreeze_lock.cli.lock_files import default_output  # noqa: PLC0415  most lock for one platform
    from pipfreeze_lock.model.target import docker_platform  # noqa: PLC0415  as above
    from pipfreeze_lock.target.platforms import parse_platform  # noqa: PLC0415  as above

    path = default_output(settings)
    known = dict.fromkeys(docker_platform(one.operating_system, one.machine) for one in map(parse_platform, platforms))
    return [path.with_name(f"{path.stem}.{one.replace('/', '-')}{path.suffix}") for one in known]


def _here() -> Iterator[Path]:
    with os.scandir() as entries:
        names = sorted(entry.name for entry in entries if entry.is_file())
    yield from (Path(name) for name in names if _is_lock(name, name))


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if one[0] != "." and one not in _NOT_OURS)
        if "pyvenv.cfg" in names:
            folders.clear()
            continue
        yield from (Path(parent, name) for name in sorted(names) if _is_lock(name, os.path.join(parent, name)))  # noqa: PTH118  they are texts


def _is_lock(name: str, path: str) -> bool:
    """Whether a file is a lock of ours, by its first bytes; what cannot be read is none."""
    if name.startswith("pylock.") and name.endswith(".toml"):
        mark, count = _PYLOCK_MARK, -1
    elif name.endswith(_SUFFIXES):
        mark, count = _MARK, len(_BYTE_ORDER_MARK + _MARK)
    else:
        return False
    try:
        with open(path, "rb") as file:  # noqa: PTH123  quicker than `Path`, and there may be many
            start = file.read(count)
    except OSError:
        return False
    return mark in start if count < 0 else start.removeprefix(_BYTE_ORDER_MARK).startswith(mark)
