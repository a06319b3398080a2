"""What could be spared: exact bytes, one line to write, what it costs, and what overlaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.weigh.base_savings import build_tools, interpreter_tests
from pipfreeze_lock.weigh.cache_savings import caches
from pipfreeze_lock.weigh.hidden_savings import hidden_bytes
from pipfreeze_lock.weigh.pip_savings import bytecode, development_files, test_suites

if TYPE_CHECKING:
    from pipfreeze_lock.model.weight import Saving
    from pipfreeze_lock.weigh.evidence import Evidence

__all__ = ["savings_of"]

_ALL = (
    bytecode,
    caches,
    test_suites,
    interpreter_tests,
    development_files,
    hidden_bytes,
    build_tools,
)


def savings_of(evidence: Evidence) -> tuple[Saving, ...]:
    """Give all there are, the largest first."""
    found = (one for savings in _ALL for one in savings(evidence) if one.size)
    return tuple(sorted(found, key=lambda one: (-one.size, one.id, one.what)))
