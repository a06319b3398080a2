"""Of which kind a file is, told by its path."""

from __future__ import annotations

import pytest

from pipfreeze_lock.weigh.kinds import Kinds, is_compiled, source_of, suite_of, suites_with_tests

SITE = "usr/local/lib/python3.6/site-packages"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (f"{SITE}/numpy/core/numeric.py", "code"),
        (f"{SITE}/numpy/__init__.pyi", "code"),
        (f"{SITE}/numpy/core/__pycache__/numeric.cpython-36.pyc", "pyc"),
        (f"{SITE}/numpy/core/_multiarray_umath.cpython-36m-x86_64-linux-gnu.so", "shared libraries"),
        (f"{SITE}/numpy/.libs/libopenblasp-r0-34a18dc3.3.7.so", "shared libraries"),
        ("lib/x86_64-linux-gnu/libc.so.6", "shared libraries"),
        ("usr/lib/libstdc++.so.6.0.30-gdb.py", "code"),
        ("usr/lib/x86_64-linux-gnu/libz.so.1.2.13", "shared libraries"),
        ("etc/some.socket", "data"),
        (f"{SITE}/numpy/core/lib/libnpymath.a", "static libraries"),
        (f"{SITE}/numpy/core/include/numpy/arrayobject.h", "headers"),
        (f"{SITE}/tensorflow/include/Eigen/Dense", "headers"),
        ("usr/include/python3.6m/Python.h", "headers"),
        (f"{SITE}/numpy-1.18.1.dist-info/RECORD", "metadata"),
        (f"{SITE}/numpy-1.18.1.dist-info/licenses/LICENSE.txt", "metadata"),
        (f"{SITE}/six-1.0-py3.6.egg-info", "metadata"),
        (f"{SITE}/six-1.0-py3.6.egg/EGG-INFO/PKG-INFO", "metadata"),
        (f"{SITE}/numpy/tests/data/x.bin", "tests"),
        (f"{SITE}/numpy/tests/__pycache__/test_a.cpython-36.pyc", "tests"),
        (f"{SITE}/numpy/tests/native.so", "tests"),
        (f"{SITE}/numpy/testing/utils.py", "code"),
        (f"{SITE}/jinja2/tests.py", "code"),
        (f"{SITE}/werkzeug/test.py", "code"),
        (f"{SITE}/django/test/client.py", "code"),
        ("usr/local/bin/gunicorn", "programs"),
        ("usr/bin/gcc-12", "programs"),
        ("usr/lib/gcc/x86_64-linux-gnu/12/cc1", "programs"),
        ("usr/lib/gcc/x86_64-linux-gnu/12/libgcc.a", "static libraries"),
        ("usr/lib/gcc/x86_64-linux-gnu/12/include/stddef.h", "headers"),
        ("usr/local/bin/helper.py", "code"),
        ("usr/share/doc/gcc/changelog.gz", "documentation"),
        ("usr/share/man/man1/ls.1.gz", "documentation"),
        ("usr/lib/documents/doc/x", "data"),
        (f"{SITE}/certifi/cacert.pem", "data"),
        ("app/.so", "data"),
        (".bashrc", "data"),
        ("tests/conftest.py", "tests"),
        ("README", "data"),
    ],
)
def test_kinds(path: str, kind: str) -> None:
    parent, _, name = path.rpartition("/")
    assert Kinds().of(parent, name) == kind


def test_a_folder_named_test_is_a_suite_where_it_holds_tests() -> None:
    paths = [
        f"{SITE}/Crypto/SelfTest/Cipher/test_AES.py",
        f"{SITE}/django/test/client.py",
        f"{SITE}/tensorflow/_api/v2/test/__init__.py",
        f"{SITE}/tornado/test/web_test.py",
        f"{SITE}/latest/test_us.py",
        "usr/lib/python3.6/idlelib/idle_test/test_calltip.py",
        "usr/lib/python3.6/test/data/test_not.txt",
        "app/contest/test_x.py",
    ]
    suites = suites_with_tests(paths)
    assert suites == {
        f"{SITE}/Crypto/SelfTest",
        f"{SITE}/tornado/test",
        "usr/lib/python3.6/idlelib/idle_test",
    }
    kinds = Kinds(suites)
    assert kinds.of(f"{SITE}/Crypto/SelfTest/Cipher", "data.bin") == "tests"
    assert kinds.of(f"{SITE}/django/test", "client.py") == "code"


def test_the_outermost_suite_above_a_file() -> None:
    suites = frozenset({"a/SelfTest"})
    assert suite_of("a/SelfTest/tests/test_x.py", suites) == "a/SelfTest"
    assert suite_of("a/b/tests/c/tests/x.py", suites) == "a/b/tests"
    assert suite_of("tests/x.py", suites) == "tests"
    assert suite_of("a/testsuite/x.py", suites) == ""


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("a/__pycache__/b.cpython-36.pyc", "a/b.py"),
        ("a/__pycache__/b.cpython-36.opt-1.pyc", "a/b.py"),
        ("a/b.pyc", "a/b.py"),
        ("a/b.pyo", "a/b.py"),
    ],
)
def test_sources_of_bytecode(path: str, source: str) -> None:
    parent, _, name = path.rpartition("/")
    assert is_compiled(name)
    assert source_of(parent, name) == source
