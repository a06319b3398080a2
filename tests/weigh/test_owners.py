"""To whom files belong: distributions, packages, interpreters, caches, the rest."""

from __future__ import annotations

import json

from support.file_trees import distribution, merged, python, venv
from support.image_archives import HardLink, Link
from support.weighed_images import by_owner, weighed

SITE = "usr/local/lib/python3.6/site-packages"
BASE = python("/usr/local", "3.6.15")
BASE_OWNER = "interpreter Python 3.6 3.6.15 /usr/local"


def installed(name: str, version: str, files: dict[str, str], *, site: str = SITE, record: str | None = None) -> dict:
    """Give a distribution with its RECORD; files relative to the folder that it is put into."""
    stem = f"{name}-{version}.dist-info"
    rows = "".join(f"{path},,\n" for path in files) if record is None else record
    rows += f"{stem}/RECORD,,\n{stem}/METADATA,,\n{stem}/INSTALLER,,\n"
    metadata = distribution(name, version, RECORD=rows)
    return merged({site: metadata}, {f"{site}/{path}": content for path, content in files.items()})


def test_distributions_by_their_records() -> None:
    package = installed("Foo_bar", "1.0", {"foo/a.py": "12", "foo/x.so": "345", "../../../bin/foo": "6"})
    (weight,) = weighed(merged(BASE, package)).distributions
    assert (weight.name, weight.version, weight.environment, weight.layer.index) == ("foo-bar", "1.0", "/usr/local", 0)
    assert {kind: size for kind, size in weight.kinds.items() if kind != "metadata"} == {
        "code": 2,
        "shared libraries": 3,
        "programs": 1,
    }
    assert weight.files == 6
    assert weight.largest[0][0] == f"/{SITE}/Foo_bar-1.0.dist-info/RECORD"
    assert len(weight.largest) == 5


def test_bytecode_that_no_record_has_is_of_its_source() -> None:
    package = installed("foo", "1.0", {"foo/a.py": ""})
    later = {
        f"{SITE}/foo/__pycache__/a.cpython-36.pyc": "123",
        f"{SITE}/foo/__pycache__/gone.cpython-36.pyc": "4",
        f"{SITE}/foo/a.pyo": "56",
    }
    owners = by_owner(merged(BASE, package), later)[1]
    assert owners == {"distribution foo 1.0 /usr/local": 5, f"other /{SITE}/foo": 1}


def test_a_record_speaks_for_its_own_layer() -> None:
    old = installed("foo", "1.0", {"foo/a.py": "12"})
    new = installed("foo", "2.0", {"foo/a.py": "345"})
    edited = {f"{SITE}/foo/a.py": "6789"}
    weight = weighed(merged(BASE, old), merged({f"{SITE}/.wh.foo-1.0.dist-info": ""}, new), edited)
    told = [{part.owner.version for part in layer.parts if part.owner.name == "foo"} for layer in weight.layers]
    assert told == [{"1.0"}, {"2.0"}, {"2.0"}]
    (one,) = weight.distributions
    assert (one.version, one.layer.index, one.kinds["code"]) == ("2.0", 1, 4)
    sources = {(one.size, one.owner.version) for one in weight.hidden if one.path.endswith(".py")}
    assert sources == {(2, "1.0"), (3, "2.0")}


def test_files_below_their_record() -> None:
    """Copied in two steps: the files first."""
    package = installed("foo", "1.0", {"foo/a.py": "12"})
    files = {f"{SITE}/foo/a.py": "12"}
    metadata = {path: content for path, content in package.items() if path not in files}
    assert by_owner(merged(BASE, files), metadata)[0] == {
        "distribution foo 1.0 /usr/local": 2,
        BASE_OWNER: by_owner(BASE)[0][BASE_OWNER],
    }


def test_a_distribution_that_is_removed_is_not_listed_and_keeps_its_hidden_files() -> None:
    package = installed("foo", "1.0", {"foo/a.py": "12"})
    weight = weighed(merged(BASE, package), {f"{SITE}/.wh.foo": "", f"{SITE}/.wh.foo-1.0.dist-info": ""})
    assert weight.distributions == ()
    assert {one.owner.name for one in weight.hidden} == {"foo"}


def test_vendored_metadata_is_of_the_distribution_that_brings_it() -> None:
    vendored = "setuptools/_vendor/wheel-0.1.dist-info/METADATA"
    record = "setuptools/_vendor/wheel-0.1.dist-info/RECORD"
    package = installed(
        "setuptools",
        "70.0",
        {vendored: "Name: wheel\nVersion: 0.1\n", record: "../wheel/a.py,,\n", "setuptools/a.py": "1"},
    )
    weight = weighed(merged(BASE, package))
    assert [one.name for one in weight.distributions] == ["setuptools"]


def test_a_folder_that_pip_installed_into_by_target() -> None:
    package = installed("foo", "1.0", {"foo/a.py": "12"}, site="app/vendor")
    (one,) = weighed(merged(BASE, package)).distributions
    assert (one.name, one.environment) == ("foo", "/app/vendor")


