"""What moved between two locks."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import needs

from pipfreeze_lock.model.lock import LockedSet, Pin, Satisfied, Via
from pipfreeze_lock.model.requirement import FormatControl, IndexOptions, InputFile
from pipfreeze_lock.model.target import BaseDistribution
from pipfreeze_lock.model.url import Url
from pipfreeze_lock.report.changes import changes, holders
from pipfreeze_lock.report.changes_text import as_lines, as_text, unified_diff

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def pin(name: str, version: str, *via: Via, hashes=(A,), **words) -> Pin:
    return Pin(name=name, version=version, hashes=hashes, via=via, **words)


def lock(*pins: Pin, **words) -> LockedSet:
    fields = {"command": "pipfreeze-lock lock", "target": "cpython 3.6.8 pip-19.1.1", "options": IndexOptions()}
    return LockedSet(**(fields | {"pins": pins} | words))


def asks(name: str, constraint: str = "") -> Via:
    return Via("distribution", name, constraint=constraint)


OLD = lock(
    pin("absl-py", "0.9", asks("tensorboard", ">=0.4"), asks("tensorflow")),
    pin("flask", "1.1.1", Via("-r", "requirements.txt", constraint="==1.1.1")),
    pin("grpcio", "1.34.1", asks("tensorboard", ">=1.24.3"), asks("tensorflow", "<2,>=1.8.6")),
    pin("idna", "2.10", asks("requests", "<3,>=2.5")),
    pin("pytz", "2004d"),
    pin("six", "1.15.0", asks("absl-py")),
    pin("termcolor", "1.1.0", asks("absl-py")),
    pin("wrapt", "1.12.1", notes=("compiled in the image",)),
    base=(BaseDistribution("pip", "19.1.1"), BaseDistribution("setuptools", "41.0.1")),
    inputs=(InputFile(path="requirements.txt", sha256="0" * 64, role="input"),),
    remarks=(("uploaded-prior-to", "2021-01-16T00:00:00Z"), ("warning", "first")),
)
NEW = lock(
    pin("absl-py", "0.9", asks("tensorboard", ">=0.4"), asks("tensorflow", ">=0.7")),
    pin("flask", "1.1.1", Via("-r", "requirements.txt", constraint="==1.1.1"), hashes=(B,)),
    pin("grpcio", "1.37.0", asks("tensorboard", ">=1.36"), asks("tensorflow", "<2,>=1.8.6")),
    pin("idna", "2.9", asks("requests", "<3,>=2.5")),
    pin("pytz", "2005a"),
    pin("requests", "2.22.0", Via("-r", "requirements.txt"), extras=("socks",)),
    pin("six", "1.15.0", asks("absl-py"), extras=("x",)),
    pin("wrapt", "1.12.1"),
    target="cpython 3.6.8 pip-21.3.1",
    base=(BaseDistribution("pip", "21.3.1"), BaseDistribution("wheel", "0.37.0")),
    satisfied=(Satisfied(name="wheel", via=()),),
    inputs=(InputFile(path="requirements.txt", sha256="1" * 64, role="input"),),
    options=IndexOptions(index_url=Url("https://user:secret@index.example/simple/"), no_index=True),
    remarks=(("uploaded-prior-to", "2021-04-16T00:00:00Z"), ("warning", "first"), ("warning", "second")),
)


def test_as_text():
    assert (
        as_text(changes(OLD, NEW))
        == """\
1 upgraded, 1 downgraded, 1 replaced, 1 added, 1 removed, 1 rehashed, 1 with other extras, 1 asked for otherwise, 1 noted
  target: cpython 3.6.8 pip-19.1.1 -> cpython 3.6.8 pip-21.3.1
  base: pip 19.1.1 -> pip 21.3.1
  base: - setuptools 41.0.1
  base: + wheel 0.37.0
  satisfied: + wheel
  option: + --index-url https://index.example/simple/
  option: + --no-index
  input: requirements.txt sha256:000000000000 -> requirements.txt sha256:111111111111
  uploaded-prior-to: 2021-01-16T00:00:00Z -> 2021-04-16T00:00:00Z
  warning: + second
  upgraded   grpcio 1.34.1 -> 1.37.0, since tensorboard (>=1.36) asks for it, held by tensorflow (<2,>=1.8.6)
  downgraded idna 2.10 -> 2.9, held by requests (<3,>=2.5)
  replaced   pytz 2004d -> 2005a
  added      requests 2.22.0 (for -r requirements.txt)
  removed    termcolor 1.1.0 (was for absl-py)
  rehashed   flask 1.1.1
  extras     six 1.15.0: [] -> [x]
  via        absl-py 0.9: -tensorflow, +tensorflow (>=0.7)
  notes      wrapt 1.12.1
