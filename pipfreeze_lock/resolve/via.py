"""Who asks for what, once the search is over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from packaging.utils import canonicalize_name

from pipfreeze_lock.model.lock import Via
from pipfreeze_lock.requirements.recorded import canonical_specifier, via_of_input
from pipfreeze_lock.resolve.needs import Dependency, ExtrasCandidate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.markers import Marker
    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.requirement import Requirement
    from pipfreeze_lock.resolve.needs import Candidate
    from pipfreeze_lock.resolve.provider import Bounds, PipProvider

__all__ = ["Ask", "ask_of_input", "asks", "edges", "marker_without_extra", "via_of_dependency"]


class Ask(NamedTuple):
    """One edge: who asks for a distribution, and what would content it."""

    name: NormalizedName
    via: Via
    specifier: SpecifierSet
    is_direct: bool
    """Whether it names a URL."""


def edges(
    candidates: Iterable[Candidate],
    roots: Iterable[Requirement],
    bounds: Mapping[NormalizedName, Bounds],
    provider: PipProvider,
) -> dict[NormalizedName, tuple[Via, ...]]:
    """Give for each distribution all requirements and dependencies that hold on the target and name it.

    :param candidates: All that the resolver settled, nodes with extras among them.
    :param roots: The requirements of the inputs whose markers hold.
    """
    found: dict[NormalizedName, set[Via]] = {}
    for ask in asks(candidates, roots, bounds, provider):
        found.setdefault(ask.name, set()).add(ask.via)
    # By their text: fields that may be None do not compare.
    return {name: tuple(sorted(vias, key=str)) for name, vias in found.items()}


def asks(
    candidates: Iterable[Candidate],
    roots: Iterable[Requirement],
    bounds: Mapping[NormalizedName, Bounds],
    provider: PipProvider,
) -> Iterator[Ask]:
    """Give those edges one by one; a constraint is one of what somebody else asks for."""
    named: set[NormalizedName] = set()
    for root in roots:
        named.add(root.name)
        yield ask_of_input("-r", root)
    for candidate in candidates:
        for dependency in provider.dependencies_that_hold(candidate):
            for via in _vias_of(candidate, dependency, provider):
                named.add(dependency.name)
                yield Ask(dependency.name, via, dependency.specifier, dependency.url is not None)
    for name, bound in bounds.items():
        if name in named:
            yield from (ask_of_input("-c", constraint) for constraint in bound.sources)


def ask_of_input(kind: Literal["-c", "-r"], requirement: Requirement) -> Ask:
    """Give the edge that a line of an input is."""
    via = via_of_input(kind, requirement)
    return Ask(requirement.name, via, requirement.specifier, requirement.url is not None)


def _vias_of(candidate: Candidate, dependency: Dependency, provider: PipProvider) -> Iterable[Via]:
    """Give one edge, from the bare distribution where it holds without an extra, else from each extra that asks."""
    marker = dependency.marker
    extras: list[str | None] = [None]
    if isinstance(candidate, ExtrasCandidate):
        if marker is None or provider.holds(marker, frozenset()):
            return  # the bare distribution asks for it already
        extras = [extra for extra in sorted(candidate.extras) if provider.holds(marker, frozenset({extra}))]
    yield from (via_of_dependency(candidate.name, extra, dependency) for extra in extras)


def via_of_dependency(parent: NormalizedName, extra: str | None, dependency: Dependency) -> Via:
    """Give the edge to what a distribution, or an extra of it, needs."""
    return Via(
        kind="distribution",
        parent=parent,
        extra=canonicalize_name(extra) if extra is not None else None,
        constraint=_constraint(dependency),
        marker=marker_without_extra(dependency.marker) if dependency.marker is not None else None,
        extras=tuple(sorted(map(canonicalize_name, dependency.extras))),
    )


def _constraint(asked: Requirement | Dependency) -> str:
    if asked.url is not None:
        return f"@ {asked.url.without_credentials}"
    return canonical_specifier(asked.specifier)


def marker_without_extra(marker: Marker) -> str | None:
    """Write a marker without the comparisons of ``extra`` that are joined to the rest by ``and``.

    ``python_version < "3.7" and extra == "x"`` is ``python_version < "3.7"``; one whose extras stand under an ``or``
    is left whole, since nothing shorter says the same. Works on the canonical text that packaging writes.
    """
    text = str(marker)
    if "extra" not in text:
        return text
    parts = _split_top_level_and(text)
    kept = [part for part in parts if not _EXTRA_ALONE.fullmatch(part)]
    if not kept:
        return None
    if len(kept) == 1:
        return _strip_parentheses(kept[0])
    return " and ".join(kept)


_EXTRA_ALONE = re.compile(r"""\(*\s*(?:extra\s*==\s*["'][^"']*["']|["'][^"']*["']\s*==\s*extra)\s*\)*""")


def _split_top_level_and(text: str) -> list[str]:
    """Split at ``and`` outside quotes and parentheses; the whole text where an ``or`` stands there too."""
    depth, start = 0, 0
    parts: list[str] = []
    for match in re.finditer(r""""[^"]*"|'[^']*'|\(|\)|\band\b|\bor\b""", text):
        word = match.group()
        if word == "(":
            depth += 1
        elif word == ")":
            depth -= 1
        elif word == "or" and depth == 0:
            return [text]
        elif word == "and" and depth == 0:
            parts.append(text[start : match.start()].strip())
            start = match.end()
    parts.append(text[start:].strip())
    return parts


def _strip_parentheses(text: str) -> str:
    """Drop one pair that holds the whole text."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0 and position < len(text) - 1:
            return text
    return text[1:-1].strip()
