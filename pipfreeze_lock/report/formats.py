"""The formats of findings by their names, each imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from pipfreeze_lock.report.interface import FindingsRenderer, Paint, Presentation, inside_folder, plain, relative_to

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import PurePath

    from pipfreeze_lock.model.finding import Examination, Rule

__all__ = ["FORMATS", "render_findings", "renderer"]

FORMATS: Mapping[str, str] = {
    "text": "findings_text",
    "json": "findings_json",
    "github": "github",
    "gitlab": "gitlab",
    "junit": "junit",
    "sarif": "sarif",
}
"""The module in this package that has each format's ``render``."""


def renderer(name: str) -> FindingsRenderer:
    """Give a format's function.

    :raises KeyError: when `name` is none of `FORMATS`; whoever reads it from a person asks before.
    """
    return cast("FindingsRenderer", import_module(f"pipfreeze_lock.report.{FORMATS[name]}").render)


def render_findings(
    format_name: str,
    examinations: Sequence[Examination],
    *,
    root: PurePath | None = None,
    folder: PurePath | None = None,
    paint: Paint = plain,
    rules: Sequence[Rule] = (),
    verbose: bool = False,
) -> str:
    """Give findings in a format, each line with its end.

    :param format_name: One of `FORMATS`.
    :param root: Of the repository, absolute: what services that show findings beside lines count paths from. None: the
        folder that `Location.path` counts from.
    :param folder: That folder, absolute. None: `root`.
    :param paint: For text: colours a part of it.
    :param rules: All that were looked for; JUnit's passed ones, and what SARIF says that the tool knows.
    :param verbose: For text: help and details too.
    """
    relative = inside_folder if root is None else relative_to(root.as_posix(), (folder or root).as_posix())
    presentation = Presentation(paint=paint, relative=relative, rules=tuple(rules), verbose=verbose)
    return renderer(format_name)(examinations, presentation)
