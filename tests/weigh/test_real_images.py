"""A real image, in which a real pip installed: totals as tarfile has them, owners, hidden files, every transport."""

from __future__ import annotations

import json
import posixpath
import subprocess
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import needs
from support.command_line import run
from support.good_image import SITE
from support.image_archives import digest_of
from support.registry_server import RegistryServer

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = "/root"
"""Of root, in any image."""
VENV_SITE = "/opt/venv/lib/python3.6/site-packages"


@pytest.fixture(scope="session")
def document(real_image: Path) -> dict[str, Any]:
    return weigh(f"docker-archive:{real_image}", "--duplicates", "--all")


def weigh(image: str, *options: str) -> dict[str, Any]:
    ran = run("weigh", image, "--format", "json", *options)
    assert ran.code == 0, ran.said
    return json.loads(ran.out)


def layers_of(archive: Path) -> Iterator[tarfile.TarFile]:
    with tarfile.open(archive) as outer:
        manifest = json.loads(outer.extractfile("manifest.json").read())[0]  # type: ignore[union-attr]
        for name in manifest["Layers"]:
            with tarfile.open(fileobj=outer.extractfile(name)) as layer:
                yield layer


def parts_of(document: dict[str, Any], layer: int) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (part["owner"]["category"], part["owner"]["name"]): part
        for part in document["layers"][layer - 1]["parts"]
        if part["size"]
    }


def test_totals_are_those_of_the_tars(document: dict[str, Any], real_image: Path) -> None:
    sums, entries, files = [], [], []
    for layer in layers_of(real_image):
        members = layer.getmembers()
        sums.append(sum(member.size for member in members if member.isreg()))
        entries.append(len(members))
        whiteouts = sum(member.name.rpartition("/")[2].startswith(".wh.") for member in members)
        files.append(sum(member.isreg() for member in members) - whiteouts)
    assert len(sums) == 7
    assert [layer["size"] for layer in document["layers"]] == sums
    assert [layer["entries"] for layer in document["layers"]] == entries
    assert [sum(part["files"] for part in layer["parts"]) for layer in document["layers"]] == files
    assert document["unchecked"] == []


def test_owners(document: dict[str, Any]) -> None:
    base, first, _, built, upgraded, last, chmod = (parts_of(document, number) for number in range(1, 8))
    assert base["interpreter", "Python 3.6"]["size"] > 30_000_000
    assert ("distribution", "pip") in first
    assert {("distribution", "built"), ("cache", "pip")} <= set(built)
    assert built["cache", "pip"]["hidden"] == built["cache", "pip"]["size"]
    assert upgraded["distribution", "click"]["kinds"]["tests"] > 3000
    assert ("distribution", "in-venv") in last
    assert set(chmod) == {("distribution", "requests")}
    for number in range(3, 8):
        unowned = {key for key in parts_of(document, number) if key[0] == "other"}
        assert unowned <= {("other", "/opt/venv")}, number


def test_distributions(document: dict[str, Any]) -> None:
    found = {(one["name"], one["version"]): (one["environment"], one["layer"]) for one in document["distributions"]}
    assert found["click", "9.0"] == ("/usr/local", 5)
    assert ("click", "7.1.2") not in found
    assert found["built", "1.0"] == ("/usr/local", 4)
    assert found["in-venv", "1.0"] == ("/opt/venv", 6)
    assert found["requests", "2.22.0"] == ("/usr/local", 3)


def test_a_distribution_weighs_what_its_record_names(document: dict[str, Any], real_image: Path) -> None:
    (one,) = (one for one in document["distributions"] if one["name"] == "chardet")
    for number, layer in enumerate(layers_of(real_image), start=1):
        if number == one["layer"]:
            record = layer.extractfile(f"{SITE}/chardet-3.0.4.dist-info/RECORD")
            assert record is not None
            rows = [line.split(",")[0] for line in record.read().decode().splitlines()]
            paths = {posixpath.normpath(posixpath.join(SITE, row)) for row in rows}
            assert any(path.endswith(".pyc") for path in paths)
            assert any("/bin/" in path for path in paths)
            assert one["size"] == sum(layer.getmember(path).size for path in paths)
            assert one["files"] == len(paths)


