"""``requires.txt`` of an egg-info directory, as ``Requires-Dist`` values.

Format: requirement lines, in sections ``[extra]``, ``[extra:marker]`` or ``[:marker]``; the lines before the first
section hold always. Written by setuptools' ``command/egg_info.py``; read by pip through pkg_resources
(``split_sections``) and, since 22.x, ``importlib.metadata`` (``Distribution._convert_egg_info_reqs_to_simple_reqs``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["RequiresText", "extras_to_requires_dist", "parse_requires_txt", "requirement_lines", "requires_dist"]

_URL_REQUIREMENT = re.compile(r"^[A-Za-z0-9._-]+\s*(\[[^\]]*\])?\s*@")


class RequiresText:
    """What a requires.txt says: requirements and extras, in the file's order."""

    __slots__ = ("provides_extra", "requires_dist")

    def __init__(self, requires_dist: tuple[str, ...], provides_extra: tuple[str, ...]) -> None:
        self.requires_dist = requires_dist
        self.provides_extra = provides_extra


def parse_requires_txt(text: str) -> RequiresText:
    """Read a requires.txt.

    :raises ValueError: for a section head without its closing bracket, which pkg_resources refuses too.
    """
    section = ""
    found: list[str] = []
    extras: dict[str, None] = {}
    for line in _meaningful_lines(text.splitlines()):
        if line.startswith("["):
            if not line.endswith("]"):
                msg = f"section head `{line}` is not closed"
                raise ValueError(msg)
            section = line[1:-1].strip()
            extra = section.partition(":")[0].strip()
            if extra:
                extras[extra] = None
        else:
            found.append(requires_dist(line, section))
    return RequiresText(tuple(found), tuple(extras))


def requires_dist(requirement: str, section: str = "") -> str:
    r"""Put a section's condition on a requirement.

    >>> requires_dist("PySocks!=1.5.7", "socks")
    'PySocks!=1.5.7; extra == "socks"'
    >>> requires_dist('idna>=2; os_name == "nt"', "x:python_version < '3'")
    'idna>=2; (os_name == "nt") and (python_version < \'3\') and extra == "x"'
    """
    extra, _, condition = section.partition(":")
    bare, marker = _split_marker(requirement)
    parts = [part.strip() for part in (marker, condition) if part.strip()]
    # A condition may hold `or`, which binds weaker than the `and` that joins it to others.
    if extra.strip() or len(parts) > 1:
        parts = [f"({part})" for part in parts]
    if extra.strip():
        parts.append(f'extra == "{extra.strip()}"')
    if not parts:
        return bare
    # PEP 508 wants a space between a URL and the semicolon.
    gap = " " if _URL_REQUIREMENT.match(bare) else ""
    return f"{bare}{gap}; {' and '.join(parts)}"


def requirement_lines(value: str | Iterable[str]) -> Iterator[str]:
    """Split what ``install_requires`` may hold as ``pkg_resources.parse_requirements`` does.

    Lines are stripped; empty lines and comments dropped; a backslash at the end joins a line to the next.

    :raises ValueError: when the last line ends with a backslash.
    """
    texts = (value,) if isinstance(value, str) else value
    lines = _meaningful_lines(line for text in texts for line in text.splitlines())
    for first in lines:
        line = _without_comment(first)
        while line.endswith("\\"):
            following = next(lines, None)
            if following is None:
                msg = f"`{line}` is continued, but nothing follows"
                raise ValueError(msg)
            line = line[:-1].strip() + _without_comment(following)
        yield line


def extras_to_requires_dist(extras: Mapping[str, str | Iterable[str]]) -> Iterator[str]:
    """Give ``Requires-Dist`` values for an ``extras_require``: keys are ``extra``, ``extra:marker`` or ``:marker``."""
    for section, value in extras.items():
        for line in requirement_lines(value):
            yield requires_dist(line, section)


def _meaningful_lines(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield stripped


def _without_comment(line: str) -> str:
    return line.partition(" #")[0].strip()


def _split_marker(requirement: str) -> tuple[str, str]:
    """Split at the semicolon that starts the marker; in a URL requirement that is one after white space."""
    if _URL_REQUIREMENT.match(requirement):
        bare, _, marker = requirement.partition(" ;")
    else:
        bare, _, marker = requirement.partition(";")
    return bare.strip(), marker.strip()
