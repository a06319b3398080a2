"""The index that forecasts are made of: own wheels with code, scripts and data, uploaded on three days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import needs, packages
from support.index_server import IndexServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.distribution import Artifact

WINTER, SPRING, SUMMER = "2021-01-10T00:00:00Z", "2021-03-10T00:00:00Z", "2021-06-10T00:00:00Z"
_BUILDER = ("setuptools", "80.9.0")
"""A real one: newest pips build sdists with it, in isolation."""


def universe() -> list[Artifact]:
    return [
        made("app", "1.0", WINTER, "lib>=1", "base"),
        made("app", "1.1", SPRING, "lib>=1.1", "base", padding=80_000),
        made("lib", "1.0", WINTER, padding=200_000),
        made("lib", "1.1", SPRING, padding=250_000),
        made("lib", "1.2", SUMMER, padding=300_000),
        made("base", "1.0", WINTER),
        made("base", "1.5", SPRING, padding=90_000),
        made("tool", "0.9", WINTER, "base"),
        made("tool", "1.0", WINTER, "base", "gone"),
        made("tool", "2.0", SPRING, "base", "come<2", padding=10_000),
        made("gone", "1.0", WINTER),
        made("come", "1.0", SPRING),
        made("plus", "3.0", WINTER, "lib"),
        packages.sdist("source", "1.0", upload_time=WINTER, style="setuptools", requires=["base"]),
    ]


def made(name: str, version: str, uploaded: str, *requires: str, padding: int = 60_000) -> Artifact:
    inside = {
        f"{name}/part{part}.py": f"def function(x):\n    return x * {part} + len(str(x))\n" * 40 for part in range(12)
    }
    inside[f"{name}-{version}.dist-info/entry_points.txt"] = f"[console_scripts]\n{name}-run = {name}.part1:function\n"
    return packages.wheel(name, version, requires=requires, upload_time=uploaded, inside=inside, padding=padding)


@pytest.fixture(scope="session")
def server() -> Iterator[IndexServer]:
    """Serve it, by date too."""
    wheel = needs.wheel_file(*_BUILDER)
    builder = packages.Artifact.of(*_BUILDER, wheel.name, wheel.read_bytes(), upload_time=WINTER)
    with IndexServer(*universe(), builder) as server:
        yield server
