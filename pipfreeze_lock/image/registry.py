"""``docker://HOST/NAME[:TAG|@DIGEST]``: an image at a registry, read as it comes.

Source: OCI distribution-spec 1.1, "Pull".
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from pipfreeze_lock.errors import ImageError, NetworkError
from pipfreeze_lock.image.interface import ScannedImage
from pipfreeze_lock.image.manifest import (
    ImageManifest,
    check_digest,
    for_platform,
    layer_infos,
    parse_config,
    parse_document,
)
from pipfreeze_lock.image.registry_blobs import RegistryBlobs
from pipfreeze_lock.image.registry_session import AbsentError, RegistrySession

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipfreeze_lock.http.interface import StreamingClient
    from pipfreeze_lock.image.docker_credentials import DockerCredentials
    from pipfreeze_lock.image.interface import ImageReporter, Want
    from pipfreeze_lock.image.manifest import Platform
    from pipfreeze_lock.image.reference import RegistryReference

__all__ = ["RegistryImage"]

_MANIFESTS = (
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json"
)
_MOST_INDEXES = 8
"""One in the other."""
_MOST_TAGS = 1000
_NEAREST = 3


class _Tags(msgspec.Struct):
    tags: list[str] | None = None


class RegistryImage:
    """An image at a registry.

    :param client: Without credentials of its own; with `is_insecure`, one that does not verify the registry's TLS.
    :param credentials: What logins have left.
    :param platform: Of one image among those of several platforms.
    :param is_insecure: Whether to do without TLS where the registry has none.
    :param sleep: Waits, in seconds, before a transfer that broke off is gone on with.
    """

    def __init__(
        self,
        reference: RegistryReference,
        *,
        client: StreamingClient,
        credentials: DockerCredentials,
        platform: Platform | None = None,
        is_insecure: bool = False,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._reference = reference
        self._subject = f"docker://{reference}"
        self._platform = platform
        self._sleep = sleep
        self._session = RegistrySession(
            reference, client=client, credentials=credentials, subject=self._subject, is_insecure=is_insecure
        )

    def scan(self, interest: Callable[[str], Want], reporter: ImageReporter) -> ScannedImage:
        """Read the image.

        :raises ImageError: when there is none, or it is damaged.
        :raises UsageError: when there are several and no platform was given.
        :raises NetworkError: when the registry cannot be reached, or refuses.
        """
        subject = self._subject
        manifest, digest, read = self._manifest()
        path = f"blobs/{manifest.config.digest}"
        data = self._session.document(path, "*/*", what="the image's configuration")
        check_digest(data, manifest.config.digest, what="its configuration", subject=subject)
        config = parse_config(data, subject=subject)
        infos = layer_infos(config, [(layer.digest, layer.size) for layer in manifest.layers], subject=subject)
        blobs = RegistryBlobs(self._session, sleep=self._sleep)
        layers = blobs.scan(infos, interest, reporter)
        return ScannedImage(
            name=subject,
            digest=digest,
            config=config.config,
            layers=layers,
            bytes_read=read + len(data) + blobs.bytes_read,
        )

    def _manifest(self) -> tuple[ImageManifest, str, int]:
        """Give the manifest, its digest, and how many bytes were read for it."""
        digest = self._reference.digest
        read = 0
        for _ in range(_MOST_INDEXES):
            data = self._document(digest)
            read += len(data)
            if digest is None:
                digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
            else:
                check_digest(data, digest, what="its manifest", subject=self._subject)
            document = parse_document(data, subject=self._subject)
            if isinstance(document, ImageManifest):
                return document, digest, read
            digest = for_platform(document, self._platform, subject=self._subject).digest
        message = "its indexes are too many, one in the other"
        raise ImageError(message, context=self._subject)

    def _document(self, digest: str | None) -> bytes:
        tag = self._reference.tag
        name = f"`{self._reference.repository}{f'@{digest}' if digest else f':{tag}'}`"
        try:
            return self._session.document(f"manifests/{digest or tag}", _MANIFESTS, what=name)
        except AbsentError as error:
            if digest is not None or tag is None or name not in error.message:
                raise
            hints = self._nearest_tags(tag) or list(error.hints)
            raise AbsentError(error.message, context=error.context, hints=hints) from error

    def _nearest_tags(self, tag: str) -> list[str]:
        """Say which tags there are; it is a help only, so that a registry may refuse to list them."""
        import difflib  # noqa: PLC0415  only for who slipped

        try:
            data = self._session.document(f"tags/list?n={_MOST_TAGS}", "application/json", what="a list of tags")
            tags = msgspec.json.decode(data, type=_Tags).tags or []
        except (NetworkError, ImageError, msgspec.MsgspecError, UnicodeDecodeError):
            return []
        nearest = difflib.get_close_matches(tag, tags, n=_NEAREST, cutoff=0.4) or tags[-_NEAREST:]
        return [f"Did you mean {' or '.join(f'`{one}`' for one in nearest)}?"] if nearest else []
