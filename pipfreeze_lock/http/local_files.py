"""``file:`` URLs, answered as a server would, so that a folder of files can stand wherever an index can.

pip does the same (``LocalFSAdapter`` in its ``_internal/network/session.py``), without ranges.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipfreeze_lock.errors import NetworkError
from pipfreeze_lock.http.interface import HttpResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["path_of", "read_local"]

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_CONTENT_TYPES = {".html": "text/html", ".htm": "text/html", ".json": "application/json"}


def path_of(url: str) -> str:
    """Give the path that a ``file:`` URL names (RFC 8089).

    :raises NetworkError: when it names another machine.
    """
    from urllib.request import url2pathname  # noqa: PLC0415  11 ms, and most runs read no local file

    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost"):
        msg = "a `file:` URL names a file on this machine"
        raise NetworkError(msg, context=url, hints=["Write it with three slashes: `file:///path`."])
    return url2pathname(parts.path)


def read_local(url: str, headers: Mapping[str, str]) -> HttpResponse:
    """Answer 200 or 206 with the file's bytes, 404 where there is no such file, 416 where the range lies outside.

    :raises NetworkError: when the file is there and cannot be read.
    """
    from pathlib import Path  # noqa: PLC0415  most runs read no local file

    path = Path(path_of(url))
    bare = url.partition("#")[0]
    wanted = _RANGE.fullmatch(next((value for name, value in headers.items() if name.lower() == "range"), ""))
    answered = {"content-type": _CONTENT_TYPES.get(path.suffix.lower(), "application/octet-stream")}
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            start, end = _span(wanted, size) if wanted else (0, size)
            if wanted and start >= end:
                return HttpResponse(416, bare, {"content-range": f"bytes */{size}"}, b"")
            file.seek(start)
            body = file.read(end - start)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return HttpResponse(404, bare, {}, b"")
    except (OSError, ValueError) as error:
        msg = f"`{path}` cannot be read"
        raise NetworkError(msg, context=bare, hints=["Look at the file's permissions."]) from error
    answered["content-length"] = str(len(body))
    if wanted:
        answered["content-range"] = f"bytes {start}-{end - 1}/{size}"
    return HttpResponse(206 if wanted else 200, bare, answered, body)


def _span(wanted: re.Match[str], size: int) -> tuple[int, int]:
    """Give start and end of a range in a file of that size; empty where it cannot be had (RFC 9110, 14.1.2)."""
    first, last = wanted.groups()
    if first:
        return int(first), min(size, int(last) + 1) if last else size
    return (max(0, size - int(last)), size) if last else (0, 0)
