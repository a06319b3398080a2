"""Where the cache is; asked before anything heavy is imported, so it imports nothing but what is there anyway."""

from __future__ import annotations

import os
import sys

__all__ = ["default_cache_folder"]


def default_cache_folder() -> str:
    """Give the platform's place for caches, as platformdirs (and so pip) takes it."""
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        return os.path.join(os.environ.get("LOCALAPPDATA") or home + r"\AppData\Local", "pipfreeze-lock", "Cache")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Caches", "pipfreeze-lock")
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache"), "pipfreeze-lock")
