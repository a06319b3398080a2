"""A server that answers from a list, a proxy, certificates, and a client that does not sleep."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import pytest
import trustme
from support.loopback import LoopbackServer, Request, Response

from pipfreeze_lock.http.client import Client
from pipfreeze_lock.http.settings import HttpSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Scripted:
    """Answers the requests for a path one after the other from a list, its last one for all that follow."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, list[Response]] = {}
        self.requests: list[Request] = []
        self._server = LoopbackServer(self._handle, tls=tls)

    def on(self, path: str, *answers: Response) -> None:
        self.answers[path] = list(answers)

    def _handle(self, request: Request) -> Response:
        self.requests.append(request)
        answers = self.answers.get(request.path, [Response(404)])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return Response(
            answer.status, answer.headers, answer.body, answer.delay, answer.pause, answer.sent, answer.reset
        )

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def port(self) -> int:
        return self._server.port

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.stop()


@pytest.fixture
def server() -> Iterator[Scripted]:
    with Scripted() as started:
        yield started


@pytest.fixture
def serving() -> type[Scripted]:
    """Give the server's class, for tests that need one of their own."""
    return Scripted


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls_server(authority: trustme.CA) -> Iterator[Scripted]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost", "index.example").configure_cert(context)
    with Scripted(context) as started:
        yield started


@pytest.fixture
def ca_bundle(authority: trustme.CA, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@dataclass
class Slept:
    """What a client would have waited, in seconds."""

    waits: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture
def make_client(slept: Slept) -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(*, credentials: Any = None, clock: Any = None, **settings: Any) -> Client:
        more = {"clock": clock} if clock else {}
        client = Client(HttpSettings(**settings), credentials=credentials, sleep=slept, **more)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


class LoopbackProxy:
    """An HTTP proxy for both kinds: ``CONNECT``, and requests with a whole URL; leads everything to one address."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.seen: list[tuple[str, dict[str, str]]] = []
        """Request line and headers."""
        self.refusal: bytes | None = None
        """What it answers instead."""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        self._open: list[socket.socket] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for one in self._open:
            with contextlib.suppress(OSError):  # the other side was quicker
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=5)
        for one in self._open:
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                incoming, _ = self._socket.accept()
            except OSError:
                return
            self._start(self._serve, incoming)

    def _start(self, function: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self, incoming: socket.socket) -> None:
        self._open.append(incoming)
        head = b""
        while b"\r\n\r\n" not in head:
            received = incoming.recv(65536)
            if not received:
                return
            head += received
        line, *lines = head.split(b"\r\n\r\n")[0].decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)}
        self.seen.append((line, headers))
        if self.refusal:
            incoming.sendall(self.refusal)
            incoming.close()
            return
        outgoing = socket.create_connection(self.target)
        self._open.append(outgoing)
        if line.startswith("CONNECT"):
            incoming.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            method, url, version = line.split(" ")
            path = "/" + url.split("/", 3)[3]
            outgoing.sendall(head.replace(line.encode(), f"{method} {path} {version}".encode(), 1))
        self._start(_pump, incoming, outgoing)
        _pump(outgoing, incoming)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return


@pytest.fixture
def speaking() -> Iterator[Callable[[bytes], str]]:
    """Give the address of a server that says one thing, whatever it is asked, and hangs up."""
    sockets: list[socket.socket] = []

    def start(words: bytes) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        sockets.append(listening)

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    incoming, _ = listening.accept()
                    with incoming:
                        incoming.recv(65536)
                        incoming.sendall(words)

        threading.Thread(target=serve, daemon=True).start()
        return f"127.0.0.1:{listening.getsockname()[1]}"

    yield start
    for one in sockets:
        one.shutdown(socket.SHUT_RDWR)
        one.close()


@pytest.fixture
def proxy(server: Scripted) -> Iterator[LoopbackProxy]:
    started = LoopbackProxy(("127.0.0.1", server.port))
    yield started
    started.close()


@pytest.fixture
def tls_proxy(tls_server: Scripted) -> Iterator[LoopbackProxy]:
    started = LoopbackProxy(("127.0.0.1", tls_server.port))
    yield started
    started.close()
