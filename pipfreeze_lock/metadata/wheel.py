"""The METADATA of a wheel, with as little of the wheel as the server lets us read.

One request for the last part of the file mostly brings both the central directory and the member itself, since
builders put ``*.dist-info`` last (binary distribution format, "Archiving"). A server that knows no ranges answers
200 with all of it, which is then used.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pipfreeze_lock.errors import MetadataError, NetworkError
from pipfreeze_lock.metadata.download import check_hash, fetch, local_path
from pipfreeze_lock.metadata.zip_directory import BadZipError, find_directory, read_member, read_members
from pipfreeze_lock.model.url import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pipfreeze_lock.http.interface import HttpClient, HttpResponse
    from pipfreeze_lock.metadata.zip_directory import Directory, Member
    from pipfreeze_lock.model.artifact import IndexFile

__all__ = [
    "RemoteWheel",
    "WheelRecord",
    "metadata_folder",
    "read_wheel_metadata",
    "read_wheel_record",
    "wheel_metadata",
]

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
        return RemoteWheel(client, file, url).metadata()
    except BadZipError as error:
        msg = f"`{file.filename}` is not a usable wheel: {error}"
        raise MetadataError(
            msg, context=redact(url), hints=["Exclude this release with `!=`; pip fails on it too."]
        ) from error


class WheelRecord(NamedTuple):
    """What a wheel says of its own files."""

    names: tuple[str, ...]
    """Of all files in it."""
    record: bytes
    """Its RECORD."""
    entry_points: bytes
    """Its entry_points.txt; empty where there is none."""


def read_wheel_record(client: HttpClient, file: IndexFile, url: str) -> WheelRecord:
    """Read the RECORD of a remote or local wheel.

    :raises MetadataError: when it is no wheel, it has no RECORD, or the whole file was read and its hash is wrong.
    :raises NetworkError: when it cannot be read.
    """
    try:
        if local_path(url) is not None or (file.size is not None and file.size <= _TAIL):
            return _whole_record(fetch(client, url, file.hashes), file.filename)
        return RemoteWheel(client, file, url).record()
    except BadZipError as error:
        msg = f"`{file.filename}` is not a usable wheel: {error}"
        raise MetadataError(msg, context=redact(url)) from error


def _whole_record(data: bytes | memoryview, filename: str) -> WheelRecord:
    directory = find_directory(data, len(data))
    members = read_members(memoryview(data)[directory.start :], directory)
    return _record(members, filename, lambda one: read_member(memoryview(data)[one.offset : one.end], one))


def wheel_metadata(data: bytes | memoryview, filename: str) -> bytes:
    """Read METADATA from the bytes of a whole wheel.

    :raises BadZipError: when there is none that pip would take.
    """
    directory = find_directory(data, len(data))
    member = _metadata_member(read_members(memoryview(data)[directory.start :], directory), filename)
    return read_member(memoryview(data)[member.offset : member.end], member)


class RemoteWheel:
    """Reads parts of one file, and remembers its end.

    Raises BadZipError where it is no zip file, NetworkError where it cannot be read.
    """

    def __init__(self, client: HttpClient, file: IndexFile, url: str) -> None:
        self._client = client
        self._file = file
        self._url = url
        self._tail = memoryview(b"")
        self._size = 0

    def metadata(self) -> bytes:
        """Read its METADATA."""
        return self._read(_metadata_member(self.members(), self._file.filename))

    def record(self) -> WheelRecord:
        """Read what it says of its files."""
        return _record(self.members(), self._file.filename, self._read)

    @property
    def size(self) -> int:
        """Bytes of the file; known when its members are."""
        return self._size

    def members(self) -> list[Member]:
        """Read its central directory; to be called before `part`."""
        whole = self._read_tail()
        if whole is not None:
            check_hash(whole, self._file.hashes, self._url)
            self._size, self._tail = len(whole), memoryview(whole)
        directory = self._directory()
        return read_members(self.part(directory.start, directory.start + directory.size), directory)

    def _read(self, member: Member) -> bytes:
        return read_member(self.part(member.offset, member.end), member)

    def _directory(self) -> Directory:
        try:
            return find_directory(self._tail, self._size)
        except BadZipError:
            # A comment may be as long as 65,535 bytes and push the end record out of what we have.
            if len(self._tail) >= self._size:
                raise
            start = max(0, self._size - (65_535 + 22 + 76))
            self._tail = memoryview(bytes(self.part(start, self._size)))
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

    def part(self, start: int, end: int) -> memoryview:
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
    """Find METADATA by pip's rules."""
    by_name: Mapping[str, Member] = {member.name: member for member in members}
    return _required(by_name, f"{metadata_folder(by_name, filename)}/METADATA")


def _record(members: list[Member], filename: str, read: Callable[[Member], bytes]) -> WheelRecord:
    by_name: Mapping[str, Member] = {member.name: member for member in members}
    folder = metadata_folder(by_name, filename)
    entry_points = by_name.get(f"{folder}/entry_points.txt")
    return WheelRecord(
        names=tuple(by_name),
        record=read(_required(by_name, f"{folder}/RECORD")),
        entry_points=read(entry_points) if entry_points is not None else b"",
    )


def _required(by_name: Mapping[str, Member], name: str) -> Member:
    member = by_name.get(name)
    if member is None:
        msg = f"it has no `{name}`"
        raise BadZipError(msg)
    return member


def metadata_folder(names: Iterable[str], filename: str) -> str:
    """Find ``*.dist-info`` by pip's rules: ``wheel_dist_info_dir`` in ``_internal/utils/wheel.py`` (20.1 and newer).

    One at the top, whose name starts with the file's own, both normalised.

    :raises BadZipError: when there is none, or several.
    """
    folders = sorted({name.partition("/")[0] for name in names if name.partition("/")[0].endswith(".dist-info")})
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
    return folder


def _canonical(name: str) -> str:
    """Normalise by PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()
