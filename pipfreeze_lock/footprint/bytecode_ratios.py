"""How large a ``.pyc`` is by its source, where no Python of its series is at hand."""

from __future__ import annotations

__all__ = ["estimated_size"]

_RATIOS = {
    (3, 6): 0.82,
    (3, 7): 0.80,
    (3, 8): 0.80,
    (3, 9): 0.79,
    (3, 10): 0.80,
    (3, 11): 1.25,
    (3, 12): 1.15,
    (3, 13): 1.15,
}
"""Bytes of ``.pyc`` by those of sources, of 24 wheels of 30 MB (Django, botocore, setuptools, networkx, Flask, …): by
``python -m fidelity.bytecode_ratios``. Eight wheels of ten were within 16 % of it (3.6) to 20 % (3.13)."""


def estimated_size(source: int, python: tuple[int, int]) -> int:
    """Estimate bytes of a ``.pyc``; of a series that was not measured by the nearest one.

    :param source: Bytes of the source.
    :param python: ``(3, 6)``.
    """
    nearest = min(_RATIOS, key=lambda series: abs((series[0] - python[0]) * 100 + series[1] - python[1]))
    return round(source * _RATIOS[nearest])
