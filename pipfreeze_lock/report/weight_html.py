"""Where the bytes of an image are, as one page that needs nothing but a browser, and reaches for nothing else.

Its policy lets run and apply only what stands in it, by digest, so that no name of a file could do anything even if it
were not escaped. The parts of the page lie in the folder weight_page: a template, its style sheet, and its script in
several files that are put together.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from pipfreeze_lock import __version__
from pipfreeze_lock.report.weight_colours import TEXT, Colour, colour_classes
from pipfreeze_lock.report.weight_data import embedded_json
from pipfreeze_lock.report.weight_svg import render as render_svg
from pipfreeze_lock.report.weight_svg_style import STYLE
from pipfreeze_lock.report.weight_tables import tables
from pipfreeze_lock.report.weight_words import shown, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.model.weight import ImageWeight

__all__ = ["render"]

_SCRIPTS = ("format.js", "model.js", "layout.js", "map.js", "panel.js", "tables.js", "page.js")


def render(weight: ImageWeight) -> str:
    """Give the page; the same for the same weight, whatever the day."""
    style, script = _style(), _script()
    return Template(_asset("page.html")).substitute(
        policy=escape(_policy(style, script)),
        version=__version__,
        subject=escape(shown(weight.subject)),
        heading=_breakable(escape(shown(weight.subject))),
        summary=escape(summary(weight)),
        digest=f"<code>{escape(shown(weight.digest))}</code>" if weight.digest else "",
        style=style,
        script=script,
        data=embedded_json(weight),
        drawing=render_svg(weight),
        tables=tables(weight),
    )


def _breakable(name: str) -> str:
    """Let the name of an image be broken behind its slashes and colons."""
    return name.replace("/", "/<wbr>").replace(":", ":<wbr>")


def _policy(style: str, script: str) -> str:
    """Give the Content-Security-Policy: no network, no form, no frame; one script, two style sheets."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_digest(script)}",
            f"style-src {_digest(style)} {_digest(STYLE)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest(text: str) -> str:
    """Give a hash source (CSP 3, 2.3.1)."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _style() -> str:
    return f"{_asset('page.css')}{''.join(_colours())}"


def _colours() -> Iterator[str]:
    """Give a rule for each colour: the ground of an element, the filling of a shape, and the text on it."""
    for name, colour in colour_classes():
        yield f".{name}{{background-color:{_both(colour)};fill:{_both(colour)};color:{_both(TEXT)}}}\n"


def _both(colour: Colour) -> str:
    return f"light-dark({colour.light},{colour.dark})"


@cache
def _script() -> str:
    return "".join(_asset(name) for name in _SCRIPTS)


@cache
def _asset(name: str) -> str:
    return (files("pipfreeze_lock.report") / "weight_page" / name).read_text(encoding="utf-8")
