"""What is in the wheels of an index."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, TypeVar

import msgspec

from pipfreeze_lock.footprint.interface import ServedAnswer, WheelMember
from pipfreeze_lock.metadata.wheel_contents import read_wheel_contents, read_wheel_members

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pipfreeze_lock.http.interface import StreamingClient
    from pipfreeze_lock.index.cache import Cache
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage

__all__ = ["IndexWheelFiles"]

_T = TypeVar("_T")

_MEMBERS = "wheel-members"
_CONTENTS = "wheel-contents"
_LEVEL = 6
"""How hard most servers compress."""
_MOST_KEPT = 256 * 1024
"""Bytes of contents that are worth keeping: RECORD and scripts, not all sources."""
_decode_members = msgspec.json.Decoder(list[tuple[str, int]]).decode
_decode_contents = msgspec.msgpack.Decoder(dict[str, bytes]).decode


class IndexWheelFiles:
    """Reads wheels by ranges, and keeps what it read in our cache where the index gives a sha256."""

    def __init__(self, client: StreamingClient, cache: Cache) -> None:
        self._client = client
        self._cache = cache

    def members(self, page: ProjectPage, file: IndexFile) -> Sequence[WheelMember]:
        """Give all that is in a wheel, in the order of its directory."""
        key = file.hashes.get("sha256")
        kept = self._kept(_MEMBERS, key, _decode_members)
        if kept is not None:
            return [WheelMember(*one) for one in kept]
        read = read_wheel_members(self._client, file, page.url_of(file))
        members = [WheelMember(one.name, one.size) for one in read]
        if key:
            self._cache.put(_MEMBERS, key, msgspec.json.encode(members))
        return members

    def contents(self, page: ProjectPage, file: IndexFile, names: Sequence[str]) -> Mapping[str, bytes]:
        """Give what some members hold."""
        sha256 = file.hashes.get("sha256")
        key = "\n".join((sha256, *names)) if sha256 else None
        kept = self._kept(_CONTENTS, key, _decode_contents)
        if kept is not None:
            return kept
        contents = read_wheel_contents(self._client, file, page.url_of(file), names)
        if key and sum(map(len, contents.values())) <= _MOST_KEPT:
            self._cache.put(_CONTENTS, key, msgspec.msgpack.encode(contents))
        return contents

    def _kept(self, kind: str, key: str | None, decode: Callable[[bytes], _T]) -> _T | None:
        data = self._cache.get(kind, key) if key else None
        if data is None:
            return None
        try:
            return decode(data)
        except msgspec.DecodeError:  # written by another version of ours
            return None

    def answer(self, url: str, *, is_page: bool, accept: str) -> ServedAnswer:
        """Give how a URL is answered; the body is read no further than its headers, where those tell its size."""
        encoding = "gzip, deflate" if is_page else "identity"
        with self._client.stream(url, {"Accept": accept, "Accept-Encoding": encoding}) as answer:
            size = answer.headers.get("content-length", "")
            if size.isdigit():
                return ServedAnswer(answer.status, answer.headers, int(size))
            # The client has unpacked it, and dropped what told of that.
            sent = _sent(b"".join(answer.pieces()), is_page=is_page)
            told = {"content-length": str(sent), **({"content-encoding": "gzip"} if is_page else {})}
            return ServedAnswer(answer.status, {**answer.headers, **told}, sent)


def _sent(body: bytes, *, is_page: bool) -> int:
    """Give about how many bytes a body is on the way."""
    return len(gzip.compress(body, _LEVEL)) if is_page else len(body)
