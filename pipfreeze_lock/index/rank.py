"""The files of a project in the order in which the target's pip would try them.

pip does it in ``CandidateEvaluator`` of its ``index/package_finder.py`` (filter by specifier, filter by hash, sort) and
in ``Factory._iter_found_candidates`` of its ``resolution/resolvelib/factory.py`` (yanked files, best first). It does so
for all files at once; here a file is evaluated when its version is reached, since a page may list ten thousand.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from packaging.utils import canonicalize_name

from pipfreeze_lock.index.evaluate import Rejected, SelectionRules, evaluate
from pipfreeze_lock.index.filenames import parse_version, parse_wheel_name, sdist_version, split_suffix
from pipfreeze_lock.model.legacy_version import LegacyVersion
from pipfreeze_lock.target.specifiers import may_contain_legacy_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from pipfreeze_lock.index.evaluate import Accepted
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage

__all__ = ["Candidate", "ProjectFiles", "SelectionRules", "is_hash_allowed"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be chosen."""

    file: IndexFile
    page: ProjectPage
    version: Version
    version_text: str
    """As the file name spells it, normalised by PEP 440 where that knows it: ``1.0.0`` and ``1.0`` are two texts of one
    version."""
    is_wheel: bool
    spelling: str
    """The project's name as the file name spells it: pip below 19.0 finds an sdist under that name alone, ``_`` and
    ``-`` and upper and lower case taken for the same, but not ``.``."""
    preference: tuple[object, ...]
    """Greater is better, among files of one version."""

    @property
    def is_yanked(self) -> bool:
        """See `IndexFile.is_yanked`."""
        return self.file.is_yanked

    @property
    def url(self) -> str:
        """Absolute, without fragment."""
        return self.page.url_of(self.file)


_Entry: TypeAlias = "tuple[IndexFile, ProjectPage, int]"
"""A file and its place on pip's list; of equals some pips take the first, others the last. There are many: so plain."""
_Pool: TypeAlias = "Callable[[], Iterator[list[Candidate]]]"
"""Gives, each time it is called, the candidates that fit, one list for each version, newest first."""


