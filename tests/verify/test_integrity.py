"""Files beside their records, on trees made from dicts: what pip, setuptools, Debian, Alpine and conda leave."""

from __future__ import annotations

import base64
import hashlib
import posixpath
from typing import TYPE_CHECKING, Any

import pytest
from support.file_trees import Link, merged, python, tree

from pipfreeze_lock.image.distributions import installed_set
from pipfreeze_lock.image.environments import find_environments
from pipfreeze_lock.image.interest import with_records
from pipfreeze_lock.image.interface import ImageConfig, Want
from pipfreeze_lock.verify.integrity import check_integrity
from pipfreeze_lock.verify.records import RecordRow, parse_installed_files, parse_record
from pipfreeze_lock.verify.removals import Removals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipfreeze_lock.verify.integrity import IntegrityResult

SITE = "usr/local/lib/python3.11/site-packages"
DEBIAN = "usr/lib/python3/dist-packages"
LOCAL = python("/usr/local", "3.11.7")


def row(path: str, content: str | None = None) -> str:
    if content is None:
        return f"{path},,\n"
    data = content.encode()
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(data)}\n"


def installed(name: str, files: Mapping[str, str], *, site: str = SITE, more: str = "") -> dict[str, Any]:
    """Give what a wheel's installation leaves."""
    folder = f"{name}-1.0.dist-info"
    metadata = {
        f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n\n",
        f"{folder}/INSTALLER": "pip\n",
    }
    everything = {**files, **metadata}
    record = "".join(row(path, content) for path, content in everything.items()) + row(f"{folder}/RECORD") + more
    return {f"{site}/{path}": content for path, content in {**everything, f"{folder}/RECORD": record}.items()}


def checked(*layers: Mapping[str, Any], prefix: str = "/usr/local") -> IntegrityResult:
    files = tree(*layers, interest=with_records)
    config = ImageConfig(environment={"PATH": f"{prefix}/bin:/usr/local/bin:/usr/bin"})
    environment = find_environments(files, config)[0]
    return check_integrity(
        files,
        installed_set(files, environment, subject="image", libc=None),
        folders=environment.search_path,
        prefix=environment.prefix,
        is_kept=lambda path: with_records(path) >= Want.DIGEST,
        read_again=lambda _: tree(*layers, interest=lambda _: Want.CONTENT).read,
        removals=Removals(()),
    )


def told(result: IntegrityResult) -> list[tuple[str, str]]:
    return [(one.rule.id, str(one.location).removeprefix("image:/")) for one in result.findings]


def test_what_is_as_recorded_is_silent() -> None:
    result = checked(merged(LOCAL, installed("one", {"one/__init__.py": "x", "one/data.txt": "y"})))
    assert (result.findings, result.unchecked) == ([], [])


def test_changed_missing_and_unowned() -> None:
    files = installed("one", {"one/__init__.py": "x", "one/gone.py": "y", "one/longer.py": "z"})
    del files[f"{SITE}/one/gone.py"]
    files[f"{SITE}/one/__init__.py"] = "X"
    files[f"{SITE}/one/longer.py"] = "zz"
    files[f"{SITE}/one/new.py"] = ""
    assert told(checked(merged(LOCAL, files))) == [
        ("missing-file", f"{SITE}/one/gone.py"),
        ("changed-file", f"{SITE}/one/__init__.py"),
        ("changed-file", f"{SITE}/one/longer.py"),
        ("unowned-file", f"{SITE}/one/new.py"),
    ]


def test_a_file_that_became_a_folder_is_missing() -> None:
    files = installed("one", {"one.py": "x"})
    del files[f"{SITE}/one.py"]
    assert told(checked(merged(LOCAL, files, {f"{SITE}/one.py/data": ""})))[:1] == [("missing-file", f"{SITE}/one.py")]


