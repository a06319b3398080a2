"""An archive that passes from its first byte to its last: from a pipe, from a daemon, or compressed as a whole.

Its manifest may come last, so everything that can be a layer is read as one when it passes; what it was is decided
after. Only what somebody wants of it is kept.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image.archive_files import MOST_OF_A_DOCUMENT, absent, check_document_size, damaged, followed
from pipfreeze_lock.image.byte_sources import ForwardBytes
from pipfreeze_lock.image.compression import compression_of, decompressed
from pipfreeze_lock.image.interface import LayerContents, ScannedLayer, Want
from pipfreeze_lock.image.layer_scan import DAMAGE, MOST_PASSES, cleaned_path, scan_once, too_many_links, widened
from pipfreeze_lock.image.streamed_layer import StreamedBytes, check_passed, place_of
from pipfreeze_lock.image.tar_stream import TarReader
from pipfreeze_lock.tar_headers import BLOCK, ZERO_BLOCK, checksum_holds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pipfreeze_lock.image.interface import ImageReporter
    from pipfreeze_lock.image.tar_stream import TarEntry
    from pipfreeze_lock.model.image import LayerInfo

__all__ = ["PassingArchive"]

_MOST_OF_ALL_DOCUMENTS = 4 * MOST_OF_A_DOCUMENT


@dataclass(slots=True)
class _Passed:
    """A file that was read as a layer when it passed."""

    is_compressed: bool
    size: int
    contents: LayerContents = field(default_factory=LayerContents)
    missing: dict[str, Want] = field(default_factory=dict)
    stored: str = ""
    unpacked: str = ""
    failure: ImageError | None = None


class PassingArchive:
    """All that passed."""

    def __init__(
        self,
        open_pieces: Callable[[], Iterator[bytes]],
        interest: Callable[[str], Want],
        reporter: ImageReporter,
        *,
        subject: str,
        is_repeatable: bool,
        size: int | None = None,
    ) -> None:
        """Read it.

        :param open_pieces: Gives it from its start; asked a second time where a hard link's first name was passed over.
        :param is_repeatable: Whether it can give it a second time.
        :param size: Bytes, where that is known.
        :raises ImageError: when it is damaged.
        """
        self._open_pieces = open_pieces
        self._interest = interest
        self._reporter = reporter
        self._subject = subject
        self._is_repeatable = is_repeatable
        self._documents: dict[str, bytes] = {}
        self._other_sizes: dict[str, int] = {}
        self._layers: dict[str, _Passed] = {}
        self._links: dict[str, str] = {}
        self._bytes_read = 0
        reporter.layers(0, size)
        self._pass({})

    @property
    def bytes_read(self) -> int:
        """Of all that was read so far."""
        return self._bytes_read

    def document(self, path: str) -> bytes | None:
        """Give a document."""
        path = followed(path, self._links)
        size = self.stored_size(path)
        if size is not None and path not in self._documents:
            check_document_size(path, size, subject=self._subject)
            return b""
        return self._documents.get(path)

    def stored_size(self, path: str) -> int | None:
        """Give how large a file is."""
        path = followed(path, self._links)
        passed = self._layers.get(path)
        if passed is not None:
            return passed.size
        document = self._documents.get(path)
        return self._other_sizes.get(path) if document is None else len(document)

    def is_compressed(self, path: str) -> bool:
        """Whether a file begins as a compressed one does."""
        passed = self._layers.get(followed(path, self._links))
        return passed is not None and passed.is_compressed

    def layers(
        self,
        layers: Sequence[tuple[str, LayerInfo]],
        interest: Callable[[str], Want],  # noqa: ARG002  it was asked when they passed
        reporter: ImageReporter,  # noqa: ARG002  it was told when they passed
        *,
        is_verified: bool,  # noqa: ARG002  they always are
    ) -> tuple[ScannedLayer, ...]:
        """Give the layers that passed, the lowest first."""
        self._find_links([followed(path, self._links) for path, _ in layers])
        return tuple(self._layer(path, info) for path, info in layers)

    def _layer(self, path: str, info: LayerInfo) -> ScannedLayer:
        passed = self._layers.get(followed(path, self._links))
        if passed is None:
            if self.stored_size(path) is None:
                raise absent(path, info, subject=self._subject)
            message = f"{place_of(info)} is damaged: `{path}` is no tar archive"
            raise ImageError(message, context=self._subject)
        if passed.failure is not None:
            raise passed.failure
        check_passed(info, stored=passed.stored, unpacked=passed.unpacked, subject=self._subject)
        if info.size is not None and info.size != passed.size:
            message = f"{place_of(info)} has {passed.size} bytes instead of {info.size}"
            raise ImageError(message, context=self._subject)
        return ScannedLayer(info=info, contents=passed.contents)

    def _find_links(self, paths: Sequence[str]) -> None:
        """Let the archive pass again, where first names of hard links in these layers were passed over."""
        also: dict[str, dict[str, Want]] = {}
        for _ in range(MOST_PASSES):
            more = {path: found for path in paths if (found := self._new_missing(path, also.get(path, {})))}
            if not more:
                return
            if not self._is_repeatable:
                path, found = next(iter(more.items()))
                message = f"in `{path}` there is a hard link to `/{next(iter(found))}`, which has passed already"
                hints = ["Save the image to a file, without compression, and give that."]
                raise ImageError(message, context=self._subject, hints=hints)
            for path, found in more.items():
                also.setdefault(path, {}).update(found)
            self._pass({path: also[path] for path in more})
        path, found = next(iter(more.items()))
        place = f"`{path}`"
        raise too_many_links(place, found, subject=self._subject)

    def _new_missing(self, path: str, also: Mapping[str, Want]) -> dict[str, Want]:
        passed = self._layers.get(path)
        if passed is None or passed.failure is not None:
            return {}
        return {name: want for name, want in passed.missing.items() if want > also.get(name, Want.NOTHING)}

    def _pass(self, also: Mapping[str, Mapping[str, Want]]) -> None:
        """Read the archive from its start to its end.

        :param also: What is wanted beside the rest, by layer; where there is something, only these are read.
        """
        source = ForwardBytes(decompressed(self._counted(self._open_pieces())))
        reader = TarReader(source)
        try:
            for entry in reader:
                path = cleaned_path(entry.name)
                if entry.kind == "file" and not entry.is_sparse:
                    if not also or path in also:
                        self._file(path, entry, reader.pieces(entry), also.get(path, {}))
                elif entry.link:
                    self._links[path] = entry.link if entry.kind == "symlink" else f"/{entry.link}"
            source.drain()
        except DAMAGE as error:
            raise damaged(error, reader.last_name, subject=self._subject) from None

    def _counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._bytes_read += len(piece)
            self._reporter.progress(len(piece))
            yield piece

    def _file(self, path: str, entry: TarEntry, pieces: Iterator[bytes], also: Mapping[str, Want]) -> None:
        """Read what passes as what it looks like."""
        first = b""
        for piece in pieces:
            first += piece
            if len(first) >= BLOCK:
                break
        again = itertools.chain((first,), pieces)
        is_compressed = compression_of(first) != "none"
        if is_compressed or first[:BLOCK] == ZERO_BLOCK or (len(first) >= BLOCK and checksum_holds(first[:BLOCK])):
            self._reporter.layer(len(self._layers), entry.size)
            self._layers[path] = self._read_layer(path, _Passed(is_compressed, entry.size), again, also)
        elif first.lstrip()[:1] in {b"{", b"["} and entry.size <= MOST_OF_A_DOCUMENT:
            if sum(map(len, self._documents.values())) + entry.size > _MOST_OF_ALL_DOCUMENTS:
                message = f"its documents have more than {_MOST_OF_ALL_DOCUMENTS} bytes"
                raise ImageError(message, context=self._subject)
            self._documents[path] = b"".join(again)
        else:
            self._other_sizes[path] = entry.size

    def _read_layer(self, path: str, passed: _Passed, pieces: Iterator[bytes], also: Mapping[str, Want]) -> _Passed:
        """Read a layer; what is wrong with it counts only if it is one of the image that is chosen."""
        bytes_ = StreamedBytes(pieces)
        place = f"the layer `{path}`"
        try:
            passed.contents, passed.missing = scan_once(
                bytes_.source, widened(self._interest, also), place=place, subject=self._subject
            )
            bytes_.source.drain()
        except ImageError as error:
            passed.failure = error
        except DAMAGE as error:
            passed.failure = ImageError(f"{place} cannot be read: {error}", context=self._subject)
        passed.stored, passed.unpacked = bytes_.stored.digest, bytes_.unpacked_digest
        return passed
