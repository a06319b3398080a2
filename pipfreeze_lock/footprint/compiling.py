"""Compiling as pip does, under a Python of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipfreeze_lock.footprint.interface import Compiler
    from pipfreeze_lock.model.target import Target

__all__ = ["find_compiler"]


def find_compiler(target: Target, *, environment: Mapping[str, str], answers: Path | None) -> Compiler | None:
    """Give a compiler of the target's series; None where this machine has no such Python.

    :param answers: The file in which `target.interpreters.find_interpreter` keeps what programs answered.
    """
    raise NotImplementedError
