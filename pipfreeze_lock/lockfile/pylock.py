"""The lock as ``pylock.toml`` (PEP 751): ``render`` and ``parse``, through `packaging.pylock`.

Import this module where the format is asked for, and not before: packaging costs 40 ms. What the standard has no word
for stands in ``[tool.pipfreeze-lock]``, so that a lock read back is the lock that was written: its header facts at the
file's end, who asks for a pin and our notes at each package.
"""

from __future__ import annotations

import re
import tomllib
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import tomli_w
from packaging.markers import Marker
from packaging.pylock import Pylock, PylockValidationError
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from pipfreeze_lock.errors import LockFileError
from pipfreeze_lock.lockfile.comments import escape, unescape
from pipfreeze_lock.lockfile.frozen import parse_inconsistency, parse_roots, parse_unpinned, render_frozen
from pipfreeze_lock.lockfile.interface import Problem, ReadLock
from pipfreeze_lock.lockfile.options import parse_options, render_options
from pipfreeze_lock.lockfile.pylock_packages import TOOL, package_of, pin_of
from pipfreeze_lock.lockfile.via import parse_via, render_via
from pipfreeze_lock.model.lock import LockedSet, Satisfied
from pipfreeze_lock.model.requirement import InputFile
from pipfreeze_lock.model.target import BaseDistribution

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["parse", "read", "render"]

_FORMAT_VERSION = 1
_DIGEST = re.compile(r'^digest = "(.*)"\n', re.MULTILINE)
_TOOL_TABLE = f"\n[tool.{TOOL}]\n"
_TARGET = re.compile(r"(cpython|pypy) (\d+\.\d+)\S* \S+ (linux|macos|windows)/(\S+) ")
_PLATFORMS = {"linux": "linux", "macos": "darwin", "windows": "win32"}
_MACHINES = {
    "linux": {"amd64": "x86_64", "arm64": "aarch64", "arm/v7": "armv7l", "arm/v6": "armv6l", "386": "i686"},
    "macos": {"amd64": "x86_64"},
    "windows": {"amd64": "AMD64", "arm64": "ARM64", "386": "x86"},
}
"""Back from Docker's words to those of ``platform.machine()``, where they differ."""


def render(lock: LockedSet, /) -> bytes:
    """Give the file: sorted, LF, UTF-8, the same bytes for the same lock.

    :raises LockFileError: when a pin lacks what PEP 751 asks for: the URL of a file, a hash.
    """
    dependencies: dict[str, set[str]] = {}
    for pin in lock.pins:
        for via in pin.via:
            if via.kind == "distribution":
                dependencies.setdefault(via.parent, set()).add(pin.name)
    pins = sorted(lock.pins, key=lambda pin: pin.name)
    target = _TARGET.match(lock.target)
    document = Pylock(
        lock_version=Version("1.0"),
        environments=[_environment(target)] if target else None,
        requires_python=SpecifierSet(f"=={target[2]}.*") if target else None,
        created_by=TOOL,
        packages=[package_of(pin, sorted(dependencies.get(pin.name, ()))) for pin in pins],
        tool={TOOL: _header(lock)},
    )
    try:
        document.validate()
    except PylockValidationError as error:
        msg = f"this lock cannot be a `pylock.toml`: {error}"
        raise LockFileError(msg, hints=["Use the requirements format."], reference="PEP 751") from None
    before, table, after = tomli_w.dumps(document.to_dict()).rpartition(_TOOL_TABLE)
    before += table
    digest = sha256((before + after).encode()).hexdigest()
    return f'{before}digest = "sha256:{digest}"\n{after}'.encode()


def parse(data: bytes, *, path: str) -> LockedSet:
    """Read a ``pylock.toml``; what is odd in it is not told: see `read`.

    :param path: For messages.
    :raises LockFileError: when it is none.
    """
    return read(data, path=path).lock


