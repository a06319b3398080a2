"""What is in a wheel: names and sizes from its directory, and the contents of many members in few requests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from pipfreeze_lock.errors import MetadataError
from pipfreeze_lock.metadata.download import fetch, local_path
from pipfreeze_lock.metadata.wheel import RemoteWheel
from pipfreeze_lock.metadata.zip_directory import BadZipError, find_directory, read_member, read_members
from pipfreeze_lock.model.url import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from pipfreeze_lock.http.interface import HttpClient
    from pipfreeze_lock.metadata.zip_directory import Member
    from pipfreeze_lock.model.artifact import IndexFile

__all__ = ["read_wheel_contents", "read_wheel_members"]

_WHOLE = 256 * 1024
"""Bytes up to which a file is fetched as it is."""
_GAP = 64 * 1024
"""Bytes that nobody wants, and that are sooner read than asked around."""
_SHARE = 0.6
"""Of a file: where more of it is wanted, one request for all of it costs less, and its hash can be checked."""
_WORKERS = 8


class _Span(NamedTuple):
    """Part of a file that one request asks for."""

    start: int
    end: int
    members: tuple[Member, ...]


def read_wheel_members(client: HttpClient, file: IndexFile, url: str) -> list[Member]:
    """Read the directory of a remote or local wheel.

    :raises MetadataError: when it is no wheel, or the whole file was read and its hash is wrong.
    :raises NetworkError: when it cannot be read.
    """
    try:
        if _is_read_whole(file, url):
            return _members(fetch(client, url, file.hashes))
        return RemoteWheel(client, file, url).members()
    except BadZipError as error:
        raise _not_usable(file, url, error) from error


def read_wheel_contents(client: HttpClient, file: IndexFile, url: str, names: Collection[str]) -> dict[str, bytes]:
    """Read members of a remote or local wheel: by ranges where they are a small part of it, else the whole file.

    :param names: Those that are not in it are not in the answer.
    :raises MetadataError: when it is no wheel, or the whole file was read and its hash is wrong.
    :raises NetworkError: when it cannot be read.
    """
    wanted = frozenset(names)
    try:
        if _is_read_whole(file, url):
            return _of_whole(fetch(client, url, file.hashes), wanted)
        wheel = RemoteWheel(client, file, url)
        spans = list(_spans([member for member in wheel.members() if member.name in wanted]))
        if sum(span.end - span.start for span in spans) > wheel.size * _SHARE:
            return _of_whole(fetch(client, url, file.hashes), wanted)
        with ThreadPoolExecutor(_WORKERS, "wheel") as workers:
            parts = workers.map(lambda span: _of_span(span, wheel.part), spans)
            return {name: content for part in parts for name, content in part.items()}
    except BadZipError as error:
        raise _not_usable(file, url, error) from error


def _is_read_whole(file: IndexFile, url: str) -> bool:
    return local_path(url) is not None or (file.size is not None and file.size <= _WHOLE)


def _not_usable(file: IndexFile, url: str, error: BadZipError) -> MetadataError:
    message = f"`{file.filename}` is not a usable wheel: {error}"
    return MetadataError(message, context=redact(url))


def _members(data: bytes | memoryview) -> list[Member]:
    directory = find_directory(data, len(data))
    return read_members(memoryview(data)[directory.start :], directory)


def _of_whole(data: bytes | memoryview, names: frozenset[str]) -> dict[str, bytes]:
    view = memoryview(data)
    wanted = (member for member in _members(data) if member.name in names)
    return {member.name: read_member(view[member.offset : member.end], member) for member in wanted}


def _of_span(span: _Span, part: Callable[[int, int], memoryview]) -> dict[str, bytes]:
    data = part(span.start, span.end)
    return {
        member.name: read_member(data[member.offset - span.start : member.end - span.start], member)
        for member in span.members
    }


def _spans(members: list[Member]) -> Iterator[_Span]:
    """Give parts of the file that hold these members, those that lie close to each other in one."""
    members.sort(key=lambda member: member.offset)
    first = 0
    for index, member in enumerate(members):
        is_last = index + 1 == len(members)
        if is_last or members[index + 1].offset - member.end > _GAP:
            together = tuple(members[first : index + 1])
            yield _Span(together[0].offset, max(one.end for one in together), together)
            first = index + 1
