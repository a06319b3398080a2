"""Archives as `docker save` writes them and wrote them: whole ones, damaged ones, several images in one."""

from __future__ import annotations

import gzip
import json
import os
import re
import threading
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
    tar_of,
)

from pipfreeze_lock.errors import ImageError, UsageError
from pipfreeze_lock.image.docker_archive import DockerArchive, scan_docker_archive
from pipfreeze_lock.image.interface import ImageReporter, ScannedImage, Want
from pipfreeze_lock.image.layers import FileTree
from pipfreeze_lock.image.passing_archive import PassingArchive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOWER = layer({"usr/lib/p/METADATA": "one", "lib": Link("usr/lib"), "big": "x" * 400_000})
UPPER = layer(
    {"usr/lib/p/.wh.METADATA": "", "usr/lib/q/METADATA": "two", "cache": "z", "r/METADATA": HardLink("cache")}
)
HISTORY = (
    {"created_by": "/bin/sh -c #(nop) ADD file:1 in / "},
    {"created_by": "ENV A=1", "empty_layer": True},
    {"created_by": "RUN /bin/sh -c pip install q # buildkit"},
)
IMAGE = Image([LOWER, UPPER], history=HISTORY, config={"Env": ["A=1"]})


def metadata(path: str) -> Want:
    return Want.CONTENT if path.endswith("METADATA") else Want.NOTHING


class Told(ImageReporter):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, int | None]] = []
        self.begun: list[int] = []
        self.passed = 0

    def layers(self, count: int, size: int | None) -> None:
        self.sizes.append((count, size))

    def layer(self, index: int, size: int | None) -> None:  # noqa: ARG002
        self.begun.append(index)

    def progress(self, count: int) -> None:
        self.passed += count


def written(data: bytes, folder: Path) -> str:
    path = folder / "image.tar"
    path.write_bytes(data)
    return str(path)


def scan(data: bytes, folder: Path, **choice: object) -> ScannedImage:
    return DockerArchive(written(data, folder), **choice).scan(metadata, ImageReporter())


def refused(data: bytes, folder: Path, **choice: object) -> str:
    with pytest.raises(ImageError) as caught:
        scan(data, folder, **choice)
    assert caught.value.context == f"docker-archive:{folder / 'image.tar'}"
    return " ".join([caught.value.message, *caught.value.hints])


def is_the_image(found: ScannedImage) -> None:
    tree = FileTree(found.layers)
    assert tree.read("lib/q/METADATA") == b"two"
    assert tree.read("lib/p/METADATA") is None
    assert tree.read("r/METADATA") == b"z"
    assert [one.info.instruction for one in found.layers] == ["ADD file:1 in /", "RUN pip install q"]
    assert [one.info.diff_id for one in found.layers] == [digest_of(LOWER), digest_of(UPPER)]
    assert found.digest == digest_of(IMAGE.config_bytes)
    assert found.config.environment == {"A": "1"}


FORMS = {
    "as Docker wrote it": docker_archive(IMAGE),
    "with its manifest first": docker_archive(IMAGE, manifest_first=True),
    "as Docker 25 writes it": docker_archive_of_docker_25(IMAGE),
}


