"""What a run of the case study found, as it is kept in ``docs/case-study/results.json``: no times of day, no paths."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

__all__ = [
    "RESULTS",
    "Comparison",
    "Conditions",
    "Forecasted",
    "Frozen",
    "Layer",
    "Move",
    "PipResults",
    "Quarter",
    "Results",
    "Step",
    "Verified",
    "Weighed",
    "Weight",
    "read_results",
    "write_results",
]

RESULTS = Path(__file__).parents[3] / "docs" / "case-study" / "results.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Conditions:
    """Under which everything was measured."""

    earlier: str
    """Up to which the index is seen, exclusive, three months before the first day: ``2020-10-16``."""
    day: str
    """The same on the first day."""
    later: str
    """The same three months after it."""
    cores: int
    python: str
    """Of the images: ``3.6.15``."""
    libc: str
    buildah: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A distribution that a RUN installed, removed, or put in another version's place."""

    name: str
    old: str | None
    new: str | None
    bytes: int | None = None
    """Of the file that pip fetched for it; None of what was removed, and in a forecast."""
    uploaded: str | None = None
    """The day of that file, UTC: ``2020-12-19``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """The layer that a RUN left; bytes throughout."""

    digest: str
    """Of the uncompressed tar: what an image's configuration calls its diff id."""
    tar: int
    gzip: int
    """Compressed at gzip's level 6, as a registry keeps it."""
    files: int
    """How many regular files are in it."""
    content: int
    """What is in these files, without headers and padding."""
    compiled: int
    """The part of `content` that is ``.pyc``."""
    cache: int
    """The part of `content` that is pip's cache."""
    removals: int
    """How many entries take something away that a lower layer has (whiteouts)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """What ``pipfreeze-lock verify`` says of the image, held against the first day's lock."""

    exit: int
    findings: dict[str, int]
    """Rule to count."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecasted:
    """What ``pipfreeze-lock forecast`` says of a RUN beforehand."""

    refused: str = ""
    """Why pip would install nothing: the error's first line."""
    moves: int = 0
    wrong: tuple[Move, ...] = ()
    """Those that did not happen."""
    missed: tuple[Move, ...] = ()
    """Those that happened, and were not said."""
    fetched_bytes: int = 0
    tar: int = 0
    """Bytes of the layer's tar, as far as they are known."""
    unknown: tuple[str, ...] = ()
    """What is built from an sdist, whose size is in no total."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weight:
    """A distribution in an image."""

    name: str
    version: str
    bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """What ``pipfreeze-lock weigh`` says of the image."""

    bytes: int
    """Of all files that its layers hold."""
    hidden: int
    """The part of them that no container sees, since a later layer replaced or removed it."""
    kinds: dict[str, int]
    """Of all layers: ``tests`` to bytes."""
    largest: tuple[Weight, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Frozen:
    """What ``pipfreeze-lock freeze`` makes of the image, and ``verify`` of that."""

    pins: int
    warnings: tuple[str, ...]
    exit: int
    """Of ``verify FROZEN IMAGE``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One ``RUN``, on one image, on one day."""

    name: str
    on: str
    """The step whose image it runs on; ``base`` is the image without any of this."""
    day: str
    """Up to which the index was seen."""
    command: str
    seconds: float
    """Of the whole RUN."""
    processor_seconds: float
    """Of the RUN's processes, in user and system mode."""
    fetched_files: int
    """How many distribution files pip fetched."""
    fetched_bytes: int
    """Of these."""
    page_bytes: int
    """Of the index's pages, as sent."""
    moves: tuple[Move, ...] = ()
    conflicts: tuple[str, ...] = ()
    """The lines of ``pip check`` in the image afterwards; none where all is well."""
    failure: tuple[str, ...] = ()
    """What pip said of a hash that did not match, so that there is no image."""
    layer: Layer | None = None
    """None where pip failed."""
    verified: Verified | None = None
    """Likewise."""
    weighed: Weighed | None = None
    """Likewise."""
    frozen: Frozen | None = None
    """Likewise, and of images of the lock."""
    forecasted: Forecasted | None = None

    @property
    def added(self) -> int:
        """Bytes that it adds: those of the tar, but none where that has only headers of folders that were there."""
        return self.layer.tar if self.layer and (self.layer.files or self.layer.removals) else 0

    @property
    def packed(self) -> int:
        """The same as a registry keeps it."""
        return self.layer.gzip if self.layer and self.added else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Two layers, file by file."""

    left: str
    right: str
    """Names of steps."""
    same_files: int
    """Same path, same content."""
    same_bytes: int
    recompiled_files: int
    """Of the rest: ``.pyc`` files whose source is the same."""
    recompiled_bytes: int
    others: int
    """Of the rest: all others."""
    only_left: int
    only_right: int
    places: tuple[str, ...]
    """Where these three are: names of files and folders beside each other in site-packages; else whole paths."""
    is_same_layer: bool
    """Whether the layers are the same, byte for byte."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PipResults:
    """All that was done with one pip."""

    pip: str
    base: dict[str, str]
    """Name to version of what the image starts with."""
    base_bytes: int
    """Of the uncompressed layers of that image."""
    lock_seconds: float
    pins: int
    relocked: tuple[str, ...]
    """Pins (``six==1.15.0``) that locking anew three months later, without ``--upgrade``, writes with other hashes."""
    steps: tuple[Step, ...]
    comparisons: tuple[Comparison, ...]

    def step(self, name: str) -> Step:
        """Give the step of that name."""
        return next(one for one in self.steps if one.name == name)

    def comparison(self, left: str, right: str) -> Comparison | None:
        """Give the comparison of these two steps; None where one of them failed."""
        return next((one for one in self.comparisons if (one.left, one.right) == (left, right)), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Quarter:
    """What three months move of the nine lines on python:3.6.8, as ``pipfreeze-lock forecast --since`` tells."""

    since: str
    until: str
    moves: tuple[Move, ...]
    """Without days."""
    moved_fetched: int
    """Bytes of the files of what moved."""
    moved_tar: int
    """What they add to a layer's tar."""
    all_fetched: int
    """Bytes of the files of a new build."""
    seconds: float
    """That the command took."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """All of it."""

    conditions: Conditions
    quarters: tuple[Quarter, ...]
    pips: tuple[PipResults, ...]


def read_results(path: Path = RESULTS) -> Results:
    """Read the file that a run wrote."""
    return msgspec.json.decode(path.read_bytes(), type=Results)


def write_results(results: Results, path: Path = RESULTS) -> None:
    """Write it, so that two runs can be compared by ``git diff``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