def test_bytecode_may_lack_and_differ() -> None:
    more = (
        row("one/__pycache__/a.cpython-311.pyc")
        + row("one/__pycache__/b.cpython-311.pyc", "compiled")
        + row("one/c.pyc", "")
    )
    files = installed("one", {"one/a.py": "x"}, more=more)
    files[f"{SITE}/one/__pycache__/b.cpython-311.pyc"] = "another"
    assert told(checked(merged(LOCAL, files))) == []


def test_a_file_of_two_distributions_is_that_of_either() -> None:
    """The namespace's `__init__.py`, or the `tests` that several wheels bring: the last one installed has won."""
    first, second = installed("one", {"shared/__init__.py": "x"}), installed("two", {"shared/__init__.py": "y"})
    assert told(checked(merged(LOCAL, first, second))) == []
    second[f"{SITE}/shared/__init__.py"] = "z"
    assert told(checked(merged(LOCAL, first, second))) == [("changed-file", f"{SITE}/shared/__init__.py")] * 2


def test_many_files_are_counted() -> None:
    files = installed("one", {f"one/m{number:02}.py": "x" for number in range(14)})
    kept = {path: content for path, content in files.items() if "/one/" not in path}
    found = checked(merged(LOCAL, kept)).findings
    assert len(found) == 11
    assert found[-1].message == "4 more files likewise: of `one==1.0`"
    assert [value for key, value in found[-1].details if key == "path"] == [
        f"/{SITE}/one/m{n}.py" for n in range(10, 14)
    ]


def test_scripts_and_data_files() -> None:
    more = (
        row("../../../bin/run", "#!x")
        + row("../../../share/man/run.1", "man")
        + row("../../../../../opt/elsewhere/x", "x")
    )
    files = merged(
        LOCAL,
        installed("one", {}, more=more),
        {"usr/local/bin/run": "#!y", "usr/local/share/man/run.1": "man"},
    )
    result = checked(files)
    assert told(result) == [("changed-file", "usr/local/bin/run")]
    assert result.unchecked == ["1 file of `one` outside site-packages"]


@pytest.mark.parametrize(
    ("there", "is_known"),
    [
        ("#!/usr/local/bin/python3.11\nprint(1)\n", True),
        ("#!/opt/a folder/python\nprint(1)\n", True),
        ("#!/usr/local/bin/python3.11\nprint(2)\n", False),
        ("#!python\nprint(1)\n\n", False),
        ("print(1)\n", False),
    ],
)
def test_a_script_whose_first_line_pip_wrote(there: str, *, is_known: bool) -> None:
    """pips before 22.2 leave the hash of what the wheel has in RECORD."""
    files = installed("one", {}, more=row("../../../bin/run", "#!python\nprint(1)\n"))
    expected = [] if is_known else [("changed-file", "usr/local/bin/run")]
    assert told(checked(merged(LOCAL, files, {"usr/local/bin/run": there}))) == expected


def test_site_packages_behind_a_link() -> None:
    files = merged(LOCAL, installed("one", {"one.py": "x"}, site="data/packages/site-packages"))
    del files[SITE]
    assert told(checked({**files, SITE: Link("/data/packages/site-packages")})) == []


def test_a_record_of_absolute_paths() -> None:
    files = installed("one", {"one.py": "x"})
    record = f"{SITE}/one-1.0.dist-info/RECORD"
    files[record] = files[record].replace("one.py,", f"/{SITE}/one.py,")
    assert told(checked(merged(LOCAL, files))) == []


@pytest.mark.parametrize("hash_and_size", [",", "sha512=AAAA,1"])
def test_a_row_without_a_hash_that_we_know_is_said(hash_and_size: str) -> None:
    files = installed("one", {"one.py": "x"}, more=f"two.py,{hash_and_size}\n")
    result = checked(merged(LOCAL, files, {f"{SITE}/two.py": "y"}))
    assert told(result) == []
    assert result.unchecked == ["1 file of `one` that RECORD has no SHA-256 of"]


