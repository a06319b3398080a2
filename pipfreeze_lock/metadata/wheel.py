"""The METADATA of a wheel, with as little of the wheel as the server lets us read.

One request for the last part of the file mostly brings both the central directory and the member itself, since
builders put ``*.dist-info`` last (binary distribution format, "Archiving"). A server that knows no ranges answers
200 with all of it, which is then used.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import MetadataError, NetworkError
from pipfreeze_lock.metadata.download import check_hash, fetch, local_path
from pipfreeze_lock.metadata.zip_directory import BadZipError, find_directory, read_member, read_members
from pipfreeze_lock.model.url import redact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipfreeze_lock.http.interface import HttpClient, HttpResponse
    from pipfreeze_lock.metadata.zip_directory import Directory, Member
    from pipfreeze_lock.model.artifact import IndexFile

__all__ = ["read_wheel_metadata", "wheel_metadata"]

_TAIL = 48 * 1024
"""Bytes asked for first: directory and METADATA of most wheels, in less time than a second request would take."""

_CONTENT_RANGE = re.compile(r"bytes\s+(\d+)-(\d+)/(\d+)")


def read_wheel_metadata(client: HttpClient, file: IndexFile, url: str) -> bytes:
    """Read METADATA from a remote or local wheel.

    :raises MetadataError: when it is no wheel that pip would take, or the whole file was read and its hash is wrong.
    :raises NetworkError: when it cannot be read.
    """
    try:
        if local_path(url) is not None or (file.size is not None and file.size <= _TAIL):
            return wheel_metadata(fetch(client, url, file.hashes), file.filename)
        return _RemoteWheel(client, file, url).metadata()
    except BadZipError as error:
        msg = f"`{file.filename}` is not a usable wheel: {error}"
        raise MetadataError(
            msg, context=redact(url), hints=["Exclude this release with `!=`; pip fails on it too."]
        ) from error


def wheel_metadata(data: bytes | memoryview, filename: str) -> bytes:
    """Read METADATA from the bytes of a whole wheel.

    :raises BadZipError: when there is none that pip would take.
    """
    directory = find_directory(data, len(data))
    member = _metadata_member(read_members(memoryview(data)[directory.start :], directory), filename)
    return read_member(memoryview(data)[member.offset : member.end], member)


class _RemoteWheel:
    """Reads parts of one file, and remembers those it has."""

    def __init__(self, client: HttpClient, file: IndexFile, url: str) -> None:
        self._client = client
        self._file = file
        self._url = url
        self._tail = memoryview(b"")
        self._size = 0

    def metadata(self) -> bytes:
        whole = self._read_tail()
        if whole is not None:
            check_hash(whole, self._file.hashes, self._url)
            return wheel_metadata(whole, self._file.filename)
        directory = self._directory()
        central = self._part(directory.start, directory.start + directory.size)
        member = _metadata_member(read_members(central, directory), self._file.filename)
        return read_member(self._part(member.offset, member.end), member)

    def _directory(self) -> Directory:
        try:
            return find_directory(self._tail, self._size)
        except BadZipError:
            # A comment may be as long as 65,535 bytes and push the end record out of what we have.
            if len(self._tail) >= self._size:
                raise
            start = max(0, self._size - (65_535 + 22 + 76))
            self._tail = memoryview(bytes(self._part(start, self._size)))
            return find_directory(self._tail, self._size)

    def _read_tail(self) -> bytes | memoryview | None:
        """Get the last part; gives the whole body instead where the server ignores or refuses ranges."""
        size = self._file.size
        # A server may lack suffix ranges (RFC 9110, 14.1.2), never ranges with a start.
        wanted = f"bytes=-{_TAIL}" if size is None else f"bytes={size - _TAIL}-"
        response = self._get_range(wanted)
        if response.status == 200:
            return response.body
        bounds = _content_range(response)
        if bounds is None or bounds[1] + 1 != bounds[2] or bounds[1] + 1 - bounds[0] != len(response.body):
            # Refused (416, 501), or not what was asked for: `bytes=-N` is taken for `0-N` by some servers.
            return fetch(self._client, self._url, self._file.hashes)
        self._size = bounds[2]
        self._tail = memoryview(response.body)
        return None

    def _part(self, start: int, end: int) -> memoryview:
        """Give the bytes of a range, from what is there or by one more request."""
        have_from = self._size - len(self._tail)
        if start >= have_from:
            return self._tail[start - have_from : end - have_from]
        response = self._get_range(f"bytes={start}-{end - 1}")
        if response.status == 200:
            return memoryview(response.body)[start:end]
        bounds = _content_range(response)
        if bounds is None or bounds[0] != start or len(response.body) != end - start:
            msg = f"the server answers a range request with something else (status {response.status})"
            raise NetworkError(msg, context=redact(self._url), hints=["Try again; if it stays so, use another index."])
        return memoryview(response.body)

    def _get_range(self, value: str) -> HttpResponse:
        # Compressed on the way, offsets would not be those of the file.
        return self._client.get(self._url, {"Range": value, "Accept-Encoding": "identity"})


def _content_range(response: HttpResponse) -> tuple[int, int, int] | None:
    """Give (first, last, size) of a 206 answer."""
    if response.status != 206:
        return None
    match = _CONTENT_RANGE.match(response.headers.get("content-range", ""))
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _metadata_member(members: list[Member], filename: str) -> Member:
    """Find METADATA by pip's rules: ``wheel_dist_info_dir`` in ``_internal/utils/wheel.py`` (20.1 and newer).

    One ``*.dist-info`` at the top, whose name starts with the file's own, both normalised.
    """
    by_name: Mapping[str, Member] = {member.name: member for member in members}
    folders = sorted({name.partition("/")[0] for name in by_name if name.partition("/")[0].endswith(".dist-info")})
    if not folders:
        msg = "it has no `.dist-info` directory"
        raise BadZipError(msg)
    if len(folders) > 1:
        msg = f"it has several `.dist-info` directories: {', '.join(folders)}"
        raise BadZipError(msg)
    folder = folders[0]
    name = _canonical(filename.partition("-")[0])
    if not _canonical(folder).startswith(name):
        msg = f"its `{folder}` is not that of `{name}`"
        raise BadZipError(msg)
    member = by_name.get(f"{folder}/METADATA")
    if member is None:
        msg = f"it has no `{folder}/METADATA`"
        raise BadZipError(msg)
    return member


def _canonical(name: str) -> str:
    """Normalise by PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()
