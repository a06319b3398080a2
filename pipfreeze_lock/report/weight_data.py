"""What the script of the page reads: an image's weight as compact JSON, safe within a script element."""

from __future__ import annotations

import json
from os.path import commonprefix
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.model.weight import CATEGORIES, KINDS, Owner
from pipfreeze_lock.report.weight_words import CATEGORY_NAMES, instruction_of, layer_name, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipfreeze_lock.model.weight import DistributionWeight, ImageWeight, LayerWeight, Part

__all__ = ["embedded_json", "owner_numbers"]

_ENDS_SCRIPTS = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}
"""What could end the element or open a comment in it; in JSON these stand in strings alone."""


def embedded_json(weight: ImageWeight) -> str:
    """Give one line of ASCII without ``<``, ``>`` and ``&``; tables of numbers, names standing there once."""
    numbers = owner_numbers(weight)
    document = {
        "subject": shown(weight.subject),
        "digest": weight.digest,
        "kinds": list(KINDS),
        "categories": [[category, CATEGORY_NAMES[category]] for category in CATEGORIES],
        "layers": [_layer(layer) for layer in weight.layers],
        "owners": [_owner(owner) for owner in numbers],
        "parts": [
            _part(part, place, numbers[part.owner]) for place, layer in enumerate(weight.layers) for part in layer.parts
        ],
        "largest": _largest(weight, numbers),
    }
    return json.dumps(document, separators=(",", ":")).translate(_ENDS_SCRIPTS)


def owner_numbers(weight: ImageWeight) -> dict[Owner, int]:
    """Give each owner that has a part its place in ``owners``."""
    return {
        owner: number
        for number, owner in enumerate(dict.fromkeys(part.owner for layer in weight.layers for part in layer.parts))
    }


def owner_of(distribution: DistributionWeight) -> Owner:
    """Give whom the parts of a distribution belong to."""
    return Owner(
        category="distribution",
        name=distribution.name,
        version=distribution.version,
        environment=distribution.environment,
    )


def _layer(layer: LayerWeight) -> dict[str, Any]:
    return {
        "name": layer_name(layer.info),
        "instruction": instruction_of(layer.info),
        "digest": layer.info.digest,
        "stored": layer.info.size,
        "entries": layer.entries,
    }


def _owner(owner: Owner) -> list[Any]:
    return [CATEGORIES.index(owner.category), shown(owner.name), shown(owner.version), shown(owner.environment)]


def _part(part: Part, layer: int, owner: int) -> list[int]:
    """Give layer, owner, files, hidden bytes; then kind and its bytes, for each kind."""
    numbers = [layer, owner, part.files, part.hidden]
    for place, kind in enumerate(KINDS):
        if part.kinds.get(kind):
            numbers += [place, part.kinds[kind]]
    return numbers


def _largest(weight: ImageWeight, numbers: Mapping[Owner, int]) -> dict[int, list[Any]]:
    """Give the largest files of distributions by the number of the owner: how their paths begin, the rest of each."""
    largest: dict[int, list[Any]] = {}
    for one in weight.distributions:
        owner = owner_of(one)
        if one.largest and owner in numbers:
            paths = [shown(path) for path, _ in one.largest]
            start = commonprefix(paths)  # noqa: RUF071  it need not be a folder
            rests = [[path[len(start) :], size] for path, (_, size) in zip(paths, one.largest, strict=True)]
            largest[numbers[owner]] = [start, *rests]
    return largest
