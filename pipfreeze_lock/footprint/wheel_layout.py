"""Where the files of a wheel go (PEP 427, "Installing a wheel"; pip's ``install_wheel``)."""

from __future__ import annotations

import posixpath
from email.parser import HeaderParser
from typing import TYPE_CHECKING, NamedTuple

from pipfreeze_lock.errors import MetadataError
from pipfreeze_lock.footprint.scripts import is_wrapper

if TYPE_CHECKING:
    from pipfreeze_lock.footprint.interface import InstallPlaces
    from pipfreeze_lock.footprint.scripts import EntryPoints

__all__ = ["WheelLayout", "is_script", "wheel_layout"]


class WheelLayout(NamedTuple):
    """A wheel, and the places of its files."""

    library: str
    """The folder that its root goes to, and that RECORD's paths start from."""
    metadata: str
    """``NAME-VERSION.dist-info``."""
    schemes: dict[str, str]
    """``scripts`` and the like to their folders."""
    entry_points: EntryPoints

    def place(self, member: str) -> str | None:
        """Give where a file goes; None where pip leaves it out, as it writes a script of that name itself.

        :raises MetadataError: when pip knows no such place.
        """
        top, _, rest = member.partition("/")
        if not top.endswith(".data"):
            return posixpath.join(self.library, posixpath.normpath(member))
        scheme, _, path = rest.partition("/")
        if scheme not in self.schemes or not path:
            message = f"pip cannot install `{member}`"
            raise MetadataError(message, context=f"it knows {', '.join(f'`{one}`' for one in self.schemes)}")
        if scheme == "scripts" and is_wrapper(posixpath.basename(path), self.entry_points):
            return None
        return posixpath.join(self.schemes[scheme], posixpath.normpath(path))


def wheel_layout(
    places: InstallPlaces, *, name: str, metadata: str, wheel_file: bytes, points: EntryPoints
) -> WheelLayout:
    """Read WHEEL, and give the places.

    :param name: Of the distribution, as its wheel spells it: a folder for its headers.
    """
    told = HeaderParser().parsestr(wheel_file.decode("utf-8", errors="replace"))
    is_pure = (told.get("Root-Is-Purelib") or "").strip().lower() == "true"
    return WheelLayout(
        library=places.purelib if is_pure else places.platlib,
        metadata=metadata,
        schemes={
            "purelib": places.purelib,
            "platlib": places.platlib,
            "headers": posixpath.join(places.headers, name),
            "scripts": places.scripts,
            "data": places.data,
        },
        entry_points=points,
    )


def is_script(member: str) -> bool:
    """Whether a file of a wheel is a script, whose first line pip may change."""
    parts = member.split("/", 2)
    return len(parts) > 2 and parts[0].endswith(".data") and parts[1] == "scripts"
