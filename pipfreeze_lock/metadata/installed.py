"""Core metadata of what is installed, from the files beside it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pipfreeze_lock.metadata.core_metadata import read_fields
from pipfreeze_lock.metadata.requires_txt import parse_requires_txt
from pipfreeze_lock.model.core_metadata import CoreMetadata

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipfreeze_lock.model.installed import InstalledDistribution

__all__ = ["installed_metadata"]


def installed_metadata(one: InstalledDistribution, read: Callable[[str], bytes | None]) -> CoreMetadata:
    """Give it as pip reads it: METADATA of a ``.dist-info``; PKG-INFO and requires.txt of an ``.egg-info``.

    Nothing is missing for a file that is not there: such a distribution needs nothing, as pip has it.

    :param read: Gives what is in a file; None where there is none.
    """
    is_wheel = one.path.endswith(".dist-info")
    folder = _folder(one, read)
    data = read(f"{folder}/METADATA" if is_wheel else f"{folder}/PKG-INFO")
    if data is None and folder.endswith(".egg-info"):
        data = read(folder)  # distutils wrote a single file
    fields = read_fields(data or b"")
    requires_dist, provides_extra = fields.requires_dist, fields.provides_extra
    listed = None if is_wheel else read(f"{folder}/requires.txt")
    if listed is not None:
        try:
            told = parse_requires_txt(listed.decode("utf-8", errors="replace"))
        except ValueError:
            pass  # pip, too, goes on with what it could read
        else:
            requires_dist, provides_extra = told.requires_dist, told.provides_extra
    return CoreMetadata(
        name=one.name,
        version=one.version,
        requires_python=fields.requires_python,
        requires_dist=requires_dist,
        provides_extra=provides_extra,
        tier="wheel" if is_wheel else "egg-info",
    )


def _folder(one: InstalledDistribution, read: Callable[[str], bytes | None]) -> str:
    """Give where the metadata is: in an egg, or in the sources that an ``.egg-link`` leads to."""
    if one.path.endswith(".egg"):
        return f"{one.path}/EGG-INFO"
    if not one.path.endswith(".egg-link"):
        return one.path
    lines = (read(one.path) or b"").decode("utf-8", errors="replace").splitlines()
    sources = posixpath.join(posixpath.dirname(one.path), next((line.strip() for line in lines if line.strip()), ""))
    stem = one.path.rpartition("/")[2].removesuffix(".egg-link")
    names = dict.fromkeys((stem, stem.replace("-", "_"), one.name.replace("-", "_")))
    found = (f"{sources}/{name}.egg-info" for name in names)
    return next((folder for folder in found if read(f"{folder}/PKG-INFO") is not None), one.path)