@pytest.mark.parametrize("form", FORMS)
class TestEachForm:
    def test_in_a_file(self, form: str, tmp_path: Path) -> None:
        found = scan(FORMS[form], tmp_path)
        is_the_image(found)
        assert found.name == f"docker-archive:{tmp_path / 'image.tar'}"
        assert [one.info.digest for one in found.layers] == [digest_of(LOWER), digest_of(UPPER)]
        assert [one.info.size for one in found.layers] == [len(LOWER), len(UPPER)]
        assert 0 < found.bytes_read < len(LOWER), "what nobody wants was read"

    def test_compressed_as_a_whole(self, form: str, tmp_path: Path) -> None:
        is_the_image(scan(gzipped(FORMS[form]), tmp_path))

    def test_as_it_passes(self, form: str) -> None:
        passes = []

        def pieces() -> Iterator[bytes]:
            passes.append(1)
            return (FORMS[form][at : at + 70_000] for at in range(0, len(FORMS[form]), 70_000))

        reporter = Told()
        files = PassingArchive(pieces, metadata, reporter, subject="it", is_repeatable=True, size=7)
        found = scan_docker_archive(files, metadata, reporter, subject="docker-daemon:app")
        is_the_image(found)
        assert len(passes) == 2, "a hard link's first name was passed over"
        assert reporter.sizes == [(0, 7)]
        assert found.bytes_read == reporter.passed == 2 * len(FORMS[form])

    def test_from_a_pipe(self, form: str, tmp_path: Path) -> None:
        path = tmp_path / "pipe"
        os.mkfifo(path)
        writer = threading.Thread(target=feed, args=(path, FORMS[form]))
        writer.start()
        try:
            with pytest.raises(ImageError, match="hard link to `/cache`, which has passed already") as caught:
                DockerArchive(str(path)).scan(metadata, ImageReporter())
            assert "Save the image to a file" in caught.value.hints[0]
        finally:
            writer.join()


def feed(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)


def test_from_a_pipe_in_one_pass(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=feed, args=(path, docker_archive(Image([LOWER]))))
    writer.start()
    found = DockerArchive(str(path)).scan(metadata, ImageReporter())
    writer.join()
    assert FileTree(found.layers).read("lib/p/METADATA") == b"one"


def test_tells_how_it_goes(tmp_path: Path) -> None:
    reporter = Told()
    layers = [LOWER, layer({"x": bytes(9 * 2**20)})]
    DockerArchive(written(docker_archive(Image(layers)), tmp_path)).scan(metadata, reporter)
    assert reporter.sizes == [(2, sum(map(len, layers)))]
    assert reporter.begun == [0, 1]
    assert 8 * 2**20 <= reporter.passed <= sum(map(len, layers))


class TestLayersInTheArchive:
    def test_links_to_others(self, tmp_path: Path) -> None:
        image = Image([LOWER, UPPER, LOWER])
        data = docker_archive(image, linked=True)
        assert len(data) < 2 * len(LOWER)
        found = scan(data, tmp_path)
        assert FileTree(found.layers).read("lib/p/METADATA") == b"one"
        found = scan(gzipped(data), tmp_path)
        assert FileTree(found.layers).read("lib/p/METADATA") == b"one"

    def test_compressed_ones(self, tmp_path: Path) -> None:
        packed = gzipped(LOWER)
        manifest = [{"Config": "config.json", "RepoTags": None, "Layers": ["one.tar.gz"]}]
        config = Image([LOWER]).config_bytes
        data = tar_of({"config.json": config, "one.tar.gz": packed, "manifest.json": json.dumps(manifest)})
        for archive in (data, gzipped(data)):
            found = scan(archive, tmp_path)
            assert FileTree(found.layers).read("lib/p/METADATA") == b"one"
            assert found.layers[0].info.digest is None
            assert found.layers[0].info.diff_id == digest_of(LOWER)

    def test_names_written_otherwise(self, tmp_path: Path) -> None:
        manifest = json.dumps([{"Config": "./c.json", "Layers": ["./a//layer.tar"]}])
        data = tar_of({"./a/layer.tar": UPPER, "c.json": Image([UPPER]).config_bytes, "./manifest.json": manifest})
        for archive in (data, gzipped(data)):
            assert FileTree(scan(archive, tmp_path).layers).read("usr/lib/q/METADATA") == b"two"

    def test_no_layers_at_all(self, tmp_path: Path) -> None:
        found = scan(docker_archive(Image([])), tmp_path)
        assert found.layers == ()

    def test_an_empty_layer(self, tmp_path: Path) -> None:
        found = scan(docker_archive(Image([bytes(1024), UPPER])), tmp_path)
        assert FileTree(found.layers).read("usr/lib/q/METADATA") == b"two"

    def test_one_without_an_end_is_held_against_its_digest(self, tmp_path: Path) -> None:
        open_end = layer({"METADATA": "1"}, ended=False)
        data = docker_archive(Image([open_end]))
        assert not scan(data, tmp_path).layers[0].contents.is_ended
        cut = layer({"METADATA": "1", "b": "2"}, ended=False)[:1024]
        image = Image([cut])
        wrong = image.config_bytes.replace(digest_of(cut).encode(), digest_of(b"whole").encode())
        manifest = [{"Config": "config.json", "Layers": ["layer.tar"]}]
        data = tar_of({"config.json": wrong, "layer.tar": cut, "manifest.json": json.dumps(manifest)})
        assert re.search("layer 0 .* is damaged: its .* instead of", refused(data, tmp_path))


