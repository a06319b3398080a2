"""``--require-hashes``: what it demands of every file that pip fetches; what is installed is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.errors import ResolutionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.specifiers import SpecifierSet

    from pipfreeze_lock.model.requirement import Requirement
    from pipfreeze_lock.resolve.planning.fetching import LookedAt
    from pipfreeze_lock.resolve.planning.interface import PlanRequest

__all__ = ["check_all_pinned", "is_hash_mode", "is_pinned", "not_pinned"]


def is_hash_mode(request: PlanRequest, lines: Iterable[Requirement]) -> bool:
    """Whether it is in force: by option, by a line of an input, or since one of these lines has a hash."""
    options = request.requirements.options
    return request.require_hashes or options.require_hashes or any(one.hashes for one in lines)


def is_pinned(specifier: SpecifierSet) -> bool:
    """``InstallRequirement.is_pinned`` in pip's ``req/req_install.py``: ``==1.*`` counts."""
    parts = list(specifier)
    return len(parts) == 1 and parts[0].operator in ("==", "===")


def check_all_pinned(looked_at: Iterable[LookedAt], lines: Iterable[Requirement], pip: str) -> None:
    """Hold every file that was looked at against the lines.

    Source: ``_get_linked_req_hashes`` in pip's ``operations/prepare.py``.

    :param lines: Those that may give a hash, whose markers hold.
    :raises ResolutionError: for those that no line pins with a hash.
    """
    pinned = {one.name for one in lines if one.hashes and (one.url is not None or is_pinned(one.specifier))}
    missing = sorted({one.name for one in looked_at} - pinned)
    if missing:
        raise not_pinned(missing, pip)


def not_pinned(names: Iterable[str], pip: str) -> ResolutionError:
    """Give the error for what would have to be fetched, and no line pins with a hash."""
    listed = ", ".join(f"`{name}`" for name in names)
    message = f"pip {pip} refuses to install {listed}: no line pins it with a hash, and hash mode is in force"
    hints = ["Lock all that the requirements need, dependencies too.", "Or leave the hashes out of every line."]
    return ResolutionError(message, hints=hints)
