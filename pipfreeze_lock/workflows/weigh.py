"""Weigh an image: read it once, find out whose each file is, add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.image.environments import choose_environment, find_environments
from pipfreeze_lock.image.interest import with_all_digests, with_all_files
from pipfreeze_lock.image.layers import FileTree
from pipfreeze_lock.weigh.weighing import weigh

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipfreeze_lock.image.interface import ScannedImage, Want
    from pipfreeze_lock.model.weight import ImageWeight

__all__ = ["WeighRequest", "weigh_image"]


@dataclass(frozen=True, kw_only=True, slots=True)
class WeighRequest:
    """What is asked for."""

    subject: str
    """The image, as a person named it."""
    environment: str | None = None
    """The one whose distributions are listed; None for all."""
    duplicates: bool = False
    """Whether to look for contents that are there several times, for which every byte is read."""


def weigh_image(request: WeighRequest, scan: Callable[[Callable[[str], Want]], ScannedImage]) -> ImageWeight:
    """Weigh it; an image without a Python has layers, too.

    :param scan: Reads the image for an interest, once.
    :raises ImageError: when it cannot be read.
    :raises UsageError: when the environment that is asked for is not there.
    """
    image = scan(with_all_digests if request.duplicates else with_all_files)
    tree = FileTree(image.layers)
    environments = find_environments(tree, image.config)
    only = None
    if request.environment is not None:
        only = choose_environment(environments, request.environment, subject=request.subject).environment
    return weigh(image, tree, environments, subject=request.subject, with_duplicates=request.duplicates, only=only)
