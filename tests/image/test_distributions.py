"""What counts as installed: each form of metadata, broken ones, the same one found twice."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from support.file_trees import Link, distribution, merged, python, tree

from pipfreeze_lock.image.distributions import installed_set
from pipfreeze_lock.image.environments import find_environments
from pipfreeze_lock.image.interface import ImageConfig

if TYPE_CHECKING:
    from pipfreeze_lock.model.installed import InstalledDistribution, InstalledSet

SITE = "usr/local/lib/python3.11/site-packages"
PKG_INFO = "Metadata-Version: 1.0\nName: {}\nVersion: {}\n"


def read(*files: dict, **environment: str) -> InstalledSet:
    layers = tree(merged(python("usr/local", "3.11.7"), *files))
    (found, *_) = find_environments(layers, ImageConfig(environment=environment))
    return installed_set(layers, found, subject="image", libc=None)


def installed(*files: dict, **environment: str) -> list[InstalledDistribution]:
    return list(read(*files, **environment).distributions)


def names(found: list[InstalledDistribution]) -> list[tuple[str, str]]:
    return [(one.name, one.version) for one in found]


def dist(name: str, version: str, **files: str) -> dict:
    return {SITE: distribution(name, version, **files)}


def test_set():
    found = read(dist("Flask-Login", "0.6.3"), dist("click", "8.1.7"))
    assert (found.python, found.implementation, found.libc, found.subject) == ("3.11.7", "cpython", None, "image")
    assert found.untold == ("its C library",)
    assert names(list(found.distributions)) == [("flask-login", "0.6.3"), ("click", "8.1.7")]
    assert found.distributions[0].path == f"/{SITE}/Flask_Login-0.6.3.dist-info"
    assert found.distributions[0].installer == "pip"


class TestForms:
    def test_egg_info_of_setuptools(self):
        files = {f"{SITE}/Old_Thing-1.0-py3.11.egg-info": {"PKG-INFO": PKG_INFO.format("Old-Thing", "1.0")}}
        assert names(installed(files)) == [("old-thing", "1.0")]

    def test_egg_info_of_distutils_is_a_file(self):
        files = {f"{SITE}/six-1.16.0.egg-info": PKG_INFO.format("six", "1.16.0")}
        assert names(installed(files)) == [("six", "1.16.0")]

    @pytest.mark.parametrize("listed", [True, False])
    def test_egg_that_is_a_folder(self, *, listed: bool):
        egg = {f"{SITE}/app-2.0-py3.11.egg/EGG-INFO": {"PKG-INFO": PKG_INFO.format("app", "2.0"), "zip-safe": ""}}
        path_file = {f"{SITE}/easy-install.pth": "./app-2.0-py3.11.egg\n"} if listed else {}
        (found,) = installed(egg, path_file)
        assert (found.name, found.version, found.path) == ("app", "2.0", f"/{SITE}/app-2.0-py3.11.egg")

    @pytest.mark.parametrize("folder", [SITE, "opt/eggs"])
    def test_egg_that_is_a_zip_file(self, folder: str):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("EGG-INFO/PKG-INFO", PKG_INFO.format("app", "2.0"))
        files = {
            f"{folder}/app-2.0-py3.11.egg": buffer.getvalue(),
            f"{SITE}/easy-install.pth": f"/{folder}/app-2.0-py3.11.egg",
        }
        (found,) = installed(files)
        assert (found.name, found.version, found.path) == ("app", "2.0", f"/{folder}/app-2.0-py3.11.egg")

    def test_what_is_no_distribution(self):
        other = zipfile_without_metadata()
        files = {
            f"{SITE}": {
                "a.egg": "no zip",
                "b.egg": other,
                "c.egg": {},
                "d.dist-info": Link("README.txt"),
                "requests": {},
                "README.txt": "",
            }
        }
        assert installed(files) == []

    def test_source_tree_of_setup_py_develop(self):
        files = {
            SITE: {"my-app.egg-link": "/src/app\n.", "easy-install.pth": "/src/app\n"},
            "src/app": {
                "my_app.egg-info": {"PKG-INFO": PKG_INFO.format("my-app", "0.1.dev0")},
                "another.egg-info": {"PKG-INFO": PKG_INFO.format("another", "9")},
            },
        }
        found = installed(files)
        assert names(found) == [("my-app", "0.1.dev0"), ("another", "9")]  # the second is importable, too
        assert [one.is_editable for one in found] == [True, False]
        assert found[0].path == f"/{SITE}/my-app.egg-link"
        assert not any(one.is_shadowed or one.problem for one in found)

    def test_source_tree_that_comes_first(self):
        files = {
            SITE: {"app.egg-link": "/src\n."},
            "src/app.egg-info/PKG-INFO": PKG_INFO.format("app", "1"),
        }
        (found,) = installed(files, PYTHONPATH="/src")
        assert (found.is_editable, found.is_shadowed) == (True, False)

    @pytest.mark.parametrize("line", ["", "/gone\n.", "\n/src"])
    def test_link_that_leads_nowhere(self, line: str):
        (found,) = installed({f"{SITE}/my-app.egg-link": line})
        assert (found.name, found.version, found.is_editable) == ("my-app", "", True)
        assert found.problem == "its metadata has no Name and no Version"

    @pytest.mark.parametrize(
        "pth", ["/src\n", "import __editable___app_0_1_finder; __editable___app_0_1_finder.install()"]
    )
    def test_editable_by_a_hook(self, pth: str):
        """PEP 660: metadata in site-packages, and an egg-info left in the sources by the build."""
        url = json.dumps({"url": "file:///src", "dir_info": {"editable": True}})
        files = {
            SITE: {"__editable__.app-0.1.pth": pth, "__editable___app_0_1_finder.py": ""},
            "src/app.egg-info/PKG-INFO": PKG_INFO.format("app", "0.1"),
        }
        (found,) = installed(files, dist("app", "0.1", direct_url__json=url))
        assert (found.is_editable, found.direct_url, found.is_shadowed) == (True, "file:///src", False)

    def test_target_folder_on_the_python_path(self):
        found = installed(dist("a", "1"), {"deps": distribution("a", "2")}, PYTHONPATH="/deps")
        assert [(one.version, one.is_shadowed, one.path) for one in found] == [
            ("2", False, "/deps/a-2.dist-info"),
            ("1", True, f"/{SITE}/a-1.dist-info"),
        ]

    def test_linked_site_packages(self):
        files = merged(python("usr/local", "3.11.7"), {"data/packages": distribution("a", "1")})
        del files[SITE]
        files[SITE] = Link("/data/packages")
        layers = tree(files)
        (found,) = find_environments(layers, ImageConfig())
        (one,) = installed_set(layers, found, subject="image", libc=None).distributions
        assert one.path == "/data/packages/a-1.dist-info"

    def test_models_of_gigabytes_are_no_path_files(self):
        assert installed({"models/net.pth": "/src\n", f"{SITE}/net/weights.pth": "/src\n"}) == []


def zipfile_without_metadata() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("module.py", "")
    return buffer.getvalue()


class TestTwice:
    def test_two_versions_side_by_side(self):
        found = installed(dist("a", "1"), dist("a", "2"))
        assert [(one.version, one.is_shadowed) for one in found] == [("1", False), ("2", True)]

    def test_same_folder_by_two_names(self):
        found = installed(dist("a", "1"), {"other": Link(f"/{SITE}")}, PYTHONPATH="/other")
        assert names(found) == [("a", "1")]

    def test_old_release_beside_a_source_tree_is_told(self):
        url = json.dumps({"url": "file:///src", "dir_info": {"editable": True}})
        found = installed(
            dist("app", "1.0", direct_url__json=url),
            {f"{SITE}/app-0.9-py3.11.egg-info/PKG-INFO": PKG_INFO.format("app", "0.9")},
        )
        assert [(one.version, one.is_shadowed) for one in found] == [("0.9", False), ("1.0", True)]

    def test_what_pip_left_when_it_was_interrupted(self):
        files = {
            f"{SITE}/~lask-2.0.dist-info": {"METADATA": "Name: Flask\nVersion: 2.0\n"},
            f"{SITE}/-lask-1.0.dist-info": {"METADATA": "Name: Flask\nVersion: 1.0\n"},
            f"{SITE}/.egg-info": {},
        }
        assert names(installed(files, dist("Flask", "3.0"))) == [("flask", "3.0")]


class TestBroken:
    @pytest.mark.parametrize(
        ("files", "problem"),
        [
            ({}, "its metadata has no Name and no Version"),
            ({"RECORD": ""}, "its metadata has no Name and no Version"),
            ({"METADATA": ""}, "its metadata has no Name and no Version"),
            ({"METADATA": "Name: a\n\nVersion: 1\n"}, "its metadata has no Version"),
            ({"METADATA": "name: a\nVERSION: 1\n"}, None),
            ({"METADATA": "Name: a\nVersion: 2\n"}, "its metadata says version 2, and lies in that of 1"),
            ({"METADATA": "Name: a\nVersion: 1.0\n"}, None),
            ({"METADATA": "Name: b\nVersion: 1\n"}, "its metadata says that it is `b`, and lies in that of `a`"),
            ({"METADATA": b"Name: a\nVersion: 1\nAuthor: \xff\xfe\n"}, None),
            ({"METADATA": "Name: a\r\nVersion: 1\r\n"}, None),
            ({"METADATA": "Name: a\nVersion: 1\n", "direct_url.json": "{"}, "its direct_url.json cannot be read"),
            ({"METADATA": "Name: a b\nVersion: 1\n"}, "its metadata says that it is `a b`, and lies in that of `a`"),
            (
                {"METADATA": "Name: a\nVersion: 1\n", "direct_url.json": "[" * 100_000},
                "its direct_url.json cannot be read",
            ),
            (
                {"METADATA": "Name: a\nVersion: 1\n", "direct_url.json": '{"url": "http://["}'},
                "its direct_url.json cannot be read",
            ),
            ({"METADATA": "Name: a\nVersion: 1\n", "direct_url.json": "[]"}, "its direct_url.json cannot be read"),
            (
                {"METADATA": "Name: a\nVersion: 1\n", "direct_url.json": '{"url": 1}'},
                "its direct_url.json cannot be read",
            ),
        ],
    )
    def test_problem(self, files: dict, problem: str | None):
        (found,) = installed({f"{SITE}/a-1.dist-info": files})
        assert found.problem == problem

    @pytest.mark.parametrize(
        ("folder", "version"),
        [
            ("a-1.0_1", "1.0-1"),
            ("a-1.0+cu118", "1.0+cu118"),
            ("a-1.0_post1", "1.0.post1"),
            ("a-2004d", "2004d"),
            ("a-not.pep440", "other"),
        ],
    )
    def test_versions_that_folders_write_otherwise(self, folder: str, version: str):
        (found,) = installed({f"{SITE}/{folder}.dist-info/METADATA": f"Name: a\nVersion: {version}\n"})
        assert found.problem is None

    def test_names_taken_from_the_folder(self):
        files = {SITE: {"zope.interface-5.4.0.dist-info": {}, "My_App-1.0-py3.6.egg-info": ""}}
        assert names(installed(files)) == [("my-app", "1.0"), ("zope-interface", "5.4.0")]

    def test_metadata_taken_away_in_a_later_layer(self):
        layers = tree(merged(python("usr/local", "3.11.7"), dist("a", "1")), {f"{SITE}/a-1.dist-info/.wh.METADATA": ""})
        (environment,) = find_environments(layers, ImageConfig())
        (found,) = installed_set(layers, environment, subject="image", libc=None).distributions
        assert found.problem == "its metadata has no Name and no Version"


class TestOrigin:
    @pytest.mark.parametrize(
        ("direct_url", "reference"),
        [
            ({"url": "file:///wheels/a.whl", "archive_info": {}}, "file:///wheels/a.whl"),
            (
                {"url": "https://host/a.whl", "archive_info": {"hash": "sha256=abc", "hashes": {"sha256": "abc"}}},
                "https://host/a.whl#sha256=abc",
            ),
            (
                {"url": "https://host/a.whl", "archive_info": {"hashes": {"sha256": "abc"}}},
                "https://host/a.whl#sha256=abc",
            ),
            (
                {
                    "url": "https://user:secret@host/a.git",
                    "vcs_info": {"vcs": "git", "commit_id": "f00", "requested_revision": "main"},
                    "subdirectory": "pkg",
                },
                "git+https://host/a.git@f00#subdirectory=pkg",
            ),
            ({"url": "https://user:p@ss@host/a.tar.gz", "archive_info": {}}, "https://host/a.tar.gz"),
            ({"url": "file:///src", "dir_info": {}}, "file:///src"),
            ({"url": "file:///src", "dir_info": None, "vcs_info": "git"}, "file:///src"),
        ],
    )
    def test_as_pip_freeze_writes_it(self, direct_url: dict, reference: str):
        (found,) = installed(dist("a", "1", direct_url__json=json.dumps(direct_url)))
        assert (found.direct_url, found.is_editable, found.problem) == (reference, False, None)
