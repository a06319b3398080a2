"""Images that buildah builds and skopeo and podman ship in each form, held against what a container of them would see."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import needs

from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.image.docker_archive import DockerArchive
from pipfreeze_lock.image.interface import ImageReporter, ScannedImage, Want
from pipfreeze_lock.image.layers import FileTree
from pipfreeze_lock.image.oci import OciLayout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TREE = dict[str, "bytes | str | None"]


def first(root: Path) -> None:
    """A root file system with a merged /usr, links of all kinds, and names of all kinds."""
    for folder in ("usr/bin", "usr/lib/python3/dist-packages/one-1.dist-info", "opt/app/deep/er", "etc", "gone/away"):
        (root / folder).mkdir(parents=True)
    for name in ("bin", "lib"):
        (root / name).symlink_to(f"usr/{name}")
    (root / "usr/bin/python3.9").write_bytes(os.urandom(70_000))
    (root / "usr/bin/python3").symlink_to("python3.9")
    os.link(root / "usr/bin/python3.9", root / "usr/bin/python3.9-again")
    (root / "usr/lib/python3/dist-packages/one-1.dist-info/METADATA").write_text("Name: one\nVersion: 1\n")
    for number in range(300):
        (root / f"opt/app/module_{number}.py").write_text(f"value = {number}\n" * number)
    (root / "opt/app/deep/er/file").write_text("deep")
    (root / "opt/app/empty").touch()
    (root / f"etc/{'long' * 55}").write_text("long name")
    (root / "etc/umlaut-ü").write_text("not ASCII")
    (root / "etc/target").symlink_to("/" + "t" * 150)
    (root / "gone/away/file").write_text("gone")
    (root / "later-a-folder").write_text("file")
    (root / "later-a-file").mkdir()
    (root / "later-a-file/below").write_text("below")


def second(root: Path) -> None:
    """What a layer can change."""
    (root / "usr/bin/python3").unlink()
    (root / "usr/bin/python3").symlink_to("/usr/bin/python3.9-again")
    shutil.rmtree(root / "gone")
    shutil.rmtree(root / "opt/app/deep")
    (root / "opt/app/deep").mkdir()
    (root / "opt/app/deep/new").write_text("in a folder made anew")
    (root / "later-a-folder").unlink()
    (root / "later-a-folder").mkdir()
    (root / "later-a-folder/file").write_text("now below")
    shutil.rmtree(root / "later-a-file")
    (root / "later-a-file").write_text("now a file")
    for number in range(0, 300, 3):
        (root / f"opt/app/module_{number}.py").unlink()
    for number in range(1, 300, 3):
        (root / f"opt/app/module_{number}.py").write_text("changed")


def third(root: Path) -> None:
    """More of it, over that."""
    (root / "gone").mkdir()
    (root / "gone/back").write_text("back")
    (root / "usr/bin/python3.9").unlink()
    shutil.rmtree(root / "usr/lib/python3/dist-packages/one-1.dist-info")
    (root / "usr/lib/python3/dist-packages/two-2.dist-info").mkdir()
    (root / "usr/lib/python3/dist-packages/two-2.dist-info/METADATA").write_text("Name: two\nVersion: 2\n")
    os.link(root / "gone/back", root / "etc/back")


STEPS: tuple[Callable[[Path], None], ...] = (first, second, third)


@dataclass(frozen=True)
class Built:
    """An image in a storage of its own."""

    storage: Path
    options: tuple[str | Path, ...]
    folder: Path
    tree: TREE

    @property
    def source(self) -> str:
        """The image, as skopeo names it."""
        return f"containers-storage:[overlay@{self.storage / 'root'}+{self.storage / 'run'}]localhost/real:1"


def run(*command: str | Path) -> str:
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{command}\n{ran.stderr}"
    return ran.stdout.strip()


@pytest.fixture(scope="module")
def built() -> Iterator[Built]:
    """Build it; below /tmp, since the sockets and mounts of these programs have no place for pytest's long paths."""
    for program in ("buildah", "skopeo", "podman"):
        needs.program(program)
    if os.geteuid():
        needs.forbidden("mount what buildah builds")
    storage = Path("/tmp") / f"pipfreeze-lock-{uuid.uuid4().hex[:8]}"
    folder = storage / "images"
    folder.mkdir(parents=True)
    options = ("--root", storage / "root", "--runroot", storage / "run", "--storage-driver", "overlay")
    buildah = ("buildah", *options)
    try:
        if subprocess.run(
            [*buildah, "from", "--name", "probe", "scratch"], capture_output=True, check=False
        ).returncode:
            needs.forbidden("use overlayfs as buildah does")
        base = "scratch"
        for number, step in enumerate(STEPS):
            container = run(*buildah, "from", base)
            step(Path(run(*buildah, "mount", container)))
            run(*buildah, "config", "--created-by", f"RUN {step.__name__}", "--env", f"STEP={number}", container)
            base = f"localhost/real:{'1' if step is STEPS[-1] else f'0.{number}'}"
            run(*buildah, "commit", "--rm", container, base)
        container = run(*buildah, "from", base)
        tree = listed(Path(run(*buildah, "mount", container)))
        run(*buildah, "umount", container)
        yield Built(storage, options, folder, tree)
    finally:
        subprocess.run([*buildah, "rm", "--all"], capture_output=True, check=False)
        shutil.rmtree(storage, ignore_errors=True)


