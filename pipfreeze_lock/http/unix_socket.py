"""GET over a Unix socket, or a TCP connection with its own certificates: how Docker's API is spoken to.

Source: http.client; the one HTTP client of a run (`pipfreeze_lock.http.client`) has no Unix sockets.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["SocketAddress", "SocketRefusedError", "SocketStream", "open_stream"]

_PIECE = 1 << 18
_FAILURES = (OSError, http.client.HTTPException)


class SocketRefusedError(NetworkError):
    """Nothing could be sent: there is no socket, nobody listens, or one may not.

    :param reason: The system's own error.
    """

    def __init__(self, message: str, *, context: str, reason: Exception) -> None:
        super().__init__(message, context=context)
        self.reason = reason


@dataclass(frozen=True, kw_only=True, slots=True)
class SocketAddress:
    """Where something listens: a path, or a host and port."""

    path: str | None = None
    host: str = "localhost"
    port: int = 0
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """As ``DOCKER_HOST`` has it."""
        return f"unix://{self.path}" if self.path is not None else f"tcp://{self.host}:{self.port}"


class SocketStream:
    """An answer of which the body is still to come."""

    def __init__(self, response: http.client.HTTPResponse, subject: str) -> None:
        self.status = response.status
        self.headers: Mapping[str, str] = {name.lower(): value for name, value in response.getheaders()}
        self._response = response
        self._subject = subject

    def pieces(self) -> Iterator[bytes]:
        """Give the body as it comes.

        :raises NetworkError: when it breaks off.
        """
        try:
            while piece := self._response.read1(_PIECE):
                yield piece
        except _FAILURES as error:
            message = f"the answer broke off: {_words(error)}"
            raise NetworkError(message, context=self._subject) from error
        if self._response.length:  # `read1` says nothing of what is missing
            message = "the answer broke off: it was cut short"
            raise NetworkError(message, context=self._subject)


@contextmanager
def open_stream(address: SocketAddress, target: str, *, timeout: float) -> Iterator[SocketStream]:
    """Send a GET and give the answer up to its body.

    :param target: Path and query.
    :param timeout: Seconds for connecting, and seconds without a byte.
    :raises SocketRefusedError: when one cannot connect.
    :raises NetworkError: when what answers does not speak HTTP, or does not answer.
    """
    connection = _Connection(address, timeout)
    subject = str(address)
    try:
        try:
            connection.connect()
        except OSError as error:
            raise SocketRefusedError(_words(error), context=subject, reason=error) from error
        try:
            connection.request("GET", target, headers={"Host": address.host})
            response = connection.getresponse()
        except _FAILURES as error:
            message = f"it does not answer as a daemon does: {_words(error)}"
            raise NetworkError(message, context=subject) from error
        with response:
            yield SocketStream(response, subject)
    finally:
        connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection to an address, of either kind."""

    def __init__(self, address: SocketAddress, timeout: float) -> None:
        super().__init__(address.host, address.port or None, timeout=timeout)
        self._address = address

    def connect(self) -> None:
        if self._address.path is None:
            super().connect()
            if self._address.tls is not None:
                self.sock = self._address.tls.wrap_socket(self.sock, server_hostname=self._address.host)
            return
        family = getattr(socket, "AF_UNIX", None)
        if family is None:
            message = "this Python knows no Unix sockets"
            raise OSError(message)
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._address.path)


def _words(error: Exception) -> str:
    """Say what happened, without a full stop."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, http.client.IncompleteRead):
        return "it was cut short"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    strerror = error.strerror if isinstance(error, OSError) else None
    return (strerror or str(error) or type(error).__name__).lower().rstrip(".")