def test_a_hash_that_is_none_is_no_pass() -> None:
    files = installed("one", {"one.py": "x"}, more="two.py,sha256=!,1\n")
    assert told(checked(merged(LOCAL, files, {f"{SITE}/two.py": "y"}))) == [("changed-file", f"{SITE}/two.py")]


def test_no_record() -> None:
    files = installed("one", {"one.py": "x"})
    del files[f"{SITE}/one-1.0.dist-info/RECORD"]
    result = checked(merged(LOCAL, files))
    assert [one.message for one in result.findings] == [
        "`one` is installed, and has no RECORD, so that nothing speaks for its files"
    ]


def test_installed_files_of_an_egg_info() -> None:
    folder = f"{SITE}/old-1.0-py3.11.egg-info"
    files = {
        f"{folder}/PKG-INFO": "Name: old\nVersion: 1.0\n",
        f"{folder}/installed-files.txt": "../old/__init__.py\n../old/gone.py\nPKG-INFO\n",
        f"{SITE}/old/__init__.py": "x",
        f"{SITE}/old/new.py": "x",
    }
    result = checked(merged(LOCAL, files))
    assert told(result) == [("missing-file", f"{SITE}/old/gone.py"), ("unowned-file", f"{SITE}/old/new.py")]
    assert result.unchecked == ["the files of `old`: their records have no hashes, or there are none"]


def test_distutils_tells_nothing_of_its_files() -> None:
    files = {
        f"{SITE}/old-1.0-py3.11.egg-info": "Name: old\nVersion: 1.0\n",
        f"{SITE}/old.cpython-311-x86_64-linux-gnu.so": "",
        f"{SITE}/two-1.0.egg-info/PKG-INFO": "Name: two\nVersion: 1.0\n",
        f"{SITE}/two-1.0.egg-info/top_level.txt": "other\n",
        f"{SITE}/other/__init__.py": "",
        f"{SITE}/two.py": "",
    }
    result = checked(merged(LOCAL, files))
    assert told(result) == [("unowned-file", f"{SITE}/two.py")]
    assert result.unchecked == ["the files of `old` and `two`: their records have no hashes, or there are none"]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("evil.py", ""),
        ("evil.pth", ""),
        ("evil.so", ""),
        ("evil.abi3.so", ""),
        ("evil.pyd", ""),
        ("evil.pyc", ""),
        ("evil.py", Link("/tmp/x.py")),
        ("evil", Link("/usr/local/bin")),
        ("one/evil.py", ""),
        ("evil-stubs.py", ""),
    ],
)
def test_what_is_unowned(path: str, content: Any) -> None:
    files = merged(LOCAL, installed("one", {"one/__init__.py": ""}))
    assert told(checked({**files, f"{SITE}/{path}": content})) == [("unowned-file", f"{SITE}/{path}")]


@pytest.mark.parametrize(
    "path",
    [
        "README.txt",
        "one/data.json",
        "one/x.pth",
        ".hidden.pth",
        "~ne/evil.py",
        "one/__init__.pyc",
        "one/__pycache__/y.pyc",
    ],
)
def test_what_python_would_not_import(path: str) -> None:
    files = merged(LOCAL, installed("one", {"one/__init__.py": ""}))
    assert told(checked({**files, f"{SITE}/{path}": ""})) == []


def test_what_virtualenv_leaves() -> None:
    site = "opt/venv/lib/python3.11/site-packages"
    venv = {
        "opt/venv/pyvenv.cfg": "home = /usr/local/bin\nvirtualenv = 20.25.0\nversion_info = 3.11.7.final.0\n",
        "opt/venv/bin/python": Link("/usr/local/bin/python3.11"),
        f"{site}/_virtualenv.py": "code",
        f"{site}/_virtualenv.pth": "import _virtualenv",
        f"{site}/distutils-precedence.pth": "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; "
        "enabled = os.environ.get(var, 'local') == 'local'; enabled and __import__('_distutils_hack').add_shim(); ",
    }
    assert told(checked(merged(LOCAL, venv), prefix="/opt/venv")) == []
    venv[f"{site}/_virtualenv.pth"] += "; import evil"
    assert told(checked(merged(LOCAL, venv), prefix="/opt/venv")) == [("unowned-file", f"{site}/_virtualenv.pth")]
    venv["opt/venv/pyvenv.cfg"] = "home = /usr/local/bin\nversion = 3.11.7\n"
    assert len(checked(merged(LOCAL, venv), prefix="/opt/venv").findings) == 2


