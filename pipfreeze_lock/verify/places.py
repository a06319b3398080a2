"""Where in an image a finding is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.model.finding import Location, RelatedLocation

if TYPE_CHECKING:
    from pipfreeze_lock.model.image import LayerInfo

__all__ = ["image_location", "layer_details", "layer_words", "related_place", "true_layer"]


def image_location(path: str) -> Location:
    """Give a path of an image, told from those of the repository by its scheme."""
    return Location(f"image:{path}")


def true_layer(layer: LayerInfo | None) -> LayerInfo | None:
    """Give a layer; None where the files are those of a folder, which has none."""
    return layer if layer is not None and (layer.digest or layer.diff_id or layer.instruction) else None


def layer_words(layer: LayerInfo | None) -> str:
    """Say which layer it is, and what made it: ``layer 5: RUN pip install x``."""
    if layer is None:
        return "installed there"
    return f"layer {layer.index + 1}: {layer.instruction}" if layer.instruction else f"layer {layer.index + 1}"


def related_place(path: str, layer: LayerInfo | None) -> RelatedLocation:
    """Give a path of an image beside a place of the lock."""
    return RelatedLocation(image_location(path), layer_words(layer))


def layer_details(path: str, layer: LayerInfo | None) -> tuple[tuple[str, str], ...]:
    """Give the same for machines."""
    details = [("path", path)]
    if layer is not None:
        details.append(("layer", str(layer.index + 1)))
        details += [
            (key, value)
            for key, value in (("layer-digest", layer.digest or layer.diff_id), ("instruction", layer.instruction))
            if value
        ]
    return tuple(details)
