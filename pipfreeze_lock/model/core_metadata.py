"""The few fields of a distribution's core metadata that a resolver needs, and how they became known."""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = ["CoreMetadata", "Tier"]

Tier = Literal[
    "sidecar", "wheel", "pkg-info", "pyproject", "setup.cfg", "setup.py", "egg-info", "sibling-wheel", "build"
]
"""Where the metadata came from, cheapest first; see DESIGN.md, "Metadata, cheapest first"."""


class CoreMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """Core metadata (https://packaging.python.org/specifications/core-metadata/), values as the file has them.

    Nothing is validated here: which invalid values are overlooked depends on the target's pip, and is its caller's to
    decide.
    """

    name: str
    version: str
    requires_python: str | None = None
    requires_dist: tuple[str, ...] = ()
    provides_extra: tuple[str, ...] = ()
    tier: Tier
    note: str | None = None
    """What a reader should know of how it became known: built under another interpreter, say. One sentence."""
