"""``weigh`` from its options to its report."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.cli.collector import resting_collector
from pipfreeze_lock.cli.image_progress import scan_image
from pipfreeze_lock.cli.image_sources import Listing, SourceOptions, open_image, registry_network
from pipfreeze_lock.cli.rendering import paint, wants_colour
from pipfreeze_lock.cli.settings import read_settings, working_folder
from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.image.reference import ArchiveReference, LayoutReference, parse_reference
from pipfreeze_lock.report.weight_words import shown, summary
from pipfreeze_lock.workflows.weigh import WeighRequest, weigh_image

if TYPE_CHECKING:
    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.image.interface import ImageSource
    from pipfreeze_lock.model.weight import ImageWeight

__all__ = ["WeighOptions", "run_weigh"]

_FORMATS = ("text", "json")
_LEAST_WIDTH = 80
"""Characters of a line; a narrower terminal breaks them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WeighOptions:
    """The command line of ``weigh``; see ``pipfreeze-lock weigh --help``."""

    image: str
    environment: str | None = None
    platform: str | None = None
    insecure: bool = False
    duplicates: bool = False
    most: int | None = 20
    """Distributions of each environment; None for all of everything."""
    format: str = "text"
    output: str | None = None
    html: str | None = None
    svg: str | None = None
    network: dict[str, Any] = field(default_factory=dict)
    """How a registry is reached: fields of `LockOptions` that were given."""


def run_weigh(options: WeighOptions, talk: Talk) -> None:
    """Weigh, and write the report.

    :raises UsageError: for options that cannot be, and for what is no image.
    :raises ImageError: when the image cannot be read.
    :raises NetworkError: when a registry cannot be reached.
    """
    if options.format not in _FORMATS:
        message = f"`--format {options.format}` is not known"
        raise UsageError(message, hints=[f"Write one of {', '.join(f'`{name}`' for name in _FORMATS)}."])
    _check_outputs(options)
    source = _source(options)
    request = WeighRequest(subject=options.image, environment=options.environment, duplicates=options.duplicates)
    with resting_collector():
        weight = weigh_image(request, lambda interest: scan_image(source, interest, talk))
    _draw(weight, options)
    _write(weight, options, talk)


def _check_outputs(options: WeighOptions) -> None:
    """Refuse files of which one would replace another one, or the image.

    :raises UsageError: for those, and for a page or a drawing on stdout.
    """
    if "-" in (options.html, options.svg):
        message = "page and drawing go to files, and `-` is none"
        raise UsageError(message, hints=["Write `/dev/stdout` for stdout."])
    image = parse_reference(options.image)
    taken = {Path(image.path).resolve()} if isinstance(image, ArchiveReference | LayoutReference) else set()
    for one in (options.output, options.html, options.svg):
        if one in (None, "-") or (Path(str(one)).exists() and not Path(str(one)).is_file()):
            continue  # /dev/null may be named twice
        path = Path(str(one)).resolve()
        if path in taken:
            message = f"`{one}` would replace the image, or another output"
            raise UsageError(message, hints=["Name another file."])
        taken.add(path)


def _source(options: WeighOptions) -> ImageSource:
    network = registry_network(options.network, read_settings(working_folder()))
    source = open_image(
        options.image, SourceOptions(platform=options.platform, network=network, is_insecure=options.insecure)
    )
    if isinstance(source, Listing):
        message = f"`weigh` reads files, and `{options.image}` is only a list of what is installed"
        hint = "Give the image itself, or `rootfs:FOLDER` (`rootfs:/ --environment PATH` for this machine)."
        raise UsageError(message, hints=[hint])
    return source


def _draw(weight: ImageWeight, options: WeighOptions) -> None:
    """Write page and drawing; before the report, so that who closes the pipe of that has them."""
    for path, name, option in ((options.html, "weight_html", "--html"), (options.svg, "weight_svg", "--svg")):
        if path is not None:
            from pipfreeze_lock.lockfile.atomic import write_atomically  # noqa: PLC0415  only for files

            render = import_module(f"pipfreeze_lock.report.{name}").render
            write_atomically(Path(path), render(weight).encode(), option=option)


def _write(weight: ImageWeight, options: WeighOptions, talk: Talk) -> None:
    if options.output in (None, "-"):
        sys.stdout.write(_report(weight, options, talk, colour=wants_colour(sys.stdout)))
        sys.stdout.flush()
        return
    from pipfreeze_lock.lockfile.atomic import write_atomically  # noqa: PLC0415  only with `-o`

    write_atomically(Path(str(options.output)), _report(weight, options, talk, colour=False).encode())
    talk.say(f"{shown(weight.subject)}: {summary(weight)}")


def _report(weight: ImageWeight, options: WeighOptions, talk: Talk, *, colour: bool) -> str:
    if options.format == "json":
        from pipfreeze_lock.report import weight_json  # noqa: PLC0415  a format is imported when it is asked for

        return weight_json.render(weight, is_whole=options.most is None)
    from pipfreeze_lock.report import weight_text  # noqa: PLC0415  likewise

    presentation = weight_text.WeightPresentation(
        paint=lambda words, style: paint(words, style, colour=colour),
        width=max(shutil.get_terminal_size().columns, _LEAST_WIDTH),
        most=options.most,
        verbose=talk.level >= 1,
    )
    return weight_text.render(weight, presentation)
