"""The style sheet of the drawing of weight_svg.py: light, and dark where the reader prefers that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.report.weight_colours import TEXT, Colour, colour_classes

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["STYLE"]

_PAGE = Colour(light="#ffffff", dark="#0f1317")
_FRAME = Colour(light="#e4e8ed", dark="#2a313a")
_INK = Colour(light="#15191e", dark="#eef1f4")
_DIM = Colour(light="#4a535e", dark="#b3bdc8")
_HALO = Colour(light="#ffffff", dark="#000000")
_HATCHING = Colour(light="#0b0d10", dark="#ffffff")

_FIXED = (
    ".weigh{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}"
    ".weigh .bold{font-weight:600}"
    ".weigh .line{stroke-width:.75;stroke-opacity:.55}"
    ".weigh .hatched{fill:url(#weigh-hatching)}"
    ".weigh .stroke{fill-opacity:.55}"
    ".weigh .haloed{paint-order:stroke;stroke-width:3.5px;stroke-opacity:.8;stroke-linejoin:round}"
)


def _rules() -> Iterator[tuple[str, str, Colour]]:
    """Give selector, property, and colour."""
    for selector, colour in (
        ("page", _PAGE),
        ("frame", _FRAME),
        ("ink", _INK),
        ("dim", _DIM),
        ("label", TEXT),
        ("stroke", _HATCHING),
        *colour_classes(),
    ):
        yield f".weigh .{selector}", "fill", colour
    yield ".weigh .haloed", "stroke", _HALO
    yield ".weigh .line", "stroke", _PAGE


STYLE = (
    _FIXED
    + "".join(f"{selector}{{{name}:{colour.light}}}" for selector, name, colour in _rules())
    + "@media(prefers-color-scheme:dark){"
    + "".join(f"{selector}{{{name}:{colour.dark}}}" for selector, name, colour in _rules())
    + "}"
)
"""Rules that hold within the drawing alone, since a page may have it in it."""
