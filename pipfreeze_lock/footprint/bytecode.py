"""Which ``.pyc`` files pip leaves, and how large each is.

pip compiles whatever PYTHONDONTWRITEBYTECODE says: ``compileall`` writes what it was told to (``tests/footprint`` asks
real pips). A file that does not compile leaves none, and is no error.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipfreeze_lock.footprint.interface import WheelMember
    from pipfreeze_lock.footprint.pip_rules import InstallRules
    from pipfreeze_lock.footprint.wheel_layout import WheelLayout
    from pipfreeze_lock.model.target import Target

__all__ = ["Source", "bytecode_path", "sources_of"]

_LEVELS = 10
"""Of folders that ``compileall.compile_dir`` goes down (Python 3.8 and older)."""


class Source(NamedTuple):
    """A file of a wheel that pip compiles."""

    member: str
    size: int
    compiled_as: str
    """The path that its code has for that of its source."""
    place: str
    """Of the ``.pyc``."""


def sources_of(
    members: Sequence[WheelMember], layout: WheelLayout, *, name: str, rules: InstallRules, target: Target
) -> list[Source]:
    """Give what is compiled of a wheel.

    :param name: Of the distribution.
    """
    python = [member for member in members if member.name.endswith(".py")]
    if rules.unpacking_folder is None:
        return list(_in_place(python, layout, target))
    return list(_unpacked(python, layout, rules.unpacking_folder.format(name=name), target))


def _in_place(members: Sequence[WheelMember], layout: WheelLayout, target: Target) -> Iterator[Source]:
    for member in members:
        place = layout.place(member.name)
        if place is not None:
            # What RECORD has for it is what pip puts behind the folder: `…/site-packages/../../../bin/tool.py`.
            compiled_as = posixpath.join(layout.library, posixpath.relpath(place, layout.library))
            yield Source(member.name, member.size, compiled_as, bytecode_path(place, target))


def _unpacked(members: Sequence[WheelMember], layout: WheelLayout, folder: str, target: Target) -> Iterator[Source]:
    """Old pips compile all that they unpacked, and then take the ``.pyc`` for files of the wheel."""
    for member in members:
        folders = member.name.split("/")[:-1]
        is_too_deep = target.python_release < (3, 9) and len(folders) > _LEVELS
        place = layout.place(bytecode_path(member.name, target))
        if place is not None and not is_too_deep and "__pycache__" not in folders:
            yield Source(member.name, member.size, posixpath.join(folder, member.name), place)


def bytecode_path(path: str, target: Target) -> str:
    """Give where the ``.pyc`` of a source goes (``importlib.util.cache_from_source``, PEP 3147)."""
    folder, name = posixpath.split(path)
    if target.python_release < (3, 2):
        return f"{path}c"
    separator = "-" if target.implementation == "cpython" else ""
    tag = f"{target.implementation}{separator}{target.python_version.replace('.', '')}"
    return posixpath.join(folder, "__pycache__", f"{name.removesuffix('.py')}.{tag}.pyc")
