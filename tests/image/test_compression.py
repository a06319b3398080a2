"""Compressed bytes, told by how they begin, of one member or several, whole or not."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import itertools
import lzma
import os
import sys
from typing import TYPE_CHECKING

import pytest

from pipfreeze_lock.image.byte_sources import CutShortError
from pipfreeze_lock.image.compression import CompressionError, Digested, compression_of, decompressed

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = os.urandom(300_000) + bytes(4_000_000) + b"x" * 70_007
SKIPPABLE = b"\x5a\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"extra"


def zstd_checked(data: bytes) -> bytes:
    return zstd.compress(data, options={zstd.CompressionParameter.checksum_flag: 1})


COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstd_checked,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}


def pieces_of(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


@pytest.mark.parametrize("size", [1, 7, 4097, 2**20, 2**26])
@pytest.mark.parametrize("name", COMPRESSORS)
def test_unpacks(name: str, size: int) -> None:
    data = DATA if size > 7 else DATA[290_000:330_000]
    packed = COMPRESSORS[name](data)
    assert compression_of(packed) == name
    assert b"".join(decompressed(pieces_of(packed, size))) == data


@pytest.mark.parametrize("name", COMPRESSORS)
def test_unpacks_all_members(name: str) -> None:
    pack = COMPRESSORS[name]
    packed = pack(DATA[:1000]) + pack(b"") + pack(DATA[1000:]) + bytes(512)
    assert b"".join(decompressed(pieces_of(packed, 65536))) == DATA


def test_unpacks_zstd_with_frames_that_are_to_be_skipped() -> None:
    packed = SKIPPABLE + zstd.compress(DATA[:777]) + SKIPPABLE + SKIPPABLE + zstd.compress(DATA[777:]) + SKIPPABLE
    assert compression_of(packed) == "zstd"
    assert b"".join(decompressed(pieces_of(packed, 5))) == DATA


@pytest.mark.parametrize("data", [b"", b"a", b"ustar", DATA, bytes(1024), b"\x1f", b"PK\x03\x04...."])
def test_leaves_alone_what_is_not_compressed(data: bytes) -> None:
    assert compression_of(data) == "none"
    assert b"".join(decompressed(pieces_of(data, 1000))) == data


@pytest.mark.parametrize("name", COMPRESSORS)
def test_is_cut_short(name: str) -> None:
    packed = COMPRESSORS[name](DATA)
    for missing in (1, 2, 9, len(packed) // 2, len(packed) - 7):
        with pytest.raises(CutShortError):
            sum(map(len, decompressed(pieces_of(packed[:-missing], 65536))))


@pytest.mark.parametrize("name", COMPRESSORS)
def test_is_damaged(name: str) -> None:
    packed = bytearray(COMPRESSORS[name](DATA))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(CompressionError, match=f"its {name} is damaged"):
        sum(map(len, decompressed(pieces_of(bytes(packed), 65536))))


def test_what_is_behind_the_end_is_damage() -> None:
    with pytest.raises(CompressionError):
        sum(map(len, decompressed(iter([gzip.compress(b"a") + b"rubbish"]))))


def test_a_bomb_comes_in_small_pieces() -> None:
    bomb = gzip.compress(bytes(2**26), 9)
    assert max(map(len, itertools.islice(decompressed(iter([bomb])), 64))) <= 2**20
    frame = zstd.compress(bytes(2**26))
    assert max(map(len, decompressed(iter([frame])))) <= 2**20


def test_digests_what_passes() -> None:
    told: list[int] = []
    digested = Digested(pieces_of(DATA, 100_000), told.append)
    assert b"".join(digested) == DATA
    assert digested.digest == f"sha256:{hashlib.sha256(DATA).hexdigest()}"
    assert digested.size == sum(told) == len(DATA)
