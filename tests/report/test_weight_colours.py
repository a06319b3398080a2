"""Colours of kinds and owners: legible text on each, told apart by those who see fewer colours, too."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Literal

import pytest

from pipfreeze_lock.model.weight import CATEGORIES, KINDS
from pipfreeze_lock.report.weight_colours import CATEGORY_COLOURS, KIND_COLOURS, TEXT, Colour

Theme = Literal["light", "dark"]
Linear = tuple[float, float, float]

VISIONS = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
"""Machado, Oliveira, Fernandes (2009), severity 1: from linear RGB to what is seen of it."""
NOTICEABLE = 0.02
"""In OKLab: what can just be seen. Any two of ours are at least two and a half times as far apart."""


def linear(colour: str) -> Linear:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return red, green, blue


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """By WCAG 2.2."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def oklab(seen: Linear) -> Linear:
    """By Björn Ottosson, "A perceptual color space for image processing" (2020)."""
    red, green, blue = (min(max(one, 0.0), 1.0) for one in seen)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
    )


def seen(colour: str, vision: str) -> Linear:
    rgb = linear(colour)
    first, second, third = (sum(part * one for part, one in zip(row, rgb, strict=True)) for row in VISIONS[vision])
    return oklab((first, second, third))


def test_each_has_one() -> None:
    assert tuple(KIND_COLOURS) == KINDS
    assert tuple(CATEGORY_COLOURS) == CATEGORIES


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colour", [*KIND_COLOURS.values(), *CATEGORY_COLOURS.values()], ids=lambda one: one.light)
def test_text_on_each_is_legible(theme: Theme, colour: Colour) -> None:
    assert contrast(getattr(colour, theme), getattr(TEXT, theme)) >= 4.5


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colours", [KIND_COLOURS, CATEGORY_COLOURS], ids=["kinds", "categories"])
def test_any_two_are_told_apart(theme: Theme, colours: dict[str, Colour], vision: str) -> None:
    for (one, first), (other, second) in combinations(colours.items(), 2):
        distance = math.dist(seen(getattr(first, theme), vision), seen(getattr(second, theme), vision))
        assert distance >= 2.5 * NOTICEABLE, (one, other)
