"""Tars of every kind, read beside tarfile and beside what GNU tar itself writes."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import needs

from pipfreeze_lock.image.byte_sources import CutShortError, FilePart, ForwardBytes
from pipfreeze_lock.image.tar_stream import TarReader
from pipfreeze_lock.tar_headers import TarHeaderError, checksum_holds, decimal, number, pax_records

if TYPE_CHECKING:
    from pathlib import Path

KINDS = {
    tarfile.DIRTYPE: "directory",
    tarfile.SYMTYPE: "symlink",
    tarfile.LNKTYPE: "hardlink",
    tarfile.CHRTYPE: "other",
}
KINDS |= {tarfile.FIFOTYPE: "other", tarfile.BLKTYPE: "other"}


def read(data: bytes) -> list[tuple[str, str, int, str, bytes | None]]:
    reader = TarReader(ForwardBytes(iter([data])))
    found = []
    for entry in reader:
        is_whole = entry.kind == "file" and not entry.is_sparse
        content = b"".join(reader.pieces(entry)) if is_whole else None
        found.append((entry.name.rstrip("/"), entry.kind, entry.size, entry.link, content))
    assert reader.is_ended
    return found


def read_by_tarfile(data: bytes) -> list[tuple[str, str, int, str, bytes | None]]:
    found = []
    with tarfile.open(fileobj=io.BytesIO(data), encoding="utf-8", errors="surrogateescape") as archive:
        for info in archive:
            kind = KINDS.get(info.type, "file")
            file = archive.extractfile(info) if kind == "file" and not info.sparse else None
            found.append((info.name, kind, info.size, info.linkname, file.read() if file else None))
    return found


NAMES = st.text(st.characters(exclude_characters="\x00/", exclude_categories=["Cs"]), min_size=1, max_size=120)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
ENTRIES = st.lists(
    st.tuples(PATHS, st.sampled_from([tarfile.REGTYPE, *KINDS]), st.binary(max_size=1100), PATHS), max_size=6
)


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(entries=ENTRIES, form=st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]))
def test_as_tarfile_reads_it(entries: list[tuple[str, bytes, bytes, str]], form: int) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form, encoding="utf-8") as archive:
        for name, kind, content, link in entries:
            info = tarfile.TarInfo(name)
            info.type = kind
            if kind == tarfile.REGTYPE:
                info.size = len(content)
            if kind in {tarfile.SYMTYPE, tarfile.LNKTYPE}:
                info.linkname = link
            archive.addfile(info, io.BytesIO(content))
    assert read(buffer.getvalue()) == read_by_tarfile(buffer.getvalue())


@pytest.mark.parametrize("form", ["ustar", "pax", "gnu", "oldgnu", "v7"])
def test_what_gnu_tar_writes(form: str, tmp_path: Path) -> None:
    program = needs.program("tar")
    root = tmp_path / "root"
    deep = root / ("d" * 60) / ("e" * 60)
    (deep if form != "v7" else root).mkdir(parents=True)
    (root / "file").write_bytes(os.urandom(3000))
    (root / "empty").touch()
    os.link(root / "file", root / "second")
    (root / "link").symlink_to("file")
    if form != "v7":
        (deep / "f").write_bytes(b"1")
    if form in {"pax", "gnu"}:
        (root / ("n" * 200)).write_bytes(b"2")
        (root / "umlaut-ü-\udcff").write_bytes(b"3")
        (root / "long").symlink_to("t" * 180)
    data = subprocess.run(
        [program, f"--format={form}", "-C", root, "--sort=name", "-cf", "-", "."], capture_output=True, check=True
    ).stdout
    if form != "v7":
        assert read(data) == read_by_tarfile(data)
    found = {name: (kind, size) for name, kind, size, _, _ in read(data)}
    assert found["./file"] == ("file", 3000)
    assert found["./second"][0] == "hardlink"
    assert found["./link"][0] == "symlink"
    assert found["."][0] == "directory"


@pytest.mark.parametrize(
    "options",
    [
        ["--format=gnu"],
        ["--format=pax", "--sparse-version=0.0"],
        ["--format=pax", "--sparse-version=0.1"],
        ["--format=pax", "--sparse-version=1.0"],
    ],
)
@pytest.mark.parametrize("holes", [1, 3, 60])
def test_sparse_files_are_passed_over_rightly(options: list[str], holes: int, tmp_path: Path) -> None:
    program = needs.program("tar")
    with (tmp_path / "a-sparse").open("wb") as file:
        for hole in range(holes):
            file.seek((hole + 1) * 1_000_000)
            file.write(b"data")
        size = file.tell()
    (tmp_path / "behind").write_bytes(b"here")
    data = subprocess.run(
        [program, "-S", *options, "-C", tmp_path, "-cf", "-", "a-sparse", "behind"], capture_output=True, check=True
    ).stdout
    assert len(data) < size, "the file system keeps no holes"
    sparse, behind = read(data)
    assert sparse == ("a-sparse", "file", size, "", None)
    assert behind == ("behind", "file", 4, "", b"here")
    reader = TarReader(ForwardBytes(iter([data])))
    with pytest.raises(TarHeaderError, match="sparse"):
        reader.pieces(next(iter(reader)))


def header(name: str = "x", size: int = 0, kind: bytes = b"0") -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT)


def test_sizes_in_base_256(tmp_path: Path) -> None:
    path = tmp_path / "huge.tar"
    size = 9 * 2**30
    with path.open("wb") as file:
        file.write(header("huge", size))
        file.seek(size, os.SEEK_CUR)
        file.write(header("behind", 3) + b"abc".ljust(512, b"\x00") + bytes(1024))
    with path.open("rb") as file:
        source = FilePart(file.fileno(), 0, path.stat().st_size)
        reader = TarReader(source)
        assert [(entry.name, entry.size) for entry in reader] == [("huge", size), ("behind", 3)]
        assert source.bytes_read < 20_000


def test_a_size_of_pax_outweighs_the_headers() -> None:
    record = b"11 size=3\n"
    record = f"{len(record)} size=3\n".encode()
    pax = header("pax", len(record), b"x") + record.ljust(512, b"\x00")
    data = pax + header("x", 0) + b"abc".ljust(512, b"\x00") + header("y") + bytes(1024)
    assert [(name, size) for name, _, size, _, _ in read(data)] == [("x", 3), ("y", 0)]


def test_types_of_old_and_unknown_ones() -> None:
    data = header("folder/", 0, b"\x00") + header("file", 1, b"\x00") + b"1".ljust(512, b"\x00")
    data += header("label", 0, b"V") + header("dump", 3, b"D") + b"abc".ljust(512, b"\x00")
    data += header("who-knows", 1, b"Z") + b"2".ljust(512, b"\x00") + header("near", 1, b"7") + b"3".ljust(512, b"\x00")
    data += header("global", 0, b"g") + header("last") + bytes(1024)
    found = [(name, kind, content) for name, kind, _, _, content in read(data)]
    assert found == [
        ("folder", "directory", None),
        ("file", "file", b"1"),
        ("dump", "directory", None),
        ("who-knows", "file", b"2"),
        ("near", "file", b"3"),
        ("last", "file", b""),
    ]


def test_links_have_no_content_whatever_their_size() -> None:
    data = header("link", 700, b"1") + header("next") + bytes(1024)
    assert [name for name, *_ in read(data)] == ["link", "next"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (b"00000000017\x00", 15),
        (b"00000000017 ", 15),
        (b"000000000017", 15),
        (b"       17 \x00 ", 15),
        (b"\x00" * 12, 0),
        (b" " * 12, 0),
        (b"\x80" + (2**40).to_bytes(11, "big"), 2**40),
    ],
)
def test_numbers(field: bytes, value: int) -> None:
    assert number(field) == value


@pytest.mark.parametrize(
    "field",
    [b"0000000001x\x00", b"-0000000001\x00", b"0o000000017\x00", b"00000000_17\x00", b"00000000089\x00", b"\xff" * 12],
)
def test_no_numbers(field: bytes) -> None:
    with pytest.raises(TarHeaderError):
        number(field)


@pytest.mark.parametrize("block", [b"x path=a\n", b"9999 path=a\n", b"1 p=a\n", b"2\n", b"-5 a=b\n", b"0 a=b\n"])
def test_damaged_pax_headers(block: bytes) -> None:
    with pytest.raises(TarHeaderError, match="pax header"):
        pax_records(block)


@pytest.mark.parametrize("value", ["", "-1", "1.5", "x", "²", "1_0"])
def test_no_numbers_of_pax(value: str) -> None:
    with pytest.raises(TarHeaderError, match="number"):
        decimal(value)


def test_checksums_of_signed_bytes() -> None:
    block = bytearray(header("ü"))
    assert checksum_holds(block)
    blank = bytes(block[:148]) + b" " * 8 + bytes(block[156:])
    signed = sum(byte - 256 if byte > 127 else byte for byte in blank)
    block[148:156] = f"{signed:06o}\x00 ".encode()
    assert checksum_holds(block)
    block[148:156] = f"{signed + 1:06o}\x00 ".encode()
    assert not checksum_holds(block)
    block[148:156] = b"xxxxxxxx"
    assert not checksum_holds(block)


def test_an_archive_whose_bytes_are_all_high() -> None:
    block = bytearray(header("\xff" * 49))
    block[300:500] = b"\xff" * 200
    blank = bytes(block[:148]) + b" " * 8 + bytes(block[156:])
    assert sum(blank) > 65521
    block[148:156] = f"{sum(blank):06o}\x00 ".encode()
    assert checksum_holds(block)


class TestForwardBytes:
    def test_skips_reads_and_drains(self) -> None:
        source = ForwardBytes(iter([b"ab", b"", b"cdef", b"g" * 600, b"h"]))
        source.skip_to(3)
        assert b"".join(source.pieces(2)) == b"de"
        assert source.block() == b"f" + b"g" * 511
        assert source.position == 517
        source.drain()
        assert source.position == 607
        assert source.block() == b""

    def test_is_cut_short(self) -> None:
        for ask in (lambda one: one.skip_to(4), lambda one: list(one.pieces(4)), lambda one: one.block()):
            with pytest.raises(CutShortError):
                ask(ForwardBytes(iter([b"abc"])))
