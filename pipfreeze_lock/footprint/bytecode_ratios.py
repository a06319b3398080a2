"""How large a ``.pyc`` is by its source, where no Python of its series is at hand.

Measured by ``python -m fidelity.bytecode_ratios``.
"""

from __future__ import annotations

__all__ = ["estimated_size"]

_RATIOS = {(3, 6): 0.8}


def estimated_size(source: int, python: tuple[int, int]) -> int:
    """Estimate bytes of a ``.pyc``.

    :param source: Bytes of the source.
    """
    return round(source * _RATIOS[min(_RATIOS, key=lambda series: abs(series[1] - python[1]))])
