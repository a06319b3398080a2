"""Explain a selection: what became of each file of a project, in the order in which this pip would try them.

Nothing is decided here: `evaluate` and `ProjectFiles.ranked` are asked again, for every file instead of the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from pipfreeze_lock.model.legacy_version import LegacyVersion, read_version
from pipfreeze_lock.model.selection import FileVerdict, ReleaseVerdict, Selection
from pipfreeze_lock.model.url import redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.version import Version

    from pipfreeze_lock.index.evaluate import Rejected, SelectionRules
    from pipfreeze_lock.index.rank import Candidate, ProjectFiles
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.lock import Via
    from pipfreeze_lock.model.selection import ReleaseStatus

__all__ = ["UNEXPLAINED", "Chosen", "most_telling", "selection_of"]

UNEXPLAINED = "no requirement excludes it: the lock keeps an earlier pin, or what it needs itself did not fit"
"""Of a release that ranks above the chosen one: its files alone do not say more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """What was chosen of a project, and who asks for it."""

    version: str | None = None
    hashes: frozenset[str] = frozenset()
    """``sha256:…`` of the files that the lock allows."""
    filename: str | None = None
    """The file, where it is known; else the best one whose hash is among `hashes`."""
    vias: tuple[Via, ...] = ()
    is_base: bool = False
    """It is the base image's, so that no file was taken."""
    ruled_out: Mapping[str, str] = field(default_factory=dict)
    """By version or file name, why the metadata of a file ruled it out."""


def selection_of(
    project: ProjectFiles, rules: SelectionRules, chosen: Chosen, *, newer_only: bool = False
) -> Selection:
    """Say what became of each file.

    Linear in the files, which may be some ten thousand.

    :param newer_only: Whether releases that are older than the chosen one are left out.
    """
    return _Explanation(project, rules, chosen).selection(newer_only=newer_only)


_IN_REACH = ("it needs pip", "it needs glibc", "it needs musl", "it is for another platform")
_TELLING = ("too new", "requires-python", *_IN_REACH, "only-binary", "no-binary", "tags")


def most_telling(rejections: Iterable[Rejected]) -> list[Rejected]:
    """Sort the reasons of a version's files: what holds for the release, then the wheel that came nearest."""
    return sorted(rejections, key=_telling)


def _telling(rejected: Rejected) -> int:
    starts = [start for start in _IN_REACH if rejected.reason.startswith(start)]
    kind = starts[0] if rejected.cause == "tags" and starts else rejected.cause
    return _TELLING.index(kind) if kind in _TELLING else len(_TELLING)