"""
    )


def test_nothing_changed():
    same = changes(OLD, OLD)
    assert not same
    assert not same.installs_differ
    assert as_text(same) == "nothing changed\n"


def test_only_the_header_changed():
    found = changes(OLD, replace(OLD, command="other"))
    assert found
    assert not found.installs_differ
    assert [line.kind for line in as_lines(found)] == ["summary", "header"]
    assert as_text(found).startswith("only the header changed\n  command: pipfreeze-lock lock -> other\n")


@pytest.mark.parametrize(
    ("change", "kind", "installs"),
    [
        ({"version": "2"}, "upgraded", True),
        ({"version": "1.0"}, "replaced", True),
        ({"version": "1rc1"}, "downgraded", True),
        ({"version": "1!0"}, "upgraded", True),
        ({"url": "https://files.example/a-1.zip"}, "replaced", True),
        ({"hashes": (A, B)}, "rehashed", True),
        ({"extras": ("x",)}, "extras", True),
        ({"via": (asks("b"),)}, "via", False),
        ({"notes": ("n",)}, "notes", False),
    ],
)
def test_kinds(change, kind, installs):
    old = pin("a", "1")
    found = changes(lock(old), lock(replace(old, **change)))
    assert [one.kind for one in found.pins] == [kind]
    assert found.counts == {kind: 1}
    assert found.installs_differ is installs


def test_what_is_not_installed_otherwise_is_no_cause():
    old = pin("a", "1.5", asks("b", ">=1"))
    new = pin(
        "a", "2", asks("b", ">=1.2"), asks("c", ">=1.9"), asks("d", "> broken"), asks("e", "@ https://x.example/a")
    )
    (found,) = changes(lock(old), lock(new)).pins
    assert [via.parent for via in found.causes] == ["c", "d", "e"]


@pytest.mark.parametrize(
    ("constraint", "holds"),
    [
        ("", False),
        (">=1", False),
        ("!=1.5,>=1", False),
        ("<2", True),
        (">=1,<=2", True),
        ("==1.*", True),
        ("~=1.4", True),
        ("@ https://x.example/a", True),
    ],
)
def test_holders(constraint, holds):
    assert bool(holders(pin("a", "1", asks("b", constraint)))) is holds


def test_format_control_and_places_are_shown():
    options = IndexOptions(
        find_links=("wheels", "https://user:secret@files.example/"),
        extra_index_urls=(Url("https://other.example/"),),
        trusted_hosts=("index.example",),
        format_control=FormatControl(no_binary=frozenset({"a"}), only_binary=frozenset({":all:"})),
    )
    assert [change.new for change in changes(lock(), lock(options=options)).header] == [
        "--extra-index-url https://other.example/",
        "--find-links wheels",
        "--find-links https://files.example/",
        "--trusted-host index.example",
        "--no-binary a",
        "--only-binary :all:",
    ]


def test_unified_diff():
    assert (
        unified_diff(b"a\nb\n", b"a\nc", path="requirements.lock")
        == """\
--- a/requirements.lock
+++ b/requirements.lock
@@ -1,2 +1,2 @@
 a
-b
+c
\\ No newline at end of file
"""
    )
    assert unified_diff(b"", b"a\n", path="x").splitlines()[0] == "--- /dev/null"
    assert unified_diff(b"a\n", b"a\n", path="x") == ""


lines = st.lists(st.sampled_from([b"a", b"b\x0cc", b"d\re", "é\u2028".encode(), b""]), max_size=8).map(b"\n".join)


@settings(deadline=None)
@given(lines.filter(bool), lines.filter(bool))
def test_patch_makes_the_new_file_of_the_old_one(tmp_path_factory, old, new):
    if shutil.which("patch") is None:
        needs.missing("the program patch")
    path = tmp_path_factory.mktemp("patch") / "x"
    path.write_bytes(old)
    text = unified_diff(old, new, path="x")
    if text:
        command = ["patch", "--binary", "--quiet", "-p1"]
        subprocess.run(command, cwd=path.parent, input=text.encode(), check=True)
    assert path.read_bytes() == new
