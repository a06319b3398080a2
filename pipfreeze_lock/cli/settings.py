"""``[tool.pipfreeze-lock]`` of pyproject.toml: the options of the command line, written down once."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipfreeze_lock.errors import UsageError

__all__ = ["Settings", "cache_folder", "read_settings", "working_folder"]

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
    "base-policy",
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
    "all-releases",
    "only-final",
    "constraint",
    "extra",
    "allow-extra",
    "ignore",
)
_FLAGS = ("no-base", "no-index", "pre", "prefer-binary", "no-build", "build-lock", "no-cache", "cross-check", "strict")
_NUMBERS: dict[str, Any] = {"timeout": int | float, "retries": int}


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

    def place(self, key: str, given: str | None) -> str | None:
        """Give a path or URL as `text` does; a path in the table is relative to the folder of its file."""
        return given if given is not None else self._from_here(self.values.get(key))

    def places(self, key: str, given: list[str] | None) -> list[str]:
        """Give paths and URLs as `items` does, relative likewise."""
        return given or [str(self._from_here(one)) for one in self.items(key, None)]

    def _from_here(self, location: str | None) -> str | None:
        """Write a path of the table as seen from the working folder, so that messages show it as one would type it."""
        if location in (None, "-") or self.path is None or "://" in str(location) or str(location).startswith("file:"):
            return location
        return os.path.relpath(self.path.parent / str(location))

    def number(self, key: str, given: float | None, default: float) -> float:
        """Give what the command line says, else the table, else the default."""
        return given if given is not None else float(self.values.get(key, default))


def working_folder() -> Path:
    """Give the folder that we work in.

    :raises UsageError: where it was removed meanwhile.
    """
    try:
        return Path.cwd()
    except FileNotFoundError:
        message = "the working folder is there no longer"
        raise UsageError(message, hints=["Go to a folder that exists: `cd .` does where it was made anew."]) from None


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
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"the file cannot be read: {(error.strerror or type(error).__name__).lower()}"
        raise UsageError(
            message, context=str(path), hints=["Its table `[tool.pipfreeze-lock]` may say more."]
        ) from None
    if b"pipfreeze-lock" not in content:  # most have none, and tomllib costs some milliseconds
        return None
    import tomllib  # noqa: PLC0415  see above

    try:
        document = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"not valid TOML: {error}"
        raise UsageError(message, context=str(path)) from None
    tools = document.get("tool")
    table = tools.get("pipfreeze-lock") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        message = "`tool.pipfreeze-lock` must be a table"
        raise UsageError(message, context=str(path))
    return table


def _checked(path: Path, key: str, value: Any) -> Any:
    if key in _TEXTS and isinstance(value, str):
        return value
    if key in _FLAGS and isinstance(value, bool):
        return value
    if key in _NUMBERS and isinstance(value, _NUMBERS[key]) and not isinstance(value, bool):
        return value
    if key in _LISTS and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    if key in _LISTS and isinstance(value, str):
        return [value]
    known = (*_TEXTS, *_LISTS, *_FLAGS, *_NUMBERS)
    if key in known:
        message = f"`{key}` must be {_kind(key)}"
        raise UsageError(message, context=f"{path}, [tool.pipfreeze-lock]")
    import difflib  # noqa: PLC0415  only for the error

    near = difflib.get_close_matches(key.replace("_", "-"), known, n=1, cutoff=0.6)
    hints = [f"Did you mean `{near[0]}`?"] if near else ["Keys are the long options of the command line."]
    message = f"unknown key `{key}`"
    raise UsageError(message, context=f"{path}, [tool.pipfreeze-lock]", hints=hints)


def _kind(key: str) -> str:
    if key in _NUMBERS:
        return "a whole number" if _NUMBERS[key] is int else "a number"
    return "a text" if key in _TEXTS else "a list of texts" if key in _LISTS else "true or false"


def cache_folder(given: str | None) -> Path:
    """Give where pages and metadata are kept."""
    from pipfreeze_lock.cache_folder import default_cache_folder  # noqa: PLC0415  only where there is a cache

    return Path(given or default_cache_folder())
