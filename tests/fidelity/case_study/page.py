"""Writes ``docs/case-study.md`` and its plot: the template's sentences, the results' figures."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from fidelity.case_study.plot import draw
from fidelity.case_study.tables import BLOCKS, figure, of_pip

if TYPE_CHECKING:
    from fidelity.case_study.results import Results

__all__ = ["PAGE", "PLOT", "rendered", "write_page"]

_TEMPLATE = Path(__file__).with_name("page.md")
_DOCS = Path(__file__).parents[3] / "docs"
PAGE, PLOT = _DOCS / "case-study.md", _DOCS / "case-study" / "layers.svg"
_HOLE = re.compile(r"\{\{([^}]*)\}\}")
"""``{{steps plain again}}``, ``{{day}}``, ``{{19.1.1 plain added}}``."""


def rendered(results: Results) -> str:
    """Give the page."""

    def filled(hole: re.Match[str]) -> str:
        name, *arguments = hole[1].split()
        if name in BLOCKS:
            return BLOCKS[name](results, *arguments)
        if arguments:
            return figure(of_pip(results, name), *arguments)
        return str(getattr(results.conditions, name))

    return _HOLE.sub(filled, _TEMPLATE.read_text())


def write_page(results: Results) -> None:
    """Write both."""
    PAGE.write_text(rendered(results))
    PLOT.write_text(draw(results))