def test_hidden_files(document: dict[str, Any]) -> None:
    hidden = {one["path"]: one for one in document["hidden"]["largest"]}
    old = hidden[f"/{SITE}/click/core.py"]
    assert (old["layer"], old["hidden_by"], old["replaced"], old["owner"]["version"]) == (3, 5, False, "7.1.2")
    new = hidden[f"/{SITE}/click/__init__.py"]
    assert (new["layer"], new["hidden_by"], new["replaced"], new["equal"]) == (3, 5, True, False)
    same = hidden[f"/{SITE}/requests/api.py"]
    assert (same["layer"], same["hidden_by"], same["replaced"], same["equal"]) == (3, 7, True, True)
    cached = [one for path, one in hidden.items() if path.startswith(f"{HOME}/.cache/pip/wheels/")]
    assert [(one["layer"], one["hidden_by"], one["replaced"]) for one in cached] == [(4, 6, False)] * len(cached) != []
    assert document["hidden"]["size"] == sum(one["size"] for one in hidden.values())


def test_savings(document: dict[str, Any], real_image: Path) -> None:
    found = {one["id"]: one for one in document["savings"]}
    compiled = 0
    for number, layer in enumerate(layers_of(real_image)):
        names = {member.name for member in layer.getmembers()}
        for member in layer.getmembers():
            source = member.name.replace("__pycache__/", "").partition(".cpython-")[0] + ".py"
            if number and member.name.endswith(".pyc") and "-packages/" in member.name and source in names:
                compiled += member.size
    assert found["no-compile"]["size"] == compiled
    assert found["no-cache-dir"]["size"] == parts_of(document, 4)["cache", "pip"]["size"]
    assert found["no-bytecode"]["size"] > 0


@pytest.fixture(scope="session")
def copies(real_image: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give it in other files."""
    needs.program("skopeo")
    folder = tmp_path_factory.mktemp("copies")
    made = {}
    for name, way in (("oci", "gzip"), ("zstd", "zstd")):
        made[name] = f"oci:{folder}/{name}"
        command = [
            "skopeo",
            "copy",
            "--quiet",
            "--dest-compress-format",
            way,
            f"docker-archive:{real_image}",
            made[name],
        ]
        subprocess.run(command, check=True, capture_output=True)
    with (folder / "image.tar.gz").open("wb") as packed:  # passes, as from a daemon
        subprocess.run(["gzip", "-1", "--stdout", real_image], check=True, stdout=packed)
    made["docker-archive"] = f"docker-archive:{folder}/image.tar.gz"
    return made


def without_stored(document: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is of the transport: how it is named and stored."""
    layers = [{**layer, "digest": None, "stored": None} for layer in document["layers"]]
    return {**document, "subject": None, "digest": None, "stored": None, "layers": layers}


@pytest.mark.usefixtures("workplace")
def test_all_files_weigh_the_same(copies: dict[str, str], document: dict[str, Any]) -> None:
    for name, image in copies.items():
        found = weigh(image, "--duplicates", "--all")
        assert without_stored(found) == without_stored(document), name
        assert found["stored"] == sum(layer["stored"] for layer in found["layers"])


@pytest.mark.usefixtures("workplace")
def test_from_a_registry(copies: dict[str, str], document: dict[str, Any]) -> None:
    with RegistryServer() as server:
        serve(server, Path(copies["oci"].partition(":")[2]))
        found = weigh(f"docker://{server.host}/team/app:1.0", "--duplicates", "--all")
    assert without_stored(found) == without_stored(document)
    assert found["stored"] < document["size"] / 2


def serve(server: RegistryServer, layout: Path) -> None:
    described = json.loads((layout / "index.json").read_bytes())["manifests"][0]
    for blob in (layout / "blobs" / "sha256").iterdir():
        server.blobs[f"sha256:{blob.name}"] = blob.read_bytes()
    data = server.blobs[described["digest"]]
    server.manifests["1.0"] = server.manifests[digest_of(data)] = (described["mediaType"], data)


@pytest.mark.usefixtures("workplace")
def test_an_unpacked_root_weighs_what_a_container_sees(
    real_image: Path, document: dict[str, Any], tmp_path: Path
) -> None:
    root = tmp_path / "root"
    for layer in layers_of(real_image):
        unpack(layer, root)
    found = weigh(f"rootfs:{root}")
    assert found["size"] == document["size"] - document["hidden"]["size"]
    assert found["hidden"]["size"] == 0
    distributions = [{**one, "layer": None} for one in document["distributions"]]
    assert found["distributions"] == distributions


def unpack(layer: tarfile.TarFile, root: Path) -> None:
    """Unpack as engines do: what a layer takes away goes before it brings anything."""
    marks = [member for member in layer.getmembers() if member.name.rpartition("/")[2].startswith(".wh.")]
    for member in marks:
        parent, _, name = member.name.rpartition("/")
        is_opaque = name == ".wh..wh..opq"
        gone = list((root / parent).iterdir()) if is_opaque else [root / parent / name.removeprefix(".wh.")]
        subprocess.run(["rm", "-rf", *gone], check=True)
    for member in layer.getmembers():
        if member not in marks:
            layer.extract(member, root, filter="tar")
