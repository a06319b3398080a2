"""``[tool.pipfreeze-lock]`` of pyproject.toml: the options of the command line, written down once."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipfreeze_lock.errors import UsageError

__all__ = ["Settings", "cache_folder", "read_settings"]

_TEXTS = (
    "base-image",
    "dockerfile",
    "stage",
    "python-version",
    "implementation",
    "abi",
    "libc",
    "pip-version",
    "index-url",
    "uploaded-prior-to",
    "exclude-newer",
    "output",
    "hashes",
    "cert",
    "client-cert",
    "proxy",
    "cache-dir",
    "keyring-provider",
    "resolver",
    "format",
)
_LISTS = (
    "inputs",
    "build-arg",
    "platform",
    "preinstalled",
    "marker",
    "extra-index-url",
    "find-links",
    "trusted-host",
    "no-binary",
    "only-binary",
    "constraint",
    "extra",
)
_FLAGS = ("no-base", "no-index", "pre", "prefer-binary", "no-build", "no-cache")
_NUMBERS = ("timeout", "retries")


@dataclass(frozen=True, slots=True)
class Settings:
    """The table, checked; keys with dashes, as on the command line."""

    path: Path | None = None
    values: dict[str, Any] = field(default_factory=dict)

    def text(self, key: str, given: str | None) -> str | None:
        """Give what the command line says, else the table."""
        return given if given is not None else self.values.get(key)

    def items(self, key: str, given: list[str] | None) -> list[str]:
        """Give what the command line says, else the table, else nothing."""
        return given or list(self.values.get(key, ()))

    def flag(self, key: str, given: bool) -> bool:
        """Whether either says so."""
        return given or bool(self.values.get(key, False))

    def number(self, key: str, given: float | None, default: float) -> float:
        """Give what the command line says, else the table, else the default."""
        return given if given is not None else float(self.values.get(key, default))


def read_settings(start: Path) -> Settings:
    """Read the nearest pyproject.toml that has the table, from a folder upwards.

    :raises UsageError: for a file that is no TOML, an unknown key, or a value of the wrong type.
    """
    for folder in (start, *start.parents):
        path = folder / "pyproject.toml"
        if path.is_file():
            table = _table(path)
            if table is not None:
                return Settings(path, {key: _checked(path, key, value) for key, value in table.items()})
    return Settings()


def _table(path: Path) -> dict[str, Any] | None:
    content = path.read_bytes()
    if b"pipfreeze-lock" not in content:  # most have none, and tomllib costs some milliseconds
        return None
    import tomllib  # noqa: PLC0415  see above

    try:
        document = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"not valid TOML: {error}"
        raise UsageError(message, context=str(path)) from None
    table = document.get("tool", {}).get("pipfreeze-lock")
    if table is not None and not isinstance(table, dict):
        message = "`tool.pipfreeze-lock` must be a table"
        raise UsageError(message, context=str(path))
    return table


def _checked(path: Path, key: str, value: Any) -> Any:
    if key in _TEXTS and isinstance(value, str):
        return value
    if key in _FLAGS and isinstance(value, bool):
        return value
    if key in _NUMBERS and isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if key in _LISTS and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    if key in _LISTS and isinstance(value, str):
        return [value]
    known = (*_TEXTS, *_LISTS, *_FLAGS, *_NUMBERS)
    if key in known:
        kind = "a text" if key in _TEXTS else "a list of texts" if key in _LISTS else "a number"
        kind = "true or false" if key in _FLAGS else kind
        message = f"`{key}` must be {kind}"
        raise UsageError(message, context=f"{path}, [tool.pipfreeze-lock]")
    import difflib  # noqa: PLC0415  only for the error

    near = difflib.get_close_matches(key.replace("_", "-"), known, n=1, cutoff=0.6)
    hints = [f"Did you mean `{near[0]}`?"] if near else ["Keys are the long options of the command line."]
    message = f"unknown key `{key}`"
    raise UsageError(message, context=f"{path}, [tool.pipfreeze-lock]", hints=hints)


def cache_folder(given: str | None) -> Path:
    """Give where pages and metadata are kept: the platform's place for caches, as pip takes it (platformdirs)."""
    if given:
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "pipfreeze-lock" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "pipfreeze-lock"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pipfreeze-lock"
