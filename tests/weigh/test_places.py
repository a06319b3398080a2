"""Whose a file is by where it lies alone."""

from __future__ import annotations

import pytest

from pipfreeze_lock.image.interface import ImageConfig
from pipfreeze_lock.weigh.places import Places, cache_variables, site_prefix

SITE = "usr/local/lib/python3.6/site-packages"


def told(path: str, caches: dict[str, str] | None = None) -> str:
    places = Places({("/usr/local", "3.6"): "3.6.15"}, caches or {})
    parent, _, name = path.rpartition("/")
    place = places.of_folder(parent)
    owner = place.certain or places.interpreter_file(parent, name) or place.fallback
    return " ".join(filter(None, (owner.category, owner.name, owner.version, owner.environment)))


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("usr/local/lib/python3.6/os.py", "interpreter Python 3.6 3.6.15 /usr/local"),
        ("usr/local/lib/python3.6/lib-dynload/_ssl.so", "interpreter Python 3.6 3.6.15 /usr/local"),
        ("usr/local/bin/python3.6", "interpreter Python 3.6 3.6.15 /usr/local"),
        ("usr/local/bin/python3.6m-config", "interpreter Python 3.6 3.6.15 /usr/local"),
        ("usr/local/bin/2to3-3.6", "interpreter Python 3.6 3.6.15 /usr/local"),
        ("usr/local/include/python3.6m/Python.h", "interpreter Python 3.6 3.6.15 /usr/local"),
        ("usr/local/lib/libpython3.6m.so.1.0", "interpreter Python 3.6 3.6.15 /usr/local"),
        ("usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", "interpreter Python 3.11 /usr"),
        ("usr/lib64/python3.9/os.py", "interpreter Python 3.9 /usr"),
        ("lib/python3.9/os.py", "interpreter Python 3.9 /"),
        ("opt/pypy/lib/pypy3.9/os.py", "interpreter PyPy 3.9 /opt/pypy"),
        ("opt/pypy/lib-python/3/os.py", "interpreter PyPy 3 /opt/pypy"),
        (
            "home/app/.pyenv/versions/3.8.18/lib/python3.8/os.py",
            "interpreter Python 3.8 /home/app/.pyenv/versions/3.8.18",
        ),
        (f"{SITE}/mine/a/b.py", f"other /{SITE}/mine"),
        (f"{SITE}/mine.py", f"other /{SITE}"),
        ("usr/lib/python3/dist-packages/a/b.py", "other /usr/lib/python3/dist-packages/a"),
        ("root/.cache/pip/http/a/b", "cache pip"),
        ("home/user/.cache/uv/archive-v0/x/numpy/a.py", "cache uv"),
        ("var/cache/apt/pkgcache.bin", "cache apt"),
        ("var/cache/apt/archives/a.deb", "cache apt"),
        ("var/lib/apt/lists/a_Packages", "cache apt"),
        ("var/lib/apt/extended_states", "system /var/lib"),
        ("var/cache/dnf/x", "cache dnf"),
        ("root/.npm/_cacache/a", "cache npm"),
        ("root/.cargo/registry/a", "cache cargo"),
        ("usr/share/zoneinfo/UTC", "system /usr/share"),
        ("usr/bin/ls", "system /usr/bin"),
        ("etc/passwd", "system /etc"),
        ("usr/local/bin/thing", "other /usr/local/bin"),
        ("usr/src/app/main.py", "other /usr/src"),
        ("app/main.py", "other /app"),
        ("app/src/deep/main.py", "other /app"),
        ("opt/tool/bin/x", "other /opt/tool"),
        ("home/user/x", "other /home/user"),
        ("main.py", "other /"),
    ],
)
def test_owners_by_place(path: str, owner: str) -> None:
    assert told(path) == owner


def test_caches_that_the_environment_names() -> None:
    environment = {"PIP_CACHE_DIR": "/tmp/pip/", "XDG_CACHE_HOME": "/cached", "UV_CACHE_DIR": "relative"}
    caches = cache_variables(ImageConfig(environment=environment))
    assert caches == {"tmp/pip": "pip", "cached": ""}
    assert told("tmp/pip/http/a", caches) == "cache pip"
    assert told("cached/uv/wheels/a", caches) == "cache uv"
    assert told("tmp/pipes/a", caches) == "other /tmp"


def test_a_folder_that_no_python_looks_into() -> None:
    assert site_prefix("app/vendor", []) == "/app/vendor"
    assert site_prefix("opt/venv/lib/python3.6/site-packages", []) == "/opt/venv"
    assert site_prefix("lib/python3.6/site-packages", []) == "/"
