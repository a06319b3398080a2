"""Range answers (RFC 9110, 14): one range, several, or none, as indexes and their caches differ."""

from __future__ import annotations

from typing import Literal

from support.loopback import Response

__all__ = ["Ranges", "with_range"]

Ranges = Literal["multi", "single", "no-suffix", "none"]
_BOUNDARY = "a-boundary-that-no-test-contains"


def with_range(response: Response, header: str | None, ranges: Ranges) -> Response:
    """Cut a whole answer down to what the Range header asks for."""
    if ranges == "none":
        return response
    response.headers["Accept-Ranges"] = "bytes"
    if not header or not header.startswith("bytes="):
        return response
    wanted = header.removeprefix("bytes=").split(",")
    if ranges == "no-suffix" and any(one.strip().startswith("-") for one in wanted):
        return Response(501, {"Content-Type": "text/plain"}, b"no suffix ranges")
    size = len(response.body)
    spans = [span for one in wanted if (span := _span(one.strip(), size))]
    if not spans:
        return Response(416, {"Content-Range": f"bytes */{size}"})
    if len(spans) == 1:
        return _one(response, spans[0])
    return _several(response, spans) if ranges == "multi" else response


def _span(text: str, size: int) -> tuple[int, int] | None:
    """Give first and last byte, or None where the range lies outside."""
    first, _, last = text.partition("-")
    if not first:
        return (max(size - int(last), 0), size - 1) if int(last) else None
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    return (start, end) if start <= end else None


def _one(response: Response, span: tuple[int, int]) -> Response:
    start, end = span
    headers = response.headers | {"Content-Range": f"bytes {start}-{end}/{len(response.body)}"}
    return Response(206, headers, response.body[start : end + 1])


def _several(response: Response, spans: list[tuple[int, int]]) -> Response:
    parts = []
    for start, end in spans:
        head = f"--{_BOUNDARY}\r\nContent-Type: application/octet-stream\r\n"
        head += f"Content-Range: bytes {start}-{end}/{len(response.body)}\r\n\r\n"
        parts.append(head.encode() + response.body[start : end + 1] + b"\r\n")
    body = b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()
    return Response(206, response.headers | {"Content-Type": f"multipart/byteranges; boundary={_BOUNDARY}"}, body)
