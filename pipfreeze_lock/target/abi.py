"""The ABI tag that an interpreter has when nobody says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipfreeze_lock.model.target import Implementation, OperatingSystem

__all__ = ["default_abi"]


def default_abi(
    python_release: tuple[int, int],
    implementation: Implementation,
    implementation_version: str,
    operating_system: OperatingSystem,
) -> str:
    """Give ``cp27mu``, ``cp36m``, ``cp38`` or ``pypy310_pp73``: a release build with the GIL.

    CPython below 3.3 has wide characters (``u``) as built: the official images and Linux distributions have them,
    Windows and the installers for macOS do not. ``m`` (pymalloc) went with 3.8, as PEP 3149 flags did.
    """
    version = "".join(map(str, python_release))
    if implementation == "pypy":
        own = "".join(implementation_version.split(".")[:2])
        return f"pypy{version}_pp{own}" if python_release >= (3, 6) else f"pypy_{own}"
    if python_release >= (3, 8):
        return f"cp{version}"
    wide = python_release < (3, 3) and operating_system == "linux"
    return f"cp{version}m{'u' if wide else ''}"
