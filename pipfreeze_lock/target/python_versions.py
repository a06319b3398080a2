"""Full Python versions as images and interpreters spell them: ``3.6.8``, ``3.14.0rc1``."""

from __future__ import annotations

import re

__all__ = ["is_final", "is_full_version", "is_series", "version_key"]

_FULL_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:(a|b|rc)(\d+))?")
_SERIES = re.compile(r"\d+\.\d+")
_FINAL = "z"
"""Sorts behind ``a``, ``b`` and ``rc``."""


def is_full_version(text: str) -> bool:
    """Whether it has three parts and, at most, a pre-release."""
    return _FULL_VERSION.fullmatch(text) is not None


def is_series(text: str) -> bool:
    """Whether it has two parts: ``3.6``."""
    return _SERIES.fullmatch(text) is not None


def is_final(version: str) -> bool:
    """Whether a full version is no pre-release."""
    return version.replace(".", "").isdigit()


def version_key(version: str) -> tuple[int, int, int, str, int]:
    """Sort key of a full version, pre-releases before their release.

    :raises ValueError: for text that is no full version.
    """
    match = _FULL_VERSION.fullmatch(version)
    if match is None:
        message = f"not a full Python version: {version!r}"
        raise ValueError(message)
    major, minor, micro, phase, number = match.groups()
    return int(major), int(minor), int(micro), phase or _FINAL, int(number or 0)
