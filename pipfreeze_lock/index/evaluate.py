"""Whether the target's pip would consider a file at all, and the reason where it would not.

The checks and their order are those of ``LinkEvaluator.evaluate_link`` in pip's ``index/package_finder.py``. Yanked
files are considered (whether one is chosen depends on what else there is: `pipfreeze_lock.index.rank`), and so are
pre-releases.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import product
from typing import TYPE_CHECKING, Literal

from pipfreeze_lock.errors import NetworkError
from pipfreeze_lock.index.filenames import (
    LZMA_SUFFIXES,
    SUFFIXES,
    parse_version,
    parse_wheel_name,
    sdist_name,
    split_suffix,
)
from pipfreeze_lock.model.legacy_version import LegacyVersion
from pipfreeze_lock.model.requirement import FormatControl, IndexOptions, ReleaseControl
from pipfreeze_lock.target.pip_capabilities import PipCapabilities, capabilities
from pipfreeze_lock.target.specifiers import SpecifierRules
from pipfreeze_lock.target.tags import supported_tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.target import Target

__all__ = ["Accepted", "Cause", "Evaluation", "Rejected", "SelectionRules", "evaluate"]

Cause = Literal[
    "file kind",
    "file name",
    "no-binary",
    "only-binary",
    "tags",
    "too new",
    "requires-python",
    "python suffix",
    "version",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class SelectionRules:
    """All that decides which files of a project may be chosen, and which is best; make it with `of`."""

    target: Target
    capabilities: PipCapabilities
    tags: Mapping[str, int]
    """Tag to its place, 0 the most wanted."""
    specifiers: SpecifierRules
    format_control: FormatControl = field(default_factory=FormatControl)
    prefer_binary: bool = False
    """Honoured for pips too old for the option, too: the pins it leads to do not need it."""
    pre: bool = False
    release_control: ReleaseControl = field(default_factory=ReleaseControl)
    exclude_newer: datetime | None = None
    """With an offset; files uploaded at that instant or later do not exist."""
    ignore_requires_python: bool = False
    _tag_places: dict[str, int | None] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(
        cls, target: Target, options: IndexOptions | None = None, *, exclude_newer: datetime | None = None
    ) -> SelectionRules:
        """Make the rules for a target and the options in force."""
        options = options or IndexOptions()
        known = capabilities(target.pip, python_major=target.python_release[0])
        return cls(
            target=target,
            capabilities=known,
            tags={tag: place for place, tag in reversed(list(enumerate(supported_tags(target))))},
            specifiers=SpecifierRules(known),
            format_control=options.format_control,
            prefer_binary=options.prefer_binary,
            pre=options.pre,
            release_control=options.release_control,
            exclude_newer=exclude_newer,
        )

    @property
    def python(self) -> str:
        """What pip compares with Requires-Python: ``3.14.0`` of ``3.14.0rc1``."""
        match = re.match(r"\d+(?:\.\d+){0,2}", self.target.python)
        return match.group() if match else self.target.python

    def tag_place(self, tags: str) -> int | None:
        """Give the best place of a (compressed) tag set, or None where this pip takes none of it."""
        if tags not in self._tag_places:
            self._tag_places[tags] = self._place(tags.lower() if self.capabilities.tags_ignore_case else tags)
        return self._tag_places[tags]

    def _place(self, tags: str) -> int | None:
        if "." not in tags:
            return self.tags.get(tags)
        # A name read loosely may have a dash in its platform; such a tag is in no list.
        parts = tags.split("-", 2)
        places = (self.tags.get("-".join(tag)) for tag in product(*(part.split(".") for part in parts)))
        return min((place for place in places if place is not None), default=None)

    def prereleases(self, name: NormalizedName) -> bool | None:
        """Whether pre-releases of a project are let in (True), ruled out (False), or left to the specifier (None).

        ``allows_prereleases`` in pip's ``models/release_control.py``; ``--pre`` is ``--all-releases :all:``.
        """
        control = self.release_control
        if name in control.all_releases or name in control.only_final:
            return name in control.all_releases
        if self.pre:
            return True
        return False if ":all:" in control.only_final else None

    def formats(self, name: NormalizedName) -> tuple[bool, bool]:
        """Whether wheels and whether sdists of a project may be taken: ``get_allowed_formats`` in pip."""
        control = self.format_control
        for which in (name, ":all:"):
            if which in control.only_binary:
                return True, False
            if which in control.no_binary:
                return False, True
        return True, True


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that pip would put on its list."""

    file: IndexFile
    page: ProjectPage
    version: Version
    """A `LegacyVersion` where PEP 440 does not know it and this pip takes it."""
    tag_place: int | None
    """None for an sdist."""
    build: tuple[()] | tuple[int, str]
    spelling: str
    """The project's name as the file name spells it."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that pip would pass over."""

    file: IndexFile
    page: ProjectPage
    cause: Cause
    reason: str
    """For a reader; a clause, such as ``Requires-Python is >=3.7``."""
    version_text: str | None = None
    """Of the file name, where it could be told."""


Evaluation = Accepted | Rejected

_PYTHON_SUFFIX = re.compile(r"-py([123]\.?[0-9]?)$")


