"""Archives damaged at random: an error of ours, or the image as it was; never another one, and never a crash."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from support.image_archives import (
    HardLink,
    Image,
    Link,
    docker_archive,
    docker_archive_of_docker_25,
    gzipped,
    layer,
    oci_files,
    tar_of,
)

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image.docker_archive import DockerArchive
from pipfreeze_lock.image.interface import ImageReporter, ScannedImage, Want
from pipfreeze_lock.image.layers import FileTree
from pipfreeze_lock.image.oci import OciLayout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOWER = layer(
    {
        "usr/lib/p/METADATA": "one",
        "lib": Link("usr/lib"),
        "x/a.py": "a" * 500,
        f"{'n' * 150}/METADATA": "l",
        "h": HardLink("x/a.py"),
        "h2/METADATA": HardLink("x/a.py"),
    }
)
UPPER = layer({"up": Link("lib/p"), "usr/lib/p/.wh.METADATA": "", "y/METADATA": "two" * 99, "x/.wh..wh..opq": ""})
IMAGE = Image([LOWER, UPPER])
PLACES_OF_HEADERS = (0, 1, 50, 124, 130, 148, 156, 157, 257, 345)


def docker(path: str) -> DockerArchive:
    return DockerArchive(path)


def oci(path: str) -> OciLayout:
    return OciLayout(path, is_archive=True)


FORMS: dict[str, tuple[bytes, Callable[[str], DockerArchive | OciLayout], bool]] = {
    "docker": (docker_archive(IMAGE), docker, False),
    "docker-25": (docker_archive_of_docker_25(IMAGE), docker, False),
    "docker-gzip": (gzipped(docker_archive(IMAGE)), docker, True),
    "oci": (tar_of(oci_files(IMAGE)), oci, True),
    "oci-gzip": (tar_of(oci_files(IMAGE, compress=gzipped)), oci, True),
}
"""Of each its bytes, how it is read, and whether all of it is held against digests."""


def interest(path: str) -> Want:
    return Want.CONTENT if path.endswith("METADATA") else Want.NAME if path.endswith("py") else Want.NOTHING


def seen(image: ScannedImage) -> list[tuple[str, str, str, bytes | None]]:
    walked = FileTree(image.layers).walk()
    return [(path, entry.file.kind, entry.file.link, entry.file.content) for path, entry in walked]


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """Change some bytes, or take some away, or put some in."""
    data = bytearray(whole)
    for _ in range(chance.choice((1, 1, 2, 5))):
        place = chance.randrange(len(data))
        if chance.random() < 0.5:
            place = (place // 512 * 512 + chance.choice(PLACES_OF_HEADERS)) % len(data)
        match chance.randrange(5):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                data[place] = chance.choice(b"01234567xXgLKSVDMN")
            case 2 if place:
                del data[place:]
            case 3 if len(data) > 1024:
                del data[place : place + chance.choice((1, 512))]
            case _:
                data[place:place] = bytes(chance.choice((1, 512)))
    return with_checksums(data) if chance.random() < 0.7 else bytes(data)


def with_checksums(data: bytearray) -> bytes:
    """Mend the checksums of headers, so that what is wrong with them is seen further on."""
    for at in range(0, len(data) - 511, 512):
        header = data[at : at + 512]
        if header[257:262] == b"ustar":
            header[148:156] = b" " * 8
            data[at + 148 : at + 156] = f"{sum(header):06o}\x00 ".encode()
    return bytes(data)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(4))
def test_damage(form: str, seed: int, tmp_path: Path) -> None:
    whole, source, is_verified = FORMS[form]
    path = tmp_path / "archive"
    path.write_bytes(whole)
    expected = seen(source(str(path)).scan(interest, ImageReporter()))
    assert ("y/METADATA", "file", "", b"two" * 99) in expected
    chance = random.Random(seed)
    told = 0
    for _ in range(60):
        path.write_bytes(damaged(whole, chance))
        try:
            found = seen(source(str(path)).scan(interest, ImageReporter()))
        except ImageError:
            told += 1
            continue
        assert found == expected or not is_verified
    assert told > 10
