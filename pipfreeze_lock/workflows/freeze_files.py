"""Which file of a release was installed: told by tags, and proven by its own record.

A wheel is proven by RECORD, which pip copies: two wheels of one release that differ in anything differ there. What was
built from an sdist is compared as far as it goes, by its Python files: a build changes some of them, and makes others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from pipfreeze_lock.errors import MetadataError, NetworkError
from pipfreeze_lock.index.filenames import LZMA_SUFFIXES, SUFFIXES, split_suffix
from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
from pipfreeze_lock.model.lock import BUILT
from pipfreeze_lock.model.url import Url
from pipfreeze_lock.verify.deep import compare_records, matching_wheels
from pipfreeze_lock.verify.records import parse_record
from pipfreeze_lock.workflows.release_files import FoundFiles, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipfreeze_lock.model.installed import InstalledDistribution
    from pipfreeze_lock.workflows.installed_files import InstalledFiles
    from pipfreeze_lock.workflows.release_files import Offered, ReleaseFiles

__all__ = ["FileFinder"]

_VERSION_CONTROL = re.compile(r"(?:git|hg|svn|bzr)\+")
_STRONG_HASH = re.compile(r"(sha256|sha384|sha512)=([0-9a-f]+)")
"""Those that pip takes in hash mode, in the fragment of a URL."""
_PUBLISHED = re.compile(rb"^Tag:.*-(?:many|musl)linux", re.MULTILINE | re.IGNORECASE)
"""No pip builds a wheel with such a tag."""
_BUILD = re.compile(rb"^Build:\s*(\S+)", re.MULTILINE | re.IGNORECASE)


@dataclass(slots=True)
class _Compared:
    """What came of several wheels."""

    proven: list[Offered] = field(default_factory=list)
    alike_by_names: list[Offered] = field(default_factory=list)
    """Those whose record has no hashes, and the same names."""
    closest: tuple[str, int] | None = None
    """Of the others the one that differs least, and in how many files."""

    def take_if_closer(self, filename: str, count: int) -> None:
        """Take in one that differs."""
        if self.closest is None or count < self.closest[1]:
            self.closest = filename, count

    def over(self, others: _Compared) -> _Compared:
        """Add those that are less likely; of them only what is proven counts."""
        self.proven += others.proven
        if others.closest is not None:
            self.take_if_closer(*others.closest)
        return self


@dataclass(slots=True)
class FileFinder:
    """Looks for the files of one environment; may be used by several threads."""

    releases: ReleaseFiles

    def find(self, one: InstalledDistribution, installed: InstalledFiles) -> FoundFiles | NotFound:
        """Say which file it came from.

        :raises NetworkError: when an index could not be asked.
        """
        location = (one.direct_url or "").partition("#")[0]
        refused = _has_no_file(one, location)
        if refused is not None:
            return refused
        if not location:
            return self._of_index(one, installed)
        if location.startswith("file:"):
            return self._of_local_file(one, installed)
        return self._of_url(one, installed, location)

    # From a URL

    def _of_url(self, one: InstalledDistribution, installed: InstalledFiles, location: str) -> FoundFiles | NotFound:
        filename = unquote(urlsplit(location).path.rpartition("/")[2])
        stated = _stated_hash(one)
        file = IndexFile(filename=filename, url=location, hashes=dict([stated]) if stated else {})
        page = ProjectPage(name=one.name, url=location, index=Url(location), files=[file])
        if stated is not None:
            return FoundFiles(files=((page, file),), url=location, proof="its hash stands in direct_url.json")
        try:
            found = self._among(installed, [(page, file)])
        except NetworkError as error:
            return NotFound(reason="not-on-index", words=f"its URL gives nothing any more: {error.message}")
        if isinstance(found, NotFound):
            return found
        return FoundFiles(files=found.files, url=location, proof=found.proof, notes=found.notes, doubts=found.doubts)

    def _of_local_file(self, one: InstalledDistribution, installed: InstalledFiles) -> FoundFiles | NotFound:
        """Look on the index for what was copied into the image; what is not there is nobody's to fetch."""
        stated = _stated_hash(one)
        files = self.releases.files(one.name, one.version)
        if stated is not None:
            same = [(page, file) for page, file in files if file.hashes.get(stated[0]) == stated[1]]
            if same:
                return FoundFiles(files=tuple(same[:1]), proof="its hash stands in direct_url.json")
        else:
            found = self._among(installed, files)
            if isinstance(found, FoundFiles) and not found.doubts:
                return found
        return NotFound(reason="local", words="installed from a file that no index has")

    # From the index

    def _of_index(self, one: InstalledDistribution, installed: InstalledFiles) -> FoundFiles | NotFound:
        files = self.releases.files(one.name, one.version)
        if not files:
            return NotFound(reason="not-on-index", words="no index has such a release")
        return self._among(installed, files)

    def _among(self, installed: InstalledFiles, files: Sequence[Offered]) -> FoundFiles | NotFound:
        wheels = [offered for offered in files if offered[1].filename.endswith(".whl")]
        sdists = [offered for offered in files if not offered[1].filename.endswith(".whl")]
        alike = _alike(wheels, installed.wheel)
        closest: tuple[str, int] | None = None
        if installed.has_hashes:
            compared = self._compared(alike, installed)
            if not compared.proven:
                others = [offered for offered in wheels if offered not in alike]
                compared = compared.over(self._compared(others, installed))
            if compared.proven:
                return _wheels(compared.proven)
            if compared.alike_by_names:
                return _by_tags(compared.alike_by_names, "the RECORD of the wheel has no hashes")
            closest = compared.closest
        elif alike:
            return _by_tags(alike, "its RECORD has no hashes" if installed.rows else "it has no RECORD")
        return self._built(installed, sdists, closest)

    def _compared(self, wheels: Sequence[Offered], installed: InstalledFiles) -> _Compared:
        """Hold what is installed against the record of each wheel."""
        found = _Compared()
        for page, file in wheels:
            try:
                record = self.releases.record(page, file)
            except MetadataError:
                continue  # pip could not have installed it
            differences = compare_records(installed.rows or (), record, folder=installed.folder)
            if differences:
                found.take_if_closer(file.filename, len(differences))
            elif any(row.hash for row in parse_record(record.record, "/")):
                found.proven.append((page, file))
            else:
                found.alike_by_names.append((page, file))
        return found

    def _built(
        self,
        installed: InstalledFiles,
        sdists: Sequence[Offered],
        closest: tuple[str, int] | None,
    ) -> FoundFiles | NotFound:
        """Compare with the sdists of the release.

        :param closest: The wheel that differs least, and in how many files.
        """
        wanted = installed.modules
        counts = {file.filename: len(wanted & self._digests(page, file)) for page, file in sdists}
        most = max(counts.values(), default=0)
        if not sdists or (wanted and not most) or _PUBLISHED.search(installed.wheel or b""):
            return NotFound(reason="other-contents", words=_contents_of_none(closest, sdists))
        best = tuple(offered for offered in sdists if counts[offered[1].filename] == most)
        if wanted:
            note = f"{BUILT}: {most} of its {len(wanted)} Python files are in that"
        else:
            note = f"{BUILT}: it has no Python files by which that could be proven"
        doubts = () if most and most == len(wanted) else (note,)
        if len(best) > 1:
            several = f"which of {len(best)} sdists was built is not known: what they hold is the same"
            return FoundFiles(files=best, proof=note, notes=(note, several), doubts=(*doubts, several))
        return FoundFiles(files=best, proof=note, notes=(note,), doubts=doubts)

    def _digests(self, page: ProjectPage, file: IndexFile) -> frozenset[str]:
        try:
            return self.releases.digests(page, file)
        except MetadataError:
            return frozenset()  # pip could not have built it


