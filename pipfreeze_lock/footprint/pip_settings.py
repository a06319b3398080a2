"""What is set for pip by environment variables and configuration files (``_internal/configuration.py``)."""

from __future__ import annotations

import configparser
import posixpath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipfreeze_lock.image.layers import FileTree

__all__ = ["Setting", "pip_settings"]

_PREFIX = "PIP_"
_SECTIONS = ("global", "install")
"""In the order in which pip reads them: the later overrides."""
_NO_FILE = "/dev/null"


class Setting(NamedTuple):
    """One value."""

    value: str
    place: str
    """For a reader: `` `PIP_NO_CACHE_DIR` of the image``, `` `/etc/pip.conf` ``."""


def pip_settings(
    environment: Mapping[str, str], tree: FileTree | None, *, home: str, prefix: str
) -> dict[str, Setting]:
    """Give settings by the name of their option, without dashes before it: ``no-cache-dir``; empty ones are none.

    :param tree: Of the image; None where it is not known.
    :param prefix: ``sys.prefix``.
    """
    settings: dict[str, Setting] = {}
    for path in _files(environment, home, prefix):
        content = tree.read(path) if tree is not None else None
        for name, value in _of_file(content or b""):
            settings[name] = Setting(value, f"`{path}`")
    for variable, value in environment.items():
        if variable.startswith(_PREFIX) and value:
            settings[_option(variable.removeprefix(_PREFIX))] = Setting(value, f"`{variable}`")
    return {name: setting for name, setting in settings.items() if setting.value}


def _files(environment: Mapping[str, str], home: str, prefix: str) -> Iterator[str]:
    """Give them, the weakest first."""
    chosen = environment.get(f"{_PREFIX}CONFIG_FILE", "")
    if chosen == _NO_FILE:
        return
    yield "/etc/xdg/pip/pip.conf"
    yield "/etc/pip.conf"
    yield posixpath.join(home, ".pip", "pip.conf")
    yield posixpath.join(environment.get("XDG_CONFIG_HOME") or posixpath.join(home, ".config"), "pip", "pip.conf")
    yield posixpath.join(prefix, "pip.conf")
    if chosen:
        yield chosen


def _of_file(content: bytes) -> Iterator[tuple[str, str]]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(content.decode("utf-8", errors="replace"))
    except configparser.Error:  # pip fails on it, and says so better than we could
        return
    for section in _SECTIONS:
        if parser.has_section(section):
            yield from ((_option(name), value) for name, value in parser.items(section))


def _option(name: str) -> str:
    return name.lower().replace("_", "-")
