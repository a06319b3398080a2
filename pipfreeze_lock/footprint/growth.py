"""The growth of a layer: what is written, what is taken away, what is kept in pip's cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipfreeze_lock.footprint.interface import Compiler, GrowthRequest, WheelFiles
    from pipfreeze_lock.model.layer_growth import LayerGrowth

__all__ = ["growth"]


def growth(request: GrowthRequest, *, wheels: WheelFiles, compiler: Compiler | None) -> LayerGrowth:
    """Give by how many bytes the layer of a ``RUN pip install`` that carries out a plan grows.

    :param compiler: None where there is no such Python here: sizes of ``.pyc`` are estimated then.
    :raises MetadataError: when a wheel of the plan is none.
    :raises NetworkError: when one cannot be read.
    """
    raise NotImplementedError
