"""Core metadata out of a METADATA or PKG-INFO file: only the fields that a resolver needs, and fast.

pip reads these files with the standard library's email parser, which spends most of its time on what nobody asked
for. The scanner here finds the end of the header with one regular expression and the wanted fields with another, and
agrees with the email parser on what it returns (a property test holds the two together). Files that use what the
expressions do not cover (carriage returns, a Unix ``From`` line) go through the email parser itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import MetadataError
from pipfreeze_lock.model.core_metadata import CoreMetadata

if TYPE_CHECKING:
    from pipfreeze_lock.model.core_metadata import Tier

__all__ = ["Fields", "read_fields", "to_core_metadata"]

_FIELDS = ("metadata-version", "name", "version", "requires-python", "requires-dist", "provides-extra", "dynamic")

_NOT_A_HEADER = re.compile(r"^(?![!-9;-~]*:|[\t ])", re.MULTILINE)
"""The start of the first line that is neither ``name:`` nor a continuation: ``headerRE`` in email/feedparser.py."""

_FIELD = re.compile(
    rf"^({'|'.join(_FIELDS)}):[ \t]*(.*(?:\n[ \t].*)*)",
    re.MULTILINE | re.IGNORECASE,
)

_UNUSUAL = re.compile(r"\r|^From |^:", re.MULTILINE)
"""What only the email parser knows how to treat; ``^:`` is a header without a name, which it drops."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fields:
    """The fields as the file has them; a continued value keeps its line breaks, as with the email parser."""

    metadata_version: str | None
    name: str | None
    version: str | None
    requires_python: str | None
    requires_dist: tuple[str, ...]
    provides_extra: tuple[str, ...]
    dynamic: frozenset[str]
    """Lower case."""


def read_fields(data: bytes | memoryview) -> Fields:
    """Read the header of a metadata file. Never fails: what is not there is None or empty.

    The text is UTF-8 (core metadata 2.1 and PEP 566); bytes that are not become surrogates, as pip has it.
    """
    text = str(data, "utf-8", "surrogateescape")
    found = _scan_with_email(text) if _is_unusual(text) else _scan(text)
    return Fields(
        metadata_version=_first(found, "metadata-version"),
        name=_first(found, "name"),
        version=_first(found, "version"),
        requires_python=_first(found, "requires-python"),
        requires_dist=tuple(found.get("requires-dist", ())),
        provides_extra=tuple(found.get("provides-extra", ())),
        dynamic=frozenset(value.strip().lower() for value in found.get("dynamic", ())),
    )


def to_core_metadata(
    fields: Fields, *, tier: Tier, origin: str, note: str | None = None, name_of_file: str | None = None
) -> CoreMetadata:
    """Make the value that the resolver sees.

    :param origin: The file the fields came from, for the message.
    :param name_of_file: Stands in for a name that is missing.
    :raises MetadataError: when name or version is missing: pip cannot use such a file either.
    """
    name = fields.name or name_of_file
    if not name or not fields.version:
        missing = "version" if name else "name"
        msg = f"the metadata has no {missing}"
        raise MetadataError(
            msg,
            context=origin,
            hints=["Another release may have usable metadata: exclude this one with `-c` or `!=`."],
            reference="https://packaging.python.org/specifications/core-metadata/",
        )
    return CoreMetadata(
        name=name.strip(),
        version=fields.version.strip(),
        requires_python=fields.requires_python,
        requires_dist=fields.requires_dist,
        provides_extra=fields.provides_extra,
        tier=tier,
        note=note,
    )


def _first(found: dict[str, list[str]], name: str) -> str | None:
    values = found.get(name)
    return values[0] if values else None


def _header(text: str) -> str:
    end = _NOT_A_HEADER.search(text)
    return text if end is None else text[: end.start()]


def _is_unusual(text: str) -> bool:
    # Only what stands before the first empty line can matter, and a body may be long.
    end = text.find("\n\n")
    return _UNUSUAL.search(text, 0, len(text) if end < 0 else end) is not None


def _scan(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for match in _FIELD.finditer(_header(text)):
        found.setdefault(match[1].lower(), []).append(match[2])
    return found


def _scan_with_email(text: str) -> dict[str, list[str]]:
    from email.parser import HeaderParser  # noqa: PLC0415  rare

    message = HeaderParser().parsestr(text)
    return {name: [str(value) for value in message.get_all(name, ())] for name in _FIELDS if name in message}
