"""What a ``pip install`` on top of an environment would do, before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.core_metadata import CoreMetadata
    from pipfreeze_lock.model.installed import InstalledDistribution
    from pipfreeze_lock.model.lock import Via

__all__ = ["Action", "ActionKind", "Fetched", "FetchedFor", "Plan"]

ActionKind = Literal["keep", "install", "upgrade", "downgrade", "reinstall"]
"""``reinstall``: the same version again (``--force-reinstall``, a direct reference, another file)."""

FetchedFor = Literal["install", "search", "build"]
"""``search``: a file that pip fetches for its metadata alone, and does not install. ``build``: what an isolated build
is given."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """One distribution, and what becomes of it."""

    kind: ActionKind
    name: NormalizedName
    old: InstalledDistribution | None = None
    """What is installed; None for `install`."""
    version: str
    """That is there afterwards."""
    file: IndexFile | None = None
    """That pip installs; None for `keep`."""
    page: ProjectPage | None = None
    """Where that is offered; for a direct reference one that holds this file alone."""
    metadata: CoreMetadata | None = None
    """Of the file."""
    is_compiled: bool = False
    """Whether the file is an sdist, so that its installed size is not known before it is built."""
    causes: tuple[Via, ...] = ()
    """Who asks for it, sorted as text; of a move those first that what is installed does not satisfy."""
    is_direct: bool = False
    """Whether a requirement names the file by URL, so that pip writes a direct_url.json (PEP 610)."""
    is_requested: bool = False
    """Whether an input names it, so that pip writes REQUESTED (PEP 376)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """One distribution file that pip downloads."""

    file: IndexFile
    page: ProjectPage
    reason: FetchedFor

    @property
    def url(self) -> str:
        """Absolute, without fragment."""
        return self.page.url_of(self.file)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """All that pip would do."""

    actions: tuple[Action, ...]
    """Sorted by name; what pip does not look at is not among them."""
    fetched: tuple[Fetched, ...]
    """Each once, in the order in which pip comes to them; local files are none."""
    warnings: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return all(action.kind == "keep" for action in self.actions)
