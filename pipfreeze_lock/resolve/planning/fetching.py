"""Which files a pip downloads, as it comes to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipfreeze_lock.model.plan import Fetched

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from pipfreeze_lock.index.rank import Candidate as IndexCandidate
    from pipfreeze_lock.resolve.needs import FileCandidate
    from pipfreeze_lock.target.pip_capabilities import PipCapabilities

__all__ = ["Fetching", "LookedAt"]


class LookedAt(NamedTuple):
    """A file whose metadata pip wants to know."""

    name: NormalizedName
    found: IndexCandidate
    is_whole: bool
    """Whether it fetches all of it for that."""


class Fetching:
    """Keeps account over one run of pip.

    :param hash_mode: Then no metadata is taken without the file: ``_fetch_metadata_only`` in ``operations/prepare.py``.
    """

    def __init__(self, known: PipCapabilities, *, hash_mode: bool) -> None:
        self._known = known
        self._hash_mode = hash_mode
        self._looked_at: dict[str, LookedAt] = {}

    def look_at(self, name: NormalizedName, found: IndexCandidate) -> None:
        """Note that pip makes a candidate of this file; a second time costs it nothing."""
        self._looked_at.setdefault(found.url, LookedAt(name, found, self._is_whole(found)))

    @property
    def looked_at(self) -> tuple[LookedAt, ...]:
        """All of them, in order."""
        return tuple(self._looked_at.values())

    def fetched(self, installed: Iterable[FileCandidate]) -> list[Fetched]:
        """Give what is fetched, in order: first what is fetched whole for its metadata, then what else is installed."""
        urls = {candidate.found.url: candidate.found for candidate in installed}
        whole = [one.found for one in self._looked_at.values() if one.is_whole]
        later = [found for url, found in urls.items() if not self._looked_at[url].is_whole]
        return [
            Fetched(file=found.file, page=found.page, reason="install" if found.url in urls else "search")
            for found in (*whole, *later)
            if not found.url.startswith("file:")
        ]

    def _is_whole(self, found: IndexCandidate) -> bool:
        known, file = self._known, found.file
        if self._hash_mode or not found.is_wheel or not known.metadata_files or file.core_metadata is False:
            return True
        # pip 22.3 to 23.1 know the older name alone, which stands in HTML; in JSON it never was what they look for
        # (PEP 714). A page in JSON says sizes (PEP 700), one in HTML cannot.
        return not known.core_metadata_attribute and file.size is not None
