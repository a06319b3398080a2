"""Layers as they come from a registry: each fetched once, several at a time, gone on with where one breaks off."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import ImageError, NetworkError
from pipfreeze_lock.http.interface import BrokenStreamError
from pipfreeze_lock.http.retrying import backoff
from pipfreeze_lock.image.interface import ScannedLayer
from pipfreeze_lock.image.streamed_layer import place_of, scan_streamed_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from pipfreeze_lock.image.interface import ImageReporter, Want
    from pipfreeze_lock.image.registry_session import RegistrySession
    from pipfreeze_lock.model.image import LayerInfo

__all__ = ["RegistryBlobs"]

_MOST_AT_ONCE = 4
"""Two cores unpack two; the others fill the time in which one waits for the network. Docker takes three."""
_MOST_RESUMPTIONS = 5
_PROGRESS = 1 << 20
"""Bytes after which a transfer counts as one that goes on."""


class RegistryBlobs:
    """The layers of one image.

    :param sleep: Waits, in seconds, before a transfer is gone on with.
    """

    def __init__(self, session: RegistrySession, *, sleep: Callable[[float], object] | None = None) -> None:
        self._session = session
        self._stop = threading.Event()
        self._sleep = sleep or self._stop.wait
        self._lock = threading.Lock()
        self.bytes_read = 0
        """Of all layers, so far."""

    def scan(
        self, infos: Sequence[LayerInfo], interest: Callable[[str], Want], reporter: ImageReporter
    ) -> tuple[ScannedLayer, ...]:
        """Read layers, the lowest first; what stands in an image twice is fetched once.

        :raises ImageError: when one is damaged, or not there.
        :raises NetworkError: when one cannot be had.
        """
        different = {info.digest: info for info in infos}
        sizes = [info.size for info in different.values()]
        known = [size for size in sizes if size is not None]
        reporter.layers(len(different), sum(known) if len(known) == len(sizes) else None)
        # The largest first, so that no large one is left alone at the end.
        ordered = sorted(different.values(), key=lambda info: info.size or 0, reverse=True)
        pool = ThreadPoolExecutor(_MOST_AT_ONCE, thread_name_prefix="layer")
        try:
            running = {info.digest: pool.submit(self._scanned, info, interest, reporter) for info in ordered}
            _first_failure(running.values())
        finally:  # nobody waits for transfers that have become useless: closing the client ends them
            self._stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
        contents = {digest: future.result().contents for digest, future in running.items()}
        return tuple(ScannedLayer(info=info, contents=contents[info.digest]) for info in infos)

    def pieces(self, info: LayerInfo) -> Iterator[bytes]:
        """Give a layer as it is sent; where it breaks off, the rest is asked for.

        :raises ImageError: when it is not there.
        :raises NetworkError: when it breaks off again and again.
        """
        position = failures = since = 0
        while True:
            self._check_running()
            try:
                for piece in self._from(info, position):
                    position += len(piece)
                    since += len(piece)
                    self._count(len(piece))
                    yield piece
                    if info.size is not None and position > info.size:
                        return  # whatever more there is: the size will be found wrong
            except BrokenStreamError:
                failures = 1 if since >= _PROGRESS else failures + 1
                since = 0
                if failures > _MOST_RESUMPTIONS:
                    raise
                self._sleep(backoff(failures - 1))
            else:
                return

    def _from(self, info: LayerInfo, position: int) -> Iterator[bytes]:
        """Give a layer from a position on, whether or not the registry knows ranges."""
        headers = {"Range": f"bytes={position}-"} if position else {}
        with self._session.stream(f"blobs/{info.digest}", headers) as response:
            self._session.check(response, place_of(info))
            ahead = position
            if response.status == 206:
                if not response.headers.get("content-range", "").startswith(f"bytes {position}-"):
                    message = f"the registry sends another part of {place_of(info)} than was asked for"
                    raise NetworkError(message, context=self._session.subject)
                ahead = 0
            for piece in response.pieces():
                self._check_running()
                if ahead < len(piece):
                    position += len(piece) - ahead
                    yield piece[ahead:] if ahead else piece
                ahead = max(0, ahead - len(piece))
            # With a length or in chunks an end that comes too early is told as such; what ends well is all there is.
            is_told = {"content-length", "transfer-encoding"} & response.headers.keys()
            if info.size is not None and position < info.size and not is_told:
                message = f"{place_of(info)} ends after {position} of {info.size} bytes"
                raise BrokenStreamError(message, context=self._session.subject)

    def _scanned(self, info: LayerInfo, interest: Callable[[str], Want], reporter: ImageReporter) -> ScannedLayer:
        self._check_running()
        reporter.layer(info.index, info.size)
        return scan_streamed_layer(
            lambda: self.pieces(info), info, interest, subject=self._session.subject, told=reporter.progress
        )

    def _count(self, count: int) -> None:
        with self._lock:
            self.bytes_read += count

    def _check_running(self) -> None:
        if self._stop.is_set():
            message = "another layer could not be read"
            raise ImageError(message, context=self._session.subject)


def _first_failure(running: Collection[Future[ScannedLayer]]) -> None:
    """Wait until all are read, or one cannot be; raise what it raised."""
    done, _ = wait(running, return_when=FIRST_EXCEPTION)
    for future in done:
        future.result()
