"""The last layer of a docker archive: its size, its files, and how it differs from another."""

from __future__ import annotations

import hashlib
import json
import tarfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from fidelity.case_study.results import Comparison, Layer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["ReadLayer", "compare", "image_bytes", "read_last_layer"]

_PIECE = 1 << 20
_WHITEOUT = ".wh."
_COMPILED = ".pyc"
_CACHE = "root/.cache/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """What is in a file."""

    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadLayer:
    """A layer's measures, and its files."""

    measures: Layer
    contents: dict[str, Content]
    """Of its regular files, by path without a slash at its start."""


def image_bytes(archive: Path) -> int:
    """Give the bytes of all layers of an image, uncompressed."""
    with tarfile.open(archive) as image:
        manifest = json.load(_opened(image, "manifest.json"))
        return sum(image.getmember(name).size for name in manifest[0]["Layers"])


def read_last_layer(archive: Path) -> ReadLayer:
    """Read the topmost layer of a docker archive, three times over: as bytes, packed, and file by file."""
    with _last_layer(archive) as layer:
        digest, size = _digest_and_size(layer)
    with _last_layer(archive) as layer:
        packed = _packed_size(layer)
    with _last_layer(archive) as layer, tarfile.open(fileobj=layer) as tar:
        return _read(tar, digest=f"sha256:{digest}", size=size, packed=packed)


def compare(left_name: str, left: ReadLayer, right_name: str, right: ReadLayer) -> Comparison:
    """Hold two layers against each other."""
    both = sorted(left.contents.keys() & right.contents.keys())
    same = [path for path in both if left.contents[path] == right.contents[path]]
    rest = [path for path in both if left.contents[path] != right.contents[path]]
    recompiled = {path for path in rest if path.endswith(_COMPILED) and _source_of(path) not in rest}
    others = set(rest) - recompiled
    only_left, only_right = (
        one.contents.keys() - other.contents.keys() for one, other in ((left, right), (right, left))
    )
    return Comparison(
        left=left_name,
        right=right_name,
        same_files=len(same),
        same_bytes=sum(left.contents[path].size for path in same),
        recompiled_files=len(recompiled),
        recompiled_bytes=sum(left.contents[path].size for path in recompiled),
        others=len(others),
        only_left=len(only_left),
        only_right=len(only_right),
        places=tuple(sorted({_place_of(path) for path in others | only_left | only_right})),
        is_same_layer=left.measures.digest == right.measures.digest,
    )


def _read(tar: tarfile.TarFile, *, digest: str, size: int, packed: int) -> ReadLayer:
    contents: dict[str, Content] = {}
    removals = 0
    for member in tar:
        name = member.name.rpartition("/")[2]
        removals += name.startswith(_WHITEOUT)
        if member.isreg() and not name.startswith(_WHITEOUT):
            data = _opened(tar, member).read()
            contents[member.name] = Content(size=len(data), sha256=hashlib.sha256(data).hexdigest())
    measures = Layer(
        digest=digest,
        tar=size,
        gzip=packed,
        files=len(contents),
        content=sum(one.size for one in contents.values()),
        compiled=sum(one.size for path, one in contents.items() if path.endswith(_COMPILED)),
        cache=sum(one.size for path, one in contents.items() if path.startswith(_CACHE)),
        removals=removals,
    )
    return ReadLayer(measures=measures, contents=contents)


def _place_of(path: str) -> str:
    _, _, inside = path.partition("/site-packages/")
    return inside.partition("/")[0] or path


def _source_of(path: str) -> str:
    """Give the path of the source of ``a/__pycache__/b.cpython-36.pyc`` (PEP 3147): ``a/b.py``."""
    folder, _, name = path.rpartition("/")
    return f"{folder.removesuffix('__pycache__')}{name.partition('.')[0]}.py"


@contextmanager
def _last_layer(archive: Path) -> Iterator[BinaryIO]:
    with tarfile.open(archive) as image:
        manifest = json.load(_opened(image, "manifest.json"))
        yield _opened(image, manifest[0]["Layers"][-1])


def _opened(tar: tarfile.TarFile, member: str | tarfile.TarInfo) -> BinaryIO:
    opened = tar.extractfile(member)
    if opened is None:
        message = f"{member} is no regular file"
        raise ValueError(message)
    return cast("BinaryIO", opened)


def _digest_and_size(stream: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _packed_size(stream: BinaryIO) -> int:
    packer = zlib.compressobj(6, wbits=31)
    size = 0
    while piece := stream.read(_PIECE):
        size += len(packer.compress(piece))
    return size + len(packer.flush())
