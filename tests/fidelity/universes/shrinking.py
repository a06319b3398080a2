"""Makes a universe smaller while something holds of it, so that what is left shows why it holds."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fidelity.universes.universe import Universe

__all__ = ["shrunk"]


def shrunk(universe: Universe, holds: Callable[[Universe], bool], *, attempts: int = 300) -> Universe:
    """Give a universe of which nothing can be left out, or the best that so many attempts find.

    :param holds: Asked of each smaller universe; it holds of the given one.
    """
    tried: set[str] = set()
    while True:
        for smaller in _smaller(universe):
            if attempts <= 0:
                return universe
            if repr(smaller) in tried:
                continue
            tried.add(repr(smaller))
            attempts -= 1
            if holds(smaller):
                universe = smaller
                break
        else:
            return universe


def _smaller(universe: Universe) -> Iterator[Universe]:
    """Give what is left without one thing, the large things first."""
    for packages in _without_one(universe.packages):
        yield replace(universe, packages=packages, _built=[])
    for name, releases in universe.packages.items():
        for fewer in _without_one(releases):
            yield _with_releases(universe, name, fewer)
    yield from _with_fewer_options(universe)
    for field in ("requirements", "constraints"):
        for lines in _fewer_lines(list(getattr(universe, field))):
            yield _with(universe, field, lines)
    for name, releases in universe.packages.items():
        for version, words in releases.items():
            for simpler in _simpler_release(words):
                yield _with_releases(universe, name, {**releases, version: simpler})


def _with_fewer_options(universe: Universe) -> Iterator[Universe]:
    options = list(universe.options)
    for place, option in enumerate(options):
        if option.startswith("--"):
            length = 2 if option in ("--only-binary", "--no-binary") else 1
            yield _with(universe, "options", options[:place] + options[place + length :])


def _with(universe: Universe, field: str, lines: list[str]) -> Universe:
    return replace(universe, **{field: tuple(lines)}, _built=[])  # type: ignore[arg-type]


def _with_releases(universe: Universe, name: str, releases: dict[str, Any]) -> Universe:
    return replace(universe, packages={**universe.packages, name: releases}, _built=[])


def _without_one(table: Any) -> Iterator[dict[str, Any]]:
    if len(table) > 1:
        for left_out in table:
            yield {key: value for key, value in table.items() if key != left_out}


def _simpler_release(words: Any) -> Iterator[dict[str, Any]]:
    for key, value in words.items():
        rest = {other: words[other] for other in words if other != key}
        yield rest
        if isinstance(value, dict):  # extras
            for extra, lines in value.items():
                yield {**words, key: {other: value[other] for other in value if other != extra}}
                for fewer in _fewer_lines(lines):
                    yield {**words, key: {**value, extra: fewer}}
        elif isinstance(value, list):
            for fewer in _fewer_lines(value):
                if fewer or key != "files":
                    yield {**words, key: fewer}


def _fewer_lines(lines: list[Any]) -> Iterator[list[Any]]:
    for place, line in enumerate(lines):
        yield lines[:place] + lines[place + 1 :]
        if isinstance(line, str) and not re.search(r"-(none|cp\d|abi3|\w+mu?)-|^sdist", line):
            for simpler in _simpler_line(line):
                yield [*lines[:place], simpler, *lines[place + 1 :]]


_LINE = re.compile(r"(?P<name>[\w.-]+)(?P<extras>\[[^]]*\])?(?P<bound>[^;\s][^;]*?)?(?P<marker>\s*;.*)?")


def _simpler_line(line: str) -> Iterator[str]:
    """Give a requirement without its marker, its extras, one of its bounds."""
    match = _LINE.fullmatch(line)
    if match is None or "--hash" in line:
        return
    name, extras, bound, marker = (match[part] or "" for part in ("name", "extras", "bound", "marker"))
    if marker:
        yield name + extras + bound
    if bound:
        yield name + extras + marker
        parts = bound.split(",")
        if len(parts) > 1:
            for place in range(len(parts)):
                yield name + extras + ",".join(parts[:place] + parts[place + 1 :]) + marker
    if extras:
        yield name + bound + marker
        inside = extras[1:-1].split(",")
        if len(inside) > 1:
            for place in range(len(inside)):
                yield f"{name}[{','.join(inside[:place] + inside[place + 1 :])}]{bound}{marker}"
