"""A root file system in a folder: what is read of it, and what never is."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from support import needs
from support.real_environments import asked_search_path, clean

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image.environments import find_environments
from pipfreeze_lock.image.interest import environment_interest
from pipfreeze_lock.image.interface import ImageConfig, ImageReporter, LayerFile, Want
from pipfreeze_lock.image.layers import FileTree
from pipfreeze_lock.image.rootfs import RootFolder, read_folder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="root file systems are those of Unix")


def scan(folder: Path, want: Want = Want.CONTENT, **words):
    return RootFolder(str(folder), **words).scan(lambda _path: want, ImageReporter())


def files(folder: Path, want: Want = Want.CONTENT) -> dict[str, LayerFile]:
    return scan(folder, want).layers[0].contents.files


def test_one_layer_without_a_name(tmp_path: Path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "passwd").write_text("root")
    image = scan(tmp_path)
    assert (image.name, image.digest, image.bytes_read) == (f"rootfs:{tmp_path}", None, 4)
    (layer,) = image.layers
    assert (layer.info.index, layer.info.digest, layer.info.diff_id, layer.info.instruction) == (0, None, None, None)
    assert layer.contents.directories == {"", "etc"}
    assert layer.contents.entries == 2
    assert FileTree(image.layers).read("etc/passwd") == b"root"
    assert image.config.environment == {}
    assert scan(tmp_path, config=ImageConfig(user="app")).config.user == "app"


@pytest.mark.parametrize("want", list(Want))
def test_as_much_as_is_wanted(want: Want, tmp_path: Path):
    data = os.urandom(3_000_000)
    (tmp_path / "file").write_bytes(data)
    expected = LayerFile(
        "file",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest() if want >= Want.DIGEST else None,
        content=data if want >= Want.CONTENT else None,
    )
    assert files(tmp_path, want) == ({} if want is Want.NOTHING else {"file": expected})


def test_links_are_read_and_not_followed(tmp_path: Path):
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "secret").write_text("secret")
    links = {"absolute": str(outside), "up": "../outside/secret", "odd": "./a//b/../c", "gone": "/gone", "self": "self"}
    for name, link in links.items():
        os.symlink(link, root / name)  # noqa: PTH211  pathlib would write it otherwise
    found = files(root, Want.NOTHING)
    assert {name: file.link for name, file in found.items()} == links
    assert {file.kind for file in found.values()} == {"symlink"}
    assert FileTree(scan(root).layers).find("up") is None


def test_what_the_kernel_shows_is_not_of_the_image(tmp_path: Path):
    for name in ("proc", "sys", "dev", "srv", "srv/proc"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("")
    assert sorted(files(tmp_path)) == ["srv/file", "srv/proc/file"]


def test_what_is_no_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        assert {name: file.kind for name, file in files(tmp_path).items()} == {"pipe": "other", "socket": "other"}


def test_names_of_all_kinds(tmp_path: Path):
    names = ["with space", "ümlaut", ".wh.hidden", "new\nline", os.fsdecode(b"\xff\xfe")]
    for name in names:
        (tmp_path / name).write_text("")
    assert sorted(files(tmp_path)) == sorted(names)


def test_no_folder(tmp_path: Path):
    with pytest.raises(ImageError, match="there is no such folder"):
        scan(tmp_path / "gone")
    with pytest.raises(ImageError, match="there is no such folder"):
        scan(tmp_path / ("a" * 300))
    (tmp_path / "file").write_text("")
    with pytest.raises(ImageError, match="it is no folder"):
        scan(tmp_path / "file")


@pytest.mark.parametrize("what", ["folder", "folder/file"])
def test_what_may_not_be_read(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_text("words")
    if os.geteuid() == 0:  # root reads everything: let the system refuse
        _refuse(monkeypatch, str(tmp_path / what))
    else:
        (tmp_path / what).chmod(0)
    try:
        with pytest.raises(ImageError, match=f"`{tmp_path / what}` cannot be read: Permission denied") as caught:
            scan(tmp_path)
    finally:
        (tmp_path / "folder").chmod(0o755)
    assert caught.value.exit_code == 6


def test_file_that_is_not_wanted_may_be_unreadable(tmp_path: Path):
    (tmp_path / "shadow").write_text("")
    (tmp_path / "shadow").chmod(0)
    assert files(tmp_path, Want.NOTHING) == {}
    assert list(files(tmp_path, Want.NAME)) == ["shadow"]


def _refuse(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    for name in ("scandir", "open"):
        real = getattr(os, name)

        def refusing(given, *more, real=real):
            if os.fspath(given) == path:
                raise PermissionError(13, "Permission denied", path)
            return real(given, *more)

        monkeypatch.setattr(os, name, refusing)


def test_what_goes_away_while_it_is_read_was_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    real = os.scandir

    def scandir(path: str):
        entries = list(real(path))
        if path == str(tmp_path):
            (tmp_path / "folder").rmdir()
            (tmp_path / "file").unlink()

        class Found:
            def __enter__(self):
                return iter(entries)

            def __exit__(self, *_more):
                pass

        return Found()

    monkeypatch.setattr(os, "scandir", scandir)
    assert files(tmp_path) == {}


def test_progress_is_told(tmp_path: Path):
    (tmp_path / "big").write_bytes(bytes(20_000_000))
    (tmp_path / "small").write_bytes(b"1234567")
    told: list[object] = []

    class Reporter(ImageReporter):
        def layers(self, count: int, size: int | None) -> None:
            told.append((count, size))

        def layer(self, index: int, size: int | None) -> None:
            told.append((index, size))

        def progress(self, count: int) -> None:
            told.append(count)

    RootFolder(str(tmp_path)).scan(lambda _path: Want.DIGEST, Reporter())
    assert told[:2] == [(1, None), (0, None)]
    assert sum(told[2:]) == 20_000_007
    assert len(told) >= 4


def test_part_of_a_root(tmp_path: Path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").write_text("")
    contents = read_folder(str(tmp_path), "usr/local", lambda _path: Want.NAME, ImageReporter())
    assert contents.directories == {"", "usr", "usr/local", "usr/local/bin"}
    assert list(contents.files) == ["usr/local/bin/python"]


def test_root_of_debian(tmp_path: Path):
    """A part of this machine's, where that is a Debian: the same answer as its own interpreter gives."""
    python = Path("/usr/bin/python3")
    library = Path("/usr/lib") / python.resolve().name
    if not (library / "sitecustomize.py").is_symlink() or not Path("/var/lib/dpkg/status").exists():
        needs.missing("the Python of a Debian")
    root = tmp_path / "root"
    for folder in ("/usr/bin", "/var/lib/dpkg", str(library)):
        (root / folder.lstrip("/")).mkdir(parents=True)
    for one in (
        python,
        python.resolve(),
        library / "os.py",
        library / "sitecustomize.py",
        Path("/var/lib/dpkg/status"),
    ):
        shutil.copy(one, root / str(one).lstrip("/"), follow_symlinks=False)
    asked = asked_search_path(python, clean(tmp_path / "home"), tmp_path)
    for folder in asked:
        (root / folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
    image = RootFolder(str(root)).scan(environment_interest, ImageReporter())
    (environment,) = find_environments(FileTree(image.layers), image.config)
    assert list(environment.search_path) == asked
    code = "import json, platform, sys; print(json.dumps([platform.python_version(), sys.prefix]))"
    said = subprocess.run([python, "-c", code], check=True, capture_output=True, env=clean(tmp_path))
    assert [environment.python, environment.prefix] == json.loads(said.stdout)
