"""The weight of an image as JSON, by the schema in docs/weight.schema.json; docs/weigh.md describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipfreeze_lock import __version__
from pipfreeze_lock.model.weight import KINDS
from pipfreeze_lock.report.findings_json import json_text
from pipfreeze_lock.report.weight_words import all_kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipfreeze_lock.model.image import LayerInfo
    from pipfreeze_lock.model.weight import (
        DistributionWeight,
        FileKindOfWeight,
        HiddenFile,
        ImageWeight,
        LayerWeight,
        Owner,
        Part,
        RepeatedContents,
        Saving,
    )

__all__ = ["VERSION", "render"]

VERSION = 1
"""Of the format: counts up when a member goes or means something else; new members may come without."""
_MOST_HIDDEN = 1000
"""Files that are listed one by one, but with `is_whole`; all are counted."""


def render(weight: ImageWeight, *, is_whole: bool = False) -> str:
    """Give one document; members that have no value are null, never left out.

    :param is_whole: Whether to list all hidden files, of which there may be tens of thousands.
    """
    hidden = weight.hidden if is_whole else weight.hidden[:_MOST_HIDDEN]
    document = {
        "version": VERSION,
        "tool": {"name": "pipfreeze-lock", "version": __version__},
        "subject": weight.subject,
        "digest": weight.digest,
        "size": weight.total,
        "stored": weight.stored,
        "kinds": all_kinds(part.kinds for layer in weight.layers for part in layer.parts),
        "layers": [_layer(one) for one in weight.layers],
        "distributions": [_distribution(one) for one in weight.distributions],
        "hidden": {
            "size": weight.hidden_size,
            "files": len(weight.hidden),
            "largest": [_hidden(one) for one in hidden],
        },
        "repeated": None if weight.repeated is None else [_repeated(one) for one in weight.repeated],
        "savings": [_saving(one) for one in weight.savings],
        "unchecked": list(weight.unchecked),
    }
    return json_text(document)


def _layer(layer: LayerWeight) -> dict[str, Any]:
    info = layer.info
    return {
        "layer": _number(info),
        "digest": info.digest,
        "diff_id": info.diff_id,
        "instruction": info.instruction,
        "stored": info.size,
        "size": layer.total,
        "hidden": layer.hidden,
        "entries": layer.entries,
        "parts": [_part(part) for part in layer.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "owner": _owner(part.owner),
        "size": part.total,
        "hidden": part.hidden,
        "files": part.files,
        "kinds": _kinds(part.kinds),
    }


def _distribution(one: DistributionWeight) -> dict[str, Any]:
    return {
        "name": one.name,
        "version": one.version,
        "environment": one.environment,
        "layer": None if one.layer is None else _number(one.layer),
        "size": one.total,
        "files": one.files,
        "kinds": _kinds(one.kinds),
        "largest": [{"path": path, "size": size} for path, size in one.largest],
    }


def _hidden(one: HiddenFile) -> dict[str, Any]:
    return {
        "path": one.path,
        "size": one.size,
        "layer": _number(one.layer),
        "hidden_by": _number(one.hidden_by),
        "replaced": one.is_replaced,
        "equal": one.is_equal,
        "owner": _owner(one.owner),
    }


def _repeated(one: RepeatedContents) -> dict[str, Any]:
    return {"sha256": one.sha256, "size": one.size, "paths": list(one.paths)}


def _saving(one: Saving) -> dict[str, Any]:
    return {
        "id": one.id,
        "what": one.what,
        "size": one.size,
        "estimated": one.is_estimated,
        "how": one.how,
        "note": one.note,
        "paths": list(one.paths),
        "layers": [{"layer": _number(layer), "size": size} for layer, size in one.layers],
    }


def _owner(owner: Owner) -> dict[str, str | None]:
    return {
        "category": owner.category,
        "name": owner.name,
        "version": owner.version or None,
        "environment": owner.environment or None,
    }


def _kinds(kinds: Mapping[FileKindOfWeight, int]) -> dict[str, int]:
    return {kind: kinds[kind] for kind in KINDS if kinds.get(kind)}


def _number(layer: LayerInfo) -> int:
    """Count from 1, as all reports do."""
    return layer.index + 1
