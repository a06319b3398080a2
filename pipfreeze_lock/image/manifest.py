"""What registries and archives say of an image: manifests, indexes, configurations; pure.

Sources: OCI image-spec (``manifest.md``, ``image-index.md``, ``config.md``, ``descriptor.md``); Docker's image manifest
V2, schema 2; Docker's image specification v1.2.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from pipfreeze_lock.errors import ImageError, UsageError
from pipfreeze_lock.image.instructions import instruction_of
from pipfreeze_lock.image.interface import ImageConfig
from pipfreeze_lock.model.image import LayerInfo

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ConfigDocument",
    "Descriptor",
    "ImageIndex",
    "ImageManifest",
    "Platform",
    "check_digest",
    "for_platform",
    "layer_infos",
    "matching",
    "parse_config",
    "parse_document",
]

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_ATTESTATION = "vnd.docker.reference.type"
"""The annotation of what BuildKit puts beside images: provenance, bills of materials."""
_ARM_VARIANTS = ("v8", "v7", "v6", "v5")
"""What a newer one runs too, in this order."""


class Platform(msgspec.Struct, frozen=True, rename={"operating_system": "os"}):
    """What an image is for: ``linux/arm64/v8``."""

    operating_system: str = "linux"
    architecture: str = "amd64"
    variant: str | None = None

    def __str__(self) -> str:
        parts = [self.operating_system, self.architecture, *([self.variant] if self.variant else [])]
        return "/".join(parts)

    @classmethod
    def parse(cls, text: str) -> Platform:
        """Read ``OS/ARCHITECTURE`` or ``OS/ARCHITECTURE/VARIANT``."""
        operating_system, _, rest = text.partition("/")
        architecture, _, variant = rest.partition("/")
        return cls(operating_system, architecture, variant or None)


class Descriptor(msgspec.Struct, frozen=True, rename="camel"):
    """A reference to a blob by its digest."""

    digest: str
    media_type: str = ""
    size: int | None = None
    platform: Platform | None = None
    annotations: dict[str, str] | None = None

    def __post_init__(self) -> None:
        """Let nothing pass that could not be held against its bytes, or that is no name of a file."""
        if not _DIGEST.fullmatch(self.digest):
            message = f"`{self.digest}` is no SHA-256 digest"
            raise ValueError(message)
        if self.size is not None and self.size < 0:
            message = f"{self.size} is no size"
            raise ValueError(message)

    @property
    def name(self) -> str | None:
        """``org.opencontainers.image.ref.name``: a tag, or a whole name."""
        return (self.annotations or {}).get("org.opencontainers.image.ref.name")

    @property
    def full_name(self) -> str | None:
        """The whole name that containerd and Docker write beside."""
        return (self.annotations or {}).get("io.containerd.image.name")

    @property
    def is_attestation(self) -> bool:
        """Whether it is something about an image."""
        is_for_nothing = self.platform is not None and self.platform.operating_system == "unknown"
        return is_for_nothing or _ATTESTATION in (self.annotations or {})


class ImageManifest(msgspec.Struct, frozen=True):
    """One image for one platform."""

    config: Descriptor
    layers: list[Descriptor]


class ImageIndex(msgspec.Struct, frozen=True):
    """Images, or further indexes."""

    manifests: list[Descriptor]


class _Document(msgspec.Struct, rename="camel"):
    """What tells the kinds of documents apart."""

    schema_version: int | None = None
    media_type: str | None = None
    config: msgspec.Raw = msgspec.Raw()
    layers: msgspec.Raw = msgspec.Raw()
    manifests: msgspec.Raw = msgspec.Raw()


class _History(msgspec.Struct):
    created_by: str | None = None
    comment: str | None = None
    empty_layer: bool = False


class _RootFileSystem(msgspec.Struct):
    diff_ids: list[str] | None = None


class _ContainerConfig(msgspec.Struct, rename="pascal"):
    env: list[str] | None = None
    entrypoint: list[str] | str | None = None
    cmd: list[str] | str | None = None
    user: str | None = None
    working_dir: str | None = None
    labels: dict[str, str] | None = None


class _Config(msgspec.Struct):
    rootfs: _RootFileSystem
    architecture: str = "amd64"
    os: str = "linux"
    variant: str | None = None
    config: _ContainerConfig | None = None
    history: list[_History] | None = None


class ConfigDocument(NamedTuple):
    """An image's configuration, and what it says of the layers."""

    config: ImageConfig
    diff_ids: tuple[str, ...]
    """``sha256:…`` of each layer's tar, the lowest first."""
    instructions: tuple[str | None, ...]
    """The instruction that made each; None where the history does not tell."""