@pytest.mark.parametrize(
    ("lines", "is_known"),
    [
        ("/src/one\n", True),
        (
            "import sys; sys.__plen = len(sys.path)\n./two-1.0-py3.11.egg\nimport sys; new=sys.path[sys.__plen:]; x\n",
            True,
        ),
        ("", True),
        ("/src/one\n/tmp/evil\n", False),
        ("import evil\n", False),
    ],
)
def test_easy_install_pth(lines: str, *, is_known: bool) -> None:
    files = {
        f"{SITE}/one.egg-link": "/src/one\n.",
        "src/one/one.egg-info/PKG-INFO": "Name: one\nVersion: 1.0\n",
        f"{SITE}/easy-install.pth": lines,
    }
    expected = [] if is_known else [("unowned-file", f"{SITE}/easy-install.pth")]
    assert told(checked(merged(LOCAL, files))) == expected


def debian(*, lists: bool = True) -> dict[str, Any]:
    """A Python of Debian's, with a dist-info without RECORD, as its packages have them."""
    record = "/.\n/usr/lib/python3/dist-packages/six.py\n/usr/lib/python3/dist-packages/six-1.16.0.dist-info/METADATA\n"
    files = {
        **python("/usr", "3.11.2"),
        "usr/lib/python3.11/sitecustomize.py": Link("/etc/python3.11/sitecustomize.py"),
        f"{DEBIAN}/six.py": "x",
        f"{DEBIAN}/six-1.16.0.dist-info/METADATA": "Name: six\nVersion: 1.16.0\n",
        f"{DEBIAN}/six-1.16.0.dist-info/INSTALLER": "debian\n",
    }
    return merged(files, {"var/lib/dpkg/info/python3-six.list": record} if lists else {})


def test_debians_own_files_are_owned_by_its_packages() -> None:
    result = checked(debian(), prefix="/usr")
    assert told(result) == []
    assert result.unchecked == ["the files of `six`: the system's packages have brought and changed them"]
    planted = merged(debian(), {f"{DEBIAN}/evil.py": ""})
    assert told(checked(planted, prefix="/usr")) == [("unowned-file", f"{DEBIAN}/evil.py")]
    assert told(checked(debian(lists=False), prefix="/usr")) == [("broken-metadata", f"{DEBIAN}/six-1.16.0.dist-info")]


def test_debian_strips_libraries_after_record_was_written() -> None:
    record = row("six.py", "not stripped") + row("scripts-3.10/six", "gone")
    files = merged(debian(), {f"{DEBIAN}/six-1.16.0.dist-info/RECORD": record})
    assert told(checked(files, prefix="/usr")) == []
    without = merged(debian(lists=False), {f"{DEBIAN}/six-1.16.0.dist-info/RECORD": record})
    assert {rule for rule, _ in told(checked(without, prefix="/usr"))} == {"missing-file", "changed-file"}


def test_distroless_and_alpine_keep_other_lists() -> None:
    distroless = debian(lists=False) | {
        "var/lib/dpkg/status.d/python3-six.md5sums": f"0  {DEBIAN}/six.py\n0  {DEBIAN}/six-1.16.0.dist-info/METADATA\n"
    }
    assert told(checked(distroless, prefix="/usr")) == []
    site = "usr/lib/python3.11/site-packages"
    alpine = merged(
        python("/usr", "3.11.7"),
        {
            f"{site}/six.py": "x",
            "lib/apk/db/installed": f"P:py3-six\nV:1.16.0-r0\nF:{site}\nR:six.py\nZ:Q1=\n\nP:musl\nF:lib\nR:ld-musl\n",
        },
    )
    assert told(checked(alpine, prefix="/usr")) == []
    assert told(checked(merged(alpine, {f"{site}/more.py": ""}), prefix="/usr")) == [
        ("unowned-file", f"{site}/more.py")
    ]


