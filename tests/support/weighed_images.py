"""Images of layers made from dicts, weighed; each layer goes through a real tar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipfreeze_lock.image.environments import find_environments
from pipfreeze_lock.image.interest import with_all_digests, with_all_files
from pipfreeze_lock.image.interface import ImageConfig, ScannedImage
from pipfreeze_lock.image.layers import FileTree
from pipfreeze_lock.weigh.weighing import weigh
from support.file_trees import scanned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipfreeze_lock.model.weight import ImageWeight, LayerWeight

__all__ = ["by_owner", "hidden", "owners_of", "weighed"]


def weighed(
    *layers: Mapping[str, Any] | Sequence[tuple[str, Any]],
    duplicates: bool = False,
    environment: Mapping[str, str] | None = None,
) -> ImageWeight:
    """Weigh layers, the lowest first.

    :param environment: Variables of the image.
    """
    interest = with_all_digests if duplicates else with_all_files
    read = tuple(scanned(files, index, interest) for index, files in enumerate(layers))
    config = ImageConfig(environment=environment or {})
    image = ScannedImage(name="image", digest=None, config=config, layers=read)
    tree = FileTree(read)
    environments = find_environments(tree, config)
    return weigh(image, tree, environments, subject="image", with_duplicates=duplicates)


def owners_of(layer: LayerWeight) -> dict[str, int]:
    """Give bytes by ``category name version environment``, those without any left out."""
    return {
        " ".join(
            filter(None, (part.owner.category, part.owner.name, part.owner.version, part.owner.environment))
        ): part.total
        for part in layer.parts
        if part.total
    }


def by_owner(*layers: Mapping[str, Any] | Sequence[tuple[str, Any]], **options: Any) -> list[dict[str, int]]:
    """Weigh layers, and give `owners_of` each."""
    return [owners_of(layer) for layer in weighed(*layers, **options).layers]


def hidden(weight: ImageWeight) -> dict[str, tuple[int, int, int, bool]]:
    """Give of each hidden path: bytes, its layer, the one that hides it, whether something is in its place."""
    return {one.path: (one.size, one.layer.index, one.hidden_by.index, one.is_replaced) for one in weight.hidden}
