"""A pin as a package of ``pylock.toml``, both ways."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from packaging.pylock import Package, PackageArchive, PackageSdist, PackageVcs, PackageWheel
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from pipfreeze_lock.errors import LockFileError
from pipfreeze_lock.lockfile.comments import escape, unescape
from pipfreeze_lock.lockfile.via import parse_via, render_via
from pipfreeze_lock.model.lock import LockedFile, Pin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["TOOL", "package_of", "pin_of"]

TOOL = "pipfreeze-lock"
_VCS_URL = re.compile(r"(git|hg|svn|bzr)\+([^#]+)@([0-9a-f]{40}|[0-9a-f]{64}|\d+)(?:#(?:.*&)?subdirectory=([^&]+).*)?")


def package_of(pin: Pin, dependencies: Sequence[str]) -> Package:
    """Give a pin as a package.

    :param dependencies: Names of the pins that it asks for.
    :raises LockFileError: when PEP 751 cannot say it: a file without URL or hash, a checkout without a commit.
    """
    sources = _direct(pin) if pin.url else _from_index(pin)
    # A checkout's version may differ from one build to the next: PEP 751 forbids it there.
    version = None if "vcs" in sources else _version(pin.version)
    tool: dict[str, Any] = sources.pop("tool", {})
    if version is None or str(version) != pin.version:
        tool["version"] = escape(pin.version)
    tool |= {
        "file": pin.filename,
        "extras": list(pin.extras),
        "via": sorted({render_via(via) for via in pin.via}),
        "notes": [escape(note) for note in pin.notes],
        "origin": escape(pin.origin) if pin.origin else None,
    }
    tool = {key: value for key, value in tool.items() if value}
    return Package(
        name=pin.name,
        version=version,
        dependencies=[{"name": name} for name in dependencies] or None,
        tool={TOOL: tool} if tool else None,
        **sources,
    )


def pin_of(package: Package) -> Pin:
    """Read a package, ours or another tool's."""
    facts = (package.tool or {}).get(TOOL, {})
    files = tuple(sorted(_files_of(package, facts), key=lambda file: file.filename))
    url = None
    hashes = {value for file in files for value in _strongest(file.hashes)}
    if package.archive is not None and not facts.get("from-index"):
        url = package.archive.url or package.archive.path
    elif package.vcs is not None:
        url = _vcs_url(package.vcs)
    elif package.directory is not None:
        url = package.directory.path
    version = str(package.version) if package.version is not None else ""
    return Pin(
        name=package.name,
        version=unescape(facts.get("version", version)),
        extras=tuple(facts.get("extras", ())),
        url=url,
        hashes=tuple(sorted(hashes)),
        via=tuple(via for text in facts.get("via", ()) if (via := parse_via(text))),
        notes=tuple(unescape(note) for note in facts.get("notes", ())),
        origin=unescape(facts["origin"]) if "origin" in facts else None,
        filename=facts.get("file"),
        files=files,
    )


# Writing


def _direct(pin: Pin) -> dict[str, Any]:
    url = pin.url or ""
    if match := _VCS_URL.fullmatch(url):
        kind, repository, commit, subdirectory = match.groups()
        return {"vcs": PackageVcs(type=kind, url=repository, commit_id=commit, subdirectory=subdirectory)}
    if "+" in url.partition(":")[0]:
        msg = f"`{pin.name}` is taken from `{url}`, which names no commit"
        raise LockFileError(msg, hints=["Write `@` and the full commit into the requirement, and lock again."])
    known = next(iter(pin.files), LockedFile(filename=pin.filename or "", url=url, hashes=pin.hashes))
    return {"archive": PackageArchive(**_fields(pin, known), url=url)}


