"""An OCI image layout, in a folder or in an archive.

``index.json`` lists manifests or further indexes; all else is a blob by its digest, and is held against that.
Source: OCI image-spec, ``image-layout.md``; skopeo's annotations.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import ImageError, UsageError
from pipfreeze_lock.image.interface import ScannedImage
from pipfreeze_lock.image.manifest import (
    ImageIndex,
    ImageManifest,
    check_digest,
    for_platform,
    layer_infos,
    parse_config,
    parse_document,
)
from pipfreeze_lock.image.reference import full_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from pipfreeze_lock.image.archive_files import ArchiveFiles
    from pipfreeze_lock.image.interface import ImageReporter, Want
    from pipfreeze_lock.image.manifest import Descriptor, Platform

__all__ = ["OciLayout", "scan_layout"]

_MOST_INDEXES = 8
"""One in the other."""


class OciLayout:
    """``oci:FOLDER[:TAG|:@N]`` or ``oci-archive:FILE[:TAG|:@N]``."""

    def __init__(
        self,
        path: str,
        *,
        is_archive: bool,
        name: str | None = None,
        index: int | None = None,
        platform: Platform | None = None,
    ) -> None:
        """Remember where it is.

        :param name: Of one image among several, as ``org.opencontainers.image.ref.name`` has it.
        :param index: Of one, from 0.
        :param platform: Of one among those of several platforms.
        """
        self._path = path
        self._is_archive = is_archive
        self._name = name
        self._index = index
        self._platform = platform

    def scan(self, interest: Callable[[str], Want], reporter: ImageReporter) -> ScannedImage:
        """Read the image.

        :raises ImageError: when there is none, or it is damaged.
        :raises UsageError: when there are several and none was chosen, or none is the one that was.
        """
        subject = f"oci-archive:{self._path}" if self._is_archive else f"oci:{self._path}"
        with self._opened(interest, reporter, subject) as files:
            return scan_layout(
                files,
                interest,
                reporter,
                subject=subject,
                name=self._name,
                index=self._index,
                platform=self._platform,
            )

    def _opened(
        self, interest: Callable[[str], Want], reporter: ImageReporter, subject: str
    ) -> AbstractContextManager[ArchiveFiles]:
        if self._is_archive:
            from pipfreeze_lock.image.archive_opening import opened  # noqa: PLC0415  a folder needs it not

            return opened(self._path, interest, reporter, subject=subject)
        from pipfreeze_lock.image.layout_folder import FolderFiles  # noqa: PLC0415  an archive needs it not

        return nullcontext(FolderFiles(self._path, subject=subject))


def scan_layout(
    files: ArchiveFiles,
    interest: Callable[[str], Want],
    reporter: ImageReporter,
    *,
    subject: str,
    name: str | None = None,
    index: int | None = None,
    platform: Platform | None = None,
) -> ScannedImage:
    """Read the image of a layout that is opened: as `OciLayout` says."""
    descriptor = _chosen(_top(files, subject), name, index, platform, subject)
    manifest, digest = _manifest(files, descriptor, platform, subject)
    config = parse_config(_blob(files, manifest.config, "its configuration", subject), subject=subject)
    stored = [(layer.digest, layer.size) for layer in manifest.layers]
    infos = layer_infos(config, stored, subject=subject)
    layers = [(_path(layer), info) for layer, info in zip(manifest.layers, infos, strict=True)]
    return ScannedImage(
        name=subject,
        digest=digest,
        config=config.config,
        layers=files.layers(layers, interest, reporter, is_verified=True),
        bytes_read=files.bytes_read,
    )


def _top(files: ArchiveFiles, subject: str) -> list[Descriptor]:
    """Give what ``index.json`` lists, without what is said about images."""
    data = files.document("index.json")
    if data is None:
        hints = []
        if files.stored_size("manifest.json") is not None:
            hints = [f"`docker save` wrote it: write `docker-archive:{subject.partition(':')[2]}`."]
        message = "there is no `index.json` in it, so that it is no OCI image layout"
        raise ImageError(message, context=subject, hints=hints)
    document = parse_document(data, subject=subject)
    manifests = document.manifests if isinstance(document, ImageIndex) else []
    found = [one for one in manifests if not one.is_attestation]
    if not found:
        message = "its `index.json` lists no image"
        raise ImageError(message, context=subject)
    return found


def _chosen(
    found: Sequence[Descriptor], name: str | None, index: int | None, platform: Platform | None, subject: str
) -> Descriptor:
    if index is not None:
        if index < len(found):
            return found[index]
        message = f"there is no image `@{index}` in it"
        raise UsageError(message, context=subject, hints=_choices(found, subject))
    named = [one for one in found if name is None or _is_named(one, name)]
    if not named:
        message = f"there is no image `{name}` in it"
        raise UsageError(message, context=subject, hints=_choices(found, subject))
    if len({one.digest for one in named}) == 1:
        return named[0]
    if len({one.name for one in named}) == 1 and all(one.platform for one in named):
        return for_platform(ImageIndex(named), platform, subject=subject)
    message = f"there are {len(named)} images in it"
    raise UsageError(message, context=subject, hints=_choices(named, subject))


def _is_named(descriptor: Descriptor, name: str) -> bool:
    """Whether that is its name: exactly, or written otherwise."""
    if name in {descriptor.name, descriptor.full_name}:
        return True
    try:
        whole = full_name(name)
        return whole == descriptor.full_name or (
            descriptor.name is not None and "/" in descriptor.name and whole == full_name(descriptor.name)
        )
    except UsageError:
        return False


def _choices(found: Sequence[Descriptor], subject: str) -> list[str]:
    """Say how to choose each."""
    choices = []
    for index, one in enumerate(found):
        names = [f"`{subject}:{name}`" for name in dict.fromkeys((one.full_name, one.name)) if name]
        platform = f", which is for {one.platform}" if one.platform else ""
        choices.append(f"Write {' or '.join([*names, f'`{subject}:@{index}`'])} for the image {index}{platform}.")
    return choices


def _manifest(
    files: ArchiveFiles, descriptor: Descriptor, platform: Platform | None, subject: str
) -> tuple[ImageManifest, str]:
    """Give an image's manifest, through as many indexes as there are, and its digest."""
    for _ in range(_MOST_INDEXES):
        document = parse_document(_blob(files, descriptor, "its manifest", subject), subject=subject)
        if isinstance(document, ImageManifest):
            return document, descriptor.digest
        descriptor = for_platform(document, platform, subject=subject)
    message = "its indexes are too many, one in the other"
    raise ImageError(message, context=subject)


def _blob(files: ArchiveFiles, descriptor: Descriptor, what: str, subject: str) -> bytes:
    """Give a document, held against its digest."""
    data = files.document(_path(descriptor))
    if data is None:
        message = f"{what} is missing: there is no `{_path(descriptor)}`"
        raise ImageError(message, context=subject)
    check_digest(data, descriptor.digest, what=what, subject=subject)
    return data


def _path(descriptor: Descriptor) -> str:
    return "blobs/" + descriptor.digest.replace(":", "/")
