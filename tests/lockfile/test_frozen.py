"""Header lines that only the lock of a frozen image has, in both formats."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipfreeze_lock.errors import LockFileError
from pipfreeze_lock.lockfile import pylock, requirements_txt
from pipfreeze_lock.lockfile.frozen import parse_inconsistency, parse_unpinned
from pipfreeze_lock.model.lock import Inconsistency, LockedFile, LockedSet, Pin, Unpinned, Via
from pipfreeze_lock.model.requirement import IndexOptions

SITE = "/usr/lib/python3.6/site-packages"
FILE = LockedFile(filename="a-1.0-py3-none-any.whl", url="https://files.example/a.whl", hashes=("sha256:" + "a" * 64,))
LOCK = LockedSet(
    command="pipfreeze-lock freeze docker-archive:image.tar",
    target="cpython 3.6.8 cp36m linux/amd64 glibc-2.24 pip-19.1.1",
    options=IndexOptions(),
    unpinned=(
        Unpinned(name="broken", version="", reason="broken-metadata", path=f"{SITE}/broken.egg-info"),
        Unpinned(
            name="mine",
            version="1.0",
            reason="version-control",
            path="/opt/my env/mine-1.0.dist-info",
            origin="git+https://git.example/mine@0123#subdirectory=a b",
            layer="sha256:" + "b" * 64,
        ),
    ),
    inconsistent=(
        Inconsistency(name="gone", version=None, via=Via("distribution", "a", extra="x")),
        Inconsistency(
            name="old", version="1.0", via=Via("distribution", "a", constraint=">=2", marker='os_name == "nt"')
        ),
    ),
    roots=("a", "mine"),
    remarks=(("install", "--no-deps"),),
    pins=(
        Pin(
            name="a",
            version="1.0",
            hashes=FILE.hashes,
            via=(),
            origin="file:///wheels/a 1.whl#sha256=0",
            filename=FILE.filename,
            files=(FILE,),
        ),
    ),
)
HEADER = f"""\
# unpinned: broken - broken-metadata at={SITE}/broken.egg-info
# unpinned: mine 1.0 version-control at=/opt/my\\x20env/mine-1.0.dist-info \
from=git+https://git.example/mine@0123#subdirectory=a\\x20b layer=sha256:{"b" * 64}
# inconsistent: gone via a[x]
# inconsistent: old 1.0 via a (>=2; os_name == "nt")
# roots: a, mine
# install: --no-deps
"""


def test_what_is_written():
    text = requirements_txt.render(LOCK).decode()
    assert HEADER in text
    assert "    # origin: file:///wheels/a 1.whl#sha256=0\n" in text


def test_both_formats_give_back_what_was_written():
    read = requirements_txt.read(requirements_txt.render(LOCK), path="x")
    assert read.problems == ()
    assert read.lock == replace(LOCK, pins=tuple(replace(pin, filename=None, files=()) for pin in LOCK.pins))
    assert read.lock.installs_without_dependencies
    assert pylock.parse(pylock.render(LOCK), path="pylock.toml") == LOCK


@given(st.text(), st.text(min_size=1), st.text())
def test_nothing_that_an_image_says_gets_out_of_its_line(version: str, path: str, origin: str):
    one = Unpinned(name="a", version=version, reason="local", path=path, origin=origin or None)
    other = Inconsistency(name="b", version=version or None, via=Via("distribution", "a"))
    lock = replace(LOCK, unpinned=(one,), inconsistent=(other,))
    data = requirements_txt.render(lock)
    lines = [line for line in data.decode().splitlines() if line != "# coding: utf-8"]
    assert len(lines) == len(requirements_txt.render(LOCK).decode().splitlines()) - 2
    read = requirements_txt.parse(data, path="x")
    assert (read.unpinned, read.inconsistent) == ((replace(one, version="" if version == "-" else version),), (other,))


@pytest.mark.parametrize("text", ["", "a", "a 1.0 local", "a 1.0 magic at=/x", "a 1.0 local from=x"])
def test_damaged_unpinned(text: str):
    with pytest.raises(ValueError, match="expected a name"):
        parse_unpinned(text)


@pytest.mark.parametrize("text", ["", "a", "a 1.0", "a via ", " via b"])
def test_damaged_inconsistency(text: str):
    with pytest.raises(ValueError, match="expected a name"):
        parse_inconsistency(text)


@pytest.mark.parametrize("line", ["# unpinned: a", "# inconsistent: a", "# roots: a,, b", "# roots:"])
def test_a_damaged_line_is_told_with_its_place(line: str):
    data = requirements_txt.render(LOCK).decode().replace("# roots: a, mine", line).encode()
    with pytest.raises(LockFileError, match=r"line is damaged: expected") as error:
        requirements_txt.parse(data, path="x")
    assert str(error.value.context).startswith("x:")
