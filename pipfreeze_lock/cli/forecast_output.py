"""Where a forecast goes, and in which format: stdout, or a file with the answer in a line on stderr."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.cli.rendering import paint, wants_colour
from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.report.forecast_text import ForecastPresentation

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.model.forecast import Forecast
    from pipfreeze_lock.report.forecast_difference import ForecastDifference

__all__ = ["ForecastOutput"]

_FORMATS = ("text", "json")
_LEAST_WIDTH = 60
"""Characters of a line; what is narrower breaks in the terminal."""
_WIDTH_OF_PIPE = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class ForecastOutput:
    """``--format`` and ``-o``."""

    format: str
    path: str | None
    is_difference: bool
    """Whether two forecasts are compared."""

    def __post_init__(self) -> None:
        known = (*_FORMATS, "markdown") if self.is_difference else _FORMATS
        if self.format in known:
            return
        if self.format == "markdown":
            message = "`--format markdown` is for two days, of which `--since` names the first"
        else:
            message = f"`--format {self.format}` is not known"
        raise UsageError(message, hints=[f"Write one of {', '.join(f'`{name}`' for name in known)}."])

    def write(self, forecast: Forecast, talk: Talk) -> None:
        """Write one forecast."""
        from pipfreeze_lock.report import forecast_json, forecast_text  # noqa: PLC0415  when it is known

        if self.format == "json":
            self._write(lambda _: forecast_json.render(forecast), talk)
        else:
            self._write(lambda shown: forecast_text.render(forecast, shown), talk)

    def write_difference(self, difference: ForecastDifference, talk: Talk) -> None:
        """Write what moved between two."""
        from pipfreeze_lock.report import (  # noqa: PLC0415  when it is known
            forecast_difference_markdown,
            forecast_difference_text,
            forecast_json,
        )

        match self.format:
            case "json":
                self._write(lambda _: forecast_json.render_difference(difference), talk)
            case "markdown":
                self._write(lambda _: forecast_difference_markdown.render(difference), talk)
            case _:
                self._write(lambda shown: forecast_difference_text.render(difference, shown), talk)

    def _write(self, rendered: Callable[[ForecastPresentation], str], talk: Talk) -> None:
        is_verbose = talk.level >= 1
        width = max(shutil.get_terminal_size((_WIDTH_OF_PIPE, 24)).columns, _LEAST_WIDTH)
        if self.path in (None, "-"):
            colour = wants_colour(sys.stdout)
            sys.stdout.write(
                rendered(
                    ForecastPresentation(
                        paint=lambda words, style: paint(words, style, colour=colour), width=width, verbose=is_verbose
                    )
                )
            )
            sys.stdout.flush()
            return
        from pipfreeze_lock.lockfile.atomic import write_atomically  # noqa: PLC0415  only with `-o`

        text = rendered(ForecastPresentation(width=width, verbose=is_verbose))
        write_atomically(Path(str(self.path)), text.encode())
        talk.say(f"Wrote {self.path}.")
