"""OCI image layouts, in folders and in archives: whole ones, damaged ones, for several platforms."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from support.image_archives import (
    HardLink,
    Image,
    Link,
    digest_of,
    docker_archive,
    docker_archive_of_docker_25,
    gzipped,
    layer,
    oci_files,
    tar_of,
    write_folder,
)

from pipfreeze_lock.errors import ImageError, UsageError
from pipfreeze_lock.image.interface import ImageReporter, ScannedImage, Want
from pipfreeze_lock.image.layers import FileTree
from pipfreeze_lock.image.manifest import Platform
from pipfreeze_lock.image.oci import OciLayout

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOWER = layer({"usr/lib/p/METADATA": "one", "lib": Link("usr/lib"), "big": "x" * 400_000})
UPPER = layer(
    {"usr/lib/p/.wh.METADATA": "", "usr/lib/q/METADATA": "two", "cache": "z", "r/METADATA": HardLink("cache")}
)
IMAGE = Image([LOWER, UPPER], names=["1.0"])
ARM = Image([UPPER], names=["1.0"], architecture="arm64")
OTHER = Image([UPPER], names=["example.com/other:2"])


def metadata(path: str) -> Want:
    return Want.CONTENT if path.endswith("METADATA") else Want.NOTHING


def in_folder(files: dict[str, bytes], folder: Path, **choice: object) -> OciLayout:
    return OciLayout(str(write_folder(files, folder / "layout")), is_archive=False, **choice)


def in_archive(files: dict[str, bytes], folder: Path, **choice: object) -> OciLayout:
    (folder / "layout.tar").write_bytes(tar_of(files))
    return OciLayout(str(folder / "layout.tar"), is_archive=True, **choice)


def in_packed_archive(files: dict[str, bytes], folder: Path, **choice: object) -> OciLayout:
    (folder / "layout.tar.gz").write_bytes(gzipped(tar_of(files)))
    return OciLayout(str(folder / "layout.tar.gz"), is_archive=True, **choice)


Place = "Callable[..., OciLayout]"
PLACES = pytest.mark.parametrize("place", [in_folder, in_archive, in_packed_archive])


def scan(place: Place, files: dict[str, bytes], folder: Path, **choice: object) -> ScannedImage:
    return place(files, folder, **choice).scan(metadata, ImageReporter())


def refused(place: Place, files: dict[str, bytes], folder: Path, **choice: object) -> str:
    with pytest.raises(ImageError) as caught:
        scan(place, files, folder, **choice)
    assert (caught.value.context or "").startswith(("oci:", "oci-archive:"))
    return " ".join([caught.value.message, *caught.value.hints])


def is_the_image(found: ScannedImage) -> None:
    tree = FileTree(found.layers)
    assert tree.read("lib/q/METADATA") == b"two"
    assert tree.read("lib/p/METADATA") is None
    assert tree.read("r/METADATA") == b"z"
    assert [one.info.diff_id for one in found.layers] == [digest_of(LOWER), digest_of(UPPER)]


@PLACES
@pytest.mark.parametrize("compress", [None, gzipped, zstd.compress])
def test_reads(place: Place, compress: Callable[[bytes], bytes] | None, tmp_path: Path) -> None:
    files = oci_files(IMAGE, compress=compress)
    found = scan(place, files, tmp_path)
    is_the_image(found)
    stored = [compress(one) if compress else one for one in (LOWER, UPPER)]
    assert [one.info.digest for one in found.layers] == [digest_of(one) for one in stored]
    assert [one.info.size for one in found.layers] == [len(one) for one in stored]
    manifest = json.loads(files["index.json"])["manifests"][0]["digest"]
    assert found.digest == manifest
    assert found.bytes_read > 0


@PLACES
def test_a_media_type_that_is_wrong_matters_not(place: Place, tmp_path: Path) -> None:
    is_the_image(scan(place, oci_files(IMAGE, compress=gzipped, media=""), tmp_path))
    is_the_image(scan(place, oci_files(IMAGE, media="+zstd"), tmp_path))


@PLACES
def test_several_platforms(place: Place, tmp_path: Path) -> None:
    files = oci_files(IMAGE, ARM, nested=True)
    is_the_image(scan(place, files, tmp_path, platform=Platform()))
    found = scan(place, files, tmp_path, platform=Platform.parse("linux/arm64/v8"))
    assert (len(found.layers), found.config.architecture) == (1, "arm64")
    assert "no image for `linux/s390x`, but for `linux/amd64`" in refused(
        place, files, tmp_path, platform=Platform.parse("linux/s390x")
    )
    with pytest.raises(UsageError, match="several platforms"):
        scan(place, files, tmp_path)


def test_several_platforms_at_the_top(tmp_path: Path) -> None:
    files = oci_files(IMAGE, ARM)
    index = json.loads(files["index.json"])
    for manifest, architecture in zip(index["manifests"], ("amd64", "arm64"), strict=True):
        manifest["platform"] = {"os": "linux", "architecture": architecture}
    files["index.json"] = json.dumps(index).encode()
    found = scan(in_folder, files, tmp_path, platform=Platform.parse("linux/arm64"), name="1.0")
    assert found.config.architecture == "arm64"
    assert scan(in_folder, files, tmp_path, index=1).config.architecture == "arm64"


@PLACES
def test_one_image_is_taken_whatever_it_is_for(place: Place, tmp_path: Path) -> None:
    found = scan(place, oci_files(ARM, nested=True), tmp_path, platform=Platform())
    assert found.config.architecture == "arm64"


class TestSeveralImages:
    files = oci_files(IMAGE, OTHER)

    def test_are_a_question(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError) as caught:
            scan(in_folder, self.files, tmp_path)
        subject = f"oci:{tmp_path / 'layout'}"
        assert caught.value.message == "there are 2 images in it"
        assert caught.value.hints == (
            f"Write `{subject}:1.0` or `{subject}:@0` for the image 0.",
            f"Write `{subject}:example.com/other:2` or `{subject}:@1` for the image 1.",
        )

    @PLACES
    def test_are_chosen(self, place: Place, tmp_path: Path) -> None:
        for choice in ({"name": "1.0"}, {"index": 0}):
            is_the_image(scan(place, self.files, tmp_path, **choice))
        for choice in ({"name": "example.com/other:2"}, {"index": 1}):
            assert len(scan(place, self.files, tmp_path, **choice).layers) == 1

    @PLACES
    def test_none_is_that_one(self, place: Place, tmp_path: Path) -> None:
        for choice in ({"name": "2.0"}, {"name": "What?"}, {"index": 2}):
            with pytest.raises(UsageError, match="there is no image") as caught:
                scan(place, self.files, tmp_path, **choice)
            assert len(caught.value.hints) == 2

    def test_the_name_that_containerd_writes(self, tmp_path: Path) -> None:
        files = dict(self.files)
        index = json.loads(files["index.json"])
        index["manifests"][0]["annotations"] = {
            "io.containerd.image.name": "docker.io/library/app:1.0",
            "org.opencontainers.image.ref.name": "1.0",
        }
        files["index.json"] = json.dumps(index).encode()
        for name in ("app:1.0", "docker.io/library/app:1.0", "1.0"):
            is_the_image(scan(in_folder, files, tmp_path, name=name))

    def test_what_is_said_about_images_is_none(self, tmp_path: Path) -> None:
        files = oci_files(IMAGE, OTHER)
        index = json.loads(files["index.json"])
        index["manifests"][1]["annotations"] = {"vnd.docker.reference.type": "attestation-manifest"}
        files["index.json"] = json.dumps(index).encode()
        is_the_image(scan(in_folder, files, tmp_path))


def blob_of(digest: str) -> str:
    return "blobs/" + digest.replace(":", "/")


@PLACES
class TestDamage:
    def test_of_any_blob(self, place: Place, tmp_path: Path) -> None:
        whole = oci_files(IMAGE, compress=gzipped)
        for path, data in whole.items():
            if path.startswith("blobs/"):
                changed = bytearray(data)
                changed[len(data) // 2] ^= 0x01
                assert "is damaged" in refused(place, whole | {path: bytes(changed)}, tmp_path), path

    def test_of_a_layer_without_compression(self, place: Place, tmp_path: Path) -> None:
        files = oci_files(IMAGE)
        path = blob_of(digest_of(LOWER))
        changed = LOWER.replace(b"x" * 10, b"x" * 9 + b"y", 1)
        message = refused(place, files | {path: changed}, tmp_path)
        assert f"layer 0 ({digest_of(LOWER)}) is damaged: its digest is {digest_of(changed)}" in message

    def test_a_blob_is_missing(self, place: Place, tmp_path: Path) -> None:
        whole = oci_files(IMAGE)
        for number, path in enumerate(whole):
            if path.startswith("blobs/"):
                folder = tmp_path / str(number)
                folder.mkdir()
                files = {name: data for name, data in whole.items() if name != path}
                assert "is missing: there is no" in refused(place, files, folder), path

    def test_a_blob_is_cut_short(self, place: Place, tmp_path: Path) -> None:
        for compress in (None, gzipped, zstd.compress):
            packed = compress(LOWER) if compress else LOWER
            files = oci_files(IMAGE, compress=compress)
            files[blob_of(digest_of(packed))] = packed[:-20]
            message = refused(place, files, tmp_path)
            assert "layer" in message
            assert "cut short" in message or "is damaged" in message

    def test_a_layer_is_another_than_the_configuration_says(self, place: Place, tmp_path: Path) -> None:
        class Wrong(Image):
            @property
            def config_bytes(self) -> bytes:
                return super().config_bytes.replace(digest_of(UPPER).encode(), digest_of(b"another").encode())

        message = refused(place, oci_files(Wrong([LOWER, UPPER]), compress=gzipped), tmp_path)
        assert f"is damaged: its diff ID is {digest_of(UPPER)} instead of {digest_of(b'another')}" in message

    def test_a_size_is_another(self, place: Place, tmp_path: Path) -> None:
        files = oci_files(Image([LOWER]), compress=gzipped)
        index = json.loads(files["index.json"])
        path = blob_of(index["manifests"][0]["digest"])
        manifest = json.loads(files.pop(path))
        manifest["layers"][0]["size"] += 1
        data = json.dumps(manifest).encode()
        files[blob_of(digest_of(data))] = data
        index["manifests"][0]["digest"] = digest_of(data)
        files["index.json"] = json.dumps(index).encode()
        assert "bytes instead of" in refused(place, files, tmp_path)

    @pytest.mark.parametrize(
        ("index", "message"),
        [
            (None, "there is no `index.json` in it"),
            (b"{", "its manifest is not one"),
            (b'{"manifests": []}', "lists no image"),
            (b'{"manifests": [{"digest": "sha256:x"}]}', "no SHA-256 digest"),
            (b'{"schemaVersion": 2}', "neither an image's nor an index"),
        ],
    )
    def test_of_the_index(self, place: Place, index: bytes | None, message: str, tmp_path: Path) -> None:
        files = {name: data for name, data in oci_files(IMAGE).items() if name != "index.json"}
        assert message in refused(place, files | ({"index.json": index} if index else {}), tmp_path)

    def test_indexes_without_end(self, place: Place, tmp_path: Path) -> None:
        files = oci_files(IMAGE)
        described = json.loads(files["index.json"])["manifests"][0]
        for _ in range(10):
            data = json.dumps({"schemaVersion": 2, "manifests": [described]}).encode()
            files[blob_of(digest_of(data))] = data
            described = {"digest": digest_of(data), "size": len(data)}
        files["index.json"] = json.dumps({"schemaVersion": 2, "manifests": [described]}).encode()
        assert "too many, one in the other" in refused(place, files, tmp_path)


def test_what_docker_saves_is_a_layout_too(tmp_path: Path) -> None:
    (tmp_path / "image.tar").write_bytes(docker_archive_of_docker_25(IMAGE))
    is_the_image(OciLayout(str(tmp_path / "image.tar"), is_archive=True).scan(metadata, ImageReporter()))


def test_what_an_older_docker_saved_is_none(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    path.write_bytes(docker_archive(IMAGE))
    with pytest.raises(ImageError, match=r"no `index.json`") as caught:
        OciLayout(str(path), is_archive=True).scan(metadata, ImageReporter())
    assert caught.value.hints == (f"`docker save` wrote it: write `docker-archive:{path}`.",)


def test_places_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    for path, is_archive in (
        (tmp_path / "none", False),
        (tmp_path / "none", True),
        (tmp_path / "file", False),
        (tmp_path, True),
    ):
        with pytest.raises(ImageError):
            OciLayout(str(path), is_archive=is_archive).scan(metadata, ImageReporter())


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_who_interrupts_is_heard(error: type[BaseException], tmp_path: Path) -> None:
    class Interrupting(ImageReporter):
        def progress(self, count: int) -> None:  # noqa: ARG002
            raise error

    image = Image([layer({f"{n}/METADATA": "x" * 3_000_000}) for n in range(6)])
    for place in (in_folder, in_archive, in_packed_archive):
        with pytest.raises(error):
            place(oci_files(image, compress=gzipped), tmp_path).scan(metadata, Interrupting())
