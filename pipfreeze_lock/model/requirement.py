"""What a person asked for: requirements, their source lines, and the pip options that stand among them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from packaging.markers import Marker
    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.url import Url

__all__ = [
    "FormatControl",
    "IndexOptions",
    "InputFile",
    "ReleaseControl",
    "Requirement",
    "RequirementSet",
    "SourceLine",
    "UnnamedRequirement",
]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A place in an input: a path as the user wrote it (or a URL without credentials, or ``-``) and a line from 1.

    ``line`` is the first physical line where a logical line is continued with backslashes; 0 means the command line.
    """

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirement:
    """One requirement (PEP 508) or constraint, with where it was written."""

    name: NormalizedName
    extras: frozenset[NormalizedName] = frozenset()
    extras_as_written: frozenset[str] = frozenset()
    """The same, not normalised: pips before 24.1 tell spellings apart. Empty where nobody wrote them so."""
    specifier: SpecifierSet
    marker: Marker | None = None
    url: Url | None = None
    """The direct URL (``name @ URL``, a bare URL, or ``file:`` for a path), without its ``#egg=`` fragment."""
    hashes: tuple[tuple[str, str], ...] = ()
    """Allowed hashes of the line, as (algorithm, hex digest), in the order written."""
    source: SourceLine
    text: str
    """The requirement as it was written, comments and per-requirement options removed, credentials hidden."""
    is_constraint: bool = False
    is_editable: bool = False
    """Whether it is an ``-e``: read only for what is installed already, since no hash can hold it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnnamedRequirement:
    """A place that does not say which distribution it is: only where it is installed, that can be told."""

    url: Url
    """As that of a `Requirement`; a path is as it was written, and relative where it was: ``file:src/x``."""
    extras: frozenset[NormalizedName] = frozenset()
    marker: Marker | None = None
    hashes: tuple[tuple[str, str], ...] = ()
    source: SourceLine
    text: str
    """As that of a `Requirement`."""
    is_editable: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FormatControl:
    """pip's ``--no-binary`` and ``--only-binary``: names, or ``:all:``.

    Applied in order of mention, as ``pip/_internal/models/format_control.py`` does: a later mention of a name in one
    set takes it out of the other, ``:none:`` empties a set.
    """

    no_binary: frozenset[str] = frozenset()
    only_binary: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseControl:
    """pip's ``--all-releases`` and ``--only-final`` (26.0 and newer): names, or ``:all:``.

    In order of mention, as `FormatControl`. A name beats ``:all:``; see ``pip/_internal/models/release_control.py``.
    """

    all_releases: frozenset[str] = frozenset()
    only_final: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexOptions:
    """Where files may come from and which of them may be chosen: what pip's global options say."""

    index_url: Url | None = None
    """None is pip's default index, which we never write down."""
    extra_index_urls: tuple[Url, ...] = ()
    find_links: tuple[str, ...] = ()
    """Paths or URLs. A relative path was resolved by the loader against the file that names it, where pip does so."""
    no_index: bool = False
    trusted_hosts: tuple[str, ...] = ()
    pre: bool = False
    """Pre-releases of everything: ``--pre``, or ``--all-releases :all:``."""
    prefer_binary: bool = False
    format_control: FormatControl = field(default_factory=FormatControl)
    release_control: ReleaseControl = field(default_factory=ReleaseControl)
    """What goes beyond `pre`; its `all_releases` holds names alone, since `pre` says ``:all:``."""
    require_hashes: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class InputFile:
    """A file that was read for the requirements: an input, or one that an input names with ``-r`` or ``-c``."""

    path: str
    """As the user or the including file wrote it, resolved against the including file: POSIX, or a URL."""
    sha256: str
    """Of its bytes."""
    role: Literal["input", "requirement", "constraint"]


@dataclass(frozen=True, kw_only=True, slots=True)
class RequirementSet:
    """All that the inputs say, read and flattened."""

    requirements: tuple[Requirement, ...]
    constraints: tuple[Requirement, ...] = ()
    unnamed: tuple[UnnamedRequirement, ...] = ()
    """Empty but where the inputs are read for what is installed already."""
    options: IndexOptions = field(default_factory=IndexOptions)
    inputs: tuple[InputFile, ...] = ()
    notes: tuple[str, ...] = ()
    """Things the reader should be told: an option that pip itself ignores by now, for instance."""
