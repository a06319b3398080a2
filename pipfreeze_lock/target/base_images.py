"""The official ``python:*`` images of Docker Hub, as a table: what pip, libc and base set each has.

``base_images.csv`` holds a row for each full version and variant, sorted, read off every commit (2014 to June 2026) of
the Dockerfiles in github.com/docker-library/python. Its columns: ``python`` and ``variant`` make the tag
(``3.6.8-slim-stretch``; no variant: ``3.6.8``); ``libc``; ``pip``, ``setuptools``, ``wheel`` (empty: not there);
``estimated``, the columns that neither a Dockerfile nor ensurepip fixes, so that they are the newest release 14 days
before the tag was last rebuilt; ``current_from`` and ``current_until``, the days between which it was (empty: it
still was in June 2026).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.model.target import BaseDistribution, Libc, Target
from pipfreeze_lock.target.abi import default_abi
from pipfreeze_lock.target.image_references import parse_image_reference
from pipfreeze_lock.target.python_versions import is_final, version_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.utils import NormalizedName

__all__ = ["BaseImage", "known_image", "newest_of_series", "newest_python_of", "target_of_base_image"]

_TABLE = Path(__file__).with_name("base_images.csv")
_TABLE_DATE = "June 2026"


@dataclass(frozen=True, kw_only=True, slots=True)
class BaseImage:
    """A row of the table."""

    python: str
    variant: str
    libc: Libc
    pip: str
    setuptools: str | None
    wheel: str | None
    estimated: tuple[str, ...]

    @property
    def tag(self) -> str:
        """``3.6.8-slim``."""
        return f"{self.python}-{self.variant}" if self.variant else self.python

    @property
    def base(self) -> tuple[BaseDistribution, ...]:
        """What the image has installed, sorted by name."""
        versions = {"pip": self.pip, "setuptools": self.setuptools, "wheel": self.wheel}
        return tuple(
            BaseDistribution(cast("NormalizedName", name), version) for name, version in versions.items() if version
        )


@lru_cache(maxsize=1)
def _table() -> str:
    """The rows as they are, with a line feed before and after each."""
    _, line_feed, rows = _TABLE.read_text(encoding="ascii").partition("\n")
    return line_feed + rows


def _rows_starting_with(prefix: str) -> Iterator[list[str]]:
    """Give the fields of the rows that start so; the text is searched, since splitting all of it takes longer."""
    table = _table()
    start = table.find("\n" + prefix)
    while 0 <= start < len(table) - 1:
        end = table.index("\n", start + 1)
        yield table[start + 1 : end].split(",")
        start = table.find("\n" + prefix, end)


def _base_image(fields: list[str]) -> BaseImage:
    python, variant, libc, pip, setuptools, wheel, estimated, *_ = fields
    return BaseImage(
        python=python,
        variant=variant,
        libc=Libc.parse(libc),
        pip=pip,
        setuptools=setuptools or None,
        wheel=wheel or None,
        estimated=tuple(estimated.split()),
    )


def known_image(tag: str) -> BaseImage | None:
    """Give the row of a tag with a full version (``3.6.8-slim``), None where the table has none."""
    python, _, variant = tag.partition("-")
    return next((_base_image(fields) for fields in _rows_starting_with(f"{python},{variant},")), None)


def newest_of_series(tag: str) -> BaseImage | None:
    """Give the newest row that a floating tag may stand for: ``3.6``, ``3-slim``, ``latest``, ``alpine``, ``3.15-rc``.

    Pre-releases count only where the tag says ``rc``, as docker-library has it.
    """
    series, variant, pre_releases = _parts_of_floating_tag(tag)
    fitting = [
        fields
        for fields in _rows_starting_with(f"{series}." if series else "")
        if fields[1] == variant and is_final(fields[0]) is not pre_releases
    ]
    newest = max(fitting, key=lambda fields: version_key(fields[0]), default=None)
    return _base_image(newest) if newest else None


def _parts_of_floating_tag(tag: str) -> tuple[str, str, bool]:
    """Series (or empty), variant, and whether pre-releases are meant."""
    words = tag.split("-")
    series = words.pop(0) if words[0].replace(".", "").isdigit() else ""
    pre_releases = words[:1] == ["rc"]
    variant = "-".join(words[1:] if pre_releases else words)
    return series, "" if variant == "latest" else variant, pre_releases


def newest_python_of(series: str) -> str | None:
    """Give the newest release of a series (``3.6``) that the table has: ``3.6.15``."""
    image = newest_of_series(series)
    return image.python if image else None


def target_of_base_image(reference: str) -> Target | None:
    """Give the target that an official Python image is, on linux/amd64.

    :returns: None for a reference to any other image: its contents cannot be known from a table.
    :raises UsageError: for text that is no reference, and for a tag that the table does not have, with the nearest.
    """
    parsed = parse_image_reference(reference)
    if not parsed.is_official_python:
        return None
    if parsed.digest and not parsed.tag:
        message = f"`{reference}` has a digest but no tag, and the table of base images knows tags only"
        raise UsageError(message, hints=["Write the tag too: `python:3.6.8@sha256:…`."])
    tag = parsed.tag or "latest"
    image = known_image(tag)
    notes = []
    if image is None:
        image = newest_of_series(tag)
        notes.append(f"a floating tag: the newest of its series that the table of base images ({_TABLE_DATE}) has")
    if image is None:
        _refuse_unknown_tag(tag)
    if parsed.digest:
        notes.append("its tag was looked up, its digest was not compared")
    return _target_of(image, "; ".join((f"`{reference}`", *notes)))


def _target_of(image: BaseImage, origin: str) -> Target:
    from_table = f"`python:{image.tag}` in the table of base images"
    abi = default_abi(_release_of(image.python), "cpython", image.python, "linux")
    guess = "the newest release 14 days before the tag was last rebuilt"
    estimated = f"; estimated: {', '.join(image.estimated)} ({guess})" if image.estimated else ""
    return Target(
        python=image.python,
        implementation_version=image.python,
        abi=abi,
        machine="x86_64",
        libc=image.libc,
        pip=image.pip,
        base=image.base,
        sources=(
            ("image", origin),
            ("python", from_table),
            ("implementation", "the official images have CPython"),
            ("abi", f"the usual one of CPython {image.python}"),
            ("platform", "the default"),
            ("libc", from_table),
            ("pip", from_table + ("; estimated" if "pip" in image.estimated else "")),
            ("base", from_table + estimated),
        ),
        estimated=image.estimated,
    )


def _release_of(python: str) -> tuple[int, int]:
    major, minor = python.split(".")[:2]
    return int(major), int(minor)


def _refuse_unknown_tag(tag: str) -> NoReturn:
    message = f"`python:{tag}` is not in the table of base images, which ends in {_TABLE_DATE}"
    near = ", ".join(f"`python:{name}`" for name in _nearest_tags(tag))
    hints = [f"The nearest tags in it: {near}."] if near else []
    raise UsageError(
        message,
        hints=[*hints, "For another image give `--python-version`, `--pip-version` and `--libc` (or `--platform`)."],
    )


def _nearest_tags(tag: str) -> list[str]:
    """Give up to five: misspelt variants of the version, versions of the series with this variant, similar ones."""
    from difflib import get_close_matches  # noqa: PLC0415  only for an error

    python, _, variant = tag.partition("-")
    same_version = _tags_of(_rows_starting_with(f"{python},"))
    if same_version:
        return get_close_matches(tag, same_version, n=5, cutoff=0) or same_version[:5]
    series = ".".join(python.split(".")[:2])
    in_series = [fields for fields in _rows_starting_with(f"{series}.") if fields[1] == variant] if series else []
    if in_series:
        return _tags_of(sorted(in_series, key=lambda fields: version_key(fields[0]), reverse=True))[:5]
    return get_close_matches(tag, _tags_of(_rows_starting_with("")), n=5)


def _tags_of(rows: Iterable[list[str]]) -> list[str]:
    return [f"{python}-{variant}" if variant else python for python, variant, *_ in rows]
