"""What is installed in an environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.image import LayerInfo

__all__ = ["InstalledDistribution", "InstalledSet"]


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalledDistribution:
    """One distribution, by its metadata folder or file."""

    name: NormalizedName
    version: str
    """As its metadata has it; ``""`` where that is not known."""
    path: str
    """Of the metadata (``…/requests-2.31.0.dist-info``), in the environment; where only a list of names was read, the
    place in that: ``installed.txt:3``."""
    installer: str | None = None
    """What INSTALLER says: ``pip``."""
    direct_url: str | None = None
    """What direct_url.json (PEP 610) says, as ``pip freeze`` writes it behind the ``@``, without credentials:
    ``git+https://host/x@COMMIT``, ``https://host/x.whl#sha256=…``."""
    is_editable: bool = False
    """By direct_url.json, or by an ``.egg-link``."""
    is_shadowed: bool = False
    """Whether another one of the same name stands earlier on ``sys.path``."""
    problem: str | None = None
    """What its metadata lacks, in words."""
    layer: LayerInfo | None = None
    """The topmost layer that changed its metadata; None where there are no layers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalledSet:
    """All of an environment."""

    subject: str
    """What was looked at, as a person names it."""
    python: str | None
    """Full version, ``3.6`` where no more could be told; None where nothing was said of it."""
    implementation: str | None
    """``cpython``; None where nothing was said of it."""
    libc: str | None
    """``glibc-2.36``; None where it is not known."""
    distributions: tuple[InstalledDistribution, ...]
    """In the order of ``sys.path``, then by name."""
    untold: tuple[str, ...] = ()
    """What could not be told, for a person: ``which Python it has``."""
    unlisted: frozenset[NormalizedName] = frozenset()
    """Distributions that may be there without being named: ``pip freeze`` leaves out pip itself."""
