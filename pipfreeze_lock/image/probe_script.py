"""Print what is installed for the Python that runs this, as JSON.

Stands alone: the standard library only, Python 2.7 and 3.4 or newer. Nothing is imported from the folder that it is run
in, or lies in. `pipfreeze_lock.image.probe` reads what it prints.
"""

# mypy: ignore-errors
# Python 2.7 has no annotations.
import sys

if __name__ == "__main__":
    if "__file__" in globals() and not getattr(sys.flags, "safe_path", False) and not getattr(sys.flags, "isolated", 0):
        del sys.path[:1]  # the folder of this file
    sys.path[:] = [folder for folder in sys.path if folder not in ("", ".")]  # the folder that it is run in

import json
import os
import platform
import re

VERSION = 1
UNREADABLE = "unreadable"


def read(path):
    """Give what is in a file; None where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except (IOError, OSError):
        return None


def text_of(data):
    """Give bytes as text."""
    return (data or b"").decode("utf-8", "replace")


def headers(data):
    """Give Name and Version of core metadata."""
    found = {}
    for line in text_of(data).splitlines():
        if not line.strip():
            break
        key, colon, value = line.partition(":")
        if colon and key.lower() in ("name", "version") and value.strip():
            found.setdefault(key.lower(), value.strip())
    return found


def without_credentials(url):
    """Give a URL without its user information."""
    return re.sub(r"^([A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*@", r"\1//", url)


def kept(table, names):
    """Give some keys of a table; nothing else may be told, since anything may stand there."""
    if not isinstance(table, dict):
        return {}
    return dict((name, table[name]) for name in names if name in table)


def direct_url(folder):
    """Give what the direct_url.json of PEP 610 says, without credentials; None where there is none."""
    data = read(os.path.join(folder, "direct_url.json"))
    if data is None:
        return None
    try:
        table = json.loads(text_of(data))
        url = without_credentials(table["url"])
    except (ValueError, KeyError, TypeError):
        return UNREADABLE
    found = {"url": url}
    found.update(kept(table, ["subdirectory"]))
    for name, keys in (
        ("vcs_info", ["vcs", "commit_id"]),
        ("archive_info", ["hash", "hashes"]),
        ("dir_info", ["editable"]),
    ):
        if name in table:
            found[name] = kept(table[name], keys)
    return found


def entry(path, metadata, source=None):
    """Give one distribution.

    path: of its entry in a folder of sys.path; metadata: its core metadata, as bytes or None;
    source: the folder of that, where the entry only leads there.
    """
    fields = headers(metadata)
    return {
        "path": path,
        "source": os.path.realpath(source or path),
        "name": fields.get("name"),
        "version": fields.get("version"),
        "installer": text_of(read(os.path.join(path, "INSTALLER"))).strip() or None,
        "direct_url": direct_url(path),
    }


def found_at(folder, name):
    """Give the distribution that an entry of a folder is; None where it is none."""
    path = os.path.join(folder, name)
    if name.endswith(".dist-info") and os.path.isdir(path):
        return entry(path, read(os.path.join(path, "METADATA")))
    if name.endswith(".egg-info"):
        return entry(path, read(os.path.join(path, "PKG-INFO") if os.path.isdir(path) else path))
    if name.endswith(".egg-link"):
        return linked(folder, name)
    return egg(path) if name.endswith(".egg") else None


def egg(path):
    """Give the distribution that an egg is, a folder or a zip file; None where it is none."""
    if os.path.isdir(path):
        metadata = read(os.path.join(path, "EGG-INFO", "PKG-INFO"))
        return None if metadata is None else entry(path, metadata)
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            return entry(path, archive.read("EGG-INFO/PKG-INFO"))
    except (
        getattr(zipfile, "BadZipFile", zipfile.error),
        KeyError,
        NotImplementedError,
        RuntimeError,
        IOError,
        OSError,
    ):
        return None


def linked(folder, name):
    """Give the distribution whose metadata ``setup.py develop`` left where the sources are."""
    path = os.path.join(folder, name)
    lines = [line.strip() for line in text_of(read(path)).split("\n") if line.strip()]
    sources = os.path.join(folder, lines[0]) if lines else ""
    entries = sorted(one for one in names_in(sources) if one.endswith(".egg-info"))
    wanted = canonical(name[: -len(".egg-link")])
    own = [one for one in entries if canonical(one[: -len(".egg-info")].partition("-")[0]) == wanted]
    if not entries:
        return entry(path, read(os.path.join(path, "PKG-INFO")))
    metadata = os.path.join(sources, (own or entries)[0])
    return entry(path, read(os.path.join(metadata, "PKG-INFO")), metadata)


def canonical(name):
    """Give a name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def names_in(folder):
    """Give what is in a folder; nothing where this user may not look, who could not import from it either."""
    try:
        return sorted(os.listdir(folder)) if folder else []
    except OSError:
        return []


def is_standard_library(folder):
    """Whether a folder is one of Python itself; 2.7 has metadata of its own modules there."""
    return os.path.basename(folder) == "lib-dynload" or os.path.isfile(os.path.join(folder, "os.py"))


def distributions():
    """Give all that sys.path leads to, in its order."""
    found = []
    seen = set()
    for folder in sys.path:
        real = os.path.realpath(folder)
        if real in seen or is_standard_library(real):
            continue
        seen.add(real)
        if real.endswith(".egg"):
            found.append(egg(real))
        if os.path.isdir(real):
            found.extend(found_at(real, name) for name in names_in(real))
    return [one for one in found if one is not None]


def libc():
    """Give the C library, as pip sees it; None where it is none that is known."""
    try:
        text = os.confstr("CS_GNU_LIBC_VERSION")
    except (AttributeError, OSError, ValueError):
        text = None
    if text:
        return "-".join(text.split()[:2])
    try:
        import ctypes

        asked = ctypes.CDLL(None).gnu_get_libc_version
        asked.restype = ctypes.c_char_p
        return "glibc-" + ".".join(asked().decode("ascii").split(".")[:2])
    except (ImportError, OSError, AttributeError, TypeError):  # not glibc, or a Python without ctypes
        pass
    loader = re.search(b"/lib/ld-musl-[A-Za-z0-9_-]+\\.so\\.1", read(os.path.realpath(sys.executable or "")) or b"")
    version = musl_version(loader.group().decode("ascii")) if loader else None
    return "musl-" + version if version else None


def musl_version(loader):
    """Ask the loader of musl, which says its version on stderr when it is run without a program."""
    import subprocess

    try:
        asked = subprocess.Popen([loader], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except OSError:
        return None
    said = re.search(b"Version ([0-9]+\\.[0-9]+)", asked.communicate()[1])
    return said.group(1).decode("ascii") if said else None


def main():
    """Print it."""
    answer = {
        "pipfreeze-lock-probe": VERSION,
        "python": platform.python_version(),
        "implementation": platform.python_implementation().lower(),
        "executable": sys.executable,
        "prefix": sys.prefix,
        "libc": libc(),
        "machine": platform.machine(),
        "distributions": distributions(),
    }
    sys.stdout.write(json.dumps(answer, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
