"""The last PyPy of each Python, for who says ``--implementation pypy`` and no version of it."""

from __future__ import annotations

__all__ = ["newest_pypy_of"]

_NEWEST = {
    (2, 7): ("2.7.18", "7.3.20"),
    (3, 6): ("3.6.12", "7.3.3"),
    (3, 7): ("3.7.13", "7.3.9"),
    (3, 8): ("3.8.16", "7.3.11"),
    (3, 9): ("3.9.19", "7.3.16"),
    (3, 10): ("3.10.16", "7.3.19"),
    (3, 11): ("3.11.13", "7.3.20"),
}
"""Python series to the full version of Python and that of PyPy, from PyPy's release notes (doc.pypy.org)."""


def newest_pypy_of(python_release: tuple[int, int]) -> tuple[str, str] | None:
    """Give ``("3.9.19", "7.3.16")`` of (3, 9); wheel tags hold no more of it than ``pp73``, which all of them share."""
    return _NEWEST.get(python_release)
