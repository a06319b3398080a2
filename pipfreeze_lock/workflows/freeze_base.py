"""What of an image was there before anything was installed for its own sake: the base set of a frozen image."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from pipfreeze_lock.model.target import BaseDistribution

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pipfreeze_lock.image.interface import ScannedLayer
    from pipfreeze_lock.model.installed import InstalledDistribution

__all__ = ["base_by_layers", "base_of_image", "first_layer_of_pip"]

_WITH_PIP = frozenset({"setuptools", "wheel"})
"""What ensurepip, get-pip.py and virtualenv install beside it."""
_OF_PIP = re.compile(r"pip-[^/]+\.(?:dist|egg)-info")


def base_by_layers(
    installed: Iterable[InstalledDistribution], *, of_system: Collection[str], pip_layer: int | None
) -> tuple[BaseDistribution, ...]:
    """Tell it by where the metadata is: with pip or below it, or owned by the system's package manager.

    :param installed: The first of each name on ``sys.path``.
    :param of_system: Paths of metadata that the system's packages own.
    :param pip_layer: As `first_layer_of_pip`. None: there are no layers, and pip, setuptools and wheel are the base.
    """

    def is_base(one: InstalledDistribution) -> bool:
        if one.name == "pip" or one.path in of_system:
            return True
        if pip_layer is None or one.layer is None:
            return one.name in _WITH_PIP
        return one.layer.index < pip_layer or (one.name in _WITH_PIP and one.layer.index == pip_layer)

    return _sorted(one for one in installed if is_base(one))


def base_of_image(
    installed: Iterable[InstalledDistribution], known: Iterable[BaseDistribution], *, of_system: Collection[str]
) -> tuple[BaseDistribution, ...]:
    """Take what the base image has and what did not move since; pip is in it with the version that it has now.

    :param known: What the base image has.
    """
    known = set(known)
    return _sorted(
        one
        for one in installed
        if one.name == "pip" or one.path in of_system or BaseDistribution(one.name, one.version) in known
    )


def first_layer_of_pip(layers: Sequence[ScannedLayer], folders: Iterable[str]) -> int | None:
    """Give the lowest layer that has a pip for an environment: that of today may be an upgrade in a higher one.

    :param folders: Those of ``sys.path``.
    :return: None where there are no layers, or pip's is not to be found.
    """
    wanted = {folder.lstrip("/") for folder in folders}
    for layer in layers:
        if not (layer.info.digest or layer.info.diff_id):
            return None
        for path in layer.contents.files:
            metadata = posixpath.dirname(path)
            folder, _, name = metadata.rpartition("/")
            if _OF_PIP.fullmatch(name) and folder in wanted:
                return layer.info.index
    return None


def _sorted(installed: Iterable[InstalledDistribution]) -> tuple[BaseDistribution, ...]:
    return tuple(sorted(BaseDistribution(one.name, one.version) for one in installed if one.version))
