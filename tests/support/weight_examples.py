"""A weight with something of everything, for reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.file_trees import merged, python, venv
from support.weighed_images import weighed

if TYPE_CHECKING:
    from pipfreeze_lock.model.weight import ImageWeight

__all__ = ["example_weight"]

SITE = "usr/local/lib/python3.11/site-packages"
VENV_SITE = "opt/venv/lib/python3.11/site-packages"


def example_weight() -> ImageWeight:
    """Weigh an image of five layers: a base with packages, two environments, a cache, an application, a ``chown``."""
    base = merged(
        python("/usr/local", "3.11.7"),
        {
            "var/lib/dpkg": {
                "status": "Package: gcc\nSection: devel\nVersion: 12-1\n\nPackage: libc6\nSection: libs\nVersion: 2.36\n",
                "info/gcc.list": "/usr/bin/gcc\n",
                "info/libc6.list": "/lib/libc.so.6\n",
            },
            "usr/bin/gcc": "g" * 400_000,
            "lib/libc.so.6": "c" * 300_000,
            "usr/share/doc/gcc/copyright": "d" * 1_000,
        },
    )
    environments = merged(
        venv("/opt/venv", "/usr/local/bin", "3.11.7"),
        _installed(SITE, "numpy", 3_000_000, tests=900_000),
        _installed(SITE, "click", 90_000),
        _installed(VENV_SITE, "numpy", 2_000_000),
        {"root/.cache/pip/http/a/b": "p" * 700_000},
    )
    application = {"app/main.py": "m" * 50_000, "app/copy.py": "m" * 50_000, "app/data.bin": "b" * 120_000}
    clean = {"root/.cache/.wh.pip": ""}
    owner_changed = {"app/data.bin": "b" * 120_000}
    return weighed(base, environments, application, clean, owner_changed, duplicates=True)


def _installed(site: str, name: str, size: int, *, tests: int = 0) -> dict[str, str]:
    files = {
        f"{name}/__init__.py": "#" * (size // 10),
        f"{name}/__pycache__/__init__.cpython-311.pyc": "o" * (size // 10),
        f"{name}/_native.so": "s" * (size - 2 * (size // 10)),
        f"{name}/include/{name}.h": "h" * 20_000,
    }
    if tests:
        files[f"{name}/tests/test_all.py"] = "t" * tests
    rows = "".join(f"{path},,\n" for path in (*files, f"{name}-1.0.dist-info/RECORD"))
    return {
        **{f"{site}/{path}": content for path, content in files.items()},
        f"{site}/{name}-1.0.dist-info/METADATA": f"Name: {name}\nVersion: 1.0\n",
        f"{site}/{name}-1.0.dist-info/RECORD": rows,
    }
