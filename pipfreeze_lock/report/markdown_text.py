"""Pieces of GitHub Flavored Markdown that stay what they are, whatever stands in them.

What others wrote goes into code spans: nothing in them is markup, a link, a mention (``@name``) or a reference
(``#1``), on GitHub and GitLab alike. Rules: CommonMark 0.31, 6.1; GFM 0.29, 4.10 (tables).
"""

from __future__ import annotations

import re

from pipfreeze_lock.report.public_text import public_text

__all__ = ["code", "folded", "linked", "row"]

_LONGEST = 300
"""Characters of a code span: a reason may be a book."""
_BACKSLASHES_AND_PIPE = re.compile(r"(\\+)\|")


def code(text: str) -> str:
    """Make a code span; one that holds back-ticks is fenced with more of them."""
    text = " ".join(public_text(text).split()) or " "
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…"
    fence = "`"
    while fence in text:
        fence += "`"
    return f"{fence} {text} {fence}" if "`" in text else f"{fence}{text}{fence}"


def linked(span: str, url: str | None) -> str:
    """Make a link of a code span, where there is a URL.

    :param url: Of our own making, with nothing in it that ends a link destination.
    """
    return f"[{span}]({url})" if url is not None else span


def row(cells: list[str]) -> str:
    """Make a row of a table.

    A pipe ends a cell even within a code span unless a backslash stands before it, and a backslash before that one
    would undo this: so a space is put between.
    """
    escaped = (_BACKSLASHES_AND_PIPE.sub(r"\1 |", cell).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def folded(summary: str, lines: list[str]) -> list[str]:
    """Fold lines away.

    :param summary: Words of our own.
    """
    return [f"<details><summary>{summary}</summary>", "", *lines, "", "</details>", ""]
