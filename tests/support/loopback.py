"""A small HTTP/1.1 server on loopback: keep-alive, quick, and able to misbehave on request.

An asyncio protocol in a thread of its own; a handler is a plain function from `Request` to `Response`. It answers some
ten thousand requests a second, so that a benchmark against it measures the client.
"""

from __future__ import annotations

import asyncio
import http
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from concurrent.futures import Executor

__all__ = ["LoopbackServer", "Request", "Response"]

_MOST_ROUNDS = 100
"""Of the loop, for connections to end."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came in."""

    method: str
    target: str
    """Path and query as sent."""
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path alone, unquoted."""
        return unquote(self.target.partition("?")[0])


@dataclass(slots=True)
class Response:
    """An answer, and what is done to it on the way."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    """Seconds before the first byte."""
    pause: float = 0.0
    """Seconds between the eight parts in which the body is then sent."""
    sent: int | None = None
    """Bytes of the body after which the connection is closed, though Content-Length promises all of it."""
    reset: bool = False
    """The connection is reset instead of an answer."""


class LoopbackServer:
    """Serves a handler on 127.0.0.1 until it is stopped; a context manager.

    :param handler: Called in the server's thread, or in ``executor`` where that is given: a handler that blocks needs
        one.
    :param tls: Serves https with it.
    """

    def __init__(
        self,
        handler: Callable[[Request], Response],
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        executor: Executor | None = None,
    ) -> None:
        self._handler = handler
        self._wanted_port = port
        self._tls = tls
        self._executor = executor
        self._loop = asyncio.new_event_loop()
        self._transports: set[asyncio.Transport] = set()
        self._thread = threading.Thread(target=self._run, name="loopback-server", daemon=True)
        self._started = threading.Event()
        self._stop = asyncio.Event()
        self._failure: OSError | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``, without a slash at its end."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Listen; returns when connections are accepted.

        :raises OSError: when the port is taken.
        """
        self._thread.start()
        self._started.wait()
        if self._failure:
            raise self._failure
        return self

    def stop(self) -> None:
        """Close every connection and wait for the thread to end."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()
            self._started.set()

    async def _serve(self) -> None:
        try:
            server = await self._loop.create_server(
                lambda: _Connection(self._answer, self._transports), "127.0.0.1", self._wanted_port, ssl=self._tls
            )
        except OSError as error:
            self._failure = error
            return
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        for listening in server.sockets:
            self._loop.remove_reader(listening.fileno())
        # What is accepted begins in the next round, and where the server is closed by then, asyncio leaves it open.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        server.close()
        await self._end_connections()
        await server.wait_closed()

    async def _end_connections(self) -> None:
        """Abort them all, and wait for what serves them; in the end, end that, too."""
        for _ in range(_MOST_ROUNDS):
            for transport in list(self._transports):
                transport.abort()
            await asyncio.sleep(0)
            unfinished = asyncio.all_tasks() - {asyncio.current_task()}
            if not unfinished and not self._transports:
                break
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        await asyncio.sleep(0)  # an aborted transport closes its socket in the next round of the loop

    async def _answer(self, request: Request) -> Response:
        if self._executor is None:
            return self._handler(request)
        return await self._loop.run_in_executor(self._executor, self._handler, request)


class _Connection(asyncio.Protocol):
    """One connection; requests that were sent ahead are answered in their order."""

    def __init__(self, answer: Callable[[Request], object], transports: set[asyncio.Transport]) -> None:
        self._answer = answer
        self._transports = transports
        self._received = bytearray()
        self._task: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        self._transports.add(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        self._transports.discard(self._transport)
        if self._task:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._work_off())

    async def _work_off(self) -> None:
        while (request := self._next_request()) is not None:
            try:
                response: Response = await self._answer(request)  # type: ignore[misc]
            except Exception as error:  # noqa: BLE001  a handler's bug must show in the client's test, not hang it
                response = Response(500, {"Content-Type": "text/plain"}, repr(error).encode())
            if not await self._send(request, response):
                return

    def _next_request(self) -> Request | None:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return None
        first, *lines = self._received[:end].decode("latin-1").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        after = end + 4 + int(headers.get("content-length", 0))
        if len(self._received) < after:
            return None
        body = bytes(self._received[end + 4 : after])
        del self._received[:after]
        method, target, *_version = first.split(" ")
        return Request(method, target, headers, body)

    async def _send(self, request: Request, response: Response) -> bool:
        """Write the answer; False when the connection is done with."""
        if response.delay:
            await asyncio.sleep(response.delay)
        if response.reset:
            self._transport.abort()
            return False
        body = b"" if request.method == "HEAD" or response.status == 304 else response.body
        self._transport.write(_head(response) + (b"" if response.pause else body[: response.sent]))
        if response.pause:
            step = len(body) // 8 + 1
            for start in range(0, len(body), step):
                await asyncio.sleep(response.pause)
                self._transport.write(body[start : start + step])
        if response.sent is not None or request.headers.get("connection", "").lower() == "close":
            self._transport.close()
            return False
        return True


def _head(response: Response) -> bytes:
    try:
        reason = http.HTTPStatus(response.status).phrase
    except ValueError:
        reason = "Unknown"
    lines = [f"HTTP/1.1 {response.status} {reason}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    if response.status != 304:
        lines.append(f"Content-Length: {len(response.body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
