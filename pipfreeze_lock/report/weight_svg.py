"""Where the bytes of an image are, as a drawing of 1200 x 800: layers, in them owners, in those kinds of files.

It stands for itself in a browser or a README, and in the page of weight_html.py where scripts do not run; it follows
the light or dark theme of the reader by its own style sheet.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from pipfreeze_lock.model.weight import CATEGORIES
from pipfreeze_lock.report.characters import xml_text
from pipfreeze_lock.report.sizes import exact_size, readable_size
from pipfreeze_lock.report.text_widths import fitting, shortened, text_width
from pipfreeze_lock.report.treemap import Rectangle, enclosing, squarified
from pipfreeze_lock.report.weight_colours import class_name
from pipfreeze_lock.report.weight_svg_style import STYLE
from pipfreeze_lock.report.weight_words import (
    CATEGORY_NAMES,
    all_kinds,
    instruction_of,
    layer_name,
    owner_name,
    shown,
    summary,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipfreeze_lock.model.weight import FileKindOfWeight, ImageWeight, LayerWeight, Part

__all__ = ["render"]

_WIDTH, _HEIGHT = 1200, 800
_MARGIN = 24.0
_MAP = Rectangle(left=_MARGIN, top=88.0, width=_WIDTH - 2 * _MARGIN, height=612.0)
_LEGEND_TOP, _LEGEND_ROW, _LEGEND_COLUMNS = 724.0, 24.0, 4
_LAYER_HEADER = 22.0
_SMALLEST = 1.5
"""Side of the smallest rectangle that is drawn for itself."""
_SMALLEST_TOLD = 12.0
"""Side of the smallest of which kinds are drawn, and a browser tells what it is."""


def render(weight: ImageWeight) -> str:
    """Give an SVG document: valid XML, whatever the names are, and the same for the same weight."""
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {_WIDTH} {_HEIGHT}",
            "width": str(_WIDTH),
            "height": str(_HEIGHT),
            "class": "weigh",
            "role": "img",
            "aria-labelledby": "weigh-title weigh-description",
        },
    )
    SubElement(root, "title", id="weigh-title").text = xml_text(f"Where the bytes of {shown(weight.subject)} are")
    SubElement(root, "desc", id="weigh-description").text = xml_text(_description(weight))
    SubElement(root, "style").text = STYLE
    _hatching(root)
    _rectangle(root, Rectangle(left=0, top=0, width=_WIDTH, height=_HEIGHT), "page")
    _heading(root, weight)
    layers = [layer for layer in weight.layers if layer.total]
    for layer, place in zip(layers, squarified([layer.total for layer in layers], _MAP), strict=True):
        _layer(root, layer, place)
    _legend(root, weight)
    return f"{tostring(root, encoding='unicode')}\n"


def _description(weight: ImageWeight) -> str:
    """Say in words what the drawing shows, for those who do not see it."""
    sentences = [f"{summary(weight)}."]
    for layer in weight.layers:
        largest = ", ".join(f"{owner_name(part.owner)} {readable_size(part.total)}" for part in layer.parts[:3])
        instruction = instruction_of(layer.info)
        words = [f"{layer_name(layer.info)}, {readable_size(layer.total)}"]
        words += [instruction] if instruction else []
        words += [f"mostly {largest}"] if largest else []
        sentences.append(f"{'; '.join(words)}.")
    return " ".join(sentences)


def _heading(root: Element, weight: ImageWeight) -> None:
    room = _WIDTH - 2 * _MARGIN
    subject = shown(weight.subject)
    size = fitting(subject, room, (26.0, 22.0, 18.0)) or 18.0
    _text(root, (_MARGIN, 44.0), shortened(subject, room, size), size, "ink bold")
    _text(root, (_MARGIN, 70.0), shortened(summary(weight), room, 15.0), 15.0, "dim")


def _layer(root: Element, layer: LayerWeight, place: Rectangle) -> None:
    """Draw a frame with a head, in it the owners, those of a category side by side."""
    group = SubElement(root, "g")
    instruction = instruction_of(layer.info)
    title = f"{layer_name(layer.info)}: {exact_size(layer.total)}"
    SubElement(group, "title").text = xml_text(f"{title}\n{instruction}" if instruction else title)
    frame = place.inset(1.0)
    _rectangle(group, frame, "frame")
    has_head = frame.height > 2 * _LAYER_HEADER and frame.width > 56.0
    if has_head:
        _layer_head(group, layer, frame, instruction)
    body = frame.inset(2.0, top=_LAYER_HEADER if has_head else 2.0)
    categories = [[part for part in layer.parts if part.owner.category == category] for category in CATEGORIES]
    present = [parts for parts in categories if parts]
    sizes = [sum(part.total for part in parts) for parts in present]
    for parts, room in zip(present, squarified(sizes, body), strict=True):
        _category(group, parts, room)


def _layer_head(group: Element, layer: LayerWeight, frame: Rectangle, instruction: str) -> None:
    """Write as much as there is room for: number and size first, then what made it."""
    left, base = frame.left + 6.0, frame.top + 15.5
    room = frame.width - 12.0
    name = layer_name(layer.info)
    labels = (f"{name}  {readable_size(layer.total)}", name, str(layer.info.index + 1))
    label = next((label for label in labels if text_width(label, 12.0) <= room), "")
    _text(group, (left, base), label, 12.0, "ink bold")
    used = text_width(label, 12.0) + 8.0
    _text(group, (left + used, base), shortened(instruction, room - used, 11.0), 11.0, "dim")


def _category(group: Element, parts: Sequence[Part], room: Rectangle) -> None:
    """Draw owners side by side; those too small to be told apart, of which there may be thousands, by one element."""
    placed = list(zip(parts, squarified([part.total for part in parts], room.inset(1.0)), strict=True))
    outlines: defaultdict[str, list[str]] = defaultdict(list)
    unseen = [place for part, place in placed if part.total and _side(place) < _SMALLEST]
    if unseen:
        outlines[class_name(_foremost(all_kinds(part.kinds for part in parts)))].append(_outline(enclosing(unseen)))
    for part, place in placed:
        if _side(place) >= _SMALLEST_TOLD:
            _part(group, part, place)
        elif _side(place) >= _SMALLEST:
            outlines[class_name(_foremost(part.kinds))].append(_outline(place.inset(_side(place) / 12)))
    for colour, paths in outlines.items():
        SubElement(group, "path", {"d": "".join(paths), "class": colour})


def _side(place: Rectangle) -> float:
    return min(place.width, place.height)


def _outline(place: Rectangle) -> str:
    left, top, width, height = map(_number, (place.left, place.top, place.width, place.height))
    return f"M{left} {top}h{width}v{height}h-{width}z"


def _part(group: Element, part: Part, place: Rectangle) -> None:
    """Draw an owner: its kinds, what is hidden of it hatched, and its name where that fits."""
    one = SubElement(group, "g")
    SubElement(one, "title").text = xml_text(_part_title(part))
    inner = place.inset(min(1.0, place.width / 6, place.height / 6))
    _rectangle(one, inner, class_name(_foremost(part.kinds)))
    kinds = [(kind, size) for kind, size in part.kinds.items() if size]
    if len(kinds) > 1:
        for (kind, _), room in zip(kinds, squarified([size for _, size in kinds], inner), strict=True):
            if _side(room) >= _SMALLEST:
                _rectangle(one, room, f"{class_name(kind)} line")
    if part.hidden:
        _hidden(one, inner, part.hidden / part.total)
    _part_label(one, part, inner)


def _part_title(part: Part) -> str:
    lines = [f"{owner_name(part.owner)}: {exact_size(part.total)}", CATEGORY_NAMES[part.owner.category]]
    lines += [f"{kind} {readable_size(size)}" for kind, size in part.kinds.items()]
    if part.hidden:
        lines.append(f"hidden {exact_size(part.hidden)}")
    return "\n".join(lines)


def _hidden(one: Element, inner: Rectangle, share: float) -> None:
    """Hatch a share of it; which kinds are hidden is not known, so that the hatching lies across all."""
    width = inner.width * min(share, 1.0)
    left = inner.left + inner.width - width
    _rectangle(one, Rectangle(left=left, top=inner.top, width=width, height=inner.height), "hatched")


def _part_label(one: Element, part: Part, inner: Rectangle) -> None:
    """Write name and size where they fit whole."""
    room = inner.width - 9.0
    name = shown(part.owner.name)
    size = fitting(name, room, (15.0, 13.0, 11.0) if inner.height > 44.0 else (12.0, 10.0))
    if size is None or inner.height < size + 5.0:
        return
    colour = "label bare" if not part.hidden else "label haloed"
    _text(one, (inner.left + 4.5, inner.top + size + 1.5), name, size, f"{colour} bold")
    amount = readable_size(part.total)
    if inner.height >= 2 * size + 8.0 and text_width(amount, 11.0) <= room:
        _text(one, (inner.left + 4.5, inner.top + size + 15.5), amount, 11.0, colour)


def _legend(root: Element, weight: ImageWeight) -> None:
    """Say which colour is which kind, and how much there is of it."""
    kinds = all_kinds(part.kinds for layer in weight.layers for part in layer.parts)
    entries: list[tuple[str, str, int]] = [(class_name(kind), kind, size) for kind, size in kinds.items()]
    if weight.hidden_size:
        entries.append(("hatched", "hidden: ships, but is not seen", weight.hidden_size))
    column = _MAP.width / _LEGEND_COLUMNS
    for number, (colour, label, size) in enumerate(entries):
        row, place = divmod(number, _LEGEND_COLUMNS)
        left, base = _MARGIN + place * column, _LEGEND_TOP + row * _LEGEND_ROW
        swatch = Rectangle(left=left, top=base - 11.0, width=14.0, height=14.0)
        if colour == "hatched":
            _rectangle(root, swatch, "frame")
        _rectangle(root, swatch, colour)
        text = _text(root, (left + 21.0, base), f"{label} ", 12.5, "ink")
        SubElement(text, "tspan", {"class": "dim"}).text = readable_size(size)


def _hatching(root: Element) -> None:
    pattern = SubElement(
        SubElement(root, "defs"),
        "pattern",
        {
            "id": "weigh-hatching",
            "width": "7",
            "height": "7",
            "patternUnits": "userSpaceOnUse",
            "patternTransform": "rotate(45)",
        },
    )
    SubElement(pattern, "rect", {"width": "2.5", "height": "7", "class": "stroke"})


def _rectangle(parent: Element, place: Rectangle, classes: str) -> None:
    sides = {"x": place.left, "y": place.top, "width": place.width, "height": place.height}
    SubElement(parent, "rect", {**{key: _number(value) for key, value in sides.items()}, "class": classes})


def _text(parent: Element, at: tuple[float, float], text: str, size: float, classes: str) -> Element:
    attributes = {"x": _number(at[0]), "y": _number(at[1]), "font-size": _number(size), "class": classes}
    element = SubElement(parent, "text", attributes)
    element.text = xml_text(text)
    return element


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _foremost(kinds: Mapping[FileKindOfWeight, int]) -> FileKindOfWeight:
    return max(kinds, key=lambda kind: kinds[kind])
