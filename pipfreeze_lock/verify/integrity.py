"""Whether the files of an environment are those that its records tell of: pure, over the files that were read.

A record (PEP 376, PEP 627) speaks of every file that was installed, with hash and size. One who edits it together with
a file is not found out here, but by `deep`, which holds the record against that of the locked wheel.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pipfreeze_lock.model.finding import Finding
from pipfreeze_lock.verify import rules
from pipfreeze_lock.verify.ownership import Ownership
from pipfreeze_lock.verify.places import image_location, layer_details, related_place, true_layer
from pipfreeze_lock.verify.removals import Removals
from pipfreeze_lock.verify.scripts import is_script, was_recorded_before
from pipfreeze_lock.verify.sentences import listed
from pipfreeze_lock.verify.unowned import Unowned, unowned_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pipfreeze_lock.image.layers import FileTree, TreeEntry
    from pipfreeze_lock.model.finding import Rule
    from pipfreeze_lock.model.image import LayerInfo
    from pipfreeze_lock.model.installed import InstalledDistribution, InstalledSet
    from pipfreeze_lock.verify.ownership import Owned
    from pipfreeze_lock.verify.records import RecordRow

__all__ = ["IntegrityResult", "check_integrity"]

_File = tuple[str, "LayerInfo | None"]
_MOST_OF_A_SCRIPT = 2**20
"""Bytes."""
_MOST_TOLD = 10
"""Files of one distribution that are told one by one; the rest is counted, and listed for machines."""


@dataclass(frozen=True, slots=True)
class IntegrityResult:
    """What came of it."""

    findings: list[Finding]
    unchecked: list[str]


def check_integrity(
    tree: FileTree,
    installed: InstalledSet,
    *,
    folders: Iterable[str],
    prefix: str,
    is_kept: Callable[[str], bool],
    read_again: Callable[[Sequence[str]], Callable[[str], bytes | None]],
    removals: Removals | None = None,
) -> IntegrityResult:
    """Hold every installed file against its record, and look for files that no record has.

    Few read the image a second time: where pip wrote another first line into a script than RECORD has.

    :param tree: Read with ``interest.with_records``.
    :param folders: Of ``sys.path``, links resolved.
    :param prefix: ``sys.prefix`` of the environment.
    :param is_kept: Whether the digest of a file at a path, from the root, would be in the tree, were the file there.
    :param read_again: Gives what reads these files of the image, by their paths, from the root.
    """
    check = _Check(tree, is_kept, removals or Removals(()), Ownership.of(tree, installed.distributions))
    results = [check.distribution(owned) for owned in check.ownership.owned]
    innocent = _innocent_scripts([file for one in results for file in one.changed], read_again)
    for one in results:
        check.findings += one.findings(innocent)
    found = unowned_files(tree, check.ownership, folders=folders, prefix=prefix)
    check.findings += map(_unowned, found.files)
    return IntegrityResult(check.findings, [*check.sentences(), *found.unchecked])


class _ChangedFile(NamedTuple):
    """A file that is not as its row has it."""

    row: RecordRow
    path: str
    """From the root, links resolved."""
    entry: TreeEntry


@dataclass(slots=True)
class _Compared:
    """What came of one distribution."""

    distribution: InstalledDistribution
    broken: list[Finding] = field(default_factory=list)
    missing: list[_File] = field(default_factory=list)
    changed: list[_ChangedFile] = field(default_factory=list)

    def findings(self, innocent: frozenset[str]) -> Iterator[Finding]:
        """Give them, without those scripts that only pip changed."""
        one = self.distribution
        changed = [(file.row.path, true_layer(file.entry.layer)) for file in self.changed if file.path not in innocent]
        yield from self.broken
        yield from _told(rules.MISSING_FILE, "is in the RECORD of {}, and not there", one, self.missing)
        yield from _told(rules.CHANGED_FILE, "is not as the RECORD of {} has it", one, changed)


def _innocent_scripts(
    changed: list[_ChangedFile], read_again: Callable[[Sequence[str]], Callable[[str], bytes | None]]
) -> frozenset[str]:
    """Give the paths of the scripts of which only the first line is another one."""
    scripts = [one for one in changed if is_script(one.row.path) and one.entry.file.size <= _MOST_OF_A_SCRIPT]
    if not scripts:
        return frozenset()
    read = read_again([one.path for one in scripts])
    return frozenset(one.path for one in scripts if was_recorded_before(one.row, read(one.path) or b""))


@dataclass(slots=True)
class _Check:
    """One environment."""

    tree: FileTree
    is_kept: Callable[[str], bool]
    removals: Removals
    ownership: Ownership
    findings: list[Finding] = field(default_factory=list)
    _claims: dict[str, list[RecordRow]] = field(default_factory=dict)
    _of_system: list[str] = field(default_factory=list)
    """The package manager's: Debian strips libraries, and takes files out, after RECORD was written."""
    _without_record: list[str] = field(default_factory=list)
    _without_hash: dict[str, int] = field(default_factory=dict)
    _outside: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for owned in self.ownership.owned:
            for row in owned.rows:
                self._claims.setdefault(row.path, []).append(row)

    def distribution(self, owned: Owned) -> _Compared:
        """Look at what one owns."""
        one = owned.distribution
        compared = _Compared(one)
        if owned.is_of_system:
            self._of_system.append(one.name)
            return compared
        if not owned.has_record and one.path.endswith(".dist-info"):
            message = f"`{one.name}` is installed, and has no RECORD, so that nothing speaks for its files"
            layer = self.removals.of_path(f"{one.path}/RECORD") or one.layer
            compared.broken.append(_finding(rules.BROKEN_METADATA, message, one, one.path, layer))
            return compared
        if not owned.has_hashes:
            self._without_record.append(one.name)
        for row in owned.rows:
            if not _is_compiled(row.path):
                self._file(owned, row, compared)
        return compared

    def _file(self, owned: Owned, row: RecordRow, compared: _Compared) -> None:
        name = owned.distribution.name
        found = self.tree.find(row.path)
        if found is None or found.entry.is_directory:
            if self._would_be_here(row.path, owned.distribution):
                compared.missing.append((row.path, self._remover(row.path)))
        elif row.sha256 is None and owned.has_hashes and not _is_record(row.path):
            self._without_hash[name] = self._without_hash.get(name, 0) + 1
        elif not self._is_as_recorded(row, found.entry):
            compared.changed.append(_ChangedFile(row, found.path, found.entry))

    def _remover(self, path: str) -> LayerInfo | None:
        """Give the layer that took a file away, or put a link or a file in place of a folder above it."""
        at = posixpath.dirname(path)
        while at != "/":
            found = self.tree.look(at)
            if found is not None and not found.entry.is_directory:
                return true_layer(found.entry.layer)
            at = posixpath.dirname(at)
        return self.removals.of_path(path)

    def _would_be_here(self, path: str, one: InstalledDistribution) -> bool:
        """Whether a file is missing; what nobody was interested in is only not known to be there."""
        if self.is_kept(path.lstrip("/")):
            return True
        self._outside[one.name] = self._outside.get(one.name, 0) + 1
        return False

    def _is_as_recorded(self, row: RecordRow, entry: TreeEntry) -> bool:
        """Compare with this record; where several distributions brought the same file, with theirs too."""
        if _is_equal(row, entry):
            return True
        claims = self._claims[row.path]
        return len(claims) > 1 and any(one.hash and _is_equal(one, entry) for one in claims)

    def sentences(self) -> Iterator[str]:
        """Say what was not looked at."""
        if self._of_system:
            yield f"the files of {listed(self._of_system)}: the system's packages have brought and changed them"
        if self._without_record:
            yield f"the files of {listed(self._without_record)}: their records have no hashes, or there are none"
        if self._without_hash:
            yield f"{_files(self._without_hash)} that RECORD has no SHA-256 of"
        if self._outside:
            yield f"{_files(self._outside)} outside site-packages"


