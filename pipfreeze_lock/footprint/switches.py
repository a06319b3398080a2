"""Whether pip compiles and keeps a cache, by how it is called and by what the image sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipfreeze_lock.footprint.interface import PipCache
    from pipfreeze_lock.image.interface import ImageConfig
    from pipfreeze_lock.image.layers import FileTree

__all__ = ["PipSwitches", "pip_switches"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PipSwitches:
    """What is on, and why."""

    is_compiled: bool
    compile_reason: str
    """``pip compiles what it installs`` , `` `PIP_NO_COMPILE=1` of the image``."""
    cache: PipCache | None
    cache_reason: str
    """`` `--no-cache-dir` in `RUN pip install --no-cache-dir -r requirements.txt` ``."""


def pip_switches(
    config: ImageConfig, tree: FileTree | None, *, pip: str, instructions: Sequence[str] = (), words: Sequence[str] = ()
) -> PipSwitches:
    """Tell by the command line, then by the environment of the image.

    :param pip: Its version.
    :param instructions: Of the image's history or of a Dockerfile: the last one that runs ``pip install`` counts.
    :param words: The options of the ``pip install`` itself, where they are known: ``--no-cache-dir``, ``--no-compile``.
    """
    raise NotImplementedError
