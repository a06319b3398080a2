"""Time reading an image of a gigabyte, as a whole process: seeked over, unpacked, and as it passes.

python benchmarks/images.py --megabytes 1024 --rounds 5

The image is made of copies of the running Python's own tree, one a layer, in each form; `tar` lists the same layers,
and `gzip` and `sha256sum` do the least that can be done with compressed ones. syft is asked too, where it is on PATH.
On Linux.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
import zlib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
SCAN = """
import sys
from pipfreeze_lock.image.docker_archive import DockerArchive
from pipfreeze_lock.image.interest import environment_interest
from pipfreeze_lock.image.interface import ImageReporter
from pipfreeze_lock.image.layers import FileTree
from pipfreeze_lock.image.oci import OciLayout
kind, path = sys.argv[1:]
source = DockerArchive(path) if kind == "docker" else OciLayout(path, is_archive=False)
image = source.scan(environment_interest, ImageReporter())
FileTree(image.layers)
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(image.bytes_read, sum(layer.contents.entries for layer in image.layers), peak)
"""


class Took(NamedTuple):
    """One process."""

    clock: float
    cpu: float
    output: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        layers = make_layers(folder, arguments.megabytes * 2**20)
        make_docker_archive(folder / "image.tar", layers)
        make_layout(folder / "layout", layers)
        pack(folder / "image.tar", folder / "image.tar.gz")
        scan = [sys.executable, "-c", SCAN]
        listing = f"for one in {scratch}/*.layer; do tar -tf $one; done"
        unpacking = f"for one in {scratch}/layout/blobs/sha256/*; do gzip -dc $one 2>/dev/null | sha256sum; done"
        commands = {
            "`tar -tf` of each layer": ["sh", "-c", listing],
            "docker-archive": [*scan, "docker", f"{scratch}/image.tar"],
            "`gzip -dc \\| sha256sum` of each layer": ["sh", "-c", unpacking],
            "OCI layout, gzip": [*scan, "oci", f"{scratch}/layout"],
            "docker-archive, gzip around it": [*scan, "docker", f"{scratch}/image.tar.gz"],
        }
        if shutil.which("syft"):
            commands["syft, docker-archive"] = ["syft", "scan", f"docker-archive:{scratch}/image.tar", "-q"]
        results: dict[str, list[Took]] = {name: [] for name in commands}
        for number in range(-1, arguments.rounds):  # the first round only writes bytecode and fills the page cache
            for name, command in commands.items():
                took = timed(command)
                if number >= 0:
                    results[name].append(took)
        report(results, sum(one.stat().st_size for one in layers))
    return 0


def make_layers(folder: Path, size: int) -> list[Path]:
    """Write as many layers as make up that size, each a copy of this Python's tree in another place."""
    layers: list[Path] = []
    while sum(one.stat().st_size for one in layers) < size:
        path = folder / f"{len(layers)}.layer"
        prefix = f"flags=rh;s,^\\.,opt/python{len(layers)},"
        options = ["--format=gnu", "--sort=name", "--transform", prefix, "-C", sys.base_prefix, "-cf", path]
        subprocess.run(["tar", *options, "."], check=True)
        layers.append(path)
    return layers


def config_of(layers: list[Path]) -> bytes:
    rootfs = {"type": "layers", "diff_ids": [f"sha256:{digest_of(one)}" for one in layers]}
    return json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": rootfs}).encode()


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_docker_archive(path: Path, layers: list[Path]) -> None:
    """Write it as skopeo does."""
    config = path.with_name("config.json")
    config.write_bytes(config_of(layers))
    manifest = path.with_name("manifest.json")
    listed = [{"Config": "config.json", "RepoTags": None, "Layers": [one.name for one in layers]}]
    manifest.write_text(json.dumps(listed))
    with tarfile.open(path, "w") as archive:
        for one in (*layers, config, manifest):
            archive.add(one, arcname=one.name)


def make_layout(folder: Path, layers: list[Path]) -> None:
    """Write an OCI image layout with compressed layers."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def blob(path: Path) -> dict[str, object]:
        digest = digest_of(path)
        described = {"digest": f"sha256:{digest}", "size": path.stat().st_size}
        path.rename(blobs / digest)
        return described

    def document(data: bytes) -> dict[str, object]:
        path = folder / "new"
        path.write_bytes(data)
        return blob(path)

    packed = []
    for one in layers:
        pack(one, folder / "new")
        packed.append(blob(folder / "new"))
    manifest = {"schemaVersion": 2, "config": document(config_of(layers)), "layers": packed}
    index = {"schemaVersion": 2, "manifests": [document(json.dumps(manifest).encode())]}
    (folder / "index.json").write_text(json.dumps(index))


def pack(source: Path, target: Path) -> None:
    """Compress a file by gzip."""
    packer = zlib.compressobj(6, wbits=31)
    with source.open("rb") as read, target.open("wb") as written:
        while piece := read.read(2**20):
            written.write(packer.compress(piece))
        written.write(packer.flush())


def timed(command: list[str]) -> Took:
    """Run a process to its end."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        output = process.stdout.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
        clock = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        msg = f"{command} failed"
        raise RuntimeError(msg)
    return Took(clock, usage.ru_utime + usage.ru_stime, output)


def report(results: dict[str, list[Took]], size: int) -> None:
    """Print the medians as a Markdown table."""
    print(f"Layers of {size / 1e6:.0f} MB.\n")
    print("| whole process | median | processor time | bytes read | files | peak memory |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, runs in results.items():
        words = runs[-1].output.split() if len(runs[-1].output) < 50 else []
        said = ("", "", "")
        if len(words) == 3:
            said = (f"{int(words[0]) / 1e6:.0f} MB", words[1], f"{int(words[2]) / 1024:.0f} MiB")
        clock, cpu = statistics.median(one.clock for one in runs), statistics.median(one.cpu for one in runs)
        print(f"| {name} | {clock:.2f} s | {cpu:.2f} s | {' | '.join(said)} |")


if __name__ == "__main__":
    sys.exit(main())