class TestSeveralImages:
    other = Image([UPPER], names=["other:2", "example.com/other:latest"])
    nameless = Image([LOWER], names=[])
    data = docker_archive(IMAGE, other, nameless)

    def test_are_a_question(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError) as caught:
            scan(self.data, tmp_path)
        assert caught.value.message == "there are 3 images in it"
        assert caught.value.exit_code == 2
        subject = f"docker-archive:{tmp_path / 'image.tar'}"
        assert caught.value.hints == (
            f"Write `{subject}:example.com/team/app:1.0` or `{subject}:@0` for the image 0.",
            f"Write `{subject}:other:2` or `{subject}:example.com/other:latest` or `{subject}:@1` for the image 1.",
            f"Write `{subject}:@2` for the image 2.",
        )

    @pytest.mark.parametrize("pack", [bytes, gzip.compress])
    def test_are_chosen(self, pack: type[bytes], tmp_path: Path) -> None:
        data = pack(self.data)
        is_the_image(scan(data, tmp_path, name="example.com/team/app:1.0"))
        is_the_image(scan(data, tmp_path, index=0))
        other = digest_of(self.other.config_bytes)
        assert scan(data, tmp_path, name="docker.io/library/other:2").digest == other
        assert scan(data, tmp_path, name="example.com/other:latest").digest == other
        assert scan(data, tmp_path, index=1).digest == other
        assert scan(data, tmp_path, index=2).digest == digest_of(self.nameless.config_bytes)

    def test_none_is_that_one(self, tmp_path: Path) -> None:
        for choice in ({"name": "docker.io/library/x:1"}, {"index": 3}):
            with pytest.raises(UsageError, match="there is no image") as caught:
                scan(self.data, tmp_path, **choice)
            assert len(caught.value.hints) == 3

    def test_a_name_that_is_none(self, tmp_path: Path) -> None:
        image = Image([LOWER], names=["<none>:<none>"])
        with pytest.raises(UsageError, match="there is no image `a`"):
            scan(docker_archive(image), tmp_path, name="a")
        assert scan(docker_archive(image), tmp_path).layers


