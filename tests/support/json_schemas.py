"""The schemas that docs/ publishes, held more strictly than readers are asked to."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

__all__ = ["closed_schema"]

_DOCS = Path(__file__).parents[2] / "docs"


@cache
def closed_schema(name: str) -> jsonschema.Validator:
    """Give one of ours with nothing allowed that it does not name, so that every member we write is a published one."""
    schema = json.loads((_DOCS / name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(_closed(schema))


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _closed(value) for key, value in node.items()}
    return copy | {"additionalProperties": False} if isinstance(node.get("properties"), dict) else copy
