"""What a person wrote, kept from being replaced by what is made of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["refuse_to_replace"]


def refuse_to_replace(
    inputs: Iterable[str], outputs: Iterable[str | Path | None], *, by: str, hint: str = "Give another file with `-o`."
) -> None:
    """Refuse an output that is an input, by whatever name.

    :param outputs: None and ``-`` are stdout.
    :param by: What would be written: ``the report``.
    :raises UsageError: where one is.
    """
    written = {Path(one).resolve() for one in outputs if one not in (None, "-")}
    for one in inputs:
        if one != "-" and "://" not in one and Path(one).resolve() in written:
            message = f"`{one}` is an input, and {by} would replace it"
            raise UsageError(message, hints=[hint])
