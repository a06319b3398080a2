"""Whether every pin has hashes that pip's hash mode takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipfreeze_lock.check import rules
from pipfreeze_lock.check.context import pin_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipfreeze_lock.check.context import CheckContext
    from pipfreeze_lock.model.finding import Finding
    from pipfreeze_lock.model.lock import Pin

__all__ = ["hash_findings"]

_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
"""pip's ``STRONG_HASHES`` (``_internal/utils/hashes.py``), and how many hexadecimal digits each has."""
_DIGITS = re.compile(r"[0-9a-f]*")


def hash_findings(context: CheckContext, pins: Sequence[Pin] | None = None) -> Iterator[Finding]:
    """Say of each pin what is wrong with its hashes; a lock without any was made so (``--no-hashes``).

    :param pins: None: the lock's.
    """
    pins = context.lock.pins if pins is None else pins
    if not any(pin.hashes for pin in pins):
        return
    for pin in pins:
        if not pin.hashes:
            yield context.finding(rules.MISSING_HASH, f"`{pin_text(pin)}` has no hash", pin=pin)
        for text in pin.hashes:
            algorithm, _, digest = text.partition(":")
            if algorithm not in _LENGTHS:
                message = f"`{pin_text(pin)}` has a hash by `{algorithm}`, which pip does not take in hash mode"
                yield context.finding(rules.WEAK_HASH, message, pin=pin)
            elif len(digest) != _LENGTHS[algorithm] or not _DIGITS.fullmatch(digest):
                message = f"`{pin_text(pin)}` has `{algorithm}:{digest[:12]}…`, which is not a {algorithm} digest"
                yield context.finding(rules.MALFORMED_HASH, message, pin=pin)
