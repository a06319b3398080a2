"""What could be spared: exact bytes, and what overlaps is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support.file_trees import merged, python, venv
from support.weighed_images import weighed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipfreeze_lock.model.weight import Saving

SITE = "usr/local/lib/python3.6/site-packages"
BASE = python("/usr/local", "3.6.15")


def installed(
    files: Mapping[str, str], *, name: str = "foo", installer: str = "pip", site: str = SITE
) -> dict[str, str]:
    """Give a distribution: its files, a RECORD that names them, and who installed it."""
    stem = f"{site}/{name}-1.dist-info"
    rows = "".join(f"{path},,\n" for path in (*files, f"{name}-1.dist-info/METADATA"))
    return {
        **{f"{site}/{path}": content for path, content in files.items()},
        f"{stem}/METADATA": f"Name: {name}\nVersion: 1\n",
        f"{stem}/INSTALLER": f"{installer}\n",
        f"{stem}/RECORD": rows,
    }


def savings(*layers: Mapping[str, Any], **options: Any) -> dict[str, Saving]:
    """Give savings by their identifiers, those of several layers left out."""
    return {one.id: one for one in weighed(*layers, **options).savings}


def test_nothing_to_spare() -> None:
    assert savings(BASE, installed({"foo/a.py": "1"})) == {}


def test_bytecode_that_pip_compiles() -> None:
    files = {
        "foo/a.py": "",
        "foo/__pycache__/a.cpython-36.pyc": "123",
        "foo/tests/test_a.py": "",
        "foo/tests/__pycache__/test_a.cpython-36.pyc": "4567",
    }
    found = savings(BASE, installed(files))
    saving = found["no-compile"]
    assert (saving.size, saving.is_estimated, saving.how) == (7, False, "RUN pip install --no-compile …")
    assert "4 B of it is of test suites, too" in saving.note
    assert saving.paths == (f"/{SITE}/foo",)
    assert found["tests"].size == 4
    assert "4 B of it is bytecode, too" in found["tests"].note


def test_bytecode_of_conda_and_of_debian_is_not_pips() -> None:
    conda = installed({"foo/a.py": "", "foo/__pycache__/a.cpython-36.pyc": "123"}, installer="conda")
    debian = {
        "var/lib/dpkg": {
            "status": "Package: six\nVersion: 1\n",
            "info/six.list": "/usr/lib/python3/dist-packages/six.py\n",
        },
        "usr/lib/python3/dist-packages": {"six.py": "", "__pycache__/six.cpython-311.pyc": "4"},
    }
    assert "no-compile" not in savings(BASE, merged(conda, debian))


def test_bytecode_that_a_run_leaves() -> None:
    later = {
        "usr/local/lib/python3.6/__pycache__/os.cpython-36.pyc": "12",
        f"{SITE}/foo/__pycache__/a.cpython-36.pyc": "3",
        f"{SITE}/foo/__pycache__/gone.cpython-36.pyc": "4567",
    }
    found = savings(BASE, installed({"foo/a.py": ""}), later)
    assert found["no-bytecode"].size == 3
    assert found["no-bytecode"].how == "ENV PYTHONDONTWRITEBYTECODE=1"
    assert "no-compile" not in found


def test_tests_and_the_line_that_removes_them() -> None:
    files = {
        "foo/tests/test_a.py": "12",
        "foo/sub/tests/data.bin": "345",
        "foo/SelfTest/test_b.py": "6",
        "foo/test/client.py": "interface",
        "tests/test_top.py": "7",
    }
    saving = savings(BASE, installed(files))["tests"]
    assert saving.size == 7
    assert saving.how == (
        f"RUN pip install … && find /{SITE} -type d -name tests -prune -exec rm -rf {{}} + && rm -rf /{SITE}/foo/SelfTest"
    )
    assert saving.paths == (f"/{SITE}/foo/sub/tests", f"/{SITE}/foo/tests", f"/{SITE}/foo/SelfTest", f"/{SITE}/tests")


def test_only_the_suites_that_the_line_names_count() -> None:
    files = {f"foo/{letter}_test/test_x.py": letter * (10 - number) for number, letter in enumerate("abcdefgh")}
    saving = savings(BASE, installed(files))["tests"]
    assert saving.size == 10 + 9 + 8 + 7 + 6 + 5
    assert saving.how.count("_test") == 6


def test_tests_in_two_environments() -> None:
    site = "opt/venv/lib/python3.6/site-packages"
    two = merged(
        venv("/opt/venv", "/usr/local/bin", "3.6.15"),
        installed({"foo/tests/test_a.py": "12"}, site=site),
        installed({"foo/tests/test_a.py": "3"}),
    )
    saving = savings(BASE, two)["tests"]
    assert saving.size == 3
    assert f"find /{site} /{SITE} -type d" in saving.how


def test_tests_of_the_interpreter() -> None:
    library = {"usr/local/lib/python3.6": {"test/test_os.py": "12", "unittest/test/test_case.py": "3", "re.py": "4"}}
    saving = savings(merged(BASE, library))["interpreter-tests"]
    assert saving.size == 3
    assert saving.paths == ("/usr/local/lib/python3.6/test", "/usr/local/lib/python3.6/unittest/test")
    assert saving.how == f"RUN … && rm -rf {' '.join(saving.paths)}"


def test_headers_and_static_libraries() -> None:
    files = {
        "foo/include/a.h": "12",
        "foo/lib/a.a": "345",
        "foo/include/Dense": "no suffix that the line names",
        "foo/tests/b.h": "6",
    }
    saving = savings(BASE, installed(files))["development-files"]
    assert saving.size == 6
    assert saving.how.endswith(f"find /{SITE} -type f \\( -name '*.a' -o -name '*.h' \\) -delete")
    assert "1 B of it is of test suites, too" in saving.note


def test_caches() -> None:
    files = {
        "root/.cache/pip/http/a/b": "12",
        "root/.cache/pip/wheels/c": "3",
        "root/.cache/huggingface/model.bin": "which may be needed",
        "var/lib/apt/lists/x": "4567",
        "var/cache/apt/archives/y.deb": "8",
        "var/cache/debconf/templates.dat": "which must be there",
        "root/.npm/_cacache/z": "9",
    }
    found = savings(files)
    assert {one.id: one.size for one in found.values()} == {"no-cache-dir": 3, "apt-lists": 5, "npm-cache": 1}
    assert found["no-cache-dir"].how == "RUN pip install --no-cache-dir …"
    assert found["no-cache-dir"].note == ""


def test_a_cache_that_a_later_layer_deletes() -> None:
    found = savings({"root/.cache/pip/http/a": "12345"}, {"root/.cache/.wh.pip": ""})
    assert found["no-cache-dir"].note == "5 B of it is hidden bytes, too"
    assert found["hidden"].size == 5


def test_hidden_bytes_of_two_layers() -> None:
    large = "x" * 200_000
    weight = weighed({"a": large, "b": large[:-1], "c": "small"}, {"a": "", ".wh.b": ""}, {"c": "", "a": "now"})
    pair, rest = (one for one in weight.savings if one.id == "hidden")
    assert (pair.size, pair.what) == (399_999, "what layer 1 writes and layer 2 replaces or takes away")
    assert pair.how == "RUN step 0 && step 1"
    assert pair.paths == ("/a", "/b")
    assert (rest.size, rest.paths) == (5, ("/c",))


def test_a_layer_that_only_changes_owners() -> None:
    content = "x" * 200_000
    weight = weighed({"a": content}, {"a": content}, duplicates=True)
    (saving,) = weight.savings
    assert saving.how.startswith("COPY --chown=")
    assert "200.0 kB of it has the same contents above" in saving.note


def dpkg(*packages: tuple[str, str, str]) -> dict[str, Any]:
    """Give packages: name, section, content of the one file of each."""
    status = "\n\n".join(f"Package: {name}\nSection: {section}\nVersion: 1" for name, section, _ in packages)
    lists = {f"var/lib/dpkg/info/{name}.list": f"/usr/lib/{name}\n" for name, _, _ in packages}
    files = {f"usr/lib/{name}": content for name, _, content in packages}
    return {"var/lib/dpkg/status": status, **lists, **files}


def test_build_tools_of_debian() -> None:
    files = dpkg(("gcc", "devel", "1234"), ("libz-dev", "libdevel", "56"), ("git", "vcs", "7"), ("libz", "libs", "8"))
    saving = savings(files)["build-tools"]
    assert (saving.size, saving.is_estimated) == (7, True)
    assert saving.how == "COPY --from=build …"
    assert "gcc 1, libz-dev 1, git 1" in saving.note
    official = savings(files, environment={"PYTHON_VERSION": "3.6.15"})["build-tools"]
    assert official.how == "FROM python:3.6.15-slim"


def test_build_tools_of_alpine() -> None:
    installed_ = (
        "P:gcc\nV:1\nF:usr/bin\nR:gcc\n\nP:zlib-dev\nV:1\nF:usr/include\nR:zlib.h\n\nP:zlib\nV:1\nF:lib\nR:libz.so.1\n"
    )
    files = {"lib/apk/db/installed": installed_, "usr/bin/gcc": "123", "usr/include/zlib.h": "4", "lib/libz.so.1": "5"}
    assert savings(files)["build-tools"].size == 4


def test_savings_stand_largest_first() -> None:
    sizes = [one.size for one in weighed(dpkg(("gcc", "devel", "12")), {"root/.cache/pip/a": "345"}).savings]
    assert sizes == [3, 2]


def test_savings_say_in_which_layers_they_are() -> None:
    files = installed({"foo/a.py": "", "foo/__pycache__/a.cpython-36.pyc": "123"})
    more = installed({"bar/a.py": "", "bar/__pycache__/a.cpython-36.pyc": "4567"}, name="bar")
    for saving in weighed(merged(BASE, files), more, {"root/.cache/pip/a": "1"}, {"root/.cache/.wh.pip": ""}).savings:
        assert sum(size for _, size in saving.layers) == saving.size
        if saving.id == "no-compile":
            assert [(layer.index, size) for layer, size in saving.layers] == [(1, 4), (0, 3)]
    build = dpkg(("gcc", "devel", "1234"))
    (saving,) = weighed(build, {"usr/lib/gcc": "12"}).savings[:1]
    assert [(layer.index, size) for layer, size in saving.layers] == [(0, 4), (1, 2)]
