"""``docker-daemon:NAME[:TAG]``: an image of a Docker or Podman on this machine, as its API gives it.

Source: Docker's Engine API v1.41, ``ImageInspect``, ``ImageGet`` and ``ImageList``, which Podman's service speaks too.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from pipfreeze_lock.errors import ImageError, NetworkError
from pipfreeze_lock.http.unix_socket import SocketRefusedError, open_stream
from pipfreeze_lock.image.archive_files import MOST_OF_A_DOCUMENT, check_document_size
from pipfreeze_lock.image.docker_archive import scan_docker_archive
from pipfreeze_lock.image.passing_archive import PassingArchive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipfreeze_lock.http.unix_socket import SocketAddress, SocketStream
    from pipfreeze_lock.image.interface import ImageReporter, ScannedImage, Want
    from pipfreeze_lock.image.reference import DaemonReference

__all__ = ["DaemonImage", "NoDaemonError", "NotAtDaemonError"]

_TIMEOUT = 60.0
_TIMEOUT_OF_EXPORT = 1800.0
"""Seconds without a byte: Docker writes all layers to a folder of its own before it sends the first."""
_NEAREST = 3
_START = (
    "Start it (`systemctl start docker`, Docker Desktop, or `podman system service`), or name another in DOCKER_HOST."
)
_OTHER_WAY = "Or save the image where it is, `docker save NAME -o image.tar`, and give `docker-archive:image.tar`."


class NoDaemonError(NetworkError):
    """No daemon listens, or one may not talk to it."""


class NotAtDaemonError(ImageError):
    """The daemon does not have the image."""


class _Inspected(msgspec.Struct, rename="pascal"):
    id: str
    size: int | None = None


class _Listed(msgspec.Struct, rename="pascal"):
    repo_tags: list[str] | None = None


class _ApiError(msgspec.Struct):
    message: str = ""


class DaemonImage:
    """An image of a daemon.

    :param address: Where it listens.
    """

    def __init__(self, reference: DaemonReference, *, address: SocketAddress) -> None:
        self._name = reference.name
        self._address = address
        self._subject = f"docker-daemon:{reference.name}"

    def scan(self, interest: Callable[[str], Want], reporter: ImageReporter) -> ScannedImage:
        """Read the image, as ``docker save`` would write it, while it comes.

        :raises NoDaemonError: when no daemon can be talked to.
        :raises NotAtDaemonError: when it does not have the image.
        :raises ImageError: when what it gives is no image.
        :raises NetworkError: when it answers with an error of its own.
        """
        found = self._inspected()
        archive = PassingArchive(
            lambda: self._exported(found.id),
            interest,
            reporter,
            subject=self._subject,
            is_repeatable=True,
            size=found.size,
        )
        return scan_docker_archive(archive, interest, reporter, subject=self._subject)

    def _inspected(self) -> _Inspected:
        data = self._document(f"/images/{quote(self._name, safe='/:@')}/json")
        try:
            return msgspec.json.decode(data, type=_Inspected)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise self._strange() from None

    def _exported(self, identifier: str) -> Iterator[bytes]:
        """Give the archive; by its ID, since a name may move meanwhile."""
        with self._opened(f"/images/{quote(identifier, safe=':')}/get", _TIMEOUT_OF_EXPORT) as response:
            self._check(response)
            yield from response.pieces()

    def _document(self, target: str) -> bytes:
        with self._opened(target, _TIMEOUT) as response:
            self._check(response)
            return self._whole(response)

    def _whole(self, response: SocketStream) -> bytes:
        data = bytearray()
        for piece in response.pieces():
            data += piece
            if len(data) > MOST_OF_A_DOCUMENT:
                check_document_size("an answer", len(data), subject=self._subject)
        return bytes(data)

    def _check(self, response: SocketStream) -> None:
        """Let pass what is no refusal."""
        if response.status == 200:
            return
        if response.status == 404:
            message = f"the daemon at `{self._address}` does not have `{self._name}`"
            raise NotAtDaemonError(message, context=self._subject, hints=self._nearest())
        try:
            said = msgspec.json.decode(self._whole(response), type=_ApiError).message
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise self._strange() from None
        message = f"the daemon answers with status {response.status}: {said.strip().rstrip('.')}"
        raise NetworkError(message, context=self._subject)

    def _nearest(self) -> list[str]:
        """Say which images it has, and how to get another."""
        import difflib  # noqa: PLC0415  only for who slipped

        hints = [f"Pull it: `docker pull {self._name}`, or give `docker://{self._name}`."]
        try:
            listed = msgspec.json.decode(self._document("/images/json"), type=list[_Listed])
        except (NetworkError, ImageError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return hints  # the list is a help only
        names = [name for one in listed for name in one.repo_tags or () if name != "<none>:<none>"]
        nearest = difflib.get_close_matches(self._name, names, n=_NEAREST, cutoff=0.5)
        ending = [name for name in names if name.endswith(f"/{self._name}")]
        found = list(dict.fromkeys([*ending, *nearest]))[:_NEAREST]
        return [f"Did you mean {' or '.join(f'`{name}`' for name in found)}?", *hints] if found else hints

    def _strange(self) -> NetworkError:
        message = f"what listens at `{self._address}` does not answer as Docker does"
        return NetworkError(message, context=self._subject, hints=["Is DOCKER_HOST right?"])

    def _opened(self, target: str, timeout: float) -> _Opened:
        return _Opened(self._address, target, timeout, self._subject)


class _Opened:
    """A request, with errors that a person can act upon."""

    def __init__(self, address: SocketAddress, target: str, timeout: float, subject: str) -> None:
        self._address = address
        self._subject = subject
        self._stream = open_stream(address, target, timeout=timeout)

    def __enter__(self) -> SocketStream:
        try:
            return self._stream.__enter__()
        except SocketRefusedError as error:
            raise self._refused(error) from error

    def __exit__(self, *exception: object) -> None:
        self._stream.__exit__(*exception)  # type: ignore[arg-type]  # what `with` gives

    def _refused(self, error: SocketRefusedError) -> NoDaemonError:
        reason = error.reason
        if isinstance(reason, PermissionError) or getattr(reason, "errno", None) == errno.EACCES:
            message = f"the daemon's socket `{self._address}` may not be opened"
            hints = ["Run it as a member of the group `docker`, as `docker` itself has to be.", _OTHER_WAY]
        else:
            message = f"no daemon answers at `{self._address}`: {error.message}"
            hints = [_START, _OTHER_WAY]
        return NoDaemonError(message, context=self._subject, hints=hints)
