"""Which files of an image say what is installed in it, told by their paths alone.

A layer is read once and a tar may name anything first, so that nothing that was read may decide what is read next:
whatever could be part of some environment is kept, and what it belongs to is found out after (`environments`).
"""

from __future__ import annotations

from pipfreeze_lock.image.interface import Want
from pipfreeze_lock.target.pip_imports import is_imported_file

__all__ = [
    "DEBIAN_VERSION",
    "environment_interest",
    "is_in_site_packages",
    "with_all_digests",
    "with_all_files",
    "with_growth",
    "with_module_digests",
    "with_record_contents",
    "with_records",
]

_METADATA_FOLDERS = (".dist-info", ".egg-info", ".egg/EGG-INFO")
_METADATA_FILES = (".egg-info", ".egg-link", ".egg")
"""Of distutils, links to sources, zipped eggs; ``pip install --target`` puts them into any folder."""
_PACKAGES = ("site-packages", "dist-packages")
_BY_NAME: dict[str, tuple[Want, str | tuple[str, ...]]] = {
    "METADATA": (Want.CONTENT, _METADATA_FOLDERS),
    "PKG-INFO": (Want.CONTENT, _METADATA_FOLDERS),
    "INSTALLER": (Want.CONTENT, _METADATA_FOLDERS),
    "direct_url.json": (Want.CONTENT, _METADATA_FOLDERS),
    "RECORD": (Want.NAME, _METADATA_FOLDERS),
    "pyvenv.cfg": (Want.CONTENT, ""),
    "orig-prefix.txt": (Want.CONTENT, ""),  # virtualenv before 20
    "no-global-site-packages.txt": (Want.NAME, ""),
    ".python-version": (Want.CONTENT, ""),  # pyenv
    "version": (Want.CONTENT, "pyenv"),
    "os.py": (Want.NAME, ""),  # the standard library
    "patchlevel.h": (Want.CONTENT, ""),
    "libc.so.6": (Want.CONTENT, ""),
    "passwd": (Want.CONTENT, "etc"),
    "status": (Want.CONTENT, "var/lib/dpkg"),
    "installed": (Want.CONTENT, "lib/apk/db"),
}
"""How the folder ends in which a file of that name counts, and for how much."""
_STARTS = {
    "ld-musl-": (Want.CONTENT, ""),
    "_sysconfigdata": (Want.CONTENT, ".py"),
    "libc-2.": (Want.NAME, ".so"),
    "python-": (Want.NAME, ".json"),  # what conda says of its package
    "platform-python": (Want.NAME, ""),
}
"""How names begin, and end, of files of the system that tell versions."""
_ALL_STARTS = tuple(_STARTS)
_DEBIAN_RECORDS = "var/lib/dpkg/status.d"
"""Of distroless images: a file a package."""
_RECORDS = frozenset({"RECORD", "WHEEL", "installed-files.txt", "top_level.txt", "requires.txt"})
DEBIAN_VERSION = "etc/debian_version"
"""Of which pip tells the index, and for which it imports a codec."""
_OF_PIP = {"pip.conf": "", "pip": "bin", "pip3": "bin"}
"""Its configuration, and its script, whose first line names the interpreter that runs it."""
_DPKG = "var/lib/dpkg/info"
_OF_SYSTEM_PACKAGES = (".list", ".md5sums")
_DATA = ("/share/", "/etc/", "/include/")
_OF_SYSTEM = ("usr/share/", "usr/include/", "usr/lib/", "usr/src/", "var/", "etc/", "proc/", "sys/")


def environment_interest(path: str) -> Want:
    """Say what is wanted of a file to know which distributions are installed, for which Python, beside which libc."""
    parent, _, name = path.rpartition("/")
    if parent.endswith("bin"):
        return Want.NAME
    rule = _BY_NAME.get(name)
    if rule is not None:
        return rule[0] if parent.endswith(rule[1]) else Want.NOTHING
    # Elsewhere `.pth` are models of gigabytes; `site-packages` may be a link to a folder of a name like it.
    if name.endswith(_METADATA_FILES) or (name.endswith(".pth") and parent.endswith("packages")):
        return Want.CONTENT
    if parent == _DEBIAN_RECORDS and not name.endswith(_OF_SYSTEM_PACKAGES):
        return Want.CONTENT
    return _by_start(name) if name.startswith(_ALL_STARTS) else Want.NOTHING


def _by_start(name: str) -> Want:
    for start, (want, end) in _STARTS.items():
        if name.startswith(start) and name.endswith(end):
            return want
    return Want.NOTHING


def with_record_contents(path: str) -> Want:
    """Say what is wanted to know, too, what each distribution brought, and needs: what it says of itself."""
    parent, _, name = path.rpartition("/")
    if name in _RECORDS and parent.endswith(_METADATA_FOLDERS):
        return Want.CONTENT
    return environment_interest(path)


def with_module_digests(path: str) -> Want:
    """Say what is wanted to find the file that each distribution was installed from: digests of Python's modules."""
    want = with_record_contents(path)
    parent, _, name = path.rpartition("/")
    if want is Want.CONTENT or _lists_system_files(parent, name):
        return Want.CONTENT
    return Want.DIGEST if name.endswith(".py") and is_in_site_packages(path) else want


def with_records(path: str) -> Want:
    """Say what is wanted to compare each installed file with its RECORD: digests of all that may be installed."""
    want = with_record_contents(path)
    parent, _, name = path.rpartition("/")
    if want is Want.CONTENT or _lists_system_files(parent, name):
        return Want.CONTENT
    return Want.DIGEST if is_in_site_packages(path) or parent.endswith("bin") or _is_data(path) else want


def with_all_files(path: str) -> Want:
    """Say what is wanted to weigh an image: that each file is there, and the contents of what says whose they are."""
    want = with_record_contents(path)
    if want is Want.CONTENT:
        return want
    parent, _, name = path.rpartition("/")
    is_list = _lists_system_files(parent, name) or (parent.endswith("conda-meta") and name.endswith(".json"))
    return Want.CONTENT if is_list else Want.NAME


def with_all_digests(path: str) -> Want:
    """Do as `with_all_files` does, and want the digests of all, for which every byte is read."""
    return max(with_all_files(path), Want.DIGEST)


def _lists_system_files(parent: str, name: str) -> bool:
    """Whether it says which files a package of Debian's has; apk's lists are wanted anyway."""
    return name.endswith(_OF_SYSTEM_PACKAGES) and parent in (_DPKG, _DEBIAN_RECORDS)


def with_growth(path: str) -> Want:
    """Say what is wanted to know, too, what an installation would replace, and how pip is set up: names and sizes."""
    want = with_record_contents(path)
    parent, _, name = path.rpartition("/")
    if name in _OF_PIP or (name == "entry_points.txt" and parent.endswith(_METADATA_FOLDERS)):
        return Want.CONTENT if parent.endswith(_OF_PIP.get(name, "")) else want
    if path.endswith(".py") and is_imported_file(path):
        return Want.CONTENT
    is_met = is_in_site_packages(path) or "/lib/py" in path or "/__pycache__/" in path or _is_data(path)
    is_met = is_met or path == DEBIAN_VERSION
    return Want.NAME if want is Want.NOTHING and is_met else want


def is_in_site_packages(path: str) -> bool:
    """Whether a path lies where distributions are installed."""
    return any(f"/{folder}/" in path for folder in _PACKAGES)


def _is_data(path: str) -> bool:
    """RECORD names ``../../../share/…`` too, ``etc`` and ``include``; the system's own are not pip's."""
    return not path.startswith(_OF_SYSTEM) and any(folder in path for folder in _DATA)