class ProjectFiles:
    """All files of one project on all places, grouped by version; the groups are evaluated when they are needed.

    May be asked from several threads at once; at worst they do the same work twice.

    :param filenames_shown: Gives the file names of a page in the order in which this pip is shown them, which for one
        that is not shown JSON may be another than ours; asked only where two files are equally good.
    """

    def __init__(
        self,
        name: NormalizedName,
        pages: Sequence[ProjectPage],
        rules: SelectionRules,
        *,
        filenames_shown: Callable[[ProjectPage], Sequence[str] | None] | None = None,
    ) -> None:
        self.name = name
        self._filenames_shown = None if rules.capabilities.json_everywhere else filenames_shown
        self.pages = pages
        self._rules = rules
        self._groups: dict[Version, list[_Entry]] = {}
        self._without_version: list[_Entry] = []
        self._candidates: dict[Version, list[Candidate]] = {}
        self._group()
        self._ascending = sorted(self._groups)
        self._legacy_count = sum(isinstance(version, LegacyVersion) for version in self._groups)

    def ranked(
        self,
        *,
        specifier: SpecifierSet,
        hashes: Collection[tuple[str, str]] = (),
        allow_prereleases: bool | None = None,
    ) -> Iterator[Candidate]:
        """Give the candidates that fit, best first, and lazily; of one version all files come, its best before others.

        pip's resolver asks for the next file of a version only where the first one turned out to be unusable.

        :param hashes: Allowed (algorithm, hex digest) pairs; they change the order, and only for pips that look at
            the hashes of links. A file with another hash may still come, as it does in pip, which then refuses it.
        :param allow_prereleases: None leaves it to `SelectionRules.prereleases` and the specifier.
        """
        pinned = _is_pinned(specifier)
        if allow_prereleases is None:
            allow_prereleases = self._rules.prereleases(self.name)
        if allow_prereleases is None and self._rules.specifiers.admits_prereleases(specifier):
            allow_prereleases = True
        for pool in self._pools(specifier, allow_prereleases=allow_prereleases):
            if not any(pool()):
                continue
            if hashes and self._rules.capabilities.prefers_allowed_hash:
                yield from self._by_hash(chain.from_iterable(pool()), hashes, pinned=pinned)
            else:
                yield from self._by_preference(pool, pinned=pinned)
            return

    def candidates(self, version: Version) -> list[Candidate]:
        """Give the files of a version that this pip would consider, best first."""
        found = self._candidates.get(version)
        if found is None:
            entries = filter(self._may_be_accepted, self._groups.get(version, []))
            verdicts = ((place, evaluate(file, page, self.name, self._rules)) for file, page, place in entries)
            accepted = [self._candidate(one, place) for place, one in verdicts if not isinstance(one, Rejected)]
            found = self._candidates[version] = self._as_shown(sorted(accepted, key=_preference, reverse=True))
        return found

    def versions(self) -> list[Version]:
        """Give all versions that there is a file of, newest first, whether or not this pip would take one."""
        return self._ascending[::-1]

    def rejections(self, version: Version | None = None) -> list[Rejected]:
        """Give the files that this pip passes over, with the reasons: of one version, or all."""
        if version is not None:
            entries: Iterable[_Entry] = self._groups.get(version, [])
        else:
            groups = (self._groups[known] for known in reversed(self._ascending))
            entries = chain(chain.from_iterable(groups), self._without_version)
        verdicts = (evaluate(file, page, self.name, self._rules) for file, page, _ in entries)
        return [verdict for verdict in verdicts if isinstance(verdict, Rejected)]

    def rejections_without_version(self) -> list[Rejected]:
        """Give, of those, the files whose names tell no version that this pip knows."""
        verdicts = (evaluate(file, page, self.name, self._rules) for file, page, _ in self._without_version)
        return [verdict for verdict in verdicts if isinstance(verdict, Rejected)]

    def _pools(self, specifier: SpecifierSet, *, allow_prereleases: bool | None) -> Iterator[_Pool]:
        """Give what to try; the second only where the first has no candidate.

        ``SpecifierSet.filter`` in the packaging that pip carries.
        """
        if allow_prereleases:
            yield lambda: self._matching(specifier)
            return
        yield lambda: self._matching(specifier, prereleases=False)
        if allow_prereleases is None and (not specifier or self._rules.capabilities.prerelease_fallback):
            yield lambda: self._matching(specifier, prereleases=True)

    def _matching(self, specifier: SpecifierSet, *, prereleases: bool | None = None) -> Iterator[list[Candidate]]:
        """Give the candidates of each version that fits, newest first.

        :param prereleases: Whether to give pre-releases alone or final releases alone; None gives both.
        """
        # `===` compares texts, of which a version may have several.
        texts = {part.version.lower() for part in specifier if part.operator == "==="}
        predicates = [self._rules.specifiers.predicate(part) for part in specifier if part.operator != "==="]
        for place in range(len(self._ascending) - 1, self._lowest_place(specifier) - 1, -1):
            version = self._ascending[place]
            if prereleases is not None and version.is_prerelease is not prereleases:
                continue
            if all(predicate(version) for predicate in predicates):
                found = self.candidates(version)
                yield [one for one in found if texts == {one.version_text.lower()}] if texts else found

    def _lowest_place(self, specifier: SpecifierSet) -> int:
        """Give a place below which no version can fit, so that a pin does not walk through all that is older."""
        bounds = (parse_version(part.version) for part in specifier if part.operator in (">=", "==", ">", "~="))
        lowest = max((bound for bound in bounds if bound is not None), default=None)
        if lowest is not None:
            return bisect_left(self._ascending, lowest)
        return 0 if may_contain_legacy_versions(specifier) else self._legacy_count

    def _by_preference(self, pool: _Pool, *, pinned: bool) -> Iterator[Candidate]:
        """Not yanked before yanked, then wheels before sdists where binaries are preferred, then by version."""
        if self._rules.capabilities.yanked == "unknown":
            yield from self._by_kind(pool, lambda _: True)
            return
        is_empty = True
        for candidate in self._by_kind(pool, lambda candidate: not candidate.is_yanked):
            is_empty = False
            yield candidate
        if self._may_be_yanked(are_all=is_empty, pinned=pinned):
            yield from self._by_kind(pool, lambda candidate: candidate.is_yanked)

    def _by_kind(self, pool: _Pool, wanted: Callable[[Candidate], bool]) -> Iterator[Candidate]:
        kinds: tuple[bool | None, ...] = (True, False) if self._rules.prefer_binary else (None,)
        for is_wheel in kinds:
            for candidate in chain.from_iterable(pool()):
                if wanted(candidate) and is_wheel in (None, candidate.is_wheel):
                    yield candidate

    def _may_be_yanked(self, *, are_all: bool, pinned: bool) -> bool:
        match self._rules.capabilities.yanked:
            case "unknown" | "last":
                return True
            case "when all are":
                return are_all
            case "when pinned and all are":
                return are_all and pinned

    def _by_hash(
        self, candidates: Iterable[Candidate], hashes: Collection[tuple[str, str]], *, pinned: bool
    ) -> Iterator[Candidate]:
        """Sort by the whole key of pip, allowed hash first, after ``filter_unallowed_hashes``."""
        found = list(candidates)
        allowed = {id(candidate): is_hash_allowed(candidate.file, hashes) for candidate in found}
        if any(allowed.values()):
            found = [candidate for candidate in found if allowed[id(candidate)] or not candidate.file.hashes]
        may_be_yanked = self._may_be_yanked(are_all=all(one.is_yanked for one in found), pinned=pinned)
        prefer_binary = self._rules.prefer_binary
        # `found` is best first already, and the sort is stable.
        found.sort(
            key=lambda one: (allowed[id(one)], not one.is_yanked, prefer_binary and one.is_wheel, one.version),
            reverse=True,
        )
        return (candidate for candidate in found if may_be_yanked or not candidate.is_yanked)

    def _may_be_accepted(self, entry: _Entry) -> bool:
        """Pass over wheels of other Pythons and platforms, most of all files, before their names are taken apart."""
        filename = entry[0].filename
        if not filename.endswith(".whl"):
            return True
        return self._rules.tag_place("-".join(filename[:-4].rsplit("-", 3)[1:])) is not None

    def _candidate(self, accepted: Accepted, place: int) -> Candidate:
        return Candidate(
            accepted.file,
            accepted.page,
            accepted.version,
            str(accepted.version),
            accepted.tag_place is not None,
            accepted.spelling,
            self._preference(accepted, place),
        )

    def _preference(self, accepted: Accepted, place: int) -> tuple[object, ...]:
        """``_sort_key`` of pip below the version, and what pip takes of equals."""
        known = self._rules.capabilities
        tag = -accepted.tag_place if accepted.tag_place is not None else -len(self._rules.tags)
        among_equals = place if known.takes_last_of_equals else -place
        match known.key_order:
            case "version, tag":
                return tag, among_equals
            case "version, build, tag":
                return accepted.build, tag, among_equals
            case "version, tag, build":
                return tag, accepted.build, among_equals

    def _as_shown(self, found: list[Candidate]) -> list[Candidate]:
        """Order the best of one version as this pip is shown them, where only their places tell them apart."""
        if self._filenames_shown is None or len(found) < 2 or found[0].preference[:-1] != found[1].preference[:-1]:
            return found
        best = [one for one in found if one.preference[:-1] == found[0].preference[:-1]]
        names = self._filenames_shown(best[0].page) if all(one.page is best[0].page for one in best) else None
        places = {name: place for place, name in enumerate(names or ())}
        if not all(one.file.filename in places for one in best):
            return found
        takes_last = self._rules.capabilities.takes_last_of_equals
        best.sort(key=lambda one: places[one.file.filename], reverse=takes_last)
        return best + found[len(best) :]

    def _group(self) -> None:
        """Put each file to its version with as little work as its name allows; `evaluate` judges it later."""
        by_text: dict[str, list[_Entry]] = {}
        projects: dict[str, bool] = {}
        for place, (file, page) in enumerate(self._in_order_of_list()):
            text = self._version_text(file.filename, projects)
            if text in by_text:
                by_text[text].append((file, page, place))
            else:
                by_text[text] = [(file, page, place)]
        for text, entries in by_text.items():
            version = parse_version(text)
            if version is None and text and self._rules.capabilities.legacy_versions:
                version = LegacyVersion(text)
            if version is None:
                self._without_version += entries
            elif version in self._groups:
                self._groups[version] += entries
            else:
                self._groups[version] = entries

    def _version_text(self, filename: str, projects: dict[str, bool]) -> str:
        """Give the version part of a file name; empty where there is none, and maybe no version at all."""
        if filename.endswith(".whl"):
            parts = filename.split("-")
            if (
                len(parts) > 1
                and "_" not in parts[1]
                and (len(parts) == 5 or (len(parts) == 6 and parts[2][:1].isdecimal()))
            ):
                return parts[1]
            parsed = parse_wheel_name(filename, self._rules.capabilities.wheel_names)
            return parsed.version_text if parsed is not None else ""
        stem = filename[:-7] if filename.endswith(".tar.gz") else split_suffix(filename)[0]
        project, _, text = stem.rpartition("-")
        if project not in projects:
            projects[project] = canonicalize_name(project) == self.name
        if not projects[project]:
            text = sdist_version(stem, self.name) or ""
        # Such an ending names the one Python that the file is for, and is no part of the version.
        return text.partition("-py")[0] if "-py" in text else text

    def _in_order_of_list(self) -> Iterator[tuple[IndexFile, ProjectPage]]:
        """Give the files in the order of pip's list: files of local folders by descending URL, then page by page.

        ``find_all_candidates`` in pip's ``index/package_finder.py``.
        """
        folders = [page for page in self.pages if _is_folder(page)]
        if folders:
            local = [(file, page) for page in folders for file in page.files]
            yield from sorted(local, key=lambda pair: pair[1].url_of(pair[0]), reverse=True)
        rest = [page for page in self.pages if not any(page is folder for folder in folders)]
        if len(rest) > 1:
            first = self._rules.capabilities.find_links_pages_first
            rest = sorted(rest, key=lambda page: _is_find_links(page) is not first)
        for page in rest:
            for file in page.files:
                yield file, page


def is_hash_allowed(file: IndexFile, hashes: Collection[tuple[str, str]]) -> bool:
    """Whether a listed hash of a file is among the allowed (algorithm, hex digest) pairs."""
    return any(pair in hashes for pair in file.hashes.items())


def _preference(candidate: Candidate) -> tuple[object, ...]:
    return candidate.preference


def _is_pinned(specifier: SpecifierSet) -> bool:
    """``is_pinned`` in pip's resolvelib/factory.py."""
    return any(
        part.operator == "===" or (part.operator == "==" and not part.version.endswith(".*")) for part in specifier
    )


def _is_find_links(page: ProjectPage) -> bool:
    """Whether a page is not a project's page below an index, but one for all projects."""
    return not page.url.removesuffix("/index.html").rstrip("/").endswith(f"/{page.name}")


def _is_folder(page: ProjectPage) -> bool:
    """Whether its files are local archives, not links that a local HTML file holds."""
    return page.url.startswith("file:") and not page.url.lower().endswith((".html", ".htm")) and _is_find_links(page)
