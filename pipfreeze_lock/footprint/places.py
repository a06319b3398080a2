"""Where a pip of an environment puts the files of a wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipfreeze_lock.footprint.interface import InstallPlaces
    from pipfreeze_lock.image.environments import Environment
    from pipfreeze_lock.image.layers import FileTree
    from pipfreeze_lock.model.target import Target

__all__ = ["places_of_environment", "places_of_official_image"]


def places_of_environment(environment: Environment, tree: FileTree, target: Target) -> InstallPlaces:
    """Give them of an environment of an image that was read."""
    raise NotImplementedError


def places_of_official_image(target: Target) -> InstallPlaces:
    """Give them of a ``python:*`` image, of which only a table is known."""
    raise NotImplementedError
