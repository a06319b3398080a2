"""Walks ahead of the resolver, so that what it will ask for is there already.

A cold lock is bound by round trips: pages, then metadata, then the pages of what that names. The resolver asks for
one thing at a time; this walk follows the most likely answers with many threads. It decides nothing: what it fetches
in vain costs time alone, and an error is left for the resolver to meet.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement
from packaging.specifiers import SpecifierSet

from pipfreeze_lock.errors import PipfreezeLockError
from pipfreeze_lock.resolve.needs import parse_dependency

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from pipfreeze_lock.index.rank import Candidate as IndexCandidate
    from pipfreeze_lock.model.requirement import Requirement
    from pipfreeze_lock.resolve.catalogue import Catalogue
    from pipfreeze_lock.resolve.interface import Preferred
    from pipfreeze_lock.resolve.needs import Dependency

__all__ = ["Prefetcher"]

_THREADS = 32


class Prefetcher:
    """Fetches pages and metadata of the best candidates of everything that is asked for, on and on."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        holds: Callable[[Marker, Collection[NormalizedName]], bool],
        left_out: Collection[NormalizedName],
        preferred: Mapping[NormalizedName, Preferred],
    ) -> None:
        """Prepare; nothing is fetched yet.

        :param left_out: Projects that need no look: the base set has them.
        """
        self._catalogue = catalogue
        self._holds = holds
        self._left_out = left_out
        self._preferred = preferred
        self._pool = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="prefetch")
        self._lock = Lock()
        self._bug: Exception | None = None
        self._narrowed: set[tuple[NormalizedName, SpecifierSet]] = set()
        self._known: dict[NormalizedName, SpecifierSet] = {}
        self._walked: set[tuple[str, frozenset[NormalizedName]]] = set()

    def start(self, requirements: Iterable[Requirement], constraints: Iterable[Requirement]) -> None:
        """Start from the inputs; returns at once."""
        for constraint in constraints:
            self._narrow(constraint.name, constraint.specifier)
        roots = list(requirements)
        for root in roots:
            self._narrow(root.name, root.specifier)
        for name, extras in dict.fromkeys((root.name, root.extras) for root in roots if root.url is None):
            self._submit(name, extras)

    def stop(self) -> None:
        """Begin nothing more; what is under way ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._bug is not None:
            raise self._bug

    def _narrow(self, name: NormalizedName, specifier: SpecifierSet) -> None:
        if not specifier:
            return
        with self._lock:
            if (name, specifier) in self._narrowed:  # a set keeps what it has already, and grows
                return
            self._narrowed.add((name, specifier))
            self._known[name] = self._known.get(name, SpecifierSet()) & specifier

    def _submit(self, name: NormalizedName, extras: frozenset[NormalizedName]) -> None:
        if name in self._left_out:
            return
        try:
            self._pool.submit(self._walk, name, extras)
        except RuntimeError:  # the resolver was faster, and the pool is shut
            return

    def _walk(self, name: NormalizedName, extras: frozenset[NormalizedName]) -> None:
        try:
            found = self._best(name)
            if found is None or not self._is_new(found, extras):
                return
            metadata = self._catalogue.static_metadata(found)
        except PipfreezeLockError:
            return  # the resolver meets the same error, if it ever comes here, and tells it
        except Exception as error:  # noqa: BLE001  no thread may take a bug of ours with it: `stop` raises it
            self._bug = error
            return
        if metadata is None:
            return
        for text in metadata.requires_dist:
            dependency = self._dependency(text, extras)
            if dependency is not None:
                self._narrow(dependency.name, dependency.specifier)
                self._submit(dependency.name, dependency.extras)

    def _best(self, name: NormalizedName) -> IndexCandidate | None:
        project = self._catalogue.project(name)
        with self._lock:
            specifier = self._known.get(name, SpecifierSet())
        preferred = self._preferred.get(name)
        if preferred is not None:
            locked = specifier & SpecifierSet(f"==={preferred.version}")
            found = next(iter(project.ranked(specifier=locked, hashes=frozenset())), None)
            if found is not None:
                return found
        return next(iter(project.ranked(specifier=specifier, hashes=frozenset())), None)

    def _is_new(self, found: IndexCandidate, extras: frozenset[NormalizedName]) -> bool:
        key = (found.file.filename, extras)
        with self._lock:
            if key in self._walked:
                return False
            self._walked.add(key)
            return True

    def _dependency(self, text: str, extras: frozenset[NormalizedName]) -> Dependency | None:
        try:
            dependency = parse_dependency(
                text,
                legacy_specifiers=self._catalogue.legacy_specifiers,
                extra_names=self._catalogue.extra_names,
            )
        except InvalidRequirement:
            return None
        if dependency.url is not None:
            return None
        if dependency.marker is not None and not self._holds(dependency.marker, extras):
            return None
        return dependency
