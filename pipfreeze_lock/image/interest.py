"""Which files of an image say what is installed in it, told by their paths alone.

A layer is read once and a tar may name anything first, so that nothing that was read may decide what is read next:
whatever could be part of some environment is kept, and what it belongs to is found out after (`environments`).
"""

from __future__ import annotations

from pipfreeze_lock.image.interface import Want

__all__ = ["environment_interest", "is_in_site_packages", "with_records"]

_METADATA = frozenset({"METADATA", "PKG-INFO", "INSTALLER", "direct_url.json"})
_METADATA_FOLDERS = (".dist-info", ".egg-info", ".egg/EGG-INFO")
_METADATA_FILES = (".egg-info", ".egg-link", ".egg")
"""Of distutils, links to sources, zipped eggs; ``pip install --target`` puts them into any folder."""
_CONTENT = frozenset(
    [
        "pyvenv.cfg",
        "orig-prefix.txt",  # virtualenv before 20
        "no-global-site-packages.txt",
        "patchlevel.h",
        "libc.so.6",
        ".python-version",  # pyenv
    ]
)
_WHOLE_PATHS = frozenset({"etc/passwd", "var/lib/dpkg/status", "lib/apk/db/installed", "usr/lib/apk/db/installed"})
_DEBIAN_RECORDS = "var/lib/dpkg/status.d"
"""Of distroless images: a file a package."""
_PACKAGES = ("site-packages", "dist-packages")
_RECORDS = frozenset({"RECORD", "WHEEL", "installed-files.txt", "top_level.txt"})
_DPKG = "var/lib/dpkg/info"
_OF_SYSTEM_PACKAGES = (".list", ".md5sums")
_DATA = ("/share/", "/etc/", "/include/")
_OF_SYSTEM = ("usr/share/", "usr/include/", "usr/lib/", "usr/src/", "var/", "etc/", "proc/", "sys/")


def environment_interest(path: str) -> Want:
    """Say what is wanted of a file to know which distributions are installed, for which Python, beside which libc."""
    parent, _, name = path.rpartition("/")
    if name in _METADATA:
        return Want.CONTENT if parent.endswith(_METADATA_FOLDERS) else Want.NOTHING
    # Elsewhere `.pth` are models of gigabytes.
    if name.endswith(_METADATA_FILES) or (name.endswith(".pth") and parent.endswith(_PACKAGES)):
        return Want.CONTENT
    if parent.endswith("bin"):
        return Want.NAME
    if name in {"os.py", "RECORD"}:
        return Want.NAME
    return _by_system(path, parent, name)


def _by_system(path: str, parent: str, name: str) -> Want:
    """Say what is wanted of what tells versions: of interpreters, of the C library, of packages of the distribution."""
    if name in _CONTENT or path in _WHOLE_PATHS or parent == _DEBIAN_RECORDS:
        return Want.CONTENT
    if name.startswith("ld-musl-") or (name.startswith("_sysconfigdata") and name.endswith(".py")):
        return Want.CONTENT
    if name.startswith("libc-2.") or (name.startswith("python-") and parent.endswith("conda-meta")):
        return Want.NAME
    if name.startswith("platform-python") or (name == "version" and parent.endswith("pyenv")):
        return Want.CONTENT if name == "version" else Want.NAME
    return Want.NOTHING


def with_records(path: str) -> Want:
    """Say what is wanted to compare each installed file with its RECORD: digests of all that may be installed."""
    want = environment_interest(path)
    parent, _, name = path.rpartition("/")
    if want is Want.CONTENT or (name in _RECORDS and parent.endswith(_METADATA_FOLDERS)):
        return Want.CONTENT
    if name.endswith(_OF_SYSTEM_PACKAGES) and parent in (_DPKG, _DEBIAN_RECORDS):
        return Want.CONTENT
    return Want.DIGEST if is_in_site_packages(path) or parent.endswith("bin") or _is_data(path) else want


def is_in_site_packages(path: str) -> bool:
    """Whether a path lies where distributions are installed."""
    return any(f"/{folder}/" in path for folder in _PACKAGES)


def _is_data(path: str) -> bool:
    """RECORD names ``../../../share/…`` too, ``etc`` and ``include``; the system's own are not pip's."""
    return not path.startswith(_OF_SYSTEM) and any(folder in path for folder in _DATA)
