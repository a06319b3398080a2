"""``installed:FILE``: what somebody wrote down of an environment, in one of four formats told apart by their content.

That is what the probe prints, ``pip inspect``, ``pip list --format json`` or ``pip freeze --all``. What a format leaves
out stays unknown.
"""

from __future__ import annotations

import codecs
import json
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image.found_metadata import FoundMetadata, checked_direct_url, installed_distributions
from pipfreeze_lock.image.freeze_lines import is_talk, parse_freeze
from pipfreeze_lock.image.probe import PROBE_KEY, read_probe
from pipfreeze_lock.model.installed import InstalledDistribution, InstalledSet
from pipfreeze_lock.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["read_listing"]

_HINTS = (
    "Give what the probe prints: `pipfreeze-lock probe | docker run --rm -i IMAGE python - > installed.json`.",
    "Or what `pip inspect`, `pip list --format json` or `pip freeze --all` prints in the environment.",
)
_NO_PYTHON = "which Python it has"
_NO_LIBC = "its C library"
_NO_ORIGIN = "where each distribution was installed from, and by what"


def read_listing(data: bytes, *, place: str) -> InstalledSet:
    """Read a listing, whichever it is.

    :param place: The file, as a person names it; ``stdin``.
    :raises ImageError: when it is none of the four, or damaged.
    """
    text = _text(data, place)
    start = next((line for line in text.splitlines() if line.strip() and not is_talk(line)), "")
    if not start:
        message = "nothing is in it"
        raise ImageError(message, context=place, hints=_HINTS)
    if start.lstrip().startswith(("{", "[")):
        return _read_json(text, place)
    distributions, unlisted = parse_freeze(text.splitlines(), place=place, hints=_HINTS)
    untold = [_NO_PYTHON, _NO_LIBC, "what installed each distribution"]
    if unlisted:
        untold.append(f"whether it has {', '.join(sorted(unlisted))}, which `pip freeze` names with `--all` only")
    return InstalledSet(
        subject=f"installed:{place}",
        python=None,
        implementation=None,
        libc=None,
        distributions=distributions,
        untold=tuple(untold),
        unlisted=unlisted,
    )


def _text(data: bytes, place: str) -> str:
    """Decode UTF-8, or UTF-16 as PowerShell's ``>`` writes it."""
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"it is no text: {error.reason} at byte {error.start}"
        raise ImageError(message, context=place, hints=_HINTS) from None


def _read_json(text: str, place: str) -> InstalledSet:
    without_talk = "\n".join(line for line in text.splitlines() if not is_talk(line))
    try:
        document = json.loads(without_talk)
    except ValueError as error:
        message = f"it is no JSON: {error}"
        raise ImageError(message, context=place, hints=_HINTS) from None
    try:
        if isinstance(document, list):
            return _read_list(document, place)
        if PROBE_KEY in document:
            return read_probe(without_talk.encode(), subject=f"installed:{place}")
        if "installed" in document and "environment" in document:
            return _read_inspect(document, place)
    except (KeyError, TypeError, AttributeError) as error:
        message = f"it is not what pip prints: {error!r}"
        raise ImageError(message, context=place, hints=_HINTS) from None
    message = "it is JSON of another program"
    raise ImageError(message, context=place, hints=_HINTS)


def _read_inspect(document: dict[str, Any], place: str) -> InstalledSet:
    """Read ``pip inspect`` (its report's version 1, pip 22.2 and newer; it sees all that ``sys.path`` leads to)."""
    if document.get("version") not in ("0", "1"):
        message = f"it is of version {document.get('version')} of `pip inspect`, and this release reads 1"
        raise ImageError(message, context=place)
    environment = document["environment"]
    found = [
        FoundMetadata(
            path=one.get("metadata_location") or f"{place}#{one['metadata']['name']}",
            source=one.get("metadata_location") or f"{place}#{one['metadata']['name']}",
            name=one["metadata"]["name"],
            version=one["metadata"]["version"],
            installer=one.get("installer") or None,
            direct_url=checked_direct_url(one.get("direct_url")),
        )
        for one in document["installed"]
    ]
    return InstalledSet(
        subject=f"installed:{place}",
        python=environment["python_full_version"],
        implementation=environment["implementation_name"],
        libc=None,
        distributions=installed_distributions(found),
        untold=(_NO_LIBC,),
    )


def _read_list(document: list[dict[str, Any]], place: str) -> InstalledSet:
    """Read ``pip list --format json``; with ``-v`` it says where and by what, too."""
    distributions = tuple(_listed(document, place))
    is_verbose = bool(document) and all("location" in one for one in document)
    return InstalledSet(
        subject=f"installed:{place}",
        python=None,
        implementation=None,
        libc=None,
        distributions=distributions,
        untold=(_NO_PYTHON, _NO_LIBC, "where each distribution was installed from" if is_verbose else _NO_ORIGIN),
    )


def _listed(document: list[dict[str, Any]], place: str) -> Iterator[InstalledDistribution]:
    seen = set()
    for one in document:
        name = canonical_name(one["name"])
        yield InstalledDistribution(
            name=name,
            version=one["version"],
            path=f"{one['location']}/{one['name']}" if one.get("location") else f"{place}#{one['name']}",
            installer=one.get("installer") or None,
            is_editable="editable_project_location" in one,
            is_shadowed=name in seen,
        )
        seen.add(name)
