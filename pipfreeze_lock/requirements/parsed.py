"""What one requirements file says, in order: requirements, options, named files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pipfreeze_lock.model.requirement import Requirement, SourceLine, UnnamedRequirement

if TYPE_CHECKING:
    from pipfreeze_lock.errors import InputError

__all__ = ["Entry", "NestedFile", "OptionLine", "ParsedFile"]


@dataclass(frozen=True, slots=True)
class OptionLine:
    """A global option that is in force."""

    name: str
    """Long: ``--index-url`` for ``-i`` too."""
    value: str = field(repr=False)
    """Variables replaced, so it may hold a password; empty for an option without value."""
    source: SourceLine


@dataclass(frozen=True, slots=True)
class NestedFile:
    """A file that ``-r`` or ``-c`` names."""

    path: str = field(repr=False)
    """As written, variables replaced: relative to the file that names it, or a URL, which may hold a password."""
    role: Literal["requirement", "constraint"]
    source: SourceLine


Entry = Requirement | UnnamedRequirement | OptionLine | NestedFile


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedFile:
    """What one file says."""

    entries: tuple[Entry, ...]
    """Everything, in order of mention."""
    errors: tuple[InputError, ...] = ()
    notes: tuple[str, ...] = ()
    """What pip passes over in silence, or some pips no longer know: ``requirements.txt:3: …``."""

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """In order of mention."""
        return tuple(entry for entry in self.entries if isinstance(entry, Requirement))

    @property
    def unnamed(self) -> tuple[UnnamedRequirement, ...]:
        """In order of mention."""
        return tuple(entry for entry in self.entries if isinstance(entry, UnnamedRequirement))

    @property
    def options(self) -> tuple[OptionLine, ...]:
        """In order of mention."""
        return tuple(entry for entry in self.entries if isinstance(entry, OptionLine))

    @property
    def nested(self) -> tuple[NestedFile, ...]:
        """In order of mention."""
        return tuple(entry for entry in self.entries if isinstance(entry, NestedFile))