def _has_no_file(one: InstalledDistribution, location: str) -> NotFound | None:
    """Say of what no file can be named, whatever an index has; None of what may have one."""
    if one.is_editable:
        return NotFound(reason="editable", words="a source tree, whatever it holds")
    if one.problem is not None or not one.version:
        return NotFound(reason="broken-metadata", words=one.problem or "its metadata has no Version")
    if _VERSION_CONTROL.match(location):
        return NotFound(reason="version-control", words="of a checkout pip checks no hash")
    suffix = split_suffix(unquote(urlsplit(location).path))[1].lower()
    if location and suffix not in SUFFIXES | LZMA_SUFFIXES:
        return NotFound(reason="local", words="built from a folder")
    return None


def _alike(wheels: Sequence[Offered], wheel: bytes | None) -> list[Offered]:
    """Give those with the tags and the build number that an installed WHEEL file names."""
    names = set(matching_wheels([file.filename for _, file in wheels], wheel))
    build = _BUILD.search(wheel or b"")
    wanted = build[1].decode(errors="replace") if build is not None else None
    return [(page, file) for page, file in wheels if file.filename in names and _build_of(file.filename) == wanted]


def _build_of(filename: str) -> str | None:
    parts = filename.removesuffix(".whl").split("-")
    return parts[2] if len(parts) == 6 else None


def _wheels(proven: Sequence[Offered]) -> FoundFiles:
    if len({file.hashes.get("sha256", file.filename) for _, file in proven}) == 1:
        return FoundFiles(files=tuple(proven[:1]), proof="its RECORD is that of the wheel")
    several = f"which of {len(proven)} wheels was installed is not known: their RECORDs are the same"
    return FoundFiles(files=tuple(proven), proof=several, notes=(several,), doubts=(several,))


def _by_tags(wheels: Sequence[Offered], reason: str) -> FoundFiles:
    doubt = f"not proven: {reason}"
    return FoundFiles(files=tuple(wheels), proof="its tags alone", notes=(doubt,), doubts=(doubt,))


def _stated_hash(one: InstalledDistribution) -> tuple[str, str] | None:
    match = _STRONG_HASH.search((one.direct_url or "").partition("#")[2])
    return (match[1], match[2]) if match is not None else None


def _contents_of_none(closest: tuple[str, int] | None, sdists: Sequence[Offered]) -> str:
    if closest is not None:
        filename, count = closest
        return f"no file that an index has: `{filename}` comes closest, and differs in {count} files"
    if sdists:
        return f"no file that an index has: none of its Python files is in `{sdists[0][1].filename}`"
    return "built from an sdist, and no index has one of this release"
