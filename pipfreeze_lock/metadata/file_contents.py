"""What the files of a release hold: the records of wheels, the digests of what is in sdists; kept in the cache."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from pipfreeze_lock.metadata.archive import open_sdist
from pipfreeze_lock.metadata.download import fetch
from pipfreeze_lock.metadata.wheel import WheelRecord, read_wheel_record
from pipfreeze_lock.verify.deep import LockedRecord

if TYPE_CHECKING:
    from pipfreeze_lock.http.interface import HttpClient
    from pipfreeze_lock.metadata.interface import ContentStore
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage

__all__ = ["FileContents"]

_RECORDS = "wheel-record"
_DIGESTS = "sdist-digests-1"
"""The store's names for what is kept; another number for another shape."""


class FileContents:
    """Reads them; may be called from any thread.

    :param store: Keeps what was read of files whose hash the index gives; None keeps nothing.
    """

    def __init__(self, client: HttpClient, store: ContentStore | None) -> None:
        self._client = client
        self._store = store

    def record(self, page: ProjectPage, file: IndexFile) -> LockedRecord:
        """Read what a wheel says of its own files.

        :raises MetadataError: when it is no wheel, or has no RECORD.
        :raises NetworkError: when it cannot be read.
        """
        kept = self._kept(_RECORDS, file)
        if kept is not None:
            found = msgspec.msgpack.decode(kept, type=WheelRecord)
        else:
            found = read_wheel_record(self._client, file, page.url_of(file))
            self._keep(_RECORDS, file, msgspec.msgpack.encode(found))
        return LockedRecord(
            filename=file.filename,
            names=frozenset(found.names),
            record=found.record,
            entry_points=found.entry_points,
        )

    def digests(self, page: ProjectPage, file: IndexFile) -> frozenset[str]:
        """Give the SHA-256, in hexadecimal digits, of what an sdist holds, files of more than a megabyte aside.

        :raises MetadataError: when it cannot be unpacked.
        :raises NetworkError: when it cannot be read.
        """
        kept = self._kept(_DIGESTS, file)
        if kept is not None:
            return msgspec.msgpack.decode(kept, type=frozenset[str])
        tree = open_sdist(fetch(self._client, page.url_of(file), file.hashes), file.filename)
        contents = (tree.read(path) for path in tree.paths())
        found = frozenset(hashlib.sha256(content).hexdigest() for content in contents if content is not None)
        self._keep(_DIGESTS, file, msgspec.msgpack.encode(sorted(found)))
        return found

    def _kept(self, kind: str, file: IndexFile) -> bytes | None:
        key = file.hashes.get("sha256")
        return self._store.get(kind, key) if self._store is not None and key is not None else None

    def _keep(self, kind: str, file: IndexFile, data: bytes) -> None:
        key = file.hashes.get("sha256")
        if self._store is not None and key is not None:
            self._store.put(kind, key, data)
