"""The bytes of a layer: compressed or not, which its first bytes say whatever its media type claims.

OCI's layers are gzip, zstd or plain tar; `docker import` and `docker load` take bzip2 and xz too.
"""

from __future__ import annotations

import hashlib
import itertools
import sys
import zlib
from typing import TYPE_CHECKING, Protocol

from pipfreeze_lock.image.byte_sources import CutShortError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["MAGIC_LENGTH", "CompressionError", "Digested", "compression_of", "decompressed", "peeked", "unpacked"]

MAGIC_LENGTH = 6
"""Bytes that tell a compression."""
_PIECE = 2**20
_GZIP = 31
_ZSTD_SKIPPABLE = b"\x2a\x4d\x18"
"""Behind one byte of 0x50 to 0x5f: zstd:chunked ends in such a frame, and eStargz' sort of zstd may begin with one."""


class CompressionError(ValueError):
    """Damage in compressed bytes."""


class Decompressor(Protocol):
    """As bz2, lzma and zstd have it, for one member or frame."""

    @property
    def eof(self) -> bool:
        """Whether the member is over."""
        ...  # pragma: no cover

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes without more bytes."""
        ...  # pragma: no cover

    @property
    def unused_data(self) -> bytes:
        """What came behind the member's end."""
        ...  # pragma: no cover

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Give so many bytes at the most."""
        ...  # pragma: no cover


class Digested:
    """Pieces that pass, with their number of bytes and SHA-256 so far."""

    def __init__(self, pieces: Iterator[bytes], told: Callable[[int], None] | None = None) -> None:
        self.size = 0
        self._pieces = pieces
        self._hash = hashlib.sha256()
        self._told = told

    def __iter__(self) -> Iterator[bytes]:
        """Give them on."""
        for piece in self._pieces:
            self._hash.update(piece)
            self.size += len(piece)
            if self._told is not None:
                self._told(len(piece))
            yield piece

    @property
    def digest(self) -> str:
        """``sha256:…`` of what has passed."""
        return f"sha256:{self._hash.hexdigest()}"


def compression_of(first: bytes) -> str:
    """Give the name of the compression that the first bytes tell, ``none`` for none that is known."""
    if first.startswith(b"\x1f\x8b"):
        return "gzip"
    if first.startswith(b"\x28\xb5\x2f\xfd") or (first[1:4] == _ZSTD_SKIPPABLE and first[0] & 0xF0 == 0x50):
        return "zstd"
    if first.startswith(b"BZh"):
        return "bzip2"
    return "xz" if first.startswith(b"\xfd7zXZ\x00") else "none"


def peeked(pieces: Iterator[bytes]) -> tuple[str, Iterator[bytes]]:
    """Give the compression that the first bytes tell, and the pieces as if nobody had looked."""
    first = b""
    for piece in pieces:
        first += piece
        if len(first) >= MAGIC_LENGTH:
            break
    return compression_of(first), itertools.chain((first,), pieces) if first else iter(())


def decompressed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Give what pieces unpack to, one MiB at the most at a time; all members or frames of it.

    :raises CompressionError: when it is damaged.
    :raises CutShortError: when its end is missing.
    """
    compression, again = peeked(pieces)
    yield from again if compression == "none" else unpacked(again, compression)


def unpacked(pieces: Iterator[bytes], compression: str) -> Iterator[bytes]:
    """Unpack what is known to be compressed: as `decompressed` does."""
    new, errors = _decompressor(compression)
    decompressor: Decompressor | None = None
    for piece in pieces:
        data = piece
        while data or (decompressor is not None and not decompressor.needs_input):
            if decompressor is None:
                data = data.lstrip(b"\x00")  # padding between members
                if not data:
                    break
                decompressor = new()
            try:
                plain = decompressor.decompress(data, _PIECE)
            except errors as error:
                message = f"its {compression} is damaged: {error}"
                raise CompressionError(message) from None
            data = b""
            if plain:
                yield plain
            if decompressor.eof:
                data = decompressor.unused_data
                decompressor = None
    if decompressor is not None:
        raise CutShortError


def _decompressor(compression: str) -> tuple[Callable[[], Decompressor], tuple[type[Exception], ...]]:
    """Give what makes one for a member, and the errors that it raises."""
    if compression == "gzip":
        return _Gunzip, (zlib.error,)
    if compression == "zstd":
        return _zstd()
    if compression == "bzip2":
        import bz2  # noqa: PLC0415  rarely needed

        return bz2.BZ2Decompressor, (OSError,)
    import lzma  # noqa: PLC0415  rarely needed

    return lzma.LZMADecompressor, (lzma.LZMAError,)


def _zstd() -> tuple[Callable[[], Decompressor], tuple[type[Exception], ...]]:
    """Import it late: few layers are zstd."""
    if sys.version_info >= (3, 14):
        from compression import zstd  # noqa: PLC0415  only where it is needed
    else:
        from backports import zstd  # noqa: PLC0415  only where it is needed
    return zstd.ZstdDecompressor, (zstd.ZstdError,)


class _Gunzip:
    """A member of gzip by zlib, with the face of the others."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP)

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def needs_input(self) -> bool:
        return not self._stream.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        tail = self._stream.unconsumed_tail
        return self._stream.decompress(tail + data if tail else data, max_length)