def _from_index(pin: Pin) -> dict[str, Any]:
    """Sort files into wheels, the one sdist that a package may have, and what PEP 751 has no place for."""
    if not pin.files:
        msg = f"the files of `{pin.name}` are not known, which a `pylock.toml` must name with their URLs"
        raise LockFileError(msg, hints=["Export with the index at hand, or lock again with `--format pylock`."])
    wheels: list[LockedFile] = []
    sdists: list[LockedFile] = []
    others: list[LockedFile] = []
    for file in sorted(pin.files, key=lambda file: file.filename):
        {"wheel": wheels, "sdist": sdists}.get(_kind(pin, file.filename), others).append(file)
    # The file that will be installed must be the one that stands in the package.
    sdists.sort(key=lambda file: (file.filename != pin.filename, not file.filename.endswith(".tar.gz"), file.filename))
    sources: dict[str, Any]
    if not wheels and not sdists:
        others.sort(key=lambda file: (file.filename != pin.filename, file.filename))
        archive = others.pop(0)
        fields = _fields(pin, archive)
        sources = {"archive": PackageArchive(**fields, url=archive.url), "tool": {"from-index": True}}
        sources["tool"]["archive-name"] = archive.filename
    else:
        sources = {"tool": {}}
        if wheels:
            sources["wheels"] = [
                PackageWheel(**_fields(pin, file), name=file.filename, url=file.url) for file in wheels
            ]
        if sdists:
            sdist, *more = sdists
            sources["sdist"] = PackageSdist(**_fields(pin, sdist), name=sdist.filename, url=sdist.url)
            others += more
    if others:
        sources["tool"]["further-files"] = [
            {"name": file.filename, "url": file.url, **_toml(_fields(pin, file))}
            for file in sorted(others, key=lambda file: file.filename)
        ]
    return sources


def _kind(pin: Pin, filename: str) -> str:
    """``wheel`` or ``sdist``; ``other`` where the name does not say, as PEP 427 and 625 have it, whose file it is."""
    try:
        if filename.endswith(".whl"):
            name, version, _, _ = parse_wheel_filename(filename)
            kind = "wheel"
        else:
            name, version = parse_sdist_filename(filename)
            kind = "sdist"
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return "other"
    return kind if name == pin.name and version == _version(pin.version) else "other"


def _fields(pin: Pin, file: LockedFile) -> dict[str, Any]:
    """Give what wheels, sdists and archives have in common."""
    if not file.url or not file.hashes:
        lacking = "hash" if file.url else "URL"
        msg = f"the {lacking} of `{file.filename or pin.name}` is not known, which a `pylock.toml` must have"
        raise LockFileError(msg, hints=["Use the requirements format."])
    hashes = dict(value.split(":", 1) for value in sorted(file.hashes))
    moment = datetime.fromisoformat(file.upload_time).astimezone(UTC) if file.upload_time else None
    return {"upload_time": moment, "size": file.size, "hashes": hashes}


def _toml(fields: dict[str, Any]) -> dict[str, Any]:
    return {key.replace("_", "-"): value for key, value in fields.items() if value is not None}


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


# Reading


def _files_of(package: Package, facts: Mapping[str, Any]) -> Iterator[LockedFile]:
    for wheel in package.wheels or ():
        yield _file(wheel.filename, wheel)
    if package.sdist is not None:
        yield _file(package.sdist.filename, package.sdist)
    if package.archive is not None:
        url = package.archive.url or package.archive.path or ""
        name = facts.get("archive-name") or facts.get("file") or url.partition("#")[0].rpartition("/")[2]
        yield _file(name, package.archive)
    for file in facts.get("further-files", ()):
        known = PackageWheel(
            url=file["url"], size=file.get("size"), upload_time=file.get("upload-time"), hashes=file["hashes"]
        )
        yield _file(file["name"], known)


def _file(filename: str, entry: PackageWheel | PackageSdist | PackageArchive) -> LockedFile:
    return LockedFile(
        filename=filename,
        url=entry.url or entry.path,
        size=entry.size,
        upload_time=_rfc3339(entry.upload_time) if entry.upload_time else None,
        hashes=tuple(sorted(f"{algorithm}:{digest}" for algorithm, digest in entry.hashes.items())),
    )


def _rfc3339(moment: datetime) -> str:
    """PEP 751 wants UTC; a local time, which TOML allows, is taken for it."""
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.isoformat().replace("+00:00", "Z")


def _strongest(hashes: tuple[str, ...]) -> tuple[str, ...]:
    """Of a file's hashes, the sha256 that a pin has; all where there is none."""
    return tuple(value for value in hashes if value.startswith("sha256:")) or hashes


def _vcs_url(vcs: PackageVcs) -> str:
    subdirectory = f"#subdirectory={vcs.subdirectory}" if vcs.subdirectory else ""
    return f"{vcs.type}+{vcs.url or vcs.path}@{vcs.commit_id}{subdirectory}"