def _files(counts: Mapping[str, int]) -> str:
    count = sum(counts.values())
    return f"{count} file{'s' * (count > 1)} of {listed(list(counts))}"


def _is_record(path: str) -> bool:
    """Whether it is a RECORD, or its signature, of which it cannot have a hash."""
    parent, _, name = path.rpartition("/")
    return parent.endswith(".dist-info") and name.partition(".")[0] == "RECORD"


def _is_equal(row: RecordRow, entry: TreeEntry) -> bool:
    """Compare size and hash, as far as both sides have them."""
    file = entry.file
    if row.size is not None and row.size != file.size:
        return False
    expected = row.sha256
    return expected is None or file.sha256 is None or expected == file.sha256


def _is_compiled(path: str) -> bool:
    """Whether pip, or Python, makes it by itself, so that it may lack and may differ."""
    return path.endswith((".pyc", ".pyo")) or "/__pycache__/" in path


def _told(rule: Rule, words: str, one: InstalledDistribution, files: list[_File]) -> Iterator[Finding]:
    """Make findings, one a file, and one for all that are too many."""
    what = words.format(f"`{one.name}=={one.version}`")
    for path, layer in files[:_MOST_TOLD]:
        name = posixpath.relpath(path, posixpath.dirname(one.path))
        yield _finding(rule, f"`{name}` {what}", one, path, layer)
    rest = files[_MOST_TOLD:]
    if rest:
        message = f"{len(rest)} more file{'s' * (len(rest) > 1)} likewise: of `{one.name}=={one.version}`"
        finding = _finding(rule, message, one, one.path, one.layer, details=tuple(("path", path) for path, _ in rest))
        yield finding


def _finding(
    rule: Rule,
    message: str,
    one: InstalledDistribution,
    path: str,
    layer: LayerInfo | None,
    *,
    details: tuple[tuple[str, str], ...] | None = None,
) -> Finding:
    return Finding(
        rule=rule,
        severity=rule.severity,
        message=message,
        location=image_location(path),
        related=(related_place(path, layer),) if layer is not None else (),
        name=one.name,
        details=layer_details(path, layer) if details is None else details,
    )


def _unowned(found: Unowned) -> Finding:
    what = f"all {found.count} files of it belong" if found.count > 1 else "it belongs"
    rule = rules.UNOWNED_FILE
    return Finding(
        rule=rule,
        severity=rule.severity,
        message=f"`{posixpath.basename(found.path)}` lies in site-packages, and {what} to no distribution",
        location=image_location(found.path),
        related=(related_place(found.path, found.layer),) if found.layer is not None else (),
        details=layer_details(found.path, found.layer),
    )
