"""Layers that stand in files: seeked over where they can be, else unpacked, several at once."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image.archive_files import is_compressed
from pipfreeze_lock.image.byte_sources import FilePart, file_pieces
from pipfreeze_lock.image.interface import ScannedLayer
from pipfreeze_lock.image.layer_scan import scan_layer
from pipfreeze_lock.image.streamed_layer import StreamedBytes, check_layer, place_of, scan_streamed_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipfreeze_lock.image.interface import ImageReporter, Want
    from pipfreeze_lock.model.image import LayerInfo

__all__ = ["StoredLayer", "scan_stored_layers"]

_MOST_THREADS = 4
"""Unpacking leaves the interpreter to others; reading headers does not."""


class _GivenUpError(Exception):
    """Another layer is damaged, or somebody interrupted: what comes of this one is nothing to anybody."""


@dataclass(frozen=True, slots=True)
class StoredLayer:
    """A layer, and where it stands."""

    info: LayerInfo
    file: int
    """A descriptor, open for reading."""
    start: int
    size: int


def scan_stored_layers(
    layers: Sequence[StoredLayer],
    interest: Callable[[str], Want],
    reporter: ImageReporter,
    *,
    subject: str,
    is_verified: bool,
) -> tuple[tuple[ScannedLayer, ...], int]:
    """Read layers, and give how many bytes were read for that.

    :param is_verified: Whether to read all of a layer without compression too, for its digest.
    :raises ImageError: when one is damaged.
    """
    reporter.layers(len(layers), sum(layer.size for layer in layers))

    streamed = [is_verified or is_compressed(layer.file, layer.start, layer.size) for layer in layers]

    is_given_up = threading.Event()

    def told(count: int) -> None:
        if is_given_up.is_set():
            raise _GivenUpError
        reporter.progress(count)

    def scan(layer: StoredLayer, is_streamed: bool) -> tuple[ScannedLayer, int]:  # noqa: FBT001  `map` calls it
        reporter.layer(layer.info.index, layer.size)
        read = _streamed if is_streamed else _seeked
        return read(layer, interest, told, subject)

    threads = min(_MOST_THREADS, os.cpu_count() or 1, sum(streamed))
    if threads < 2:
        scanned = list(map(scan, layers, streamed))
    else:
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  rarely needed

        with ThreadPoolExecutor(threads, thread_name_prefix="layer") as pool:
            try:
                scanned = list(pool.map(scan, layers, streamed))
            except BaseException:  # an interruption, too, ends what other threads read
                is_given_up.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    return tuple(layer for layer, _ in scanned), sum(read for _, read in scanned)


def _streamed(
    layer: StoredLayer, interest: Callable[[str], Want], told: Callable[[int], None], subject: str
) -> tuple[ScannedLayer, int]:
    """Read all of a layer."""
    read = 0

    def pieces() -> Iterator[bytes]:
        nonlocal read
        read += layer.size
        return file_pieces(layer.file, layer.start, layer.size)

    scanned = scan_streamed_layer(pieces, layer.info, interest, subject=subject, told=told)
    return scanned, read


def _seeked(
    layer: StoredLayer, interest: Callable[[str], Want], told: Callable[[int], None], subject: str
) -> tuple[ScannedLayer, int]:
    """Read a layer by its headers; where it has no end, hold all of it against its digest after all."""
    sources: list[FilePart] = []

    def open_source() -> FilePart:
        sources.append(FilePart(layer.file, layer.start, layer.size, None if sources else told))
        return sources[-1]

    contents = scan_layer(open_source, interest, place=place_of(layer.info), subject=subject)
    read = sum(source.bytes_read for source in sources)
    if layer.info.size is not None and layer.info.size != layer.size:
        message = f"{place_of(layer.info)} has {layer.size} bytes instead of {layer.info.size}"
        raise ImageError(message, context=subject)
    if not contents.is_ended:
        check_layer(StreamedBytes(file_pieces(layer.file, layer.start, layer.size)), layer.info, subject=subject)
        read += layer.size
    return ScannedLayer(info=layer.info, contents=contents), read
