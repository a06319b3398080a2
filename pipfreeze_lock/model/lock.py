"""A lock: the full answer for one target, as it stands in a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.requirement import IndexOptions, InputFile
    from pipfreeze_lock.model.target import BaseDistribution

__all__ = [
    "BUILT",
    "NO_DEPENDENCIES",
    "Inconsistency",
    "LockedFile",
    "LockedSet",
    "Pin",
    "Satisfied",
    "Unpinned",
    "UnpinnedReason",
    "Via",
]

UnpinnedReason = Literal[
    "editable", "version-control", "local", "not-on-index", "other-contents", "broken-metadata", "hidden"
]
"""Why no line can install it by a hash. ``local``: from a path of the machine that built the image. ``other-contents``:
the index has its release, and none of the files is what was installed. ``hidden``: another one of the same name comes
before it on ``sys.path``."""
BUILT = "built from an sdist"
"""How the note of a pin begins that a frozen image has from there."""
NO_DEPENDENCIES = "--no-deps"
"""What the remark ``install`` says of a lock whose pins alone do not satisfy each other."""
UNMATCHED = "unmatched"
"""The remark on a line of the inputs that names a place, where nothing told what a frozen image has from there; its
text is that of a `Via`."""


@dataclass(frozen=True, slots=True)
class Via:
    """Who asks for a pin, and with which words.

    As text: ``tensorboard (>=1.24.3)``, ``tensorflow[gpu] (>=1; python_version < "3.7")``,
    ``-r requirements.txt (==1.1.1)``, ``-c limits.txt (<2)``. Without constraint and marker: the parent alone.
    """

    kind: Literal["-c", "-r", "distribution"]
    parent: str
    """Normalised name of the distribution, or the path of the input as it stands in the header."""
    extra: str | None = None
    """The parent's extra that asks, normalised; the parent is then written ``parent[extra]``."""
    constraint: str = ""
    """The specifier, canonical and sorted (``!=1.5,>=1``), or ``@ URL``; empty for any version."""
    marker: str | None = None
    """The marker without its ``extra ==`` part, as ``packaging.markers`` writes it."""
    extras: tuple[str, ...] = ()
    """Extras of the pin that this parent asks for, normalised and sorted; written first: ``requests ([socks] >=2)``."""

    def __str__(self) -> str:
        """The text above; `pipfreeze_lock.lockfile.via` reads it back."""
        parent = f"{self.kind} {self.parent}" if self.kind != "distribution" else self.parent
        if self.extra:
            parent = f"{parent}[{self.extra}]"
        detail = self.constraint
        if self.extras:
            detail = f"[{','.join(self.extras)}] {detail}".rstrip()
        if self.marker:
            # As in PEP 508, a URL takes a space before the semicolon, which could otherwise belong to it.
            detail = f"{detail} ; {self.marker}" if self.constraint.startswith("@") else f"{detail}; {self.marker}"
        return f"{parent} ({detail})" if detail else parent


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedFile:
    """A file of a pin, as ``pylock.toml`` lists it (PEP 751); a requirements lock keeps its hash alone."""

    filename: str
    url: str | None = None
    """Absolute, without credentials and fragment; None where it is not known."""
    size: int | None = None
    """Bytes."""
    upload_time: str | None = None
    """RFC 3339, UTC, as the index gives it."""
    hashes: tuple[str, ...] = ()
    """``ALGORITHM:HEXDIGEST``, sorted; sha256 where the index or the file itself tells it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pin:
    """One distribution: the version, and the files of it that may be installed."""

    name: NormalizedName
    version: str
    """As the chosen file spells it, normalised by PEP 440 where that is possible."""
    spelling: str | None = None
    """How the line must spell the name, where that is not `name`: pip below 19.0 finds an sdist only under the name
    that its file has (``zope.interface``)."""
    extras: tuple[str, ...] = ()
    url: str | None = None
    """Of a direct reference; the pin is then written ``name @ URL``. Without credentials."""
    hashes: tuple[str, ...]
    """``sha256:…``, sorted. Empty only in a lock made with ``--no-hashes``."""
    via: tuple[Via, ...]
    """Sorted as text."""
    notes: tuple[str, ...] = ()
    """Comments of ours that stand at the pin: ``compiled in the image: no wheel of it that pip 19.1.1 reads``."""
    origin: str | None = None
    """Of a frozen image: where it was installed from, as direct_url.json says, where the pin itself names another
    place: a wheel that was copied into the image, and is that of the index."""
    filename: str | None = None
    """The file the target's pip will choose. Not written to a requirements lock, so None when read from one."""
    files: tuple[LockedFile, ...] = ()
    """The files that `hashes` stand for, sorted by name. Not written to a requirements lock."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Satisfied:
    """A base distribution that a requirement is content with, so that it stays and is no pin."""

    name: NormalizedName
    via: tuple[Via, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Unpinned:
    """A distribution of a frozen image that no line of a lock can install by a hash, with all that is known of it."""

    name: NormalizedName
    version: str
    """``""`` where its metadata does not tell."""
    reason: UnpinnedReason
    path: str
    """Of its metadata, in the image."""
    origin: str | None = None
    """What direct_url.json says, as `InstalledDistribution.direct_url` has it."""
    layer: str | None = None
    """``sha256:…`` of the layer that has its metadata."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Inconsistency:
    """A need that a frozen image does not meet, as ``pip check`` tells it there."""

    name: NormalizedName
    """What is needed."""
    version: str | None
    """What is installed of it; None: nothing."""
    via: Via
    """Who needs it, in which words."""

    def __str__(self) -> str:
        """Say it: ```a` needs `b>=2`, and `b` 1.0 is installed``."""
        asker = f"{self.via.parent}[{self.via.extra}]" if self.via.extra else self.via.parent
        space = " " if self.via.constraint.startswith("@") else ""
        there = f"`{self.name}` {self.version}" if self.version is not None else f"no `{self.name}`"
        return f"`{asker}` needs `{self.name}{space}{self.via.constraint}`, and {there} is installed"


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedSet:
    """All that a lock file says."""

    command: str
    target: str
    """`str(Target)`: a record that ``check`` compares, never an input."""
    base: tuple[BaseDistribution, ...] = ()
    satisfied: tuple[Satisfied, ...] = ()
    """Of the base set, and of what is `unpinned`."""
    unpinned: tuple[Unpinned, ...] = ()
    """Of a frozen image, like the next two."""
    inconsistent: tuple[Inconsistency, ...] = ()
    roots: tuple[NormalizedName, ...] = ()
    """What no input and nobody else asks for, sorted: it is there on somebody's wish."""
    inputs: tuple[InputFile, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
    """Further header lines, as (key, value): ``("exclude-newer", "2021-01-16T00:00:00Z")``, ``("warning", "…")``."""
    options: IndexOptions
    """Those that pip must see again are written; credentials never."""
    pins: tuple[Pin, ...] = field(default=())
    """Sorted by name, one for a distribution."""
    warnings: tuple[str, ...] = ()
    """To be said aloud; not part of the file."""
    hints: tuple[str, ...] = ()
    """What would spare the reader the warnings, a sentence each; not part of the file."""
    details: tuple[str, ...] = ()
    """To be said to those who ask for more; not part of the file."""

    @property
    def installs_without_dependencies(self) -> bool:
        """Whether pip has to be told not to look for dependencies: a frozen image lacks some, or not all are pins."""
        return ("install", NO_DEPENDENCIES) in self.remarks
