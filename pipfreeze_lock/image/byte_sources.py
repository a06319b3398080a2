"""Where a tar's bytes come from: a part of a file that can be seeked over, or pieces that pass once."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Protocol

from pipfreeze_lock.tar_headers import BLOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["ByteSource", "CutShortError", "FilePart", "ForwardBytes", "file_pieces", "pread"]

_WINDOW = 4 * 1024
"""Bytes read around a header: small files of a layer come with it, and little that nobody wants."""
_PIECE = 2**20
_TOLD = 2**22
"""Bytes between two reports."""


_SEEKING = threading.Lock()


class CutShortError(ValueError):
    """There is less than was said."""

    def __init__(self) -> None:
        super().__init__("it is cut short")


class ByteSource(Protocol):
    """Bytes, of which some are read and others passed over; never backwards."""

    position: int
    """Of the next byte, from 0."""

    def block(self) -> bytes:
        """Give the next 512 bytes; none at the very end.

        :raises CutShortError: when there are some, but fewer.
        """
        ...  # pragma: no cover

    def skip_to(self, position: int) -> None:
        """Pass over what is before that position.

        :raises CutShortError: when it is beyond the end.
        """
        ...  # pragma: no cover

    def pieces(self, count: int) -> Iterator[bytes]:
        """Give so many bytes, in pieces of one MiB at the most.

        :raises CutShortError: when there are fewer.
        """
        ...  # pragma: no cover


class FilePart:
    """A part of a file, read by `pread`: what is passed over is never read, and threads may share the file."""

    def __init__(self, file: int, start: int, size: int, told: Callable[[int], None] | None = None) -> None:
        """Begin at its start.

        :param file: A descriptor, open for reading.
        :param told: Called with the bytes that were passed since it was called last.
        """
        self.position = 0
        self.bytes_read = 0
        self._file = file
        self._start = start
        self._size = size
        self._told = told
        self._told_at = 0
        self._window = b""
        self._window_at = 0

    def block(self) -> bytes:
        """Give the next 512 bytes; none at the very end."""
        position = self.position
        offset = position - self._window_at
        found = self._window[offset : offset + BLOCK] if offset >= 0 else b""
        if len(found) < BLOCK:
            self._window = found = self._read(position, min(_WINDOW, self._size - position))
            self._window_at = position
            found = found[:BLOCK]
            if len(found) < BLOCK:
                if found:
                    raise CutShortError
                return found
        self.position = position + BLOCK
        return found

    def skip_to(self, position: int) -> None:
        """Pass over what is before that position."""
        if position > self._size:
            raise CutShortError
        self.position = position
        if self._told is not None and position - self._told_at >= _TOLD:
            self._told(position - self._told_at)
            self._told_at = position

    def pieces(self, count: int) -> Iterator[bytes]:
        """Give so many bytes."""
        end = self.position + count
        if end > self._size:
            raise CutShortError
        offset = self.position - self._window_at
        if offset >= 0 and offset + count <= len(self._window):
            self.position = end
            yield self._window[offset : offset + count]
            return
        while self.position < end:
            piece = self._read(self.position, min(_PIECE, end - self.position))
            self.skip_to(self.position + len(piece))
            yield piece

    def _read(self, position: int, count: int) -> bytes:
        """Read so much.

        :raises CutShortError: when the file has become shorter than it was.
        """
        read = pread(self._file, count, self._start + position)
        while len(read) < count:
            more = pread(self._file, count - len(read), self._start + position + len(read))
            if not more:
                raise CutShortError
            read += more
        self.bytes_read += len(read)
        return read


class ForwardBytes:
    """Pieces that pass once: of a pipe, of the network, of a decompressor."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.position = 0
        self._pieces = pieces
        self._piece = b""
        self._offset = 0

    def block(self) -> bytes:
        """Give the next 512 bytes; none at the very end."""
        offset = self._offset
        found = self._piece[offset : offset + BLOCK]
        if len(found) == BLOCK:
            self._offset = offset + BLOCK
            self.position += BLOCK
            return found
        while len(found) < BLOCK:
            if not self._advance():
                self._offset = len(self._piece)
                if found:
                    raise CutShortError
                return b""
            self._offset = min(BLOCK - len(found), len(self._piece))
            found += self._piece[: self._offset]
        self.position += BLOCK
        return found

    def skip_to(self, position: int) -> None:
        """Pass over what is before that position."""
        ahead = position - self.position
        while ahead > len(self._piece) - self._offset:
            ahead -= len(self._piece) - self._offset
            if not self._advance():
                raise CutShortError
        self._offset += ahead
        self.position = position

    def pieces(self, count: int) -> Iterator[bytes]:
        """Give so many bytes."""
        while count:
            if self._offset == len(self._piece) and not self._advance():
                raise CutShortError
            piece = self._piece[self._offset : self._offset + count]
            self._offset += len(piece)
            self.position += len(piece)
            count -= len(piece)
            yield piece

    def drain(self) -> None:
        """Pass over all that is left."""
        self.position += len(self._piece) - self._offset
        while self._advance():
            self.position += len(self._piece)
        self._offset = len(self._piece)

    def _advance(self) -> bool:
        """Go on to the next piece with something in it; False at the end."""
        for piece in self._pieces:
            if piece:
                self._piece = piece
                self._offset = 0
                return True
        return False


def file_pieces(file: int, start: int, size: int) -> Iterator[bytes]:
    """Give a part of a file, in pieces of one MiB.

    :raises CutShortError: when the file is shorter.
    """
    return FilePart(file, start, size).pieces(size)


def pread(file: int, count: int, start: int) -> bytes:
    """Give so many bytes of a file from a place in it, or fewer at its end; threads may share the file."""
    if _PREAD is not None:
        return _PREAD(file, count, start)
    with _SEEKING:
        os.lseek(file, start, os.SEEK_SET)
        return os.read(file, count)


_PREAD: Callable[[int, int, int], bytes] | None = getattr(os, "pread", None)
"""Windows has none."""
