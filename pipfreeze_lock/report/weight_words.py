"""What is said of layers and owners, the same in the page and in the drawing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipfreeze_lock.model.weight import KINDS
from pipfreeze_lock.report.characters import encodable, visible_line
from pipfreeze_lock.report.sentences import counted
from pipfreeze_lock.report.sizes import percentage, readable_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipfreeze_lock.model.image import LayerInfo
    from pipfreeze_lock.model.weight import FileKindOfWeight, ImageWeight, Owner, OwnerCategory

__all__ = [
    "CATEGORY_NAMES",
    "all_kinds",
    "instruction_of",
    "layer_name",
    "owner_name",
    "shown",
    "summary",
]

CATEGORY_NAMES: Mapping[OwnerCategory, str] = {
    "distribution": "Distributions",
    "interpreter": "Interpreter",
    "system": "System packages",
    "cache": "Caches",
    "other": "Other files",
}


def shown(text: str) -> str:
    """Make a text of anybody's fit for a page: nothing that a browser or a font would hide or obey."""
    return visible_line(encodable(text))


def layer_name(layer: LayerInfo) -> str:
    """``Layer 5``, as verify counts."""
    return f"Layer {layer.index + 1}"


def instruction_of(layer: LayerInfo) -> str:
    """Give what made it; empty where that is not known."""
    return shown(layer.instruction or "")


def owner_name(owner: Owner) -> str:
    """``numpy 1.18.1``."""
    return shown(f"{owner.name} {owner.version}" if owner.version else owner.name)


def all_kinds(several: Iterable[Mapping[FileKindOfWeight, int]]) -> dict[FileKindOfWeight, int]:
    """Give the bytes of each kind that there is, in the order in which kinds are shown."""
    total: Counter[FileKindOfWeight] = Counter()
    for one in several:
        total.update(one)
    return {kind: total[kind] for kind in KINDS if total[kind]}


def summary(weight: ImageWeight) -> str:
    """``1.7 GB in 8 layers, 55 distributions, 23.1 MB hidden (1.3 %)``."""
    parts = [
        f"{readable_size(weight.total)} in {counted(len(weight.layers), 'layer')}",
        counted(len(weight.distributions), "distribution"),
    ]
    if weight.hidden_size:
        parts.append(f"{readable_size(weight.hidden_size)} hidden ({percentage(weight.hidden_size, weight.total)})")
    return ", ".join(parts)
