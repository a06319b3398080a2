"""The plot of the case study: what each RUN adds to the image, from the nine lines and from the lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from pipfreeze_lock.report.sizes import readable_size

if TYPE_CHECKING:
    from fidelity.case_study.results import PipResults, Results

__all__ = ["draw"]

_STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; fill: #1b2129 }
.dim { fill: #55606d }
.bold { font-weight: 600 }
.axis { stroke: #9aa5b1; stroke-width: 1 }
.plain { fill: #c2570c }
.lock { fill: #2563c9 }
.same { fill-opacity: .35 }
@media (prefers-color-scheme: dark) {
  text { fill: #e8edf2 }
  .dim { fill: #a9b4c0 }
  .axis { stroke: #55606d }
  .plain { fill: #f08c3e }
  .lock { fill: #6ea2f5 }
}
"""


@dataclass(frozen=True, slots=True)
class _Bar:
    """A row of the plot."""

    step: str
    words: str
    compared_to: str | None = None
    """The step whose layer it stands beside: what both have is drawn lighter."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows of one colour."""

    colour: str
    words: str
    bars: tuple[_Bar, ...]


_GROUPS = (
    _Group(
        "plain",
        "From the nine lines",
        (
            _Bar("plain", "first build"),
            _Bar("again", "again on that image"),
            _Bar("later", "again, three months later"),
            _Bar("later-upgrade", "… with --upgrade"),
            _Bar("later-eager", "… with --upgrade, eager"),
            _Bar("autumn-eager", "… likewise, in the quarter before"),
            _Bar("later-fresh", "new build, three months later", "plain"),
        ),
    ),
    _Group(
        "lock",
        "From the lock",
        (
            _Bar("lock", "first build"),
            _Bar("lock-later", "again, three months later"),
            _Bar("lock-fresh", "new build, three months later", "lock"),
            _Bar("relocked", "… after locking again", "lock"),
            _Bar("timeless-again", "new build, no .pyc, no times", "timeless"),
        ),
    ),
)
_LABELS, _PANEL, _VALUE, _MARGIN = 250, 215, 90, 16
_TOP, _ROW, _BAR, _GAP = 58, 24, 14, 34


def draw(results: Results) -> str:
    """Give an SVG document that follows the reader's light or dark theme."""
    rows = sum(len(group.bars) for group in _GROUPS)
    width = _MARGIN + _LABELS + len(results.pips) * (_PANEL + _VALUE)
    height = _TOP + rows * _ROW + len(_GROUPS) * _GAP + 30
    root = Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {height}", role="img")
    root.attrib |= {"width": str(width), "height": str(height), "aria-labelledby": "title description"}
    SubElement(root, "title", id="title").text = "Bytes that each RUN adds to the image"
    SubElement(root, "desc", id="description").text = " ".join(_sentences(results))
    SubElement(root, "style").text = _STYLE
    _text(root, _MARGIN, 22, "Bytes that each RUN adds to the image (tar of its layer)", "bold")
    _labels(root)
    largest = max(_added(pip, bar) for pip in results.pips for group in _GROUPS for bar in group.bars)
    for number, pip in enumerate(results.pips):
        _panel(root, pip, _MARGIN + _LABELS + number * (_PANEL + _VALUE), _PANEL / largest)
    _text(
        root,
        _MARGIN,
        height - 12,
        "Lighter: files that the layer of the first build has, too; bytecode of the same source counts as the same.",
        "dim",
    )
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def _labels(root: Element) -> None:
    top = _TOP
    for group in _GROUPS:
        _text(root, _MARGIN, top + 20, group.words, "bold")
        top += _GAP
        for bar in group.bars:
            _text(root, _MARGIN, top + _BAR - 2, bar.words)
            top += _ROW


def _panel(root: Element, pip: PipResults, left: int, scale: float) -> None:
    _text(root, left, _TOP - 6, f"pip {pip.pip}", "bold")
    top = _TOP
    for group in _GROUPS:
        top += _GAP
        bottom = top + len(group.bars) * _ROW - (_ROW - _BAR)
        SubElement(root, "path", {"class": "axis", "d": f"M{left} {top - 4}V{bottom + 4}"})
        for bar in group.bars:
            _draw_bar(root, pip, bar, group.colour, (left, top), scale)
            top += _ROW


def _draw_bar(root: Element, pip: PipResults, bar: _Bar, colour: str, corner: tuple[int, int], scale: float) -> None:
    left, top = corner
    if pip.step(bar.step).failure:
        _text(root, left + 5, top + _BAR - 2, "pip refuses it: another hash", "dim")
        return
    added, same = _added(pip, bar), _same(pip, bar)
    new = added - same
    _rectangle(root, left, top, new * scale, colour)
    _rectangle(root, left + new * scale, top, same * scale, f"{colour} same")
    _text(root, left + added * scale + 5, top + _BAR - 2, readable_size(added), "dim")


def _added(pip: PipResults, bar: _Bar) -> int:
    """Give the bytes that are kept beside the first image's: none for a layer that it has, too."""
    compared = pip.comparison(bar.compared_to, bar.step) if bar.compared_to else None
    return 0 if compared and compared.is_same_layer else pip.step(bar.step).added


def _same(pip: PipResults, bar: _Bar) -> int:
    """Give the part of these that stands for files of the compared layer, headers and padding shared out."""
    compared = pip.comparison(bar.compared_to, bar.step) if bar.compared_to else None
    layer = pip.step(bar.step).layer
    if compared is None or layer is None:
        return 0
    return _added(pip, bar) * (compared.same_bytes + compared.recompiled_bytes) // layer.content


def _sentences(results: Results) -> list[str]:
    """Say what is drawn, for those who do not see it."""
    return [
        f"pip {pip.pip}, {group.words.lower()}: "
        + ", ".join(f"{bar.words} {_said(pip, bar)}" for bar in group.bars)
        + "."
        for pip in results.pips
        for group in _GROUPS
    ]


def _said(pip: PipResults, bar: _Bar) -> str:
    return "is refused by pip" if pip.step(bar.step).failure else readable_size(_added(pip, bar))


def _text(root: Element, left: float, top: float, text: str, classes: str = "") -> None:
    place = {"x": f"{left:.1f}", "y": f"{top:.1f}"} | ({"class": classes} if classes else {})
    SubElement(root, "text", place).text = text


def _rectangle(root: Element, left: float, top: float, width: float, classes: str) -> None:
    if width:
        place = {"x": f"{left:.1f}", "y": str(top), "width": f"{width:.1f}", "height": str(_BAR)}
        SubElement(root, "rect", place | {"class": classes})
