"""What a ``pip install`` in an image would do, with how many bytes of each thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.layer_growth import DistributionGrowth, LayerGrowth
    from pipfreeze_lock.model.plan import Action, Fetched, FetchedFor, Plan

__all__ = ["Forecast", "ForecastBase", "InstallCall"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ForecastBase:
    """What pip would run in."""

    subject: str
    """As a person names it: ``docker-archive:image.tar``, ``python:3.6.8``."""
    is_read: bool
    """Whether an image was read; else a table of official images or the command line says what is there."""
    digest: str | None = None
    """``sha256:…`` of the image."""
    environment: str | None = None
    """Prefix of the environment in the image that was read: ``/usr/local``."""
    target: str
    """`str(Target)`."""
    python: str
    """Full version."""
    pip: str
    """Version."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstallCall:
    """How pip would be called, and what that decides."""

    command: str
    """``pip install --require-hashes -r requirements.lock``; without credentials."""
    is_hash_mode: bool
    uploaded_prior_to: datetime | None
    """UTC; what was uploaded then or later is taken as not there."""
    is_compiled: bool
    """Whether it compiles what it installs."""
    compile_reason: str
    has_cache: bool
    """Whether it leaves a cache in the layer."""
    cache_reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """All that is known beforehand."""

    base: ForecastBase
    call: InstallCall
    plan: Plan
    written: frozenset[NormalizedName]
    """What the inputs name."""
    sizes: Mapping[str, int]
    """By URL, bytes of each file that is fetched."""
    growth: LayerGrowth
    compiled_by: str | None
    """The Python of this machine that sizes of ``.pyc`` were measured with: ``cpython-3.6.15``; None: estimated."""

    @property
    def changes(self) -> tuple[Action, ...]:
        """What is not kept, by name."""
        return tuple(action for action in self.plan.actions if action.kind != "keep")

    @property
    def kept(self) -> tuple[Action, ...]:
        """What is there and stays, of what is asked for; by name."""
        return tuple(action for action in self.plan.actions if action.kind == "keep")

    @property
    def fetched(self) -> int:
        """Bytes of all files that are fetched, for whatever reason."""
        return sum(self.sizes[one.url] for one in self.plan.fetched)

    @property
    def bytecode(self) -> int:
        """Bytes of the ``.pyc`` files."""
        return sum(one.compiled for one in self.growth.distributions)

    def fetched_for(self, reason: FetchedFor) -> tuple[Fetched, ...]:
        """Give the files that are fetched for one reason."""
        return tuple(one for one in self.plan.fetched if one.reason == reason)

    def size_fetched(self, action: Action) -> int:
        """Give the bytes fetched to install one distribution; 0 for a local file, and for what is kept."""
        if action.file is None or action.page is None:
            return 0
        return self.sizes.get(action.page.url_of(action.file), 0)

    def growth_of(self, name: NormalizedName) -> DistributionGrowth | None:
        """Give what one distribution adds to the layer; None where that is not known, or nothing."""
        return next((one for one in self.growth.distributions if one.name == name), None)
