"""What moved between locks as JSON, by the schema in docs/lock-diff.schema.json.

Like the Markdown it names no place but pages of pip's own default index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipfreeze_lock import __version__
from pipfreeze_lock.report.findings_json import json_text
from pipfreeze_lock.report.public_text import public_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pipfreeze_lock.model.lock import Pin, Via
    from pipfreeze_lock.model.lock_review import HeldBack, PinnedFile, TotalSize
    from pipfreeze_lock.report.changes import Changes, PinChange
    from pipfreeze_lock.report.lock_difference import Asked, LockDifference

__all__ = ["VERSION", "as_json", "instant_as_json", "vias_as_json"]

VERSION = 1
"""Of the format: counts up when a member goes or means something else; new members may come without."""


def as_json(differences: Sequence[LockDifference], asked: Asked) -> str:
    """Give one document; members that have no value are null, never left out."""
    return json_text(
        {
            "version": VERSION,
            "tool": {"name": "pipfreeze-lock", "version": __version__},
            "asked_at": instant_as_json(asked.at),
            "exclude_newer": instant_as_json(asked.exclude_newer) if asked.exclude_newer is not None else None,
            "locks": [_lock(one) for one in differences],
        }
    )


def instant_as_json(moment: datetime) -> str:
    """Give it by RFC 3339, in UTC."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _lock(difference: LockDifference) -> dict[str, Any]:
    changes, review = difference.changes, difference.review
    return {
        "path": public_text(difference.path),
        "target": public_text(difference.target),
        "command": public_text(difference.command),
        "is_new": difference.is_new,
        "installs_differ": changes.installs_differ,
        "counts": dict(changes.counts),
        "fetched": {"old": _total(difference.old_size), "new": _total(difference.new_size)},
        "header": _header(changes),
        "changes": [_change(one, difference) for one in changes.pins],
        "held_back": [_held(one) for one in review.held],
    }


def _total(total: TotalSize | None) -> dict[str, int] | None:
    if total is None:
        return None
    return {"files": total.files, "bytes": total.size, "unknown": total.unknown}


def _header(changes: Changes) -> list[dict[str, str | None]]:
    return [
        {"key": public_text(one.key), "old": _optional(one.old), "new": _optional(one.new)} for one in changes.header
    ]


def _optional(text: str | None) -> str | None:
    return public_text(text) if text is not None else None


def _change(change: PinChange, difference: LockDifference) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "name": change.name,
        "old": _pin(change.old, difference.review.old.get(change.name)),
        "new": _pin(change.new, difference.review.new.get(change.name)),
        "causes": vias_as_json(change.causes),
        "freed_by": vias_as_json(change.freed_by),
    }


def _pin(pin: Pin | None, file: PinnedFile | None) -> dict[str, Any] | None:
    if pin is None:
        return None
    return {
        "version": public_text(pin.version),
        "extras": [public_text(one) for one in pin.extras],
        "is_direct": pin.url is not None,
        "hashes": list(pin.hashes),
        "via": vias_as_json(pin.via),
        "notes": [public_text(one) for one in pin.notes],
        "file": _file(file) if file is not None else None,
    }


def _file(file: PinnedFile) -> dict[str, Any]:
    return {
        "state": file.state,
        "filename": _optional(file.filename),
        "size": file.size,
        "uploaded": _optional(file.uploaded),
        "yanked": _optional(file.yanked),
        "is_compiled": file.is_compiled,
        "release_page": file.release_page,
    }


def _held(held: HeldBack) -> dict[str, Any]:
    return {
        "name": held.name,
        "version": public_text(held.version),
        "newer": public_text(held.newer),
        "uploaded": _optional(held.uploaded),
        "by": vias_as_json(held.by),
        "reasons": [public_text(one) for one in held.reasons],
        "is_image": held.is_image,
    }


def vias_as_json(vias: Iterable[Via]) -> list[dict[str, Any]]:
    """Say who asks, and in which words; places that URLs name are left out."""
    return [
        {
            "kind": via.kind,
            "parent": public_text(via.parent),
            "extra": via.extra,
            "constraint": public_text(via.constraint),
            "marker": _optional(via.marker),
            "text": public_text(str(via)),
        }
        for via in vias
    ]
