"""The drawing of an image's weight: valid, whatever the names; areas as bytes are; nothing beyond its edge."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from support.any_weights import HOSTILE, any_weights, hostile_weight, many_parts, plain_weight

from pipfreeze_lock.model.weight import KINDS, ImageWeight
from pipfreeze_lock.report.text_widths import fitting, shortened, text_width
from pipfreeze_lock.report.weight_svg import render

SVG = "{http://www.w3.org/2000/svg}"
KNOWN = {"svg", "title", "desc", "style", "defs", "pattern", "rect", "g", "text", "tspan", "path"}


def drawn(weight: ImageWeight) -> ET.Element:
    return ET.fromstring(render(weight))


def sides(rectangle: ET.Element) -> tuple[float, float, float, float]:
    left, top, width, height = (float(rectangle.get(side, "nan")) for side in ("x", "y", "width", "height"))
    return left, top, width, height


def areas(root: ET.Element) -> dict[str, float]:
    """Give the area of each group's first rectangle by its title."""
    found = {}
    for group in root.iter(f"{SVG}g"):
        title, rectangle = group.find(f"{SVG}title"), group.find(f"{SVG}rect")
        assert title is not None
        assert rectangle is not None
        _, _, width, height = sides(rectangle)
        found[str(title.text).split("\n")[0]] = width * height
    return found


def words(root: ET.Element) -> str:
    return "\n".join(root.itertext())


def test_areas_are_as_bytes_are() -> None:
    found = areas(drawn(plain_weight()))
    assert found["Layer 2: 720,000 B"] / found["Layer 1: 200,000 B"] == pytest.approx(3.6, rel=0.03)
    assert found["numpy 1.18.1: 500,000 B"] / found["pip: 120,000 B"] == pytest.approx(500 / 120, rel=0.06)
    assert found["numpy 1.18.1: 500,000 B"] / found["pip 21.3: 100,000 B"] == pytest.approx(5, rel=0.08)


def test_kinds_hidden_bytes_and_the_legend() -> None:
    root = drawn(plain_weight())
    said = words(root)
    assert "shop/web:1" in said
    assert "1.0 MB in 3 layers, 2 distributions, 40.0 kB hidden (4.0 %)" in said
    assert "RUN pip install -r requirements.txt" in said
    for entry in ("code 210.0 kB", "shared libraries 350.0 kB", "hidden: ships, but is not seen 40.0 kB"):
        assert entry in said.replace("\n", "")
    hatched = [one for one in root.iter(f"{SVG}rect") if one.get("class") == "hatched"]
    assert len(hatched) == 2  # pip 19.1 and the legend
    assert not any("headers" in "".join(text.itertext()) for text in root.iter(f"{SVG}text"))


def test_it_is_described_for_those_who_do_not_see_it() -> None:
    root = drawn(plain_weight())
    assert root.get("role") == "img"
    identifiers = {one.get("id"): one for one in root.iter() if one.get("id")}
    title, description = (identifiers[name] for name in str(root.get("aria-labelledby")).split())
    assert title.text == "Where the bytes of shop/web:1 are"
    assert "Layer 3, 80.0 kB; COPY . /app; mostly /app 80.0 kB." in str(description.text)


def test_light_and_dark() -> None:
    style = str(drawn(plain_weight()).findtext(f"{SVG}style"))
    light, _, dark = style.partition("@media(prefers-color-scheme:dark)")
    for name in ("page", "ink", "of-shared-libraries", "of-system"):
        assert f".weigh .{name}{{fill:#" in light
        assert f".weigh .{name}{{fill:#" in dark
    assert {f"of-{kind.replace(' ', '-')}" for kind in KINDS} <= set(re.findall(r"of-[a-z-]+", light))


@given(any_weights)
@settings(max_examples=60, deadline=None)
def test_any_weight_is_a_valid_drawing_within_its_edges(weight: ImageWeight) -> None:
    root = drawn(weight)
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= KNOWN
    for rectangle in root.iter(f"{SVG}rect"):
        if rectangle.get("x") is not None:
            left, top, width, height = sides(rectangle)
            assert -0.1 <= left <= left + width <= 1200.1
            assert -0.1 <= top <= top + height <= 800.1
    for text in root.iter(f"{SVG}text"):
        size, left = float(text.get("font-size", "nan")), float(text.get("x", "nan"))
        assert left + text_width("".join(text.itertext()), size) <= 1200
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u2028\u2029]", render(weight))


def test_hostile_names_stay_text() -> None:
    root = drawn(hostile_weight())
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= KNOWN
    allowed = {"class", "x", "y", "width", "height", "d", "font-size", "id", "role", "aria-labelledby", "viewBox"}
    for one in root.iter():
        assert set(one.attrib) <= allowed | {"patternUnits", "patternTransform"}
    assert HOSTILE[1] in words(root)


def test_the_same_weight_gives_the_same_bytes() -> None:
    assert render(plain_weight()) == render(plain_weight())


def test_many_parts_stay_readable_for_a_browser() -> None:
    assert len(render(many_parts())) < 600_000


@pytest.mark.parametrize("layers", [(), plain_weight().layers[:1]], ids=["none", "one"])
def test_few_layers(layers: tuple) -> None:
    weight = replace(plain_weight(), layers=layers, distributions=())
    assert f"in {len(layers)} layer" in words(drawn(weight))


def test_widths_of_texts() -> None:
    assert text_width("iii", 10) < text_width("aaa", 10) < text_width("MMM", 10) < text_width("木木木", 10)
    assert text_width("e\u0301", 10) == text_width("e", 10)
    assert fitting("tensorflow", text_width("tensorflow", 12), (15, 12, 10)) == 12
    assert fitting("tensorflow", 20, (15, 12, 10)) is None
    assert shortened("RUN pip install", 500, 12) == "RUN pip install"
    cut = shortened("RUN pip install -r requirements.txt", 120, 12)
    assert cut.endswith("…")
    assert text_width(cut, 12) <= 120
    assert shortened("RUN pip install", 20, 12) == ""
