"""What a folder of ``sys.path`` was found to hold, made into distributions; the same whoever found it.

Read by us from files, by the probe inside an image, or by ``pip inspect``: what follows from it follows here.
Sources: PEP 376, PEP 610, setuptools' egg formats; pip's ``metadata/importlib`` and ``utils/direct_url_helpers.py``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from packaging.version import InvalidVersion, Version

from pipfreeze_lock.model.installed import InstalledDistribution
from pipfreeze_lock.model.names import canonical_name
from pipfreeze_lock.model.url import Url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipfreeze_lock.model.image import LayerInfo

__all__ = [
    "FoundMetadata",
    "checked_direct_url",
    "headers_of",
    "installed_distributions",
    "origin_of",
    "parse_direct_url",
]

_UNREADABLE = "unreadable"
_NAME = re.compile(r"[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundMetadata:
    """One entry of a folder that is metadata of a distribution."""

    path: str
    """Of the entry: a ``.dist-info``, ``.egg-info``, ``.egg`` or ``.egg-link``."""
    source: str
    """Where the metadata really is, which of an ``.egg-link`` is elsewhere; tells the same one found twice."""
    name: str | None
    """What it says; None where it says nothing."""
    version: str | None
    installer: str | None = None
    direct_url: Mapping[str, Any] | str | None = None
    """Of direct_url.json; a text where that cannot be read."""
    layer: LayerInfo | None = None


def headers_of(metadata: bytes) -> tuple[str | None, str | None]:
    """Give Name and Version of core metadata; None for what is not there."""
    fields: dict[str, str] = {}
    for line in metadata.decode("utf-8", errors="replace").splitlines():
        if not line.strip():
            break
        key, colon, value = line.partition(":")
        if colon and key.lower() in ("name", "version") and value.strip():
            fields.setdefault(key.lower(), value.strip())
    return fields.get("name"), fields.get("version")


def parse_direct_url(content: bytes | None) -> Mapping[str, Any] | str | None:
    """Read a direct_url.json: a text where it is none."""
    if content is None:
        return None
    try:
        return checked_direct_url(json.loads(content))
    except (ValueError, RecursionError):
        return _UNREADABLE


def checked_direct_url(table: object) -> Mapping[str, Any] | str | None:
    """Give what was read of a direct_url.json, if it is one; None for None."""
    if table is None:
        return None
    if not isinstance(table, dict) or not isinstance(table.get("url"), str):
        return _UNREADABLE
    try:
        urlsplit(table["url"])
    except ValueError:  # `http://[`
        return _UNREADABLE
    return table


def origin_of(direct_url: Mapping[str, Any] | str | None) -> tuple[str | None, bool]:
    """Give the direct reference that a direct_url.json stands for, without credentials, and whether it is editable."""
    if direct_url is None or isinstance(direct_url, str):
        return None, False
    url = Url(direct_url["url"]).without_credentials
    version_control, archive = _table(direct_url, "vcs_info"), _table(direct_url, "archive_info")
    fragments = []
    if version_control:
        url = f"{version_control.get('vcs')}+{url}@{version_control.get('commit_id')}"
    elif archive:
        hashes = [f"{name}={value}" for name, value in sorted(_table(archive, "hashes").items())]
        fragments += [str(archive["hash"])] if archive.get("hash") else hashes[:1]
    if direct_url.get("subdirectory"):
        fragments.append(f"subdirectory={direct_url['subdirectory']}")
    reference = f"{url}#{'&'.join(fragments)}" if fragments else url
    return reference, bool(_table(direct_url, "dir_info").get("editable"))


def installed_distributions(found: Iterable[FoundMetadata]) -> tuple[InstalledDistribution, ...]:
    """Make distributions of what was found in the order of ``sys.path``.

    The same metadata found by two ways is one distribution, and a source tree that is installed as editable is not
    found a second time by the ``.egg-info`` in it.
    """
    by_source: dict[str, InstalledDistribution] = {}
    for one in found:
        made = _distribution(one)
        if made is None:
            continue
        known = by_source.setdefault(one.source, made)
        if made.is_editable and not known.is_editable:
            by_source[one.source] = replace(known, is_editable=True)
    editable = {one.name for one in by_source.values() if one.is_editable}
    seen = set()
    distributions = []
    for made in by_source.values():
        if made.name in editable and not made.is_editable and _is_of_sources(made.path):
            continue
        distributions.append(replace(made, is_shadowed=made.name in seen))
        seen.add(made.name)
    return tuple(distributions)


def _distribution(found: FoundMetadata) -> InstalledDistribution | None:
    """Read one; what its metadata lacks is taken from its file name, as pip does, and said.

    None for what pip passes over, too: folders that it left when it was interrupted (``~ip-19.dist-info``).
    """
    stem, _, suffix = found.path.rpartition("/")[2].rpartition(".")
    name, _, rest = stem.partition("-") if suffix != "egg-link" else (stem, "", "")
    version = rest.partition("-")[0]
    is_named = found.name is not None and _NAME.fullmatch(found.name) is not None
    if stem.startswith(("~", "-")) or not (is_named or _NAME.fullmatch(name)):
        return None
    direct_url, is_editable = origin_of(found.direct_url)
    return InstalledDistribution(
        name=canonical_name(found.name if found.name and is_named else name),
        version=found.version or version,
        path=found.path,
        installer=found.installer,
        direct_url=direct_url,
        is_editable=is_editable or suffix == "egg-link",
        layer=found.layer,
        problem=_problem(found, name, version if suffix == "dist-info" else None),
    )


def _problem(found: FoundMetadata, name: str, version: str | None) -> str | None:
    """Say what is wrong with it.

    :param name: By the name of its folder.
    :param version: Likewise; None where a folder's name is no sure thing.
    """
    lacking = [word for word, value in (("Name", found.name), ("Version", found.version)) if not value]
    if lacking:
        return f"its metadata has no {' and no '.join(lacking)}"
    if version is not None and found.name and found.version:
        if canonical_name(found.name) != canonical_name(name):
            return f"its metadata says that it is `{found.name}`, and lies in that of `{name}`"
        if not _is_same_version(found.version, version):
            return f"its metadata says version {found.version}, and lies in that of {version}"
    return "its direct_url.json cannot be read" if found.direct_url == _UNREADABLE else None


def _is_same_version(one: str, other: str) -> bool:
    """Compare with the name of a folder, in which ``-`` is ``_``; versions before PEP 440 are not told apart."""
    try:
        return Version(one) == Version(other.replace("_", "-"))
    except InvalidVersion:
        return True


def _is_of_sources(path: str) -> bool:
    """Whether it is the ``NAME.egg-info`` of a source tree, and not the ``NAME-1.0-py3.6.egg-info`` of an install."""
    name = path.rpartition("/")[2]
    return name.endswith(".egg-info") and "-" not in name.removesuffix(".egg-info")


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key)
    return value if isinstance(value, dict) else {}