def evaluate(file: IndexFile, page: ProjectPage, name: NormalizedName, rules: SelectionRules) -> Evaluation:
    """Decide on one file, as the target's pip does.

    :raises NetworkError: when `SelectionRules.exclude_newer` is set and the index does not say when the file came.
    """
    return _Evaluator(file, page, name, rules).verdict()


class _Evaluator:
    """One file under examination; each check gives None where the file passes it."""

    def __init__(self, file: IndexFile, page: ProjectPage, name: NormalizedName, rules: SelectionRules) -> None:
        self._file = file
        self._page = page
        self._name = name
        self._rules = rules
        self._stem, self._suffix = split_suffix(file.filename)
        self._version_text: str | None = None
        self._build: tuple[()] | tuple[int, str] = ()
        self._tag_place: int | None = None
        self._spelling = ""

    def verdict(self) -> Evaluation:
        rejected = (
            self._check_kind()
            or (self._check_wheel() if self._suffix == ".whl" else None)
            or self._check_upload_time()
            or (self._check_sdist() if self._suffix != ".whl" else None)
            or self._check_python_suffix()
            or self._check_requires_python()
        )
        if rejected is not None:
            return rejected
        text = self._version_text or ""
        version = parse_version(text)
        if version is None and text and self._rules.capabilities.legacy_versions:
            version = LegacyVersion(text)
        if version is None:
            return self._rejected("version", f"`{text}` is not a version by PEP 440, the only ones from pip 24.1 on")
        return Accepted(self._file, self._page, version, self._tag_place, self._build, self._spelling)

    def _rejected(self, cause: Cause, reason: str) -> Rejected:
        return Rejected(self._file, self._page, cause, reason, self._version_text)

    def _check_kind(self) -> Rejected | None:
        suffix = self._suffix
        if not suffix:
            return self._rejected("file kind", "it is no archive")
        if suffix not in SUFFIXES and not (suffix in LZMA_SUFFIXES and self._rules.target.python_release >= (3, 3)):
            return self._rejected("file kind", f"pip does not install `{suffix}` files")
        if suffix == ".zip" and "macosx10" in self._page.url_of(self._file):
            return self._rejected("file kind", "pip takes it for a binary archive of macOS")
        return None

    def _check_wheel(self) -> Rejected | None:
        wheels, _ = self._rules.formats(self._name)
        if not wheels:
            return self._rejected("no-binary", "wheels of it are ruled out by `--no-binary`")
        parsed = parse_wheel_name(self._file.filename, self._rules.capabilities.wheel_names)
        if parsed is None:
            pip = self._rules.capabilities.version
            return self._rejected("file name", f"its name is not that of a wheel, as pip {pip} reads it")
        if parsed.name != self._name:
            return self._rejected("file name", f"it belongs to `{parsed.name}`")
        self._version_text, self._build = parsed.version_text, parsed.build
        self._spelling = self._stem.partition("-")[0]
        self._tag_place = self._rules.tag_place(parsed.tags)
        if self._tag_place is None:
            from pipfreeze_lock.index.wheel_support import why_unsupported  # noqa: PLC0415  for error messages alone

            return self._rejected("tags", why_unsupported(parsed.tags, self._rules.target))
        return None

    def _check_upload_time(self) -> Rejected | None:
        limit = self._rules.exclude_newer
        # As pip's own --uploaded-prior-to does, files on this machine are let in: they have no such time.
        if limit is None or self._page.url_of(self._file).startswith("file:"):
            return None
        if self._file.upload_time is None:
            raise _no_upload_time(self._file, self._page)
        if upload_time(self._file.upload_time) < limit:
            return None
        return self._rejected("too new", f"it was uploaded on {self._file.upload_time}, after the given date")

    def _check_sdist(self) -> Rejected | None:
        _, sdists = self._rules.formats(self._name)
        if not sdists:
            return self._rejected("only-binary", "sdists of it are ruled out by `--only-binary`")
        parsed = sdist_name(self._stem, self._name)
        if parsed is None:
            return self._rejected("file name", f"its name is not `{self._name}` and a version")
        self._version_text, self._spelling = parsed.version_text, parsed.spelling
        return None

    def _check_python_suffix(self) -> Rejected | None:
        match = _PYTHON_SUFFIX.search(self._version_text or "")
        if match is None or self._version_text is None:
            return None
        self._version_text = self._version_text[: match.start()]
        if match[1] == self._rules.target.python_version:
            return None
        return self._rejected("python suffix", f"it is for Python {match[1]}")

    def _check_requires_python(self) -> Rejected | None:
        wanted = self._file.requires_python
        if not wanted or self._rules.ignore_requires_python:
            return None
        if self._rules.specifiers.allows_python(wanted, self._rules.python) is not False:
            return None
        return self._rejected("requires-python", f"it needs Python {wanted}")


def upload_time(text: str) -> datetime:
    """Read RFC 3339; without an offset, as some indexes send it, it is UTC (PEP 700)."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _no_upload_time(file: IndexFile, page: ProjectPage) -> NetworkError:
    return NetworkError(
        f"`{page.index}` does not say when `{file.filename}` was uploaded",
        hints=[
            "A lock as of a date needs an index with upload times (PEP 700): JSON, not HTML.",
            "Leave out `--exclude-newer`, or name another index.",
        ],
        reference="https://peps.python.org/pep-0700/",
    )
