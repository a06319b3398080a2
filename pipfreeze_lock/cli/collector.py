"""Python's collector of cycles, put to rest."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["resting_collector"]


@contextmanager
def resting_collector() -> Iterator[None]:
    """Look for no cycles meanwhile.

    A lock, or an image, is some hundred thousand small objects and hardly a cycle: looking for those took a third of
    the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # else the first look for cycles, right below, would go through all that was made
        gc.enable()
