"""The colours of what an image weighs, in the page and in the drawing.

Found by a search for the set whose closest two are farthest apart (OKLab), seen by full colour vision, protanopes,
deuteranopes and tritanopes (Machado, Oliveira, Fernandes 2009), of which each leaves its text a contrast of 4.5 at
least (WCAG 2.2, 1.4.3). tests/report/test_weight_colours.py holds both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipfreeze_lock.model.weight import FileKindOfWeight, OwnerCategory

__all__ = ["CATEGORY_COLOURS", "KIND_COLOURS", "TEXT", "Colour", "class_name", "colour_classes"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Colour:
    """One for a light page, one for a dark page."""

    light: str
    dark: str


TEXT = Colour(light="#111418", dark="#ffffff")
"""On any of them."""

KIND_COLOURS: Mapping[FileKindOfWeight, Colour] = {
    "code": Colour(light="#709dee", dark="#1174b4"),
    "shared libraries": Colour(light="#f6a74d", dark="#a25a05"),
    "programs": Colour(light="#b4912e", dark="#6d4f05"),
    "pyc": Colour(light="#9ee9ff", dark="#0a536f"),
    "tests": Colour(light="#6ad089", dark="#517949"),
    "metadata": Colour(light="#c3b7fe", dark="#574497"),
    "headers": Colour(light="#ffc3c6", dark="#762f52"),
    "static libraries": Colour(light="#be6965", dark="#781c04"),
    "documentation": Colour(light="#f9f097", dark="#39402e"),
    "caches": Colour(light="#9c70bb", dark="#905b8d"),
    "data": Colour(light="#a6abb2", dark="#616162"),
}

CATEGORY_COLOURS: Mapping[OwnerCategory, Colour] = {
    "distribution": Colour(light="#59a6e5", dark="#2c539e"),
    "interpreter": Colour(light="#f6e87c", dark="#7a5a00"),
    "system": Colour(light="#c0c9d1", dark="#444444"),
    "cache": Colour(light="#e371a2", dark="#5d146c"),
    "other": Colour(light="#3b9555", dark="#017f63"),
}


def class_name(what: str) -> str:
    """``shared libraries`` has the class ``of-shared-libraries``."""
    return f"of-{what.replace(' ', '-')}"


def colour_classes() -> Iterator[tuple[str, Colour]]:
    """Give each class with its colour."""
    for what, colour in (*KIND_COLOURS.items(), *CATEGORY_COLOURS.items()):
        yield class_name(what), colour
