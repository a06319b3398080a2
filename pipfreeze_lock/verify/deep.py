"""The record of what is installed beside that of the wheel that the lock allows: pure.

pip copies a wheel's RECORD and changes what it changes itself: files of ``NAME.data`` go elsewhere, scripts get
another first line, some files are its own (``operations/install/wheel.py``; ``wheel.py`` before 20.1).
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.model.finding import Finding
from pipfreeze_lock.verify import rules
from pipfreeze_lock.verify.places import layer_details, related_place, true_layer
from pipfreeze_lock.verify.records import parse_record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipfreeze_lock.model.finding import Location
    from pipfreeze_lock.model.image import LayerInfo
    from pipfreeze_lock.model.installed import InstalledDistribution
    from pipfreeze_lock.verify.records import RecordRow

__all__ = ["LockedRecord", "compare_records", "matching_wheels", "other_file_finding"]

_OF_PIP = frozenset({"INSTALLER", "REQUESTED", "direct_url.json", "RECORD", "RECORD.jws", "RECORD.p7s"})
_SECTION = re.compile(r"\[\s*(.*?)\s*\]")
_SCRIPT_SECTIONS = frozenset({"console_scripts", "gui_scripts"})
_VERSIONED_SCRIPT = re.compile(r"(pip|easy_install)[-\d.]*")
"""pip makes ``pip3`` and ``easy_install-3.6`` for the interpreter that runs it, whatever the wheel says."""
_MOST_SHOWN = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedRecord:
    """What a wheel says of its own files."""

    filename: str
    names: frozenset[str]
    """Of all files in it, those that its RECORD lacks too."""
    record: bytes
    entry_points: bytes


def matching_wheels(filenames: Sequence[str], wheel: bytes | None) -> list[str]:
    """Give those of several wheels whose tags are those that an installed WHEEL file names.

    :param wheel: None where it has none.
    """
    lines = (wheel or b"").decode(errors="replace").splitlines()
    tags = {value.strip() for key, _, value in (line.partition(":") for line in lines) if key.lower() == "tag"}
    return [name for name in filenames if tags & set(_tags_of(name))]


def _tags_of(filename: str) -> Iterator[str]:
    python, abi, platform = filename.removesuffix(".whl").split("-")[-3:]
    for one in python.split("."):
        for other in abi.split("."):
            yield from (f"{one}-{other}-{last}" for last in platform.split("."))


def compare_records(installed: Sequence[RecordRow], locked: LockedRecord, *, folder: str) -> list[tuple[str, str]]:
    """Say in what they differ, as (path of the file, what is wrong with it).

    :param folder: In which the ``.dist-info`` lies.
    """
    rows = {row.path: row for row in installed}
    differences: list[tuple[str, str]] = []
    seen: set[str] = set()
    for path, wanted in _expected(locked, rows, folder):
        if path is None:
            differences.append((wanted.path, "lacks"))
            continue
        seen.add(path)
        if wanted.hash and wanted.hash != rows[path].hash:
            differences.append((path, "has another"))
    scripts = _scripts(locked.entry_points.decode(errors="replace"))
    own = [path for path in rows if path not in seen and not _is_made_by_pip(path, folder, scripts)]
    more = [(path, "has, beside those of the wheel,") for path in own if not _is_unrecorded(path, folder, locked)]
    return differences + more


def _expected(
    locked: LockedRecord, rows: Mapping[str, RecordRow], folder: str
) -> Iterator[tuple[str | None, RecordRow]]:
    """Give each file of the wheel, and the path of its row; None where there is none."""
    for row in parse_record(locked.record, "/"):
        first, _, rest = row.path[1:].partition("/")
        if (first.endswith(".dist-info") and rest in _OF_PIP) or _is_compiled(row.path):
            continue
        if not first.endswith(".data"):
            path = posixpath.normpath(f"{folder}{row.path}")
            yield path if path in rows else None, row._replace(path=path)
            continue
        scheme, _, inside = rest.partition("/")
        if scheme in ("purelib", "platlib"):
            path = f"{folder}/{inside}"
            yield path if path in rows else None, row._replace(path=path)
        else:  # pip writes another first line into scripts, and another hash into RECORD
            found = next((path for path in rows if path.endswith(f"/{inside}")), None)
            yield found, row._replace(path=inside, hash="" if scheme == "scripts" else row.hash)


def _is_compiled(path: str) -> bool:
    return path.endswith((".pyc", ".pyo")) or "/__pycache__/" in path


def _is_made_by_pip(path: str, folder: str, scripts: frozenset[str]) -> bool:
    parent, _, name = path.rpartition("/")
    if _is_compiled(path) or (parent.startswith(f"{folder}/") and parent.endswith(".dist-info") and name in _OF_PIP):
        return True
    is_script = parent.endswith(("/bin", "/Scripts"))
    return is_script and (name in scripts or _without_version(name) in scripts)


def _without_version(name: str) -> str:
    match = _VERSIONED_SCRIPT.fullmatch(name)
    return match[1] if match else name


def _is_unrecorded(path: str, folder: str, locked: LockedRecord) -> bool:
    """Whether the wheel has it, and forgot to record it."""
    return path.startswith(f"{folder}/") and path[len(folder) + 1 :] in locked.names


def _scripts(entry_points: str) -> frozenset[str]:
    found = set()
    section = ""
    for line in entry_points.splitlines():
        header = _SECTION.fullmatch(line.strip())
        if header is not None:
            section = header[1]
        elif section in _SCRIPT_SECTIONS and "=" in line and not line.lstrip().startswith(("#", ";")):
            found.add(line.partition("=")[0].strip())
    return frozenset(found)


def other_file_finding(
    one: InstalledDistribution,
    locked: LockedRecord,
    differences: Sequence[tuple[str, str]],
    *,
    location: Location,
    layer: LayerInfo | None,
) -> Finding:
    """Make one finding of what differs in a distribution."""
    folder = posixpath.dirname(one.path)
    told = [
        f"{what} `{posixpath.relpath(path, folder) if path.startswith('/') else path}`" for path, what in differences
    ]
    more = len(told) - _MOST_SHOWN
    shown = ", ".join(told[:_MOST_SHOWN]) + (f", and {more} more" if more > 0 else "")
    rule = rules.OTHER_FILE
    return Finding(
        rule=rule,
        severity=rule.severity,
        message=f"`{one.name}=={one.version}` is not what `{locked.filename}` holds: its RECORD {shown}",
        location=location,
        related=(related_place(f"{one.path}/RECORD", true_layer(layer)),),
        name=one.name,
        pin=f"{one.name}=={one.version}",
        details=(*layer_details(f"{one.path}/RECORD", true_layer(layer)), *(("file", path) for path, _ in differences)),
    )