@pytest.mark.parametrize("pack", [bytes, gzipped], ids=["plain", "gzip"])
class TestDamage:
    def archive(self, **other: bytes | str | None) -> bytes:
        """An archive of one layer, with some of its files replaced or left out."""
        config = IMAGE.config_bytes
        manifest = [{"Config": "c.json", "RepoTags": None, "Layers": ["0.tar", "1.tar"]}]
        files: dict[str, bytes | str | None] = {"0.tar": LOWER, "1.tar": UPPER, "c.json": config}
        files["manifest.json"] = json.dumps(manifest)
        files |= {name.replace("_", "."): content for name, content in other.items()}
        return tar_of({name: content for name, content in files.items() if content is not None})

    def test_none(self, pack: type[bytes], tmp_path: Path) -> None:
        is_the_image(scan(pack(self.archive()), tmp_path))

    @pytest.mark.parametrize(
        ("other", "message"),
        [
            ({"manifest_json": None}, "there is no `manifest.json` in it"),
            ({"manifest_json": "{"}, "its `manifest.json` is not one"),
            ({"manifest_json": "{}"}, "its `manifest.json` is not one"),
            ({"manifest_json": "plain text, for a change"}, "its `manifest.json` is not one"),
            ({"manifest_json": "[]"}, "lists no image"),
            ({"manifest_json": '[{"Config": 1}]'}, "its `manifest.json` is not one"),
            ({"manifest_json": '[{"Config": "../../x", "Layers": []}]'}, "there is no `../../x`"),
            ({"c_json": None}, "its configuration is missing: there is no `c.json`"),
            ({"c_json": "{}"}, "its configuration is not one"),
            ({"0_tar": None}, "layer 0 is missing: there is no `0.tar`"),
            ({"1_tar": UPPER[:700]}, "it is cut short, in or behind `/usr/lib/p/.wh.METADATA`"),
            ({"1_tar": "<html>" * 300}, "1.tar|a header is damaged"),
            ({"manifest_json": None, "repositories": "{}"}, "older than 1.10"),
            ({"manifest_json": None, "index_json": "{}"}, "write `oci-archive:"),
            ({"manifest_json": '[{"Config": "c.json", "Layers": ["0.tar"]}]'}, "its manifest has 1 layers, and its configuration 2"),
        ],
    )  # fmt: skip
    def test_of_a_file(self, pack: type[bytes], other: dict[str, str], message: str, tmp_path: Path) -> None:
        found = refused(pack(self.archive(**other)), tmp_path)
        assert any(one in found for one in message.split("|")), found

    def test_of_the_configuration(self, pack: type[bytes], tmp_path: Path) -> None:
        data = docker_archive(Image([UPPER], history=[{"created_by": "RUN one"}]))
        data = pack(data.replace(b"RUN one", b"RUN two"))
        assert "its configuration is damaged: it has the digest sha256:" in refused(data, tmp_path)

    def test_cut_short(self, pack: type[bytes], tmp_path: Path) -> None:
        data = pack(self.archive())
        for length in (0, 1, 100, 513, len(data) // 2, len(data) - (2 if pack is gzipped else 10_240)):
            assert refused(data[:length], tmp_path), length

    def test_no_archive(self, pack: type[bytes], tmp_path: Path) -> None:
        assert "it is no tar archive" in refused(pack(b"hello, world" * 100), tmp_path)


def test_a_wrong_layer_shows_where_all_of_it_is_read(tmp_path: Path) -> None:
    data = docker_archive(IMAGE).replace(b"x" * 100, b"x" * 99 + b"y", 1)
    assert "is damaged: its digest is sha256:" in refused(gzipped(data), tmp_path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="cannot be read: No such file"):
        DockerArchive(str(tmp_path / "none.tar")).scan(metadata, ImageReporter())
    with pytest.raises(ImageError, match="is a folder") as caught:
        DockerArchive(str(tmp_path)).scan(metadata, ImageReporter())
    assert "oci:FOLDER" in caught.value.hints[0]


def test_a_document_that_is_none(tmp_path: Path) -> None:
    huge = "[" + " " * (16 * 2**20) + "]"
    data = tar_of({"manifest.json": huge})
    assert "more than a manifest or configuration has" in refused(data, tmp_path)
    assert "more than a manifest or configuration has" in refused(gzipped(data), tmp_path)


def test_a_layer_of_an_image_that_was_not_chosen_may_be_damaged(tmp_path: Path) -> None:
    good, bad = Image([UPPER], names=["a:1"]), Image([LOWER], names=["b:1"])
    data = docker_archive(good, bad).replace(LOWER[:512], b"#" * 512)
    for pack in (bytes, gzipped):
        assert scan(pack(data), tmp_path, index=0).layers
        assert refused(pack(data), tmp_path, index=1)


def test_links_of_the_archive_in_circles(tmp_path: Path) -> None:
    manifest = json.dumps([{"Config": "c.json", "Layers": ["a"]}])
    data = tar_of({"a": Link("b"), "b": Link("a"), "c.json": Image([UPPER]).config_bytes, "manifest.json": manifest})
    assert "layer 0 is missing" in refused(data, tmp_path)
