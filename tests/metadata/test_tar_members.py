"""The fast reader of tar archives gives what ``tarfile`` gives, or says that it does not know."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipfreeze_lock.metadata.tar_members import UnusualTarError, gunzipped, tar_members

NAMES = st.lists(st.text("abcdé-_. ", min_size=1, max_size=40), min_size=1, max_size=8).map("/".join).filter(str.strip)
KINDS = st.sampled_from([tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE])
MEMBERS = st.lists(st.tuples(NAMES, KINDS, st.binary(max_size=1500)), max_size=6)


def archive(members: list[tuple[str, bytes, bytes]], form: int) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=form) as tar:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.size = len(content) if kind in (tarfile.REGTYPE, tarfile.AREGTYPE) else 0
            info.linkname = "x" * 120 if kind == tarfile.SYMTYPE else ""
            tar.addfile(info, io.BytesIO(content))
    return target.getvalue()


def by_tarfile(data: bytes) -> list[tuple[str, bytes, bool]]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return [
            (member.name, tar.extractfile(member).read() if member.isreg() else b"", member.isreg())  # type: ignore[union-attr]
            for member in tar
        ]


@given(MEMBERS, st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]))
def test_same_as_tarfile(members: list[tuple[str, bytes, bytes]], form: int) -> None:
    data = archive(members, form)
    # tarfile drops a slash at the end of a folder's name.
    found = [
        (one.name.rstrip("/"), bytes(one.content) if one.is_file else b"", one.is_file) for one in tar_members(data)
    ]
    assert found == [(name.rstrip("/"), content, is_file) for name, content, is_file in by_tarfile(data)]


@given(MEMBERS.filter(bool), st.data())
def test_damage_is_said_or_harmless(members: list[tuple[str, bytes, bytes]], data: st.DataObject) -> None:
    whole = archive(members, tarfile.PAX_FORMAT)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    position = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:position] + bytes([data.draw(st.integers(0, 255))]) + whole[position + 1 :]
    for damaged in (cut, changed):
        try:
            names = [one.name for one in tar_members(damaged)]
        except UnusualTarError:
            continue
        assert all(isinstance(name, str) for name in names)


def test_ustar_prefix() -> None:
    name = f"{'a' * 90}/{'b' * 90}"
    data = archive([(name, tarfile.REGTYPE, b"x")], tarfile.USTAR_FORMAT)
    assert [one.name for one in tar_members(data)] == [name]


def test_sparse_file_is_left_to_tarfile() -> None:
    data = bytearray(archive([("a", tarfile.REGTYPE, b"x")], tarfile.GNU_FORMAT))
    data[156:157] = tarfile.GNUTYPE_SPARSE
    with pytest.raises(UnusualTarError, match="type"):
        list(tar_members(bytes(data)))


def test_gzip_of_several_members() -> None:
    assert gunzipped(gzip.compress(b"one ") + gzip.compress(b"two") + b"\x00" * 7, 100) == b"one two"


def test_gzip_cut_short() -> None:
    with pytest.raises(EOFError):
        gunzipped(gzip.compress(b"x" * 1000)[:-9], 2000)


def test_gzip_that_unpacks_to_too_much() -> None:
    with pytest.raises(ValueError, match="more than 100 bytes"):
        gunzipped(gzip.compress(b"x" * 1000), 100)