def test_vendored_metadata_in_such_a_folder() -> None:
    vendored = "aaa/_vendor/wheel-0.1.dist-info"
    files = {f"{vendored}/METADATA": "Name: wheel\nVersion: 0.1\n", f"{vendored}/RECORD": "../wheel/a.py,,\n"}
    weight = weighed(merged(BASE, installed("zzz", "1.0", files, site="app/vendor")))
    assert [one.name for one in weight.distributions] == ["zzz"]


def test_sources_with_metadata_beside_them_are_the_application() -> None:
    sources = {
        "app/app.egg-info": {"PKG-INFO": "Name: app\nVersion: 1\n", "top_level.txt": "app\n"},
        "app/app/a.py": "12",
    }
    weight = weighed(merged(BASE, sources))
    assert weight.distributions == ()
    assert "other /app" in by_owner(merged(BASE, sources))[0]


def test_eggs_and_older_metadata() -> None:
    files = {
        f"{SITE}/old-1.0-py3.6.egg-info": {
            "PKG-INFO": "Name: old\nVersion: 1.0\n",
            "installed-files.txt": "../old.py\n../../../../bin/old\nPKG-INFO\n",
        },
        f"{SITE}/old.py": "12",
        "usr/local/bin/old": "3",
        f"{SITE}/distutils_one-2.0.egg-info": "Name: distutils-one\nVersion: 2.0\n",
        f"{SITE}/distutils_one.py": "4567",
        f"{SITE}/listed-3.0.egg-info": {"PKG-INFO": "Name: listed\nVersion: 3.0\n", "top_level.txt": "lst\n_native\n"},
        f"{SITE}/lst/a/b.py": "8",
        f"{SITE}/_native.cpython-36m.so": "9",
        f"{SITE}/zipped-4.0-py3.6.egg": "no zip",
        f"{SITE}/folder-5.0-py3.6.egg": {"EGG-INFO": {"PKG-INFO": "Name: folder\nVersion: 5.0\n"}, "folder/a.py": "1"},
    }
    found = {one.name: (one.version, one.total) for one in weighed(merged(BASE, files)).distributions}
    assert {name: version for name, (version, _) in found.items()} == {
        "old": "1.0",
        "distutils-one": "2.0",
        "listed": "3.0",
        "zipped": "4.0",
        "folder": "5.0",
    }
    sizes = by_owner(merged(BASE, files))[0]
    metadata = len("Name: old\nVersion: 1.0\n") + len("../old.py\n../../../../bin/old\nPKG-INFO\n")
    assert sizes["distribution old 1.0 /usr/local"] == metadata + 3
    assert sizes["distribution distutils-one 2.0 /usr/local"] == len("Name: distutils-one\nVersion: 2.0\n") + 4
    assert not [owner for owner in sizes if owner.startswith("other")]


def test_environments_are_told_apart() -> None:
    package = {"foo/a.py": "12"}
    one = installed("foo", "1.0", package)
    two = installed("foo", "1.0", package, site="opt/venv/lib/python3.6/site-packages")
    files = merged(BASE, venv("/opt/venv", "/usr/local/bin", "3.6.15", copies=True), one, two)
    weight = weighed(files)
    assert sorted((one.name, one.environment) for one in weight.distributions) == [
        ("foo", "/opt/venv"),
        ("foo", "/usr/local"),
    ]
    assert {part.owner.environment for part in weight.layers[0].parts if part.owner.category == "interpreter"} == {
        "/usr/local",
        "/opt/venv",
    }


def test_the_interpreter_and_its_library() -> None:
    files = {"usr/local/lib/python3.6/re.py": "123", "usr/local/lib/python3.6/__pycache__/re.cpython-36.pyc": "4"}
    owners = by_owner(BASE, files)
    assert owners[1] == {BASE_OWNER: 4}
    assert by_owner(merged(BASE, {f"{SITE}/mine.py": "1"}))[0][f"other /{SITE}"] == 1


def test_debian_packages() -> None:
    status = (
        "Package: libfoo1\nStatus: install ok installed\nSection: libs\nVersion: 1.2-3\n\n"
        "Package: foo\nVersion: 4\nSection: contrib/devel\n"
    )
    files = {
        "lib": Link("usr/lib"),
        "var/lib/dpkg": {
            "status": status,
            "info/libfoo1:amd64.list": "/.\n/lib\n/lib/libfoo.so.1\n",
            "info/foo.list": "/usr/bin/foo\n/usr/lib/python3/dist-packages/foo.py\n/usr/share/doc/foo/README\n",
            "info/foo.md5sums": "0  usr/bin/foo\n",
        },
        "usr/lib/libfoo.so.1": "1",
        "usr/bin/foo": "22",
        "usr/lib/python3/dist-packages/foo.py": "333",
        "usr/lib/python3/dist-packages/__pycache__/foo.cpython-311.pyc": "4444",
        "usr/share/doc/foo/README": "5",
    }
    owners = by_owner(files)[0]
    assert owners["system libfoo1 1.2-3"] == 1
    assert owners["system foo 4"] == 10


