"""Whether anything was changed at all since a lock was written: most checks find that nothing was.

The lock's digest says that its bytes are those which `lock` wrote, the hashes in its header that every file which was
read then is as it was, and its command, evaluated anew, that configuration, Dockerfile and table of base images say
what they said. Then what `lock` made of them is what it would make, and nothing has to be parsed, let alone compared.
Whatever is the least bit otherwise is left to `pipfreeze_lock.cli.checking`, which alone tells findings.
"""

from __future__ import annotations

import hashlib
import os.path
import re
from typing import TYPE_CHECKING

from pipfreeze_lock.cli.command_line import recorded_command
from pipfreeze_lock.cli.recorded_options import in_force, read_command
from pipfreeze_lock.cli.targeting import choose_targets
from pipfreeze_lock.errors import InputError, UsageError
from pipfreeze_lock.model.finding import Examination

if TYPE_CHECKING:
    from pathlib import Path

    from pipfreeze_lock.cli.settings import Settings

__all__ = ["unchanged_since_lock"]

_FIRST_LINE = b"# pipfreeze-lock 1\n"
_HEADER = re.compile(r"# ([a-z-]+):(?: (.*))?")
_DIGEST = re.compile(rb"^# digest:(?: sha256:([0-9a-f]{64}))?.*\n", re.MULTILINE)
_INPUT = re.compile(r"(.+) sha256:([0-9a-f]{64})")
_PIN = re.compile(rb"^[A-Za-z0-9]", re.MULTILINE)
_NOT_IN_THE_FILES = (b"platform_release", b"platform_version", b"${")
"""What is answered from elsewhere, so that the same bytes may say something else: the kernel, the environment."""


def unchanged_since_lock(path: Path, settings: Settings) -> Examination | None:
    """Give what is to be told when nothing was changed; None where the lock has to be looked at.

    :raises UsageError: for a configuration that contradicts itself.
    """
    try:
        data = path.read_bytes()
    except OSError:
        return None
    if not data.startswith(_FIRST_LINE) or not _is_as_written(data):
        return None
    header = _header(data)
    if header is None or not all(_is_same(path, text) for text in _inputs(header)):
        return None
    if not _says_the_same(path, settings, header):
        return None
    return Examination(lock=path.as_posix(), target=header["target"][0], pins=len(_PIN.findall(data)))


def _is_as_written(data: bytes) -> bool:
    if any(word in data for word in _NOT_IN_THE_FILES):
        return False
    match = _DIGEST.search(data)
    if match is None or match[1] is None:
        return False
    return hashlib.sha256(data[: match.start()] + data[match.end() :]).hexdigest() == match[1].decode()


def _header(data: bytes) -> dict[str, list[str]] | None:
    """Read the header's lines by key; None where one has an escape, and of a build lock: both are rare."""
    end = re.search(rb"^[^#]", data, re.MULTILINE)
    text = data[: end.start() if end else len(data)].decode()
    if "\\" in text:
        return None
    header: dict[str, list[str]] = {}
    for line in text.splitlines()[1:]:
        match = _HEADER.fullmatch(line)
        if match is None:
            return None
        header.setdefault(match[1], []).append(match[2] or "")
    return header if {"command", "target"} <= header.keys() and "build-for" not in header else None


def _inputs(header: dict[str, list[str]]) -> list[str]:
    return [text for role in ("input", "requirement", "constraint") for text in header.get(role, ())]


def _is_same(lock: Path, recorded: str) -> bool:
    """Whether a file has the hash that a header line records; one that is no file here is not."""
    match = _INPUT.fullmatch(recorded)
    if match is None:
        return False
    try:
        with open(os.path.join(lock.parent, match[1]), "rb") as file:  # noqa: PTH118, PTH123  quicker than `Path`
            content = file.read()
    except OSError:
        return False
    return hashlib.sha256(content).hexdigest() == match[2] and not any(word in content for word in _NOT_IN_THE_FILES)


def _says_the_same(path: Path, settings: Settings, header: dict[str, list[str]]) -> bool:
    """Whether locking again would record the same command, for the same target with the same base set."""
    command = header["command"][0]
    remarks = {key: values[0] for key, values in header.items()}
    recorded = read_command(command, remarks, path)
    if recorded.unknown or recorded.image is not None:  # what a frozen image lacked is told each time
        return False
    options = in_force(recorded, settings)
    try:
        chosen = choose_targets(recorded.target_by_hand(), settings, recorded=command, lock=path)
    except (UsageError, InputError):
        return False
    target = next((one for one in chosen.targets if str(one) == header["target"][0]), None)
    if target is None:
        return False
    base = sorted(f"{one.name} {one.version}" for one in target.base)
    if base != sorted(filter(None, header.get("base", [""])[0].split(", "))):
        return False
    return recorded_command(options, chosen.command(target, path), path) == command
