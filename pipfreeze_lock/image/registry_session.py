"""Requests to one repository of a registry: over TLS or not, with a token or not, and what its refusals mean.

Source: OCI distribution-spec 1.1; distribution's HTTP API V2.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from pipfreeze_lock.errors import ImageError, NetworkError
from pipfreeze_lock.http.interface import BrokenStreamError
from pipfreeze_lock.http.origins import Origin
from pipfreeze_lock.image.archive_files import MOST_OF_A_DOCUMENT, check_document_size
from pipfreeze_lock.image.docker_credentials import HUB_HOST
from pipfreeze_lock.image.registry_auth import RegistryAuthorization

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipfreeze_lock.http.interface import HttpStream, StreamingClient
    from pipfreeze_lock.image.docker_credentials import DockerCredentials
    from pipfreeze_lock.image.reference import RegistryReference

__all__ = ["AbsentError", "RegistrySession", "address_of"]

_TRIES_OF_A_DOCUMENT = 3
_MOST_OF_AN_ERROR = 65_536
_HUB_NAME = "docker.io"


class AbsentError(ImageError):
    """What was asked for is not at the registry."""


class _ErrorDetail(msgspec.Struct):
    code: str = ""
    message: str = ""


class _ErrorDocument(msgspec.Struct):
    errors: list[_ErrorDetail] = []


class RegistrySession:
    """One repository; may be asked from any thread.

    :param client: Without credentials of its own; with `is_insecure`, one that does not verify the registry's TLS.
    :param subject: The image, as a person names it, for errors.
    :param is_insecure: Whether to do without TLS where the registry has none; this machine's own may always.
    """

    def __init__(
        self,
        reference: RegistryReference,
        *,
        client: StreamingClient,
        credentials: DockerCredentials,
        subject: str,
        is_insecure: bool,
    ) -> None:
        self.subject = subject
        self._client = client
        self._host = reference.host
        self._repository = reference.repository
        self._address = address_of(reference.host)
        self._is_loopback = Origin.of(f"https://{self._address}").is_loopback
        self._may_lack_tls = is_insecure or self._is_loopback
        self._base_url: str | None = None
        self._lock = threading.Lock()
        self._authorization = RegistryAuthorization(
            client, credentials, host=reference.host, repository=reference.repository, subject=subject
        )

    def document(self, path: str, accept: str, *, what: str) -> bytes:
        """Give a manifest, configuration or list.

        :param path: Below the repository: ``manifests/latest``.
        :param what: Names it in errors: ``its manifest``.
        :raises AbsentError: when the registry has none.
        :raises NetworkError: when it cannot be had.
        """
        for attempt in range(_TRIES_OF_A_DOCUMENT):
            try:
                with self.stream(path, {"Accept": accept}) as response:
                    self.check(response, what)
                    return self._whole(response, path)
            except BrokenStreamError:
                if attempt + 1 == _TRIES_OF_A_DOCUMENT:
                    raise
        raise AssertionError  # pragma: no cover

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str]) -> Iterator[HttpStream]:
        """Ask for something, as whoever the registry wants to see; the answer may be a refusal, but not a 401.

        :raises NetworkError: when there is no answer; it shows no signature of a URL that a redirect led to.
        """
        try:
            for attempt in range(2):
                header = self._authorization.header()
                sent = {**headers, "Authorization": header} if header else headers
                with self._client.stream(f"{self._base()}/{self._repository}/{path}", sent) as response:
                    if response.status != 401 or not self._is_here(response.url):
                        yield response
                        return
                    asked = response.headers
                if attempt:
                    raise self._authorization.refusal()
                self._authorization.challenged(asked, header)
        except NetworkError as error:
            raise _told(error) from error

    def check(self, response: HttpStream, what: str) -> None:
        """Let pass what is no refusal.

        :raises AbsentError: for a 404.
        :raises NetworkError: for anything else.
        """
        if response.status in {200, 206}:
            return
        if response.status == 403 and self._is_here(response.url):
            raise self._authorization.refusal()
        said = self._said(response)
        words = "".join(f": {one.message}" for one in said if one.message)
        if response.status == 404:
            if any(one.code == "NAME_UNKNOWN" for one in said):
                what = f"the repository `{self._repository}`"
            message = f"`{self._host}` does not have {what}"
            raise AbsentError(message, context=self.subject, hints=["Is its name right?"])
        message = f"`{self._host}` answers with status {response.status} for {what}{words}"
        raise NetworkError(message, context=self.subject)

    def _said(self, response: HttpStream) -> list[_ErrorDetail]:
        """Read the registry's own words."""
        data = b""
        for piece in response.pieces():
            data += piece
            if len(data) > _MOST_OF_AN_ERROR:
                return []
        try:
            return msgspec.json.decode(data, type=_ErrorDocument).errors
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return []  # a proxy's own page

    def _whole(self, response: HttpStream, path: str) -> bytes:
        data = bytearray()
        for piece in response.pieces():
            data += piece
            if len(data) > MOST_OF_A_DOCUMENT:
                check_document_size(path, len(data), subject=self.subject)
        return bytes(data)

    def _is_here(self, url: str) -> bool:
        """Whether the registry itself has answered, and not what it led to."""
        return Origin.of(url) == Origin.of(self._base())

    def _base(self) -> str:
        """Give ``https://HOST/v2``, or http where that has to be and may be."""
        with self._lock:
            if self._base_url is None:
                self._base_url = f"{self._scheme()}://{self._address}/v2"
            return self._base_url

    def _scheme(self) -> str:
        """Look what the registry speaks; HTTP counts only if what answers there is a registry.

        TLS goes first, but on this machine, where nobody listens on the way and some servers never answer to it.
        """
        if not self._may_lack_tls:
            return "https"
        failure: NetworkError | None = None
        for scheme in ("http", "https") if self._is_loopback else ("https", "http"):
            try:
                status = self._probe(scheme)
            except NetworkError as error:
                failure = error if scheme == "https" or failure is None else failure
                continue
            if scheme == "https" or status in {200, 401}:
                return scheme
            if status != 400:  # which is what Go answers where TLS is spoken
                break
        else:
            if failure is not None:
                raise failure
        message = f"what answers at `{self._address}` is no registry"
        raise NetworkError(message, context=self.subject, hints=["Are host and port right?"])

    def _probe(self, scheme: str) -> int:
        with self._client.stream(f"{scheme}://{self._address}/v2/", retries=0) as response:
            return response.status


def address_of(host: str) -> str:
    """Give the host and port at which a registry answers; Docker Hub's name is not that of its registry."""
    return HUB_HOST if host == _HUB_NAME else host


def _told(error: NetworkError) -> NetworkError:
    """Give the same error as this command's: its options, and no signature of a URL."""
    context = (error.context or "").partition("?")[0] or None
    hints = [_INSECURE_HINT if "--trusted-host" in hint else hint for hint in error.hints]
    return type(error)(error.message, context=context, hints=hints)


_INSECURE_HINT = "`--insecure` reads without verifying the certificate, or without TLS where there is none."
