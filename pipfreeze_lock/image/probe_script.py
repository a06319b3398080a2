"""Print what is installed for the Python that runs this, as JSON.

Stands alone: the standard library only, Python 2.7 and 3.4 or newer. `pipfreeze_lock.image.probe` reads what it prints.
"""

# mypy: ignore-errors
# Python 2.7 has no annotations.
import json
import os
import platform
import re
import sys

VERSION = 1


def read(path):
    """Give the text of a file; None where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read().decode("utf-8", "replace")
    except (IOError, OSError):
        return None


def headers(text):
    """Give Name and Version of core metadata."""
    found = {}
    for line in text.splitlines():
        if not line.strip():
            break
        key, colon, value = line.partition(":")
        if colon and key.lower() in ("name", "version"):
            found.setdefault(key.lower(), value.strip())
    return found


def without_credentials(url):
    """Give a URL without its user information."""
    return re.sub(r"(?<=://)[^/@]*@", "", url)


def direct_url(folder):
    """Give the URL of PEP 610, and whether it is editable."""
    text = read(os.path.join(folder, "direct_url.json"))
    if text is None:
        return None, False
    try:
        table = json.loads(text)
        return without_credentials(table["url"]), bool((table.get("dir_info") or {}).get("editable"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, False


def distribution(folder, name):
    """Give one distribution by the name of its metadata in a folder of sys.path; None where it is none."""
    path = os.path.join(folder, name)
    editable = False
    if name.endswith(".dist-info"):
        text = read(os.path.join(path, "METADATA"))
    elif name.endswith(".egg-info"):
        text = read(os.path.join(path, "PKG-INFO")) if os.path.isdir(path) else read(path)
    elif name.endswith(".egg-link"):
        editable = True
        text = egg_link(path)
    elif name.endswith(".egg") and os.path.isdir(path):
        text = read(os.path.join(path, "EGG-INFO", "PKG-INFO"))
    else:
        return None
    fields = headers(text or "")
    url, is_editable = direct_url(path)
    installer = read(os.path.join(path, "INSTALLER"))
    return {
        "name": fields.get("name"),
        "version": fields.get("version"),
        "path": path,
        "installer": installer.strip() if installer else None,
        "direct_url": url,
        "editable": editable or is_editable,
    }


def egg_link(path):
    """Give the metadata that ``setup.py develop`` left where the sources are."""
    lines = (read(path) or "").splitlines()
    if not lines:
        return None
    folder = lines[0].strip()
    try:
        names = [name for name in os.listdir(folder) if name.endswith(".egg-info")]
    except OSError:
        return None
    return read(os.path.join(folder, names[0], "PKG-INFO")) if names else None


def distributions():
    """Give all that sys.path leads to, in its order."""
    found = []
    seen = set()
    for folder in sys.path:
        real = os.path.realpath(folder) if folder else ""
        if not folder or real in seen or not os.path.isdir(folder):
            continue
        seen.add(real)
        for name in sorted(os.listdir(folder)):
            one = distribution(folder, name)
            if one is not None:
                found.append(one)
    return found


def libc():
    """Give the C library, as pip sees it; None where it is none that is known."""
    try:
        text = os.confstr("CS_GNU_LIBC_VERSION")
    except (AttributeError, OSError, ValueError):
        text = None
    if text:
        return "-".join(text.split()[:2])
    name, version = platform.libc_ver()
    return "{}-{}".format(name, version) if name and version else None


def main():
    """Print it."""
    implementation = platform.python_implementation().lower()
    answer = {
        "pipfreeze-lock-probe": VERSION,
        "python": platform.python_version(),
        "implementation": implementation,
        "executable": sys.executable,
        "libc": libc(),
        "machine": platform.machine(),
        "distributions": distributions(),
    }
    sys.stdout.write(json.dumps(answer, indent=1, sort_keys=True) + "\n")


main()
