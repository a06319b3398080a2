"""Source trees from nested dicts, and what a metadata source needs around it."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING, Any

import msgspec

from pipfreeze_lock.http.client import Client
from pipfreeze_lock.metadata.archive import SourceTree
from pipfreeze_lock.metadata.interface import BuildInterpreter, MetadataReporter
from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
from pipfreeze_lock.model.url import Url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.index_server import IndexServer

__all__ = ["Heard", "MemoryStore", "flat", "interpreter", "make_tar", "make_tree", "page_of"]


def flat(files: Mapping[str, Any], prefix: str = "") -> dict[str, bytes]:
    """Give path to bytes for ``{"folder": {"file": "text"}}``."""
    found: dict[str, bytes] = {}
    for name, content in files.items():
        if isinstance(content, dict):
            found |= flat(content, f"{prefix}{name}/")
        else:
            found[prefix + name] = content.encode() if isinstance(content, str) else content
    return found


def make_tree(files: Mapping[str, Any]) -> SourceTree:
    return SourceTree(flat(files), origin="demo-1.0.tar.gz")


def make_tar(files: Mapping[str, Any], root: str = "demo-1.0", mode: str = "w:gz") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]
        for path, content in flat(files).items():
            member = tarfile.TarInfo(f"{root}/{path}" if root else path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


class MemoryStore:
    """A `ContentStore` that counts."""

    def __init__(self) -> None:
        self.content: dict[tuple[str, str], bytes] = {}

    def get(self, kind: str, key: str) -> bytes | None:
        return self.content.get((kind, key))

    def put(self, kind: str, key: str, data: bytes) -> None:
        self.content[kind, key] = data


class Heard(MetadataReporter):
    def __init__(self) -> None:
        self.events: list[tuple[str, ...]] = []

    def building(self, filename: str, interpreter: str, reason: str) -> None:
        self.events.append(("building", filename, interpreter, reason))

    def built(self, filename: str) -> None:
        self.events.append(("built", filename))


def page_of(server: IndexServer, project: str, *, flagged: bool = True, hashes: bool = True) -> ProjectPage:
    """Give the page of a project as an index without core-metadata flags, or hashes, would list it."""
    with Client() as client:
        answer = client.get(f"{server.url}{project}/", {"Accept": "application/vnd.pypi.simple.v1+json"})
    files = msgspec.json.decode(bytes(answer.body), type=_Page).files
    if not flagged:
        files = [msgspec.structs.replace(file, core_metadata=False) for file in files]
    if not hashes:
        files = [msgspec.structs.replace(file, hashes={}) for file in files]
    return ProjectPage(project, answer.url, Url(server.url), files)


class _Page(msgspec.Struct):
    files: list[IndexFile]


def interpreter(path: str, version: str, *, exact: bool = True) -> BuildInterpreter:
    return BuildInterpreter(path=path, version=version, exact=exact)