@pytest.mark.parametrize("place", ["var/lib/rpm", "usr/lib/sysimage/rpm"])
def test_what_rpm_owns_is_not_looked_at_and_said(place: str) -> None:
    site = "usr/lib/python3.11/site-packages"
    result = checked(merged(python("/usr", "3.11.7"), {f"{site}/dnf/x.py": "", f"{place}/db": ""}), prefix="/usr")
    assert told(result) == []
    assert result.unchecked == [f"which files in `/{site}` belong to nobody: rpm installs there, too"]


def test_conda_is_not_looked_at_and_said() -> None:
    site = "opt/conda/lib/python3.11/site-packages"
    files = merged(python("/opt/conda", "3.11.7"), {f"{site}/x.py": "", "opt/conda/conda-meta/history": ""})
    result = checked(files, prefix="/opt/conda")
    assert told(result) == []
    assert result.unchecked == [f"which files in `/{site}` belong to nobody: conda installs there, too"]


def test_layers_are_named() -> None:
    later = {f"{SITE}/one.py": "changed", f"{SITE}/evil.py": ""}
    found = checked(merged(LOCAL, installed("one", {"one.py": "x"})), later).findings
    assert [dict(one.details)["layer"] for one in found] == ["2", "2"]
    assert [one.related[0].message for one in found] == ["layer 2: RUN step 1"] * 2


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a.py,sha256=AAAA,3", RecordRow("/site/a.py", "sha256=AAAA", 3)),
        ("a.py,sha256=AAAA=,3", RecordRow("/site/a.py", "sha256=AAAA", 3)),
        ('"a,b.py",,', RecordRow("/site/a,b.py")),
        ("../bin/a,,x", RecordRow("/bin/a")),
        ("/abs,,", RecordRow("/abs")),
        ("a.py", RecordRow("/site/a.py")),
    ],
)
def test_rows_of_a_record(line: str, expected: RecordRow) -> None:
    assert parse_record(f"{line}\n\n,,\n".encode(), "/site") == [expected]


def test_hashes_of_a_record() -> None:
    digest = hashlib.sha256(b"").hexdigest()
    plain = base64.urlsafe_b64encode(bytes.fromhex(digest)).rstrip(b"=").decode()
    assert RecordRow("/x", f"sha256={plain}").sha256 == digest
    assert RecordRow("/x", f"sha256={digest}").sha256 == digest
    assert RecordRow("/x", "sha512=AAAA").sha256 is None
    assert RecordRow("/x", "").sha256 is None
    assert RecordRow("/x", "sha256=!").sha256 == ""


def test_rows_of_installed_files() -> None:
    assert parse_installed_files(b"../a.py\n\nPKG-INFO\n", "/site/a.egg-info") == [
        RecordRow("/site/a.py"),
        RecordRow("/site/a.egg-info/PKG-INFO"),
    ]


@pytest.mark.parametrize("folder", ["", "/", "/site", "site/x", "/site/../other", "/site/"])
@pytest.mark.parametrize(
    "path",
    ["a.py", "a/b.py", "./a.py", "a/./b.py", "a//b.py", "../../bin/a", "/usr/bin/a", "a/../b", ".hidden", "a/.b", "a/"],
)
def test_paths_of_records_are_normalised(folder: str, path: str) -> None:
    (row,) = parse_record(f"{path},,\n".encode(), folder)
    assert row.path == posixpath.normpath(posixpath.join(folder, path))