class _Explanation:
    def __init__(self, project: ProjectFiles, rules: SelectionRules, chosen: Chosen) -> None:
        self._project = project
        self._rules = rules
        self._chosen = chosen
        self._version = _version(chosen.version)
        self._asked = [(via, specifier) for via in chosen.vias if (specifier := self._specifier(via)) is not None]
        self._ranks: dict[int, int] = {}
        self._ranked: list[Candidate] = []

    def selection(self, *, newer_only: bool) -> Selection:
        together = SpecifierSet()
        for _, specifier in self._asked:
            together &= specifier
        self._ranked = list(self._project.ranked(specifier=together))
        self._ranks = {id(one.file): place for place, one in enumerate(self._ranked, start=1)}
        chosen_file = self._chosen_file()
        lowest = self._version if newer_only else None
        versions = [one for one in self._project.versions() if lowest is None or one >= lowest]
        releases = [self._release(version, chosen_file) for version in versions]
        return Selection(
            name=self._project.name,
            target=str(self._rules.target),
            places=tuple(dict.fromkeys(redact(str(page.index)) for page in self._project.pages)),
            chosen_version=self._chosen.version,
            chosen_file=chosen_file.file.filename if chosen_file is not None else None,
            releases=(*releases, *(() if newer_only else self._unversioned())),
            notes=tuple(self._notes(chosen_file)),
            is_base=self._chosen.is_base,
        )

    def _specifier(self, via: Via) -> SpecifierSet | None:
        if not via.constraint or via.constraint.startswith("@"):
            return None
        try:
            return SpecifierSet(self._rules.specifiers.read(part) for part in via.constraint.split(","))
        except InvalidSpecifier:  # a legacy one, for a pip that reads none: it was overlooked then, too
            return None

    def _chosen_file(self) -> Candidate | None:
        if self._version is None or self._chosen.is_base:
            return None
        candidates = self._project.candidates(self._version)
        for one in candidates:
            digest = one.file.hashes.get("sha256")
            if self._chosen.filename is not None:
                if one.file.filename == self._chosen.filename:
                    return one
            elif not self._chosen.hashes or digest is None or f"sha256:{digest}" in self._chosen.hashes:
                return one
        return None

    def _notes(self, chosen_file: Candidate | None) -> Iterable[str]:
        if self._version is None or self._chosen.is_base or chosen_file is not None:
            return
        if self._version not in self._project.versions():
            yield f"{self._version} is no longer there"
        else:
            yield f"no file of {self._version} that this pip takes has a hash that the lock allows"

    def _release(self, version: Version, chosen_file: Candidate | None) -> ReleaseVerdict:
        candidates = self._project.candidates(version)
        rejections = most_telling(self._project.rejections(version))
        status, reasons = self._status(version, candidates, rejections)
        accepted = [self._accepted(one, chosen_file) for one in candidates]
        return ReleaseVerdict(
            version=str(version),
            status=status,
            reasons=tuple(reasons),
            excluded_by=tuple(self._excluding(version)) if status == "excluded" else (),
            files=(*accepted, *map(self._rejected, rejections)),
        )

    def _excluding(self, version: Version) -> Iterable[Via]:
        return (via for via, specifier in self._asked if not self._rules.specifiers.contains(specifier, version))

    def _status(
        self, version: Version, candidates: Sequence[Candidate], rejections: Sequence[Rejected]
    ) -> tuple[ReleaseStatus, Sequence[str]]:
        if version == self._version:
            return "chosen", ()
        if not candidates:
            return "rejected", [_group(rejections[0])] if rejections else []
        excluding = list(self._excluding(version))
        if excluding:
            return "excluded", [f"{_who(via)} {via.constraint}" for via in excluding]
        ranks = [self._ranks[id(one.file)] for one in candidates if id(one.file) in self._ranks]
        if not ranks:
            return "left out", [self._why_left_out(version, candidates)]
        if self._version is None or self._is_lower(version, min(ranks)):
            return "lower", self._why_lower(version, candidates)
        return "passed over", [self._why_passed_over(candidates)]

    def _is_lower(self, version: Version, rank: int) -> bool:
        if self._version is None:
            return False
        own = [
            self._ranks[id(one.file)] for one in self._project.candidates(self._version) if id(one.file) in self._ranks
        ]
        return rank > min(own) if own else version < self._version

    def _why_lower(self, version: Version, candidates: Sequence[Candidate]) -> list[str]:
        """Say why a newer version ranks below; that an older one does needs no words."""
        if self._version is None or version < self._version:
            return []
        if self._rules.prefer_binary and not any(one.is_wheel for one in candidates):
            return ["`--prefer-binary`: it has no wheel for this pip, and an older release has"]
        if all(one.is_yanked for one in candidates):
            return [f"it is yanked: {candidates[0].file.yanked_reason}"]
        return ["it ranks below"]

    def _why_left_out(self, version: Version, candidates: Sequence[Candidate]) -> str:
        if all(one.is_yanked for one in candidates):
            return f"it is yanked: {candidates[0].file.yanked_reason}"
        if isinstance(version, LegacyVersion):
            return "it is no version by PEP 440, so that only `===` chooses it"
        if version.is_prerelease:
            return "it is a pre-release, and no requirement asks for one"
        return "`===` asks for another spelling of the version"

    def _why_passed_over(self, candidates: Sequence[Candidate]) -> str:
        for one in candidates:
            reason = self._chosen.ruled_out.get(one.file.filename) or self._chosen.ruled_out.get(one.version_text)
            if reason is not None:
                return reason
        if self._chosen.is_base:
            return "what the base image has satisfies all that ask"
        return UNEXPLAINED

    def _accepted(self, one: Candidate, chosen_file: Candidate | None) -> FileVerdict:
        return _verdict(
            one.file,
            one.page,
            accepted=True,
            chosen=chosen_file is not None and one.file is chosen_file.file,
            rank=self._ranks.get(id(one.file)),
        )

    def _rejected(self, one: Rejected) -> FileVerdict:
        return _verdict(one.file, one.page, cause=one.cause, reason=one.reason, group=_group(one))

    def _unversioned(self) -> Iterable[ReleaseVerdict]:
        """Give the files that stand under no version."""
        files = tuple(map(self._rejected, self._project.rejections_without_version()))
        if files:
            reasons = tuple(dict.fromkeys(file.group or "" for file in files))
            yield ReleaseVerdict(version="", status="rejected", reasons=reasons, files=files)


def _verdict(
    file: IndexFile,
    page: ProjectPage,
    *,
    accepted: bool = False,
    chosen: bool = False,
    rank: int | None = None,
    cause: str | None = None,
    reason: str | None = None,
    group: str | None = None,
) -> FileVerdict:
    return FileVerdict(
        filename=file.filename,
        url=redact(page.url_of(file)),
        kind="wheel" if file.filename.endswith(".whl") else "other" if cause == "file kind" else "sdist",
        accepted=accepted,
        chosen=chosen,
        rank=rank,
        cause=cause,
        reason=reason,
        group=group,
        yanked=file.yanked_reason if file.is_yanked else None,
        size=file.size,
        upload_time=file.upload_time,
        requires_python=file.requires_python,
        hashes=tuple(sorted(f"{algorithm}:{digest}" for algorithm, digest in file.hashes.items())),
    )


def _group(rejected: Rejected) -> str:
    """Leave out of a reason what differs from file to file of one release."""
    match rejected.cause:
        case "too new":
            return "it was uploaded after the given date"
        case "tags" if rejected.reason.startswith("it is for another"):
            return rejected.reason.partition(" (")[0]
        case "file name" | "version" | "python suffix":
            return {"file name": "this pip does not read its name", "version": "its version is none by PEP 440"}.get(
                rejected.cause, "it is for another Python"
            )
        case _:
            return rejected.reason


def _who(via: Via) -> str:
    match via.kind:
        case "distribution":
            return f"`{via.parent}{f'[{via.extra}]' if via.extra else ''}` needs"
        case "-r":
            return f"{via.parent} asks for"
        case "-c":
            return f"{via.parent} constrains it to"


def _version(text: str | None) -> Version | None:
    return read_version(text) if text is not None else None
