"""Manifests, indexes and configurations, good and bad."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipfreeze_lock.errors import ImageError, UsageError
from pipfreeze_lock.image.manifest import (
    Descriptor,
    ImageIndex,
    ImageManifest,
    Platform,
    check_digest,
    for_platform,
    layer_infos,
    parse_config,
    parse_document,
)

A, B, C = (f"sha256:{letter * 64}" for letter in "abc")


def parsed(document: object) -> ImageManifest | ImageIndex:
    return parse_document(json.dumps(document).encode(), subject="image")


def described(digest: str, **more: Any) -> dict[str, Any]:
    return {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": 1, **more}


def test_a_manifest_of_docker() -> None:
    manifest = parsed(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 7, "digest": A},
            "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": 9, "digest": B}],
        }
    )
    assert isinstance(manifest, ImageManifest)
    assert manifest.config.digest == A
    assert [(layer.digest, layer.size) for layer in manifest.layers] == [(B, 9)]


def test_an_index() -> None:
    index = parsed({"schemaVersion": 2, "manifests": [described(A, platform={"os": "linux", "architecture": "arm64"})]})
    assert isinstance(index, ImageIndex)
    assert str(index.manifests[0].platform) == "linux/arm64"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "is not one"),
        ({}, "neither an image's nor an index"),
        ({"manifests": None, "layers": None, "config": None}, "neither"),
        ({"schemaVersion": 1, "fsLayers": []}, "schema 1"),
        ({"config": described("sha256:x"), "layers": []}, "`sha256:x` is no SHA-256 digest"),
        ({"config": described("md5:" + "a" * 32), "layers": []}, "no SHA-256 digest"),
        ({"config": described("sha256:../../../etc/passwd"), "layers": []}, "no SHA-256 digest"),
        ({"config": described(A), "layers": [{"size": 1}]}, r"layers\[0\]"),
        ({"config": described(A), "layers": [described(B, size=-1)]}, "-1 is no size"),
        ({"manifests": [1]}, r"manifests\[0\]"),
    ],
)
def test_bad_documents(document: object, message: str) -> None:
    with pytest.raises(ImageError, match=message) as caught:
        parsed(document)
    assert caught.value.context == "image"


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"<html>", b"[" * 100_000])
def test_what_is_no_json(data: bytes) -> None:
    for parse in (parse_document, parse_config):
        with pytest.raises(ImageError, match="is not one"):
            parse(data, subject="image")


def config(**more: Any) -> bytes:
    return json.dumps(
        {"architecture": "arm64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [A, B]}, **more}
    ).encode()


def test_a_configuration() -> None:
    document = parse_config(
        config(
            variant="v8",
            config={
                "Env": ["PATH=/usr/bin", "EMPTY=", "EQUALS=a=b", "NOTHING"],
                "Entrypoint": ["python3"],
                "Cmd": ["-m", "app"],
                "User": "app",
                "WorkingDir": "/app",
                "Labels": {"a": "b"},
            },
            history=[
                {"created_by": "/bin/sh -c #(nop) ADD file:1 in / "},
                {"created_by": "ENV A=1", "empty_layer": True},
                {"created_by": "RUN /bin/sh -c pip install x # buildkit"},
            ],
        ),
        subject="image",
    )
    assert document.diff_ids == (A, B)
    assert document.instructions == ("ADD file:1 in /", "RUN pip install x")
    found = document.config
    assert found.environment == {"PATH": "/usr/bin", "EMPTY": "", "EQUALS": "a=b", "NOTHING": ""}
    assert (found.entrypoint, found.command) == (("python3",), ("-m", "app"))
    assert (found.user, found.working_directory, found.labels) == ("app", "/app", {"a": "b"})
    assert (found.architecture, found.variant) == ("arm64", "v8")


def test_a_configuration_with_nothing_in_it() -> None:
    document = parse_config(config(config=None, history=None), subject="image")
    assert document.instructions == (None, None)
    assert document.config.working_directory == "/"
    assert document.config.environment == {}
    nulls = {"Env": None, "Cmd": None, "Labels": None, "WorkingDir": "", "Entrypoint": "python3 -m app"}
    document = parse_config(config(config=nulls), subject="image")
    assert document.config.entrypoint == ("/bin/sh", "-c", "python3 -m app")


def test_a_history_of_other_layers_tells_nothing() -> None:
    document = parse_config(config(history=[{"created_by": "RUN x"}]), subject="image")
    assert document.instructions == (None, None)


def test_bad_configurations() -> None:
    with pytest.raises(ImageError, match="rootfs"):
        parse_config(b'{"architecture": "amd64", "os": "linux"}', subject="image")
    with pytest.raises(ImageError, match="names a layer `sha256:1`"):
        parse_config(b'{"rootfs": {"diff_ids": ["sha256:1"]}}', subject="image")


def test_layers_of_another_number() -> None:
    document = parse_config(config(), subject="image")
    infos = layer_infos(document, [(A, 1), (None, None)], subject="image")
    assert [(info.index, info.digest, info.diff_id, info.size) for info in infos] == [(0, A, A, 1), (1, None, B, None)]
    with pytest.raises(ImageError, match="its manifest has 1 layers, and its configuration 2"):
        layer_infos(document, [(A, 1)], subject="image")


def test_digests() -> None:
    check_digest(
        b"", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", what="it", subject="image"
    )
    with pytest.raises(ImageError, match="it is damaged: it has the digest sha256:e3b0"):
        check_digest(b"", A, what="it", subject="image")


def index_of(*platforms: str) -> ImageIndex:
    """An index with an image for each platform, whose digests are aaa…, bbb…, …."""
    letters = iter("abcdef0123456789")
    return ImageIndex([Descriptor(f"sha256:{next(letters) * 64}", platform=Platform.parse(one)) for one in platforms])


@pytest.mark.parametrize(
    ("platforms", "wanted", "letter"),
    [
        (["linux/amd64", "linux/arm64"], "linux/arm64", "b"),
        (["linux/arm64/v8", "linux/amd64"], "linux/arm64", "a"),
        (["linux/amd64", "linux/arm64"], "linux/arm64/v8", "b"),
        (["linux/arm/v5", "linux/arm/v6", "linux/arm/v7"], "linux/arm", "c"),
        (["linux/arm/v5", "linux/arm/v7", "linux/amd64"], "linux/arm/v6", "a"),
        (["linux/amd64/v3", "linux/amd64"], "linux/amd64", "b"),
        (["linux/amd64/v2", "linux/arm64"], "linux/amd64", "a"),
        (["unknown/unknown", "windows/amd64", "linux/amd64"], "linux/amd64", "c"),
        (["linux/s390x", "unknown/unknown"], "linux/amd64", "a"),
    ],
)
def test_the_image_for_a_platform(platforms: list[str], wanted: str, letter: str) -> None:
    chosen = for_platform(index_of(*platforms), Platform.parse(wanted), subject="image")
    assert chosen.digest == f"sha256:{letter * 64}"


def test_no_image_for_a_platform() -> None:
    index = index_of("linux/amd64", "linux/arm64")
    with pytest.raises(ImageError, match="no image for `linux/s390x`, but for `linux/amd64`, `linux/arm64`"):
        for_platform(index, Platform.parse("linux/s390x"), subject="image")
    with pytest.raises(UsageError, match="several platforms"):
        for_platform(index, None, subject="image")
    with pytest.raises(ImageError, match="lists no image"):
        for_platform(index_of("unknown/unknown"), None, subject="image")


def test_what_buildkit_puts_beside_is_no_image() -> None:
    attestation = Descriptor(B, annotations={"vnd.docker.reference.type": "attestation-manifest"})
    assert for_platform(ImageIndex([Descriptor(A), attestation]), None, subject="image").digest == A
