"""What of an image was there before anything was installed for its own sake: the base set of a frozen image."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from pipfreeze_lock.model.target import BaseDistribution

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pipfreeze_lock.image.interface import ScannedLayer
    from pipfreeze_lock.image.layers import FileTree
    from pipfreeze_lock.model.installed import InstalledDistribution
    from pipfreeze_lock.verify.ownership import Owned

__all__ = ["base_by_layers", "base_of_image", "first_layer_of_pip", "paths_of_system"]

_WITH_PIP = frozenset({"setuptools", "wheel"})
"""What ensurepip, get-pip.py and virtualenv install beside it."""
_SYSTEM_INSTALLERS = frozenset({"rpm", "debian"})
_RPM = ("var/lib/rpm", "usr/lib/sysimage/rpm")
"""Where its database lies, which is not read."""
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


def paths_of_system(owned: Iterable[Owned], tree: FileTree) -> frozenset[str]:
    """Give the paths of the metadata that came with a package of the system's own package manager.

    dpkg and apk say so in lists that are read; of rpm INSTALLER tells, or that nobody else says to have installed it
    where rpm installs.
    """
    has_rpm = any(tree.find(path) is not None for path in _RPM)
    found = set()
    for one in owned:
        distribution = one.distribution
        is_of_rpm = has_rpm and distribution.installer is None and distribution.path.startswith("/usr/lib")
        if one.is_of_system or is_of_rpm or distribution.installer in _SYSTEM_INSTALLERS:
            found.add(distribution.path)
    return frozenset(found)


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
