"""An image in which a real pip installed a lock of ours, and cheap variants of it: one more layer, another configuration."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import os
import shutil
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from support import needs
from support.command_line import python as run_python
from support.image_archives import digest_of, layer
from support.real_images import RealImages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

__all__ = ["BASE", "SITE", "GoodImage", "good_image", "record_with"]

BASE = {"pip": "19.1.1", "setuptools": "41.0.1", "wheel": "0.33.4"}
SITE = "usr/local/lib/python3.6/site-packages"
_WHEELS = ("requests==2.22.0", "markupsafe==1.1.1", "click==7.1.2")
_TARGET = (
    *("--python-version", "3.6.15", "--pip-version", "19.1.1", "--platform", "linux/amd64"),
    *("--preinstalled", "setuptools==41.0.1", "--preinstalled", "wheel==0.33.4"),
)


@dataclass(frozen=True)
class GoodImage:
    """The image, as an OCI layout whose layers are not compressed, beside the lock and its wheels."""

    folder: Path
    """Has ``requirements.lock``, ``requirements.txt``, ``wheels/``, ``good.tar`` and ``layout/``."""

    @property
    def lock(self) -> Path:
        return self.folder / "requirements.lock"

    @property
    def archive(self) -> Path:
        """A docker archive, as buildah writes it."""
        return self.folder / "good.tar"

    @functools.cached_property
    def manifest(self) -> dict[str, Any]:
        index = json.loads((self.folder / "layout" / "index.json").read_bytes())
        return json.loads(self._blob(index["manifests"][0]["digest"]).read_bytes())

    @functools.cached_property
    def config(self) -> dict[str, Any]:
        return json.loads(self._blob(self.manifest["config"]["digest"]).read_bytes())

    def read(self, path: str) -> bytes:
        """Give a file of the image: of the topmost layer that has it."""
        for one in reversed(self.manifest["layers"]):
            with tarfile.open(self._blob(one["digest"])) as archive:
                try:
                    found = archive.extractfile(path)
                except KeyError:
                    continue
                assert found is not None
                return found.read()
        raise FileNotFoundError(path)

    def with_layer(
        self,
        folder: Path,
        files: Mapping[str, Any] | None = None,
        *,
        instruction: str = "RUN something",
        config: Mapping[str, Any] | None = None,
        architecture: str = "amd64",
    ) -> Path:
        """Write an OCI layout with one more layer into a folder; what is there already is linked.

        :param config: Changes of ``config.config``.
        """
        (folder / "blobs" / "sha256").mkdir(parents=True)
        for blob in (self.folder / "layout" / "blobs" / "sha256").iterdir():
            os.link(blob, folder / "blobs" / "sha256" / blob.name)
        document = json.loads(json.dumps(self.config))
        layers = list(self.manifest["layers"])
        if files is not None:
            data = layer(files)
            document["rootfs"]["diff_ids"].append(digest_of(data))
            document["history"].append({"created_by": f"/bin/sh -c #(nop) {instruction}"})
            layers.append(_write(folder, data, "layer.v1.tar"))
        document["config"].update(config or {})
        document["architecture"] = architecture
        described = _write(folder, json.dumps(document).encode(), "config.v1+json")
        manifest = {"schemaVersion": 2, "config": described, "layers": layers}
        index = {"schemaVersion": 2, "manifests": [_write(folder, json.dumps(manifest).encode(), "manifest.v1+json")]}
        (folder / "index.json").write_text(json.dumps(index))
        (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        return folder

    def _blob(self, digest: str) -> Path:
        return self.folder / "layout" / "blobs" / digest.replace(":", "/")


def _write(folder: Path, data: bytes, kind: str) -> dict[str, Any]:
    digest = digest_of(data)
    (folder / "blobs" / digest.replace(":", "/")).write_bytes(data)
    return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": digest, "size": len(data)}


def good_image(make_folder: Callable[[str], Path]) -> GoodImage:
    """Give the image, built once and kept in the test cache."""
    libc = os.confstr("CS_GNU_LIBC_VERSION") or needs.missing("glibc")
    words = " ".join((*_WHEELS, *_TARGET, libc, "1"))
    kept = needs.test_cache() / f"good-image-{hashlib.sha256(words.encode()).hexdigest()[:16]}"
    if not kept.is_dir():
        images = RealImages(make_folder("images"))
        base = images.base("3.6", BASE)
        unfinished = kept.with_name(f"{kept.name}.{os.getpid()}")
        unfinished.mkdir()
        _make_lock(unfinished, libc.replace(" ", "-"))
        with images.container(base) as made:
            made.pip_install(unfinished, "--require-hashes", "-r", "requirements.lock")
            made.save(f"docker-archive:{unfinished / 'good.tar'}:localhost/good:1")
        _unpack(unfinished / "good.tar", unfinished / "layout")
        try:
            unfinished.rename(kept)
        except OSError:  # another process of this test run was quicker
            shutil.rmtree(unfinished)
    return GoodImage(kept)


def _make_lock(folder: Path, libc: str) -> None:
    (folder / "wheels").mkdir()
    for wheel in needs.wheels(*_WHEELS, python="3.6"):
        shutil.copy(wheel, folder / "wheels")
    (folder / "requirements.txt").write_text("requests\nmarkupsafe\nclick\n")
    command = ("lock", *_TARGET, "--libc", libc, "--no-index", "--find-links", "wheels", "requirements.txt")
    code = f"import os, sys; os.chdir({str(folder)!r}); from pipfreeze_lock.__main__ import main; sys.exit(main({list(command)!r}))"
    ran = run_python("-c", code)
    assert ran.code == 0, ran.said


def _unpack(archive: Path, layout: Path) -> None:
    """Write the layout, with skopeo's docker archive as the source: its layers are not compressed."""
    (layout / "blobs" / "sha256").mkdir(parents=True)
    with tarfile.open(archive) as tar:

        def member(name: str) -> bytes:
            found = tar.extractfile(name)
            assert found is not None
            return found.read()

        entry = json.loads(member("manifest.json"))[0]
        layers = [_write(layout, member(name), "layer.v1.tar") for name in entry["Layers"]]
        config = _write(layout, member(entry["Config"]), "config.v1+json")
    manifest = {"schemaVersion": 2, "config": config, "layers": layers}
    index = {"schemaVersion": 2, "manifests": [_write(layout, json.dumps(manifest).encode(), "manifest.v1+json")]}
    (layout / "index.json").write_text(json.dumps(index))
    (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


def record_with(record: bytes, changes: Iterable[tuple[str, bytes]]) -> bytes:
    """Forge a RECORD: give rows of these files the hash and size of other contents."""
    new = {
        path: f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}"
        for path, data in changes
    }
    lines = record.decode().splitlines()
    kept = [new.pop(line.rpartition(",sha256=")[0].strip('"'), line) for line in lines]
    return ("\r\n".join([*kept, *new.values()]) + "\r\n").encode()
