"""Layers and archives of images, made from dicts; every byte of them is this file's own, but for tarfile's headers."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

__all__ = [
    "Device",
    "HardLink",
    "Image",
    "Link",
    "digest_of",
    "docker_archive",
    "docker_archive_of_docker_25",
    "gzipped",
    "layer",
    "oci_files",
    "tar_of",
    "write_folder",
]


@dataclass(frozen=True)
class Link:
    """A symbolic link."""

    target: str


@dataclass(frozen=True)
class HardLink:
    """Another name for a file."""

    target: str


@dataclass(frozen=True)
class Device:
    """A character device."""

    major: int = 0
    minor: int = 0


Content = bytes | str | Link | HardLink | Device | None
"""None is a folder."""


@dataclass(frozen=True)
class Image:
    """An image: its layers, unpacked tars, and what its configuration says beside."""

    layers: Sequence[bytes]
    names: Sequence[str] = ("example.com/team/app:1.0",)
    config: Mapping[str, Any] = field(default_factory=dict)
    history: Sequence[Mapping[str, Any]] = ()
    architecture: str = "amd64"

    @property
    def config_bytes(self) -> bytes:
        document = {
            "architecture": self.architecture,
            "os": "linux",
            "config": dict(self.config),
            "rootfs": {"type": "layers", "diff_ids": [digest_of(one) for one in self.layers]},
            "history": list(self.history) or [{"created_by": f"/bin/sh -c layer {n}"} for n in range(len(self.layers))],
        }
        return json.dumps(document).encode()


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def layer(
    files: Mapping[str, Content] | Sequence[tuple[str, Content]], *, form: int = tarfile.PAX_FORMAT, ended: bool = True
) -> bytes:
    """A layer's tar, in the order given; a name may come twice."""
    buffer = io.BytesIO()
    pairs = list(files.items()) if hasattr(files, "items") else list(files)
    archive = tarfile.TarFile(fileobj=buffer, mode="w", format=form)
    for name, content in pairs:
        info = tarfile.TarInfo(name)
        data = b""
        match content:
            case None:
                info.type = tarfile.DIRTYPE
            case Link(target):
                info.type, info.linkname = tarfile.SYMTYPE, target
            case HardLink(target):
                info.type, info.linkname = tarfile.LNKTYPE, target
            case Device(major, minor):
                info.type, info.devmajor, info.devminor = tarfile.CHRTYPE, major, minor
            case str() | bytes():
                data = content.encode() if isinstance(content, str) else content
                info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    if not ended:
        return buffer.getvalue()
    archive.close()
    return buffer.getvalue()


def tar_of(files: Mapping[str, Content] | Sequence[tuple[str, Content]]) -> bytes:
    """An archive around an image."""
    return layer(files)


def docker_archive(*images: Image, manifest_first: bool = False, linked: bool = False) -> bytes:
    """As Docker before 25 wrote it: a folder a layer; equal ones are links to the first, where that is asked for."""
    files: dict[str, Content] = {}
    manifest = []
    seen: dict[str, str] = {}
    for number, image in enumerate(images):
        paths = []
        for index, data in enumerate(image.layers):
            path = f"{digest_of(bytes([number, index]))[7:]}/layer.tar"
            files[path.rpartition("/")[0] + "/VERSION"] = "1.0"
            first = seen.setdefault(digest_of(data), path)
            files[path] = Link(f"../{first}") if linked and first != path else data
            paths.append(path)
        config = f"{digest_of(image.config_bytes)[7:]}.json"
        files[config] = image.config_bytes
        manifest.append({"Config": config, "RepoTags": list(image.names) or None, "Layers": paths})
    last: dict[str, Content] = {"manifest.json": json.dumps(manifest)}
    return tar_of({**last, **files} if manifest_first else {**files, **last})


def docker_archive_of_docker_25(image: Image) -> bytes:
    """As Docker writes it now: an OCI image layout with ``manifest.json`` beside."""
    files: dict[str, Content] = dict(oci_files(image))
    manifest = {
        "Config": f"blobs/sha256/{digest_of(image.config_bytes)[7:]}",
        "RepoTags": list(image.names),
        "Layers": [f"blobs/sha256/{digest_of(data)[7:]}" for data in image.layers],
    }
    return tar_of({**files, "manifest.json": json.dumps([manifest])})


def oci_files(
    *images: Image, compress: Callable[[bytes], bytes] | None = None, nested: bool = False, media: str = "+gzip"
) -> dict[str, bytes]:
    """The files of an OCI image layout; nested: all images in one index, each for its architecture."""
    files: dict[str, bytes] = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}

    def blob(data: bytes, kind: str, **more: Any) -> dict[str, Any]:
        digest = digest_of(data)
        files[f"blobs/sha256/{digest[7:]}"] = data
        media_type = f"application/vnd.oci.image.{kind}"
        return {"mediaType": media_type, "digest": digest, "size": len(data), **more}

    described = []
    for image in images:
        manifest = {
            "schemaVersion": 2,
            "config": blob(image.config_bytes, "config.v1+json"),
            "layers": [blob(compress(one) if compress else one, f"layer.v1.tar{media}") for one in image.layers],
        }
        more: dict[str, Any] = {}
        if image.names:
            more["annotations"] = {"org.opencontainers.image.ref.name": image.names[0]}
        if nested:
            more = {"platform": {"os": "linux", "architecture": image.architecture}}
        described.append(blob(json.dumps(manifest).encode(), "manifest.v1+json", **more))
    if nested:
        index = {"schemaVersion": 2, "manifests": described}
        described = [blob(json.dumps(index).encode(), "index.v1+json")]
    files["index.json"] = json.dumps({"schemaVersion": 2, "manifests": described}).encode()
    return files


def write_folder(files: Mapping[str, bytes], folder: Path) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, 1, mtime=0)
