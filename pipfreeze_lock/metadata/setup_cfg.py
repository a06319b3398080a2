"""``setup.cfg``: the declarative part of a setuptools project.

Source: setuptools' ``config.py`` (30.3 and newer): lists are split by line, or else by semicolon; of a
``file:`` or ``attr:`` directive nothing is said here; and what the ``setup()`` call gives already is not overridden.
"""

from __future__ import annotations

import configparser
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.metadata.pyproject import NotStaticError

if TYPE_CHECKING:
    from pipfreeze_lock.metadata.archive import SourceTree

__all__ = ["SetupConfiguration", "read_setup_cfg"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupConfiguration:
    """What bears on a resolver; None or empty where the file is silent."""

    install_requires: tuple[str, ...] = ()
    extras_require: tuple[tuple[str, tuple[str, ...]], ...] = ()
    python_requires: str | None = None
    setup_requires: tuple[str, ...] = ()
    name: str | None = None
    version: str | None = None
    """None for a directive, too."""

    @property
    def is_silent(self) -> bool:
        """Whether it says nothing of dependencies."""
        return not (self.install_requires or self.extras_require or self.python_requires)


def read_setup_cfg(tree: SourceTree) -> SetupConfiguration:
    """Read setup.cfg; without one, everything is empty.

    :raises NotStaticError: when it cannot be read, or names a file for what we look for.
    """
    content = tree.read("setup.cfg")
    if content is None:
        return SetupConfiguration()
    parser = configparser.RawConfigParser()
    # An extra's name keeps its case, as setuptools has it.
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(content.decode())
    except (configparser.Error, UnicodeDecodeError) as error:
        first_line = str(error).splitlines()[0]
        msg = f"setup.cfg cannot be read: {first_line}"
        raise NotStaticError(msg) from error
    options = _section(parser, "options")
    metadata = _section(parser, "metadata")
    return SetupConfiguration(
        install_requires=_list(options, "install-requires"),
        setup_requires=_list(options, "setup-requires"),
        extras_require=tuple(_extras(parser)),
        python_requires=_plain(options, "python-requires"),
        name=_plain(metadata, "name"),
        version=None if _directive(metadata.get("version", "")) else metadata.get("version", "").strip() or None,
    )


def _section(parser: configparser.RawConfigParser, name: str) -> dict[str, str]:
    """Give a section with keys as setuptools takes them: ``install-requires`` and ``install_requires`` are one."""
    return (
        {key.replace("_", "-").lower(): value for key, value in parser.items(name)} if parser.has_section(name) else {}
    )


def _extras(parser: configparser.RawConfigParser) -> list[tuple[str, tuple[str, ...]]]:
    if not parser.has_section("options.extras_require"):
        return []
    return [(extra, _list({extra: value}, extra)) for extra, value in parser.items("options.extras_require")]


def _list(options: dict[str, str], key: str) -> tuple[str, ...]:
    value = options.get(key, "")
    if _directive(value):
        msg = f"`{key}` of setup.cfg is read from elsewhere (`{value.strip()}`)"
        raise NotStaticError(msg)
    items = value.splitlines() if "\n" in value else value.split(";")
    return tuple(item.strip() for item in items if item.strip())


def _plain(options: dict[str, str], key: str) -> str | None:
    value = options.get(key, "").strip()
    if _directive(value):
        msg = f"`{key}` of setup.cfg is read from elsewhere (`{value}`)"
        raise NotStaticError(msg)
    return value or None


def _directive(value: str) -> bool:
    return value.strip().startswith(("file:", "attr:"))