def read(data: bytes, *, path: str) -> ReadLock:
    """Read a ``pylock.toml``: ours, or any other tool's as far as a `LockedSet` can say it.

    Another tool's has no target and no command, and its digest does not fit; markers of its packages are told as
    problems, since one lock of ours is for one target.

    :param path: For messages.
    :raises LockFileError: when it is none.
    """
    text = _decode(data, path=path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _damaged(path, str(error)) from None
    try:
        document = Pylock.from_dict(table)
    except PylockValidationError as error:
        raise _damaged(path, str(error)) from None
    facts: dict[str, Any] = (document.tool or {}).get(TOOL) or {}
    if facts and facts.get("format") != _FORMAT_VERSION:
        msg = f"it has format version {facts.get('format')}, and this release reads version {_FORMAT_VERSION}"
        raise LockFileError(msg, context=path, hints=["Upgrade pipfreeze-lock."])
    digest_problem = _digest_problem(document, facts, text)
    try:
        lock = _lock(document, facts, path=path)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(path, f"`[tool.{TOOL}]` is not as we write it: {error}") from None
    problems = [
        Problem(0, f"`{package.name}` is only for `{package.marker}`, which a lock for one target cannot say")
        for package in document.packages
        if package.marker is not None
    ]
    if digest_problem is not None:
        problems.append(digest_problem)
    return ReadLock(lock=lock, digest_ok=digest_problem is None, problems=tuple(problems))


def _environment(target: re.Match[str]) -> Marker:
    implementation, python, system, machine = target.groups()
    machine = _MACHINES[system].get(machine, machine)
    return Marker(
        f"implementation_name == '{implementation}' and python_version == '{python}'"
        f" and sys_platform == '{_PLATFORMS[system]}' and platform_machine == '{machine}'"
    )


def _header(lock: LockedSet) -> dict[str, Any]:
    """Give the facts that a requirements lock has in its header."""
    facts: dict[str, Any] = {"format": _FORMAT_VERSION, "command": escape(lock.command), "target": escape(lock.target)}
    facts["base"] = [{"name": base.name, "version": escape(base.version)} for base in sorted(lock.base)]
    facts["satisfied"] = [
        {"name": satisfied.name, "via": sorted({render_via(via) for via in satisfied.via})}
        for satisfied in sorted(lock.satisfied, key=lambda item: item.name)
    ]
    for key, text in render_frozen(lock):
        facts.setdefault(key, []).append(text)
    facts["inputs"] = [{"role": file.role, "path": escape(file.path), "sha256": file.sha256} for file in lock.inputs]
    facts["remarks"] = [{"key": key, "value": escape(value)} for key, value in lock.remarks]
    facts["options"] = list(render_options(lock.options))
    return {key: value for key, value in facts.items() if value or key in ("command", "target")}


def _lock(document: Pylock, facts: Mapping[str, Any], *, path: str) -> LockedSet:
    return LockedSet(
        command=unescape(facts.get("command", "")),
        target=unescape(facts.get("target", "")),
        base=tuple(BaseDistribution(base["name"], unescape(base["version"])) for base in facts.get("base", ())),
        satisfied=tuple(
            Satisfied(name=item["name"], via=tuple(via for text in item["via"] if (via := parse_via(text))))
            for item in facts.get("satisfied", ())
        ),
        unpinned=tuple(map(parse_unpinned, facts.get("unpinned", ()))),
        inconsistent=tuple(map(parse_inconsistency, facts.get("inconsistent", ()))),
        roots=tuple(name for text in facts.get("roots", ()) for name in parse_roots(text)),
        inputs=tuple(
            InputFile(path=unescape(file["path"]), sha256=file["sha256"], role=file["role"])
            for file in facts.get("inputs", ())
        ),
        remarks=tuple((remark["key"], unescape(remark["value"])) for remark in facts.get("remarks", ())),
        options=parse_options(enumerate(facts.get("options", ()), start=1), path=f"{path}: options"),
        pins=tuple(sorted((pin_of(package) for package in document.packages), key=lambda pin: pin.name)),
    )


def _digest_problem(document: Pylock, facts: Mapping[str, Any], text: str) -> Problem | None:
    match = _DIGEST.search(text)
    if not facts:
        return Problem(0, f"`{document.created_by}` made it: it has no target, no command and no digest")
    if match is None:
        return Problem(0, "it has no digest, so that a hand edit would not show")
    actual = sha256((text[: match.start()] + text[match.end() :]).encode()).hexdigest()
    if match[1] == f"sha256:{actual}":
        return None
    line = text.count("\n", 0, match.start()) + 1
    return Problem(line, "the file was changed after it was written: its digest differs")


def _decode(data: bytes, *, path: str) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise _damaged(path, f"byte 0x{data[error.start]:02x} is not UTF-8") from None


def _damaged(path: str, reason: str) -> LockFileError:
    hint = "Restore the file from version control, or export it again."
    return LockFileError(f"it is no `pylock.toml`: {reason}", context=path, hints=[hint], reference="PEP 751")
