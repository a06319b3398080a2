"""Candidates with their metadata, each made once, in the order in which the target's pip would try them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name

from pipfreeze_lock.errors import BuildError, ResolutionError
from pipfreeze_lock.index.rank import ProjectFiles
from pipfreeze_lock.model.legacy_version import LegacyVersion, read_version
from pipfreeze_lock.resolve.needs import FileCandidate
from pipfreeze_lock.target.extra_names import ExtraNames

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from pipfreeze_lock.index.interface import FileIndex
    from pipfreeze_lock.index.rank import Candidate as IndexCandidate
    from pipfreeze_lock.index.rank import SelectionRules
    from pipfreeze_lock.metadata.interface import MetadataSource
    from pipfreeze_lock.model.core_metadata import CoreMetadata
    from pipfreeze_lock.resolve.interface import ResolutionReporter

__all__ = ["Catalogue", "Hashes", "Replayable"]

Hashes = frozenset[tuple[str, str]]
"""(algorithm, hex digest); empty: any file."""

T = TypeVar("T")


class Replayable(Generic[T]):
    """An iterator that can be walked again, keeping what it gave: the resolver looks at the first of many often."""

    def __init__(self, source: Iterable[T]) -> None:
        self._source = iter(source)
        self._seen: list[T] = []
        self._failure: Exception | None = None

    def __iter__(self) -> Iterator[T]:
        position = 0
        while True:
            if position == len(self._seen):
                if self._failure is not None:  # a generator that raised would say that there is nothing more
                    raise self._failure
                try:
                    self._seen.append(next(self._source))
                except StopIteration:
                    return
                except Exception as error:
                    self._failure = error
                    raise
            yield self._seen[position]
            position += 1


class Catalogue:
    """What exists of each project, and the metadata of those files that the search reaches."""

    def __init__(
        self,
        *,
        index: FileIndex,
        metadata: MetadataSource,
        rules: SelectionRules,
        reporter: ResolutionReporter,
        places: Sequence[str] = (),
    ) -> None:
        """Prepare; nothing is asked yet.

        :param places: The indexes and folders, for messages: without credentials.
        """
        self._index = index
        self._metadata = metadata
        self._rules = rules
        self._reporter = reporter
        self.places = tuple(places)
        self.legacy_specifiers = rules.capabilities.legacy_specifiers
        self.extra_names = ExtraNames.of(rules.capabilities, rules.target.python_release)
        self._projects: dict[NormalizedName, ProjectFiles] = {}
        self._made: dict[str, FileCandidate | None] = {}
        self._found: dict[tuple[NormalizedName, str, Hashes], Replayable[FileCandidate]] = {}
        self.rejected: dict[NormalizedName, dict[str, str]] = {}
        """By project, version or file name to the reason why its metadata ruled it out."""
        self.discarded_builds: list[str] = []
        """Sentences about sdists that were left out since they do not build, as these pips do."""

    def project(self, name: NormalizedName) -> ProjectFiles:
        """Give all files of a project; blocks until its pages are there. May be called from any thread."""
        project = self._projects.get(name)
        if project is None:
            self._reporter.fetching(name)
            index = self._index
            shown = partial(index.filenames_shown_to, self._rules.target.pip)
            found = ProjectFiles(name, index.pages(name), self._rules, filenames_shown=shown)
            project = self._projects.setdefault(name, found)
        return project

    def static_metadata(self, found: IndexCandidate) -> CoreMetadata | None:
        """Give the metadata of a file unless it would have to be built. May be called from any thread."""
        return self._metadata.static_metadata(found.page, found.file)

    def candidates(self, name: NormalizedName, specifier: SpecifierSet, hashes: Hashes) -> Iterable[FileCandidate]:
        """Give the candidates, best first, at most one a version; lazily, since each costs its metadata."""
        key = (name, str(specifier), hashes)
        found = self._found.get(key)
        if found is None:
            ranked = self.project(name).ranked(specifier=specifier, hashes=hashes)
            found = Replayable(self._with_metadata(name, ranked))
            self._found[key] = found
        return found

    def from_file(self, name: NormalizedName, found: IndexCandidate) -> FileCandidate | None:
        """Give the candidate of one file, or None where its metadata rules it out."""
        key = found.page.url_of(found.file)
        if key not in self._made:
            self._made[key] = self._make(name, found)
        return self._made[key]

    def made(self, found: IndexCandidate) -> FileCandidate | None:
        """Give the candidate of a file that the search has looked at; None where it did not, or cannot use it."""
        return self._made.get(found.page.url_of(found.file))

    def _with_metadata(self, name: NormalizedName, ranked: Iterable[IndexCandidate]) -> Iterator[FileCandidate]:
        versions: set[Version] = set()
        for found in ranked:
            if found.version in versions:
                continue
            candidate = self.from_file(name, found)
            if candidate is not None:
                versions.add(found.version)
                yield candidate
            elif self.is_invalid(name, found):
                versions.add(found.version)

    def is_invalid(self, name: NormalizedName, found: IndexCandidate) -> bool:
        """Whether pip would try no other file of that version either (``_iter_built`` in ``found_candidates.py``)."""
        return found.version_text in self.rejected.get(name, {})

    def _make(self, name: NormalizedName, found: IndexCandidate) -> FileCandidate | None:
        self._check_legacy_wheel(found)
        self._reporter.waiting(found.file.filename, found.file.size)
        try:
            metadata = self._metadata.metadata(found.page, found.file)
        except BuildError as error:
            if self._rules.capabilities.failing_build == "error":
                raise
            self._reject(name, found.file.filename, f"it does not build: {error.message}")
            self.discarded_builds.append(f"`{found.file.filename}` was left out: {error.message}")
            return None
        reason = self._inconsistency(name, found, metadata)
        if reason is not None:
            self._reject(name, found.file.filename, reason)
            return None
        candidate = FileCandidate(
            found, name, metadata, legacy_specifiers=self.legacy_specifiers, extra_names=self.extra_names
        )
        return candidate if self._is_readable(candidate) else None

    def _check_legacy_wheel(self, found: IndexCandidate) -> None:
        """Fail where pip does: ``LinkCandidate.__init__`` in its candidates.py reads a wheel's version by PEP 440.

        :raises ResolutionError: for a wheel of another version, and a pip whose resolver comes to it.
        """
        known = self._rules.capabilities
        if not found.is_wheel or not isinstance(found.version, LegacyVersion) or known.resolver == "first seen":
            return
        message = f"pip {known.version} ends with a traceback on `{found.file.filename}`"
        reason = f"`{found.version}` is not a version by PEP 440, as it takes that of a wheel to be"
        hints = [f"If there is an sdist of it, `--no-binary {found.spelling}` leaves the wheel out."]
        raise ResolutionError(message, context=reason, hints=hints)

    def _inconsistency(self, name: NormalizedName, found: IndexCandidate, metadata: CoreMetadata) -> str | None:
        """Say where metadata contradicts the file name: ``_check_metadata_consistency`` in pip's candidates.py.

        pips before 20.3 only warn, and install what the metadata says; what a lock would name is then not there, so
        such a file is passed over for them too. The name of a wheel's METADATA is not looked at where pip reads wheels
        by pkg_resources, which takes the name from the file's: on every Python before 3.11.
        """
        takes_name_of_file = found.is_wheel and self._rules.target.python_release < (3, 11)
        if canonicalize_name(metadata.name) != name and not takes_name_of_file:
            return f"its metadata says it is `{metadata.name}`"
        if read_version(metadata.version) != found.version:
            return f"its metadata says it is version {metadata.version}"
        return None

    def _is_readable(self, candidate: FileCandidate) -> bool:
        """Whether all of its ``Requires-Dist`` can be read, or this pip finds out only where it needs them."""
        if not self._rules.capabilities.invalid_metadata_skips_version:
            return True  # see `PipProvider.dependencies_that_hold`
        try:
            _ = candidate.dependencies
        except InvalidRequirement as error:
            first_line = str(error).partition("\n")[0]
            self._reject(candidate.name, candidate.found.version_text, f"its metadata is invalid: {first_line}")
            return False
        return True

    def _reject(self, name: NormalizedName, which: str, reason: str) -> None:
        self.rejected.setdefault(name, {})[which] = reason
        self._reporter.rejected(name, which, reason)
