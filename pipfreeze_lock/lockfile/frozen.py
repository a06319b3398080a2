"""Header lines that only the lock of a frozen image has: ``unpinned``, ``inconsistent``, ``roots``, both ways.

::

    # unpinned: NAME VERSION REASON at=PATH [from=REFERENCE] [layer=DIGEST]     (VERSION is - where nothing tells it)
    # inconsistent: NAME [VERSION] via VIA                                      (without a version nothing is installed)
    # roots: NAME, NAME
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast, get_args

from pipfreeze_lock.lockfile.comments import escape, unescape
from pipfreeze_lock.lockfile.via import parse_via, render_via
from pipfreeze_lock.model.lock import Inconsistency, Unpinned, UnpinnedReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.lock import LockedSet

__all__ = [
    "FROZEN_KEYS",
    "inconsistency_text",
    "parse_inconsistency",
    "parse_roots",
    "parse_unpinned",
    "render_frozen",
    "unpinned_text",
]

FROZEN_KEYS = ("unpinned", "inconsistent", "roots")
_UNKNOWN = "-"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


def render_frozen(lock: LockedSet) -> Iterator[tuple[str, str]]:
    """Give key and value of each line; the values are escaped already."""
    for unpinned in sorted(lock.unpinned, key=lambda one: (one.name, one.path)):
        yield "unpinned", unpinned_text(unpinned)
    for text in sorted(inconsistency_text(one) for one in lock.inconsistent):
        yield "inconsistent", text
    if lock.roots:
        yield "roots", ", ".join(sorted(lock.roots))


def unpinned_text(one: Unpinned) -> str:
    """Write one: words, and at the end ``key=value``."""
    words = [one.name, _word(one.version) or _UNKNOWN, one.reason, f"at={_word(one.path)}"]
    words += [f"{key}={_word(value)}" for key, value in (("from", one.origin), ("layer", one.layer)) if value]
    return " ".join(words)


def parse_unpinned(text: str) -> Unpinned:
    """Read what `unpinned_text` wrote.

    :raises ValueError: for anything else.
    """
    words = text.split(" ")
    known = dict(word.partition("=")[::2] for word in words[3:])
    if len(words) < 4 or "at" not in known or words[2] not in get_args(UnpinnedReason):
        msg = "expected a name, a version, a reason and `at=` with a path"
        raise ValueError(msg)
    return Unpinned(
        name=cast("NormalizedName", words[0]),
        version="" if words[1] == _UNKNOWN else unescape(words[1]),
        reason=cast("UnpinnedReason", words[2]),
        path=unescape(known["at"]),
        origin=unescape(known["from"]) if "from" in known else None,
        layer=known.get("layer"),
    )


def inconsistency_text(one: Inconsistency) -> str:
    """Write one."""
    name = f"{one.name} {_word(one.version)}" if one.version is not None else one.name
    return f"{name} via {render_via(one.via)}"


def parse_inconsistency(text: str) -> Inconsistency:
    """Read what `inconsistency_text` wrote.

    :raises ValueError: for anything else.
    """
    what, _, asker = text.partition(" via ")
    name, _, version = what.partition(" ")
    via = parse_via(asker)
    if not name or via is None:
        msg = "expected a name, maybe a version, and `via` with who asks"
        raise ValueError(msg)
    return Inconsistency(name=cast("NormalizedName", name), version=unescape(version) if version else None, via=via)


def parse_roots(text: str) -> tuple[NormalizedName, ...]:
    """Read names that a comma parts.

    :raises ValueError: where one is none.
    """
    names = text.split(", ")
    if not all(map(_NAME.fullmatch, names)):
        msg = "expected names with commas between them"
        raise ValueError(msg)
    return cast("tuple[NormalizedName, ...]", tuple(names))


def _word(text: str) -> str:
    """Escape a text so that it has no space in it."""
    return escape(text).replace(" ", "\\x20")
