"""Why a distribution is in a lock: the edges that the lock records, walked back to the lines of the inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pipfreeze_lock.model.lock import Via

__all__ = ["Asker", "Reason"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asker:
    """One who asks, and those who ask for it in turn."""

    name: str
    """What is asked for: the distribution above it in the tree."""
    via: Via
    version: str | None = None
    """Of the parent's pin; None for a file, and for a parent that the lock has no pin of."""
    askers: tuple[Asker, ...] = ()
    shown_above: bool = False
    """Who asks for the parent stands at another place of the same tree, where it came first."""

    @property
    def parent(self) -> str:
        """``tensorflow[gpu] 2.4.0``, or the path of an input."""
        name = f"{self.via.parent}[{self.via.extra}]" if self.via.extra else self.via.parent
        return f"{name} {self.version}" if self.version else name

    @property
    def requirement(self) -> str:
        """In the words of PEP 508: ``grpcio[ssl]>=1.24; python_version < "3.7"``."""
        name = f"{self.name}[{','.join(self.via.extras)}]" if self.via.extras else self.name
        is_url = self.via.constraint.startswith("@")
        text = f"{name} {self.via.constraint}" if is_url else f"{name}{self.via.constraint}"
        if not self.via.marker:
            return text
        return f"{text} ; {self.via.marker}" if is_url else f"{text}; {self.via.marker}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """All that a lock says of why it has a distribution."""

    name: str
    """Normalised."""
    version: str | None
    extras: tuple[str, ...] = ()
    url: str | None = None
    state: Literal["pinned", "satisfied", "base", "root", "unpinned"]
    """``satisfied``: the base image has it, and the requirements are content with that. ``base``: the base image has
    it, and nothing in the lock asks for it. Of a frozen image, ``root``: it is pinned, and was there on somebody's
    wish; ``unpinned``: it was there, and no line can install it by a hash."""
    askers: tuple[Asker, ...] = ()
    """Files first, then distributions, the nearest to a file first; constraints last."""
    roots: tuple[Asker, ...] = ()
    """The lines of inputs from which a chain leads here, each once, by file and name; constraints are none."""
    notes: tuple[str, ...] = ()
    """What the lock says at the pin."""
