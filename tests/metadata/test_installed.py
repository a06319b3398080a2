"""Core metadata of what is installed, in each form in which it lies there."""

from __future__ import annotations

import pytest

from pipfreeze_lock.metadata.installed import installed_metadata
from pipfreeze_lock.model.installed import InstalledDistribution

SITE = "/usr/lib/python3.6/site-packages"
HEADERS = "Metadata-Version: 2.1\nName: App\nVersion: 1.0\nRequires-Python: >=3.6\n"
REQUIRES = "six>=1\n\n[tls]\nidna\n\n[:python_version < '3.8']\ntyping\n"
FROM_TEXT = ("six>=1", 'idna; extra == "tls"', "typing; python_version < '3.8'")


def read(path: str, files: dict[str, str]):
    one = InstalledDistribution(name="app", version="1.0", path=path)
    contents = {name: text.encode() for name, text in files.items()}
    return installed_metadata(one, contents.get)


def test_dist_info():
    path = f"{SITE}/App-1.0.dist-info"
    fields = "Requires-Dist: six>=1\nProvides-Extra: tls\n\nRequires-Dist: not-a-field\n"
    found = read(path, {f"{path}/METADATA": HEADERS + fields, f"{path}/requires.txt": "other"})
    assert (found.requires_dist, found.provides_extra, found.requires_python) == (("six>=1",), ("tls",), ">=3.6")


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("App-1.0-py3.6.egg-info", "App-1.0-py3.6.egg-info"),
        ("App-1.0-py3.6.egg", "App-1.0-py3.6.egg/EGG-INFO"),
    ],
    ids=["egg-info", "egg"],
)
def test_setuptools(path: str, folder: str):
    files = {f"{SITE}/{folder}/PKG-INFO": HEADERS, f"{SITE}/{folder}/requires.txt": REQUIRES}
    found = read(f"{SITE}/{path}", files)
    assert (found.requires_dist, found.provides_extra) == (FROM_TEXT, ("tls",))


def test_distutils_wrote_a_single_file():
    path = f"{SITE}/App-1.0.egg-info"
    assert read(path, {path: HEADERS}).requires_python == ">=3.6"


def test_develop_leads_to_the_sources():
    files = {
        f"{SITE}/App.egg-link": "/src/app\n.",
        "/src/app/App.egg-info/PKG-INFO": HEADERS,
        "/src/app/App.egg-info/requires.txt": REQUIRES,
    }
    assert read(f"{SITE}/App.egg-link", files).requires_dist == FROM_TEXT


@pytest.mark.parametrize("end", ["dist-info", "egg-info", "egg", "egg-link"])
def test_nothing_there_needs_nothing(end: str):
    found = read(f"{SITE}/App-1.0.{end}", {})
    assert (found.name, found.version, found.requires_dist) == ("app", "1.0", ())


def test_unreadable_requires_text():
    path = f"{SITE}/App-1.0.egg-info"
    assert read(path, {f"{path}/PKG-INFO": HEADERS, f"{path}/requires.txt": "[tls\nidna"}).requires_dist == ()
