"""What is in the wheels of an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipfreeze_lock.footprint.interface import WheelMember
    from pipfreeze_lock.http.interface import HttpClient
    from pipfreeze_lock.index.cache import Cache
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage

__all__ = ["IndexWheelFiles"]


class IndexWheelFiles:
    """Reads wheels by ranges, and keeps what it read in our cache where the index gives a sha256."""

    def __init__(self, client: HttpClient, cache: Cache) -> None:
        self._client = client
        self._cache = cache

    def members(self, page: ProjectPage, file: IndexFile) -> Sequence[WheelMember]:
        """Give all that is in a wheel, in the order of its directory."""
        raise NotImplementedError

    def contents(self, page: ProjectPage, file: IndexFile, names: Sequence[str]) -> Mapping[str, bytes]:
        """Give what some members hold."""
        raise NotImplementedError

    def headers(self, url: str) -> Mapping[str, str]:
        """Give the headers of the answer to a GET of a URL."""
        raise NotImplementedError
