"""What ``docker save``, ``podman save`` and ``skopeo copy … docker-archive:`` write.

In the archive ``manifest.json`` lists the images: of each its configuration, its names and its layers. Older ones have
each layer as ``ID/layer.tar``, some of them links to others; skopeo's as ``DIFF_ID.tar``; since Docker 25 it is an OCI
image layout with ``manifest.json`` beside. Layers are mostly not compressed and are seeked over then.
Source: Docker's ``image/spec/spec.md``; containers/image, ``docker/internal/tarfile``.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import msgspec

from pipfreeze_lock.errors import ImageError, UsageError
from pipfreeze_lock.image.interface import ScannedImage
from pipfreeze_lock.image.manifest import check_digest, layer_infos, parse_config
from pipfreeze_lock.image.reference import full_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipfreeze_lock.image.archive_files import ArchiveFiles
    from pipfreeze_lock.image.interface import ImageReporter, Want
    from pipfreeze_lock.image.manifest import ConfigDocument
    from pipfreeze_lock.model.image import LayerInfo

__all__ = ["DockerArchive", "scan_docker_archive"]

_HEXADECIMAL = re.compile(r"[0-9a-f]{64}")
_BLOB = re.compile(r"blobs/sha256/([0-9a-f]{64})")


class _Image(msgspec.Struct, rename="pascal"):
    """An entry of ``manifest.json``."""

    config: str
    layers: list[str] | None = None
    repo_tags: list[str] | None = None

    def is_named(self, whole: str) -> bool:
        """Whether that is one of its names; what is no name (``<none>:<none>``) is none of them."""
        for name in self.repo_tags or ():
            try:
                if full_name(name) == whole:
                    return True
            except UsageError:
                continue
        return False


class DockerArchive:
    """``docker-archive:FILE[:NAME:TAG|:@N]``."""

    def __init__(self, path: str, *, name: str | None = None, index: int | None = None) -> None:
        """Remember where it is.

        :param name: Whole, of one image among several: ``docker.io/library/app:latest``.
        :param index: Of one, from 0.
        """
        self._path = path
        self._name = name
        self._index = index

    def scan(self, interest: Callable[[str], Want], reporter: ImageReporter) -> ScannedImage:
        """Read the image.

        :raises ImageError: when there is none, or it is damaged.
        :raises UsageError: when there are several and none was chosen, or none is the one that was.
        """
        from pipfreeze_lock.image.archive_opening import opened  # noqa: PLC0415  the daemon's archive needs it not

        subject = f"docker-archive:{self._path}"
        with opened(self._path, interest, reporter, subject=subject) as files:
            return scan_docker_archive(files, interest, reporter, subject=subject, name=self._name, index=self._index)


def scan_docker_archive(
    files: ArchiveFiles,
    interest: Callable[[str], Want],
    reporter: ImageReporter,
    *,
    subject: str,
    name: str | None = None,
    index: int | None = None,
) -> ScannedImage:
    """Read the image of an archive that is opened.

    :param name: Whole, of one image among several.
    :param index: Of one, from 0.
    :raises ImageError: when there is none, or it is damaged.
    :raises UsageError: when there are several and none was chosen, or none is the one that was.
    """
    image = _chosen(_images(files, subject), name, index, subject)
    data = files.document(image.config)
    if data is None:
        message = f"its configuration is missing: there is no `{image.config}`"
        raise ImageError(message, context=subject)
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    expected = image.config.rpartition("/")[2].removesuffix(".json")
    if _HEXADECIMAL.fullmatch(expected):
        check_digest(data, f"sha256:{expected}", what="its configuration", subject=subject)
    document = parse_config(data, subject=subject)
    infos = _layer_infos(files, image.layers or [], document, subject)
    layers = list(zip(image.layers or [], infos, strict=True))
    scanned = files.layers(layers, interest, reporter, is_verified=False)
    return ScannedImage(
        name=subject,
        digest=digest,
        config=document.config,
        layers=scanned,
        bytes_read=files.bytes_read,
    )


def _images(files: ArchiveFiles, subject: str) -> list[_Image]:
    data = files.document("manifest.json")
    if data is None:
        hints = ["Write it with `docker save`, `podman save` or `skopeo copy … docker-archive:FILE`."]
        if files.stored_size("index.json") is not None:
            hints = [f"It is an OCI image layout: write `oci-archive:{subject.partition(':')[2]}`."]
        elif files.stored_size("repositories") is not None:
            hints = ["A Docker older than 1.10 wrote it: load it into a newer one, and save it again."]
        message = "there is no `manifest.json` in it"
        raise ImageError(message, context=subject, hints=hints)
    try:
        images = msgspec.json.decode(data, type=list[_Image])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        message = f"its `manifest.json` is not one: {error}"
        raise ImageError(message, context=subject) from None
    if not images:
        message = "its `manifest.json` lists no image"
        raise ImageError(message, context=subject)
    return images


def _chosen(images: Sequence[_Image], name: str | None, index: int | None, subject: str) -> _Image:
    if index is not None:
        if index < len(images):
            return images[index]
        message = f"there is no image `@{index}` in it"
    elif name is not None:
        for image in images:
            if image.is_named(name):
                return image
        message = f"there is no image `{name}` in it"
    elif len(images) == 1:
        return images[0]
    else:
        message = f"there are {len(images)} images in it"
    raise UsageError(message, context=subject, hints=_choices(images, subject))


def _choices(images: Sequence[_Image], subject: str) -> list[str]:
    """Say how to choose each."""
    choices = []
    for index, image in enumerate(images):
        other = [f"`{subject}:{name}`" for name in image.repo_tags or ()]
        choices.append(f"Write {' or '.join([*other, f'`{subject}:@{index}`'])} for the image {index}.")
    return choices


def _layer_infos(
    files: ArchiveFiles, paths: Sequence[str], document: ConfigDocument, subject: str
) -> tuple[LayerInfo, ...]:
    """Give what is known of the layers: what is not compressed has its diff ID for a digest."""
    stored: list[tuple[str | None, int | None]] = []
    for path, diff_id in zip(paths, document.diff_ids, strict=False):
        blob = _BLOB.fullmatch(path)
        digest = f"sha256:{blob[1]}" if blob else None if files.is_compressed(path) else diff_id
        stored.append((digest, files.stored_size(path)))
    stored += [(None, None)] * (len(paths) - len(stored))
    return layer_infos(document, stored, subject=subject)
