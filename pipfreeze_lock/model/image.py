"""A layer of an image, as findings speak of it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LayerInfo"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerInfo:
    """One layer, as the image's manifest and configuration tell of it."""

    index: int
    """From 0, the lowest."""
    digest: str | None
    """``sha256:…`` of the layer as it is stored or sent, compressed or not; None where that is not known."""
    diff_id: str | None
    """``sha256:…`` of the tar."""
    instruction: str | None
    """The Dockerfile instruction that made it, from the history: ``RUN pip install …``."""
    size: int | None = None
    """Bytes as stored or sent."""
