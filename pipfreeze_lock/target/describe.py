"""A target for people and for programs: what the command ``target`` prints."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.target.tags import supported_tags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.model.target import Target

__all__ = ["as_json", "as_text"]

_TAGS_SHOWN = 10
_WIDTH = 110
_IMPLEMENTATION_NAMES = {"cpython": "CPython", "pypy": "PyPy"}


def as_json(target: Target) -> dict[str, Any]:
    """Give a document of plain values; keys are only ever added to it."""
    from pipfreeze_lock.target.markers import marker_environment  # noqa: PLC0415  only this view shows them

    environment = marker_environment(target)
    return {
        "python": target.python,
        "implementation": target.implementation,
        "implementation_version": target.implementation_version,
        "abi": target.abi,
        "platform": target.platform,
        "machine": target.machine,
        "os_version": target.os_version or None,
        "libc": str(target.libc) if target.libc else None,
        "pip": target.pip,
        "tags": list(supported_tags(target)),
        "base": {one.name: one.version for one in target.base},
        "markers": {name: None if name in environment.unknown else value for name, value in environment.items()},
        "estimated": list(target.estimated),
        "sources": dict(target.sources),
        "target": str(target),
    }


def as_text(target: Target, *, verbose: bool = False) -> str:
    """Give lines of plain text, each part with where it came from; ends with a line feed.

    :param verbose: All tags, and the marker environment.
    """
    sources = dict(target.sources)
    lines: list[str] = []
    if "image" in sources:
        lines += _paragraph("image", sources["image"])
    for part, value in _parts(target):
        lines += _paragraph(part, value)
        if part in sources:
            lines += _paragraph("", f"from: {sources[part]}")
    lines += _tag_lines(target, verbose=verbose)
    if verbose:
        lines += _marker_lines(target)
    return "\n".join(lines) + "\n"


def _parts(target: Target) -> Iterator[tuple[str, str]]:
    own_version = "" if target.implementation == "cpython" else f" {target.implementation_version}"
    yield "python", target.python
    yield "implementation", f"{_IMPLEMENTATION_NAMES[target.implementation]}{own_version}"
    yield "abi", target.abi
    system = f", macOS {target.os_version}" if target.operating_system == "macos" else ""
    yield "platform", f"{target.platform} ({target.machine}{system})"
    if target.libc:
        yield "libc", str(target.libc)
    yield "pip", target.pip + (" (estimated)" if "pip" in target.estimated else "")
    marks = {one.name: " (estimated)" if one.name in target.estimated else "" for one in target.base}
    yield "base", ", ".join(f"{one.name} {one.version}{marks[one.name]}" for one in target.base) or "nothing"
    if target.markers:
        yield "markers", ", ".join(f"{name}={value}" for name, value in target.markers)


def _tag_lines(target: Target, *, verbose: bool) -> Iterator[str]:
    tags = supported_tags(target)
    shown = tags if verbose else tags[:_TAGS_SHOWN]
    yield from _paragraph("tags", f"{len(tags)}, the most wanted first")
    yield from (f"{'':16}{tag}" for tag in shown)
    if len(shown) < len(tags):
        yield f"{'':16}and {len(tags) - len(shown)} more (`-v` shows all)"


def _marker_lines(target: Target) -> Iterator[str]:
    from pipfreeze_lock.target.markers import marker_environment  # noqa: PLC0415  only this view shows them

    environment = marker_environment(target)
    yield from _paragraph("environment", "the markers of PEP 508")
    for name, value in environment.items():
        shown = (
            "unknown, since the machine that runs the image says it" if name in environment.unknown else f'"{value}"'
        )
        yield f"{'':16}{name} = {shown}"


def _paragraph(label: str, text: str) -> list[str]:
    indent = " " * 16
    return textwrap.wrap(
        text,
        width=_WIDTH,
        initial_indent=f"{label:<16}",
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
