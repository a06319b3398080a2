"""Specifiers that PEP 440 does not know, such as ``pytz (>dev)`` of celery 4.

pips below 24.1 read them, and compare as setuptools once did.
Source: ``LegacySpecifier`` of packaging below 22.
"""

from __future__ import annotations

import re

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet

from pipfreeze_lock.model.legacy_version import comparison_key

__all__ = ["LegacySpecifier", "check_old_grammar", "parse_legacy_requirement"]


class LegacySpecifier(Specifier):
    """Stands in a `SpecifierSet` among others; asked with `admits`, and for its operator, version and text alone."""

    __slots__ = ("_key", "_operator", "_text")

    def __init__(self, text: str) -> None:
        """Read one.

        :raises InvalidSpecifier: when it is not even a legacy specifier.
        """
        match = _SPECIFIER.fullmatch(text)
        if match is None:
            message = f"Invalid specifier: {text!r}"
            raise InvalidSpecifier(message)
        self._operator, self._text = match.groups()
        self._key = comparison_key(self._text)

    @property
    def operator(self) -> str:
        """``>`` of ``>dev``."""
        return self._operator

    @property
    def version(self) -> str:
        """``dev`` of ``>dev``: no version by PEP 440."""
        return self._text

    def admits(self, version: str) -> bool:
        """Whether a version is within it, compared part by part as text."""
        ours = comparison_key(version)
        match self._operator:
            case "==":
                return ours == self._key
            case "!=":
                return ours != self._key
            case "<=":
                return ours <= self._key
            case ">=":
                return ours >= self._key
            case "<":
                return ours < self._key
            case _:
                return ours > self._key

    def __str__(self) -> str:
        return f"{self._operator}{self._text}"

    def __repr__(self) -> str:
        return f"<LegacySpecifier({str(self)!r})>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LegacySpecifier) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


def parse_legacy_requirement(text: str) -> tuple[Requirement, SpecifierSet]:
    """Read a ``Requires-Dist`` in which some specifier is a legacy one: the rest of it, and its specifiers.

    :raises packaging.requirements.InvalidRequirement: when old pips cannot read it either.
    """
    match = _REQUIREMENT.fullmatch(text)
    if match is None:
        message = f"Invalid requirement: {text!r}"
        raise InvalidRequirement(message)
    start, in_parentheses, bare, end = match.groups()
    try:
        parts = [_specifier(part.strip()) for part in (in_parentheses or bare or "").split(",")]
    except InvalidSpecifier:
        message = f"Invalid requirement: {text!r}"
        raise InvalidRequirement(message) from None
    return Requirement(start + (end or "")), SpecifierSet(parts)


def check_old_grammar(text: str, parsed: Requirement) -> None:
    """Refuse what only the packaging of pip 24.1 and newer reads, which is laxer in a few places.

    Source: the grammar at the top of ``packaging/requirements.py`` and ``markers.py`` below 22; compared with the real
    ones in ``tests/fidelity/test_requirements_of_real_pips.py``.

    :raises packaging.requirements.InvalidRequirement: when old pips cannot read it.
    """
    head, _, marker = text.partition(";")
    is_unreadable = (
        _NO_SPECIFIER.search(head) is not None
        or "not  in" in marker
        or any(name.endswith("_") for name in (parsed.name, *parsed.extras))
        or (parsed.url is not None and _URL.match(parsed.url) is None)
    )
    if is_unreadable:
        message = f"Invalid requirement: {text!r}"
        raise InvalidRequirement(message)


def _specifier(text: str) -> Specifier:
    try:
        return Specifier(text)
    except InvalidSpecifier:
        return LegacySpecifier(text)


_REQUIREMENT = re.compile(
    r"\s*([A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[^\]]*\])?)"  # name and extras
    r"\s*(?:\(([^;()]*)\)|([^;()@]*))"  # specifiers, in parentheses or without
    r"\s*(;.*)?",
    re.DOTALL,
)
_NO_SPECIFIER = re.compile(r",\s*\)?\s*$|\(\s*\)")
_URL = re.compile(r"file:|[A-Za-z][A-Za-z0-9+.-]*://[^/]")
_SPECIFIER = re.compile(r"\s*(==|!=|<=|>=|<|>)\s*([^,;\s)]*)\s*")