def parse_document(data: bytes, *, subject: str) -> ImageManifest | ImageIndex:
    """Read a manifest or an index, whichever it is.

    :raises ImageError: for anything else.
    """
    try:
        document = msgspec.json.decode(data, type=_Document)
        if _is_there(document.manifests):
            return msgspec.json.decode(data, type=ImageIndex)
        if _is_there(document.config) and _is_there(document.layers):
            return msgspec.json.decode(data, type=ImageManifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        message = f"its manifest is not one: {error}"
        raise ImageError(message, context=subject) from None
    message = "its manifest is neither an image's nor an index"
    hints = []
    if document.schema_version == 1:
        message = "its manifest is of Docker's schema 1, which is not read"
        hints = ["Pull and push it with a Docker newer than 1.10, which writes it anew."]
    raise ImageError(message, context=subject, hints=hints)


def parse_config(data: bytes, *, subject: str) -> ConfigDocument:
    """Read an image's configuration.

    :raises ImageError: when it is none.
    """
    try:
        document = msgspec.json.decode(data, type=_Config)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        message = f"its configuration is not one: {error}"
        raise ImageError(message, context=subject) from None
    diff_ids = tuple(document.rootfs.diff_ids or ())
    for diff_id in diff_ids:
        if not _DIGEST.fullmatch(diff_id):
            message = f"its configuration names a layer `{diff_id}`, which is no SHA-256"
            raise ImageError(message, context=subject)
    config = document.config or _ContainerConfig()
    return ConfigDocument(
        ImageConfig(
            operating_system=document.os,
            architecture=document.architecture,
            variant=document.variant or "",
            environment=dict(line.partition("=")[::2] for line in config.env or ()),
            entrypoint=_words(config.entrypoint),
            command=_words(config.cmd),
            user=config.user or "",
            working_directory=config.working_dir or "/",
            labels=config.labels or {},
        ),
        diff_ids,
        _instructions(document.history or [], len(diff_ids)),
    )


def layer_infos(
    document: ConfigDocument, stored: Sequence[tuple[str | None, int | None]], *, subject: str
) -> tuple[LayerInfo, ...]:
    """Give what is known of each layer.

    :param stored: Digest and size of each as it is stored, the lowest first, each None where that is not known.
    :raises ImageError: when the configuration knows of another number of layers.
    """
    if len(stored) != len(document.diff_ids):
        message = f"its manifest has {len(stored)} layers, and its configuration {len(document.diff_ids)}"
        raise ImageError(message, context=subject)
    return tuple(
        LayerInfo(index=index, digest=digest, diff_id=diff_id, instruction=instruction, size=size)
        for index, ((digest, size), diff_id, instruction) in enumerate(
            zip(stored, document.diff_ids, document.instructions, strict=True)
        )
    )


def matching(index: ImageIndex, platform: Platform) -> Descriptor | None:
    """Give what an engine on that platform would take of an index: None where there is nothing for it.

    Entries that do not say what they are for are not among those.
    """
    same = [
        one
        for one in index.manifests
        if one.platform is not None
        and not one.is_attestation
        and one.platform.operating_system == platform.operating_system
        and one.platform.architecture == platform.architecture
    ]
    for variant in _variants(platform):
        found = next((one for one in same if one.platform and one.platform.variant == variant), None)
        if found is not None:
            return found
    return same[0] if same and platform.variant is None else None


def for_platform(index: ImageIndex, platform: Platform | None, *, subject: str) -> Descriptor:
    """Give the image of an index for a platform; the only one, whatever it is for: that will show.

    :param platform: None where nobody knows it.
    :raises ImageError: when there are several, and none is for it.
    :raises UsageError: when there are several, and no platform was given.
    """
    found = [one for one in index.manifests if not one.is_attestation]
    if len({one.digest for one in found}) == 1:
        return found[0]
    if not found:
        message = "its index lists no image"
        raise ImageError(message, context=subject)
    platforms = ", ".join(f"`{one.platform}`" for one in found if one.platform)
    if platform is None:
        message = f"there are images for several platforms: {platforms}"
        raise UsageError(message, context=subject, hints=["Choose one with `--platform`."])
    chosen = matching(index, platform)
    if chosen is None:
        message = f"there is no image for `{platform}`, but for {platforms or 'what is not said'}"
        raise ImageError(message, context=subject, hints=["Choose another one with `--platform`."])
    return chosen


def check_digest(data: bytes, digest: str, *, what: str, subject: str) -> None:
    """Hold bytes against their digest.

    :param what: Names them in the error: ``its configuration``.
    :raises ImageError: when they are others.
    """
    found = f"sha256:{hashlib.sha256(data).hexdigest()}"
    if found != digest:
        message = f"{what} is damaged: it has the digest {found} instead of {digest}"
        raise ImageError(message, context=subject)


def _is_there(value: msgspec.Raw) -> bool:
    return bytes(value) not in {b"", b"null"}


def _words(value: list[str] | str | None) -> tuple[str, ...]:
    if isinstance(value, str):  # as Docker before 1.8 wrote the shell form
        return ("/bin/sh", "-c", value)
    return tuple(value or ())


def _instructions(history: list[_History], count: int) -> tuple[str | None, ...]:
    """Give the instruction of each layer; none where the history is that of other layers."""
    filled = [instruction_of(one.created_by, one.comment) for one in history if not one.empty_layer]
    return tuple(filled) if len(filled) == count else (None,) * count


def _variants(platform: Platform) -> list[str | None]:
    """Give the variants that run there, the best first (containerd, ``platforms/compare.go``)."""
    if platform.architecture == "arm":
        newest = platform.variant or "v7"
        at = _ARM_VARIANTS.index(newest) if newest in _ARM_VARIANTS else 0
        return [*_ARM_VARIANTS[at:], None]
    if platform.architecture == "arm64":
        return [platform.variant or "v8", "v8", None]
    return [platform.variant, None]
