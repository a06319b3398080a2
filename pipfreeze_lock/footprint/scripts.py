"""The scripts that pip writes for entry points, and those of a wheel that it changes.

Sources: pip's ``get_entrypoints``, ``get_console_script_specs`` and ``fix_script``; distlib's ``scripts.py``.
"""

from __future__ import annotations

import configparser
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.footprint.pip_rules import InstallRules

__all__ = ["EntryPoints", "changed_size", "entry_points", "is_wrapper", "script_sizes"]

_LONGEST_FIRST_LINE = 127
"""Bytes of ``#!…`` with its line feed, that Linux reads; distlib takes a shell's help for more."""
_WRAPPER_ENDS = (".exe", "-script.py", ".pya")
_VERSIONED_PIP = re.compile(r"pip(\d+(\.\d+)?)?")
_VERSIONED_EASY_INSTALL = re.compile(r"easy_install(-\d+\.\d+)?")


class EntryPoints(NamedTuple):
    """What an entry_points.txt says of scripts: names to ``module:function``."""

    console: dict[str, str]
    gui: dict[str, str]


def entry_points(content: bytes) -> EntryPoints:
    """Read an entry_points.txt; one that cannot be read says nothing: some pips fail on it, others pass over it."""
    parser = configparser.RawConfigParser(delimiters=("=",), strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way to keep case
    lines = content.decode("utf-8", errors="replace").splitlines()
    try:
        parser.read_string("\n".join(line.strip() for line in lines))
    except configparser.Error:
        return EntryPoints({}, {})
    sections = (dict(parser[name]) if parser.has_section(name) else {} for name in ("console_scripts", "gui_scripts"))
    console, gui = sections
    return EntryPoints(console, gui)


def is_wrapper(name: str, points: EntryPoints) -> bool:
    """Whether a script of a wheel is left out, since pip writes its own (``is_entrypoint_wrapper``)."""
    lower = name.lower()
    end = next((end for end in _WRAPPER_ENDS if lower.endswith(end)), "")
    match = name[: len(name) - len(end)]
    return match in points.console or match in points.gui


def changed_size(content: bytes, executable: str) -> int:
    """Give the size of a script after ``fix_script``: a first line ``#!python…`` names the interpreter then."""
    first, _, rest = content.partition(b"\n")
    if not first.startswith(b"#!python"):
        return len(content)
    return len(f"#!{executable}\n".encode()) + len(rest)


def script_sizes(points: EntryPoints, *, executable: str, python: str, rules: InstallRules) -> dict[str, int]:
    """Give the scripts that pip writes, by name, with their size in bytes.

    :param python: ``3.6``.
    """
    first_line = _first_line(executable)
    sizes = {}
    for name, value in (*_console(points.console, python, rules), *points.gui.items()):
        module, _, function = value.partition("[")[0].replace(" ", "").partition(":")
        words = {"module": module, "import_name": function.partition(".")[0], "func": function}
        sizes[name] = first_line + len((rules.script_template % words).encode())
    return sizes


def _console(console: dict[str, str], python: str, rules: InstallRules) -> Iterator[tuple[str, str]]:
    """Give them with those of pip and easy_install renamed for the Python that runs."""
    left = dict(console)
    version = python[:3] if rules.is_version_cut else python
    pip = left.pop("pip", None)
    if pip:
        yield from ((name, pip) for name in ("pip", f"pip{python.partition('.')[0]}", f"pip{version}"))
        left = {name: value for name, value in left.items() if not _VERSIONED_PIP.fullmatch(name)}
    easy_install = left.pop("easy_install", None)
    if easy_install:
        yield from ((name, easy_install) for name in ("easy_install", f"easy_install-{version}"))
        left = {name: value for name, value in left.items() if not _VERSIONED_EASY_INSTALL.fullmatch(name)}
    yield from left.items()


def _first_line(executable: str) -> int:
    """Give its bytes (``_build_shebang``)."""
    simple = len(f"#!{executable}\n".encode())
    if " " not in executable and simple <= _LONGEST_FIRST_LINE:
        return simple
    quoted = f'"{executable}"' if " " in executable else executable
    return len(f"#!/bin/sh\n'''exec' {quoted} \"$0\" \"$@\"\n' '''\n".encode())