def test_an_older_package_in_a_lower_layer() -> None:
    def package(version: str, content: str) -> dict:
        status = f"Package: foo\nVersion: {version}\n"
        return {"var/lib/dpkg": {"status": status, "info/foo.list": "/usr/bin/foo\n"}, "usr/bin/foo": content}

    lower, upper = by_owner(package("1", "12"), package("2", "345"))
    assert (lower["system foo 1"], upper["system foo 2"]) == (2, 3)


def test_distributions_that_a_package_brings_are_the_packages() -> None:
    files = merged(
        {
            "var/lib/dpkg": {
                "status": "Package: python3-foo\nVersion: 1-1\n",
                "info/python3-foo.list": "/usr/lib/python3/dist-packages/foo/a.py\n"
                "/usr/lib/python3/dist-packages/foo-1.dist-info/METADATA\n",
            }
        },
        {"usr/lib/python3/dist-packages/foo-1.dist-info/METADATA": "Name: foo\nVersion: 1\n"},
        {"usr/lib/python3/dist-packages/foo/a.py": "123"},
    )
    weight = weighed(files)
    assert weight.distributions == ()
    assert by_owner(files)[0]["system python3-foo 1-1"] == 3 + len("Name: foo\nVersion: 1\n")


def test_distroless_packages() -> None:
    files = {
        "var/lib/dpkg/status.d": {"libc6": "Package: libc6\nVersion: 2.36\n", "libc6.md5sums": "0  ./lib/libc.so.6\n"},
        "lib/libc.so.6": "123",
    }
    assert by_owner(files)[0]["system libc6 2.36"] == 3


def test_alpine_packages() -> None:
    installed_ = (
        "P:musl\nV:1.2\nF:lib\nR:ld-musl-x86_64.so.1\nR:libc.musl.so\nF:\nR:top\n\nP:py3-six\nV:3\nF:usr/bin\nR:x\n"
    )
    files = {"lib/apk/db/installed": installed_, "lib/libc.musl.so": "12", "top": "3", "usr/bin/x": "456"}
    owners = by_owner(files)[0]
    assert (owners["system musl 1.2"], owners["system py3-six 3"]) == (3, 3)


def test_conda_packages_and_their_distributions() -> None:
    meta = {"name": "mkl", "version": "2023", "files": ["lib/libmkl.so"], "link": {"type": 1}}
    foo = installed("foo", "1.0", {"foo/a.py": "12"}, site="opt/conda/lib/python3.6/site-packages")
    files = merged(
        python("/opt/conda", "3.6.15"),
        foo,
        {"opt/conda/conda-meta/mkl-2023-0.json": json.dumps(meta), "opt/conda/lib/libmkl.so": "1234567"},
        {"opt/conda/conda-meta/broken-1.json": "{"},
    )
    cached = [("opt/conda/pkgs/mkl/lib/libmkl.so", HardLink("opt/conda/lib/libmkl.so")), ("opt/conda/pkgs/x/y", "89")]
    weight = weighed([*((path, None if content == {} else content) for path, content in files.items()), *cached])
    owners = {(part.owner.category, part.owner.name, part.owner.environment): part for part in weight.layers[0].parts}
    assert owners["system", "mkl", "/opt/conda"].total == 7 + len(json.dumps(meta))
    assert owners["cache", "conda", ""].total == 2
    assert [one.name for one in weight.distributions] == ["foo"]
    assert weight.unchecked == (
        "whose the files are that `/opt/conda/conda-meta/broken-1.json` lists: it cannot be read",
    )


def test_names_in_a_cache_do_not_make_a_file_a_cache() -> None:
    package = installed("foo", "1.0", {"foo/a.py": "unpacked once"})
    uv = installed("foo", "1.0", {"foo/a.py": ""}, site="root/.cache/uv/archive-v0/xyz")
    order = [
        *((path, content) for path, content in uv.items() if content and not path.endswith("a.py")),
        ("root/.cache/uv/archive-v0/xyz/foo/a.py", "unpacked once"),
        *((path, content) for path, content in package.items() if content and not path.endswith("a.py")),
        (f"{SITE}/foo/a.py", HardLink("root/.cache/uv/archive-v0/xyz/foo/a.py")),
    ]
    weight = weighed(BASE, order)
    (one,) = weight.distributions
    assert one.kinds["code"] == len("unpacked once")
    assert one.environment == "/usr/local"
    assert weight.hidden == ()


def test_caches_by_the_image_environment() -> None:
    owners = by_owner({"tmp/c/http/a": "12", "root/.cache/pip/b": "3"}, environment={"PIP_CACHE_DIR": "/tmp/c"})[0]
    assert owners == {"cache pip": 3}


def test_an_image_without_a_python() -> None:
    weight = weighed({"app/main": "12"})
    assert (weight.total, weight.distributions) == (2, ())


def test_packages_whose_list_is_not_read() -> None:
    weight = weighed({"var/lib/rpm/rpmdb.sqlite": "1", "usr/bin/ls": "23"})
    assert weight.unchecked == ("which of its packages the system's files belong to: the database of rpm is not read",)
    assert by_owner({"var/lib/rpm/rpmdb.sqlite": "1", "usr/bin/ls": "23"}) == [
        {"system /var/lib": 1, "system /usr/bin": 2}
    ]