def listed(root: Path) -> TREE:
    """All that a container would see."""
    found: TREE = {}
    for at, folders, files in os.walk(root):
        for name in [*folders, *files]:
            path = Path(at, name)
            relative = str(path.relative_to(root))
            if path.is_symlink():
                found[relative] = f"-> {path.readlink()}"
            else:
                found[relative] = None if path.is_dir() else path.read_bytes()
    return found


def seen(image: ScannedImage) -> TREE:
    """All that we see."""
    found: TREE = {}
    for path, entry in FileTree(image.layers).walk():
        file = entry.file
        found[path] = f"-> {file.link}" if file.kind == "symlink" else file.content
        assert file.kind == "directory" or found[path] is not None, path
    return found


def everything(_path: str) -> Want:
    return Want.CONTENT


def docker_archive(built: Built) -> DockerArchive:
    path = built.folder / "docker.tar"
    run("skopeo", "copy", built.source, f"docker-archive:{path}:real:1")
    return DockerArchive(str(path), name="docker.io/library/real:1")


def docker_archive_compressed(built: Built) -> DockerArchive:
    plain, path = built.folder / "plain.tar", built.folder / "docker.tar.gz"
    run("skopeo", "copy", built.source, f"docker-archive:{plain}:real:1")
    path.write_bytes(gzip.compress(plain.read_bytes(), 1))
    return DockerArchive(str(path))


def podman_save(built: Built) -> DockerArchive:
    path = built.folder / "podman.tar"
    run("podman", *built.options, "save", "-o", path, "localhost/real:1")
    return DockerArchive(str(path))


def podman_save_oci(built: Built) -> OciLayout:
    path = built.folder / "podman-oci.tar"
    run("podman", *built.options, "save", "--format", "oci-archive", "-o", path, "localhost/real:1")
    return OciLayout(str(path), is_archive=True)


def oci(built: Built) -> OciLayout:
    run("skopeo", "copy", built.source, f"oci:{built.folder / 'oci'}:1.0")
    return OciLayout(str(built.folder / "oci"), is_archive=False, name="1.0")


def beginnings(layout: Path) -> set[bytes]:
    """How the blobs of a layout begin."""
    return {path.read_bytes()[:4] for path in (layout / "blobs/sha256").iterdir()}


def oci_zstd(built: Built) -> OciLayout:
    run("skopeo", "copy", "--dest-compress-format", "zstd", built.source, f"oci:{built.folder / 'oci-zstd'}:1.0")
    assert b"\x28\xb5\x2f\xfd" in beginnings(built.folder / "oci-zstd")
    return OciLayout(str(built.folder / "oci-zstd"), is_archive=False)


def oci_plain(built: Built) -> OciLayout:
    run("skopeo", "copy", "--dest-oci-accept-uncompressed-layers", built.source, f"oci:{built.folder / 'oci-plain'}")
    assert b"\x1f\x8b" not in {one[:2] for one in beginnings(built.folder / "oci-plain")}
    return OciLayout(str(built.folder / "oci-plain"), is_archive=False)


def oci_archive(built: Built) -> OciLayout:
    run("skopeo", "copy", built.source, f"oci-archive:{built.folder / 'oci.tar'}:real:1")
    return OciLayout(str(built.folder / "oci.tar"), is_archive=True, name="real:1")


FORMS = (docker_archive, docker_archive_compressed, podman_save, podman_save_oci, oci, oci_zstd, oci_plain, oci_archive)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_each_form_shows_what_a_container_would(
    form: Callable[[Built], DockerArchive | OciLayout], built: Built
) -> None:
    image = form(built).scan(everything, ImageReporter())
    found = seen(image)
    assert found.keys() == built.tree.keys()
    assert found == built.tree
    assert [layer.info.instruction for layer in image.layers] == [f"RUN {step.__name__}" for step in STEPS]
    assert all(layer.contents.is_ended for layer in image.layers)
    assert image.config.environment["STEP"] == "2"
    changed = FileTree(image.layers).layer_of("opt/app/module_1.py")
    assert changed is not None
    assert changed.index == 1


def test_several_images_in_one_archive(built: Built) -> None:
    path = built.folder / "several.tar"
    run("podman", *built.options, "save", "--multi-image-archive", "-o", path, "localhost/real:1", "localhost/real:0.0")
    with pytest.raises(UsageError, match="there are 2 images in it"):
        DockerArchive(str(path)).scan(everything, ImageReporter())
    image = DockerArchive(str(path), name="localhost/real:0.0").scan(everything, ImageReporter())
    assert len(image.layers) == 1
    assert seen(DockerArchive(str(path), name="localhost/real:1").scan(everything, ImageReporter())) == built.tree
