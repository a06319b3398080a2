"""The same image gives the same findings, however it comes: as the files that skopeo writes, from a registry, unpacked."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import needs
from support.command_line import run
from support.good_image import SITE, GoodImage
from support.image_archives import digest_of
from support.podman_service import podman_service
from support.registry_server import RegistryServer

if TYPE_CHECKING:
    from collections.abc import Iterator

INSTRUCTION = "RUN make it worse"
INTEGRITY = {"changed-file", "missing-file", "unowned-file"}
"""What a list of distributions does not tell."""


@pytest.fixture(scope="session")
def bad(good: GoodImage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An OCI layout with something of everything wrong in its last layer; nothing is taken away, so that it unpacks."""
    metadata = "Metadata-Version: 2.1\nName: {}\nVersion: {}\n\n"
    files = {
        f"{SITE}/idna/core.py": "print('edited')\n",
        f"{SITE}/evil.pth": "import os\n",
        f"{SITE}/flask-1.0.dist-info/METADATA": metadata.format("Flask", "1.0"),
        f"{SITE}/flask-1.0.dist-info/INSTALLER": "pip\n",
        f"{SITE}/flask-1.0.dist-info/RECORD": "",
        f"{SITE}/certifi-2020.1.1.dist-info/METADATA": metadata.format("certifi", "2020.1.1"),
        f"{SITE}/certifi-2020.1.1.dist-info/RECORD": "",
        f"{SITE}/chardet-3.0.4.dist-info/INSTALLER": "conda\n",
        f"{SITE}/click-7.1.2.dist-info/direct_url.json": '{"url": "https://x.example/click.whl", "archive_info": {}}',
        f"{SITE}/pip-19.1.1.dist-info/METADATA": metadata.format("pip", "19.1.2"),
        f"{SITE}/urllib3-1.25.11.dist-info/METADATA": "",
    }
    return good.with_layer(tmp_path_factory.mktemp("bad") / "image", files, instruction=INSTRUCTION)


@pytest.fixture(scope="session")
def copies(bad: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give it in each transport that skopeo writes, and unpacked."""
    needs.program("skopeo")
    folder = tmp_path_factory.mktemp("copies")
    made = {"oci": f"oci:{bad}"}
    for name, target in {
        "docker-archive": f"docker-archive:{folder}/docker.tar",
        "docker-archive with a name": f"docker-archive:{folder}/named.tar:example.com/bad:1",
        "oci-archive": f"oci-archive:{folder}/oci.tar",
        "oci, compressed by gzip": f"oci:{folder}/gzip",
        "oci, compressed by zstd": f"oci:{folder}/zstd:1.0",
    }.items():
        method = ["--dest-compress-format", "zstd"] if "zstd" in name else []
        subprocess.run(["skopeo", "copy", "--quiet", *method, f"oci:{bad}", target], check=True, capture_output=True)
        made[name] = target
    for way, program in {"gzip": "gzip", "zstd": "zstd"}.items():
        needs.program(program)
        subprocess.run([program, "--keep", "-1", "--quiet", folder / "docker.tar"], check=True)
        made[f"docker-archive, compressed by {way}"] = (
            f"docker-archive:{folder}/docker.tar.{way.replace('gzip', 'gz').replace('zstd', 'zst')}"
        )
    made["rootfs"] = f"rootfs:{unpacked(bad, folder / 'root')}"
    return made


def unpacked(layout: Path, root: Path) -> Path:
    for one in manifest_of(layout)["layers"]:
        with tarfile.open(layout / "blobs" / one["digest"].replace(":", "/")) as archive:
            archive.extractall(root, filter="tar")
    return root


def manifest_of(layout: Path) -> dict[str, Any]:
    described = json.loads((layout / "index.json").read_bytes())["manifests"][0]
    return json.loads((layout / "blobs" / described["digest"].replace(":", "/")).read_bytes())


@pytest.fixture
def registry(bad: Path) -> Iterator[str]:
    """Give it from a registry."""
    with RegistryServer() as server:
        kind, data = "application/vnd.oci.image.manifest.v1+json", json.dumps(manifest_of(bad)).encode()
        server.manifests["1.0"] = server.manifests[digest_of(data)] = (kind, data)
        for blob in (bad / "blobs" / "sha256").iterdir():
            server.blobs[f"sha256:{blob.name}"] = blob.read_bytes()
        yield f"docker://{server.host}/team/app:1.0"


@pytest.fixture
def daemon(copies: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give it from a daemon."""
    archive = Path(copies["docker-archive with a name"].split(":")[1])
    with podman_service(archive) as path:
        monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
        yield "docker-daemon:example.com/bad:1"


def findings(good: GoodImage, image: str, *options: str) -> list[dict[str, Any]]:
    ran = run("verify", good.lock, image, "--format", "json", *options)
    assert ran.code == 1, ran.said
    return json.loads(ran.out)["examinations"][0]["findings"]


def without_layers(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted(
        (one["rule"], one["name"] or "", one["message"], str(one["location"]), one["remedy"]) for one in found
    )


@pytest.mark.usefixtures("workplace")
def test_all_transports_give_the_same_findings(
    good: GoodImage, copies: dict[str, str], registry: str, daemon: str
) -> None:
    images = {**copies, "docker": registry, "docker-daemon": daemon, "a bare name": daemon.partition(":")[2]}
    found = {name: findings(good, image, "--integrity") for name, image in images.items()}
    first = found["oci"]
    assert {one["rule"] for one in first} == {
        *("changed-file", "unowned-file", "extra-distribution", "two-versions", "other-installer", "other-origin"),
        *("changed-base-distribution", "broken-metadata"),
    }
    for name, told in found.items():
        assert without_layers(told) == without_layers(first), name
        if name != "rootfs":  # which has no layers
            assert_same_layers(told, first)


def assert_same_layers(told: list[dict[str, Any]], first: list[dict[str, Any]]) -> None:
    """Compare all of them but the digests, which are of the layers as they are sent."""
    for one, other in zip(told, first, strict=True):
        mine, its = ({**found["details"], "layer-digest": None} for found in (one, other))
        assert mine == its
        assert one["related"] == other["related"]


@pytest.mark.usefixtures("workplace")
def test_what_the_probe_prints_gives_the_same_findings(good: GoodImage, copies: dict[str, str], tmp_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only on accounts that are root's: the image's Python is run in its own root file system")
    root = copies["rootfs"].removeprefix("rootfs:")
    script = run("probe").out
    program = ["chroot", root, "/usr/local/bin/python3", "-"]
    environment = {"LD_LIBRARY_PATH": "/usr/local/lib", "PATH": os.environ["PATH"]}
    ran = subprocess.run(program, input=script, capture_output=True, text=True, check=True, env=environment)
    (tmp_path / "installed.json").write_text(ran.stdout)
    told = findings(good, f"installed:{tmp_path / 'installed.json'}")
    from_files = findings(good, copies["docker-archive"])
    assert {(one["rule"], one["message"]) for one in told} == {(one["rule"], one["message"]) for one in from_files}
