"""Which files of an image say what is installed in it, told by their paths alone.

A layer is read once and a tar may name anything first, so that nothing that was read may decide what is read next:
whatever could be part of some environment is kept, and what it belongs to is found out after (`environments`).
"""

from __future__ import annotations

from pipfreeze_lock.image.interface import Want

__all__ = ["environment_interest", "is_in_site_packages", "with_records"]

_METADATA = frozenset({"METADATA", "PKG-INFO", "INSTALLER", "direct_url.json", "WHEEL"})
_CONTENT = frozenset({"pyvenv.cfg", "patchlevel.h", "libc.so.6"})
_WHOLE_PATHS = frozenset({"etc/passwd", "var/lib/dpkg/status", "lib/apk/db/installed", "usr/lib/apk/db/installed"})
_INTERPRETERS = ("python", "pypy")
_LIBC = ("libc-2.", "ld-musl-", "libc.musl-")
_PACKAGES = ("/site-packages/", "/dist-packages/")


def environment_interest(path: str) -> Want:
    """Say what is wanted of a file to know which distributions are installed, for which Python, beside which libc."""
    parent, _, name = path.rpartition("/")
    if ".dist-info/" in path or ".egg-info/" in path or ".egg/EGG-INFO/" in path:
        return Want.CONTENT if name in _METADATA else Want.NAME if name == "RECORD" else Want.NOTHING
    if name.endswith((".egg-info", ".egg-link", ".pth")):
        return Want.CONTENT
    if name in _CONTENT or path in _WHOLE_PATHS or parent == "var/lib/dpkg/status.d":
        return Want.CONTENT
    return Want.NAME if _is_telling(parent, name) else Want.NOTHING


def _is_telling(parent: str, name: str) -> bool:
    """Whether the name of a file says something: an interpreter, its library, the C library, a conda package."""
    if parent.endswith("bin"):
        return name.startswith(_INTERPRETERS)
    return name == "os.py" or name.startswith(_LIBC) or (name.endswith(".json") and parent.endswith("conda-meta"))


def with_records(path: str) -> Want:
    """Say what is wanted to compare each installed file with its RECORD: digests of all that lies in site-packages."""
    want = environment_interest(path)
    if want is Want.NAME and path.endswith("/RECORD"):
        return Want.CONTENT
    if want is Want.CONTENT:
        return want
    if is_in_site_packages(path) or path.partition("/")[0] in ("opt", "usr", "root", "home", "venv", "app"):
        return Want.DIGEST if is_in_site_packages(path) or _is_script(path) else want
    return want


def is_in_site_packages(path: str) -> bool:
    """Whether a path lies where distributions are installed."""
    return any(folder in path for folder in _PACKAGES)


def _is_script(path: str) -> bool:
    """RECORD names console scripts too, as ``../../../bin/NAME``."""
    return path.rpartition("/")[0].endswith("bin")
