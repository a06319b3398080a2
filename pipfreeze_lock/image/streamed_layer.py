"""A layer whose bytes pass from its first to its last: unpacked, read and held against its digests on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image.byte_sources import ForwardBytes
from pipfreeze_lock.image.compression import Digested, peeked, unpacked
from pipfreeze_lock.image.interface import ScannedLayer
from pipfreeze_lock.image.layer_scan import DAMAGE, scan_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipfreeze_lock.image.byte_sources import ByteSource
    from pipfreeze_lock.image.interface import Want
    from pipfreeze_lock.model.image import LayerInfo

__all__ = ["StreamedBytes", "check_layer", "check_passed", "place_of", "scan_streamed_layer"]


class StreamedBytes:
    """A layer's bytes as they pass: as they are stored, and unpacked, with the digests of both."""

    def __init__(self, pieces: Iterator[bytes], told: Callable[[int], None] | None = None) -> None:
        """Begin.

        :param pieces: As they are stored or sent.
        :param told: Called with the bytes of each piece.
        """
        self.stored = Digested(pieces, told)
        self._unpacked: Digested | None = None
        self.source = ForwardBytes(self._pieces())

    @property
    def unpacked_digest(self) -> str:
        """``sha256:…`` of the tar, as far as it has passed; that of the stored bytes where they are not compressed."""
        return self.stored.digest if self._unpacked is None else self._unpacked.digest

    def _pieces(self) -> Iterator[bytes]:
        compression, stored = peeked(iter(self.stored))
        if compression == "none":
            yield from stored
        else:
            self._unpacked = Digested(unpacked(stored, compression))
            yield from self._unpacked


def scan_streamed_layer(
    open_pieces: Callable[[], Iterator[bytes]],
    info: LayerInfo,
    interest: Callable[[str], Want],
    *,
    subject: str,
    told: Callable[[int], None] | None = None,
) -> ScannedLayer:
    """Read a layer and hold it against its digests.

    :param open_pieces: Gives its bytes as they are stored or sent; asked a second time where a hard link needs it.
    :param told: Called with the bytes of each piece, the first time.
    :raises ImageError: when it is damaged, or another one than the manifest or the configuration says.
    """
    first: list[StreamedBytes] = []

    def open_source() -> ByteSource:
        bytes_ = StreamedBytes(open_pieces(), None if first else told)
        first.append(bytes_)
        return bytes_.source

    contents = scan_layer(open_source, interest, place=place_of(info), subject=subject)
    check_layer(first[0], info, subject=subject)
    return ScannedLayer(info=info, contents=contents)


def check_layer(passed: StreamedBytes, info: LayerInfo, *, subject: str) -> None:
    """Read what is left of a layer, and hold it against its digests and size.

    :raises ImageError: when it is damaged or another one.
    """
    try:
        passed.source.drain()
    except DAMAGE as error:
        message = f"{place_of(info)} cannot be read: {error}"
        raise ImageError(message, context=subject) from None
    check_passed(info, stored=passed.stored.digest, unpacked=passed.unpacked_digest, subject=subject)
    if info.size is not None and passed.stored.size != info.size:
        message = f"{place_of(info)} has {passed.stored.size} bytes instead of {info.size}"
        raise ImageError(message, context=subject)


def check_passed(info: LayerInfo, *, stored: str, unpacked: str, subject: str) -> None:
    """Hold the digests of a layer against what the manifest and the configuration say.

    :raises ImageError: when one is another.
    """
    for expected, found in ((info.digest, stored), (info.diff_id, unpacked)):
        if expected is not None and expected != found:
            kind = "digest" if expected is info.digest else "diff ID"
            message = f"{place_of(info)} is damaged: its {kind} is {found} instead of {expected}"
            raise ImageError(message, context=subject)


def place_of(info: LayerInfo) -> str:
    """Name a layer in errors."""
    digest = info.digest or info.diff_id
    return f"layer {info.index} ({digest})" if digest else f"layer {info.index}"
