"""Layers that real pips leave in real images, and what `pipfreeze_lock.footprint` says of them beforehand."""

from __future__ import annotations

import io
import json
import os
import tarfile
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from pipfreeze_lock.footprint.compiling import find_compiler
from pipfreeze_lock.footprint.growth import growth, layer_entries
from pipfreeze_lock.footprint.interface import GrowthRequest
from pipfreeze_lock.footprint.layer_tar import tar_writer
from pipfreeze_lock.footprint.places import places_of_environment
from pipfreeze_lock.footprint.wheel_files import IndexWheelFiles
from pipfreeze_lock.http.client import Client
from pipfreeze_lock.image.distributions import installed_set
from pipfreeze_lock.image.docker_archive import DockerArchive
from pipfreeze_lock.image.environment_target import target_of_environment
from pipfreeze_lock.image.environments import find_environments
from pipfreeze_lock.image.interest import with_growth
from pipfreeze_lock.image.interface import ImageReporter
from pipfreeze_lock.image.layers import FileTree
from pipfreeze_lock.image.python_versions import find_libc
from pipfreeze_lock.index.cache import Cache
from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
from pipfreeze_lock.model.plan import Action, Fetched, Plan
from pipfreeze_lock.model.url import Url

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pipfreeze_lock.image.environments import Environment
    from pipfreeze_lock.image.interface import ImageConfig
    from pipfreeze_lock.model.installed import InstalledSet
    from pipfreeze_lock.model.layer_growth import LayerGrowth
    from pipfreeze_lock.model.target import Target
    from support.distribution import Artifact
    from support.index_server import IndexServer

__all__ = ["Forecast", "ImageOfPip", "RealLayer", "page_of"]

_OF_BUILDAH = ("run", "work", "authorities.pem")
"""Entries of the folders that a test mounts, and of ``/run``, that buildah leaves in each layer."""


class RealLayer:
    """The uppermost layer of a docker archive."""

    def __init__(self, archive: Path) -> None:
        with tarfile.open(archive) as outer:
            manifest = json.loads(outer.extractfile("manifest.json").read())[0]  # type: ignore[union-attr]
            self._data = outer.extractfile(manifest["Layers"][-1]).read()  # type: ignore[union-attr]

    @property
    def size(self) -> int:
        """Bytes of the tar, without those of entries that are buildah's own."""
        return len(self._data) - sum(entry.offset_data - entry.offset for entry in self._members if _is_builders(entry))

    @cached_property
    def _members(self) -> list[tarfile.TarInfo]:
        with tarfile.open(fileobj=io.BytesIO(self._data)) as layer:
            return layer.getmembers()

    @property
    def entries(self) -> dict[str, int]:
        """As `layer_entries` gives them."""
        return {
            entry.name + ("/" if entry.isdir() else ""): entry.size
            for entry in self._members
            if not _is_builders(entry)
        }


def _is_builders(entry: tarfile.TarInfo) -> bool:
    return entry.name in _OF_BUILDAH


@dataclass(frozen=True)
class ImageOfPip:
    """An image that was read, for what its pip would do."""

    environment: Environment
    installed: InstalledSet
    target: Target
    tree: FileTree
    config: ImageConfig

    @classmethod
    def of(cls, archive: Path) -> ImageOfPip:
        scanned = DockerArchive(archive).scan(with_growth, ImageReporter())
        tree = FileTree(scanned.layers)
        environment = find_environments(tree, scanned.config)[0]
        libc = find_libc(tree, scanned.config.architecture)
        installed = installed_set(tree, environment, subject="image", libc=libc)
        target = target_of_environment(environment, installed, scanned.config)
        return cls(environment, installed, target, tree, scanned.config)

    def request(self, plan: Plan, **words: object) -> GrowthRequest:
        """Ask for what the builder of the image writes of it, without pip's cache."""
        places = places_of_environment(self.environment, self.tree, self.target, executable="/usr/local/bin/python3")
        asked = {"writer": tar_writer(self.config), "cache": None, **words}
        return GrowthRequest(plan=plan, target=self.target, places=places, tree=self.tree, **asked)  # type: ignore[arg-type]

    def action(self, artifact: Artifact, server: IndexServer, **words: object) -> Action:
        """Give the action that installs a file, in place of what is there of that name."""
        page = page_of([artifact], server)
        old = next((one for one in self.installed.distributions if one.name == artifact.project), None)
        kind = "install" if old is None else "upgrade"
        return Action(
            kind=kind,  # type: ignore[arg-type]
            name=canonicalize_name(artifact.project),
            old=old,
            version=artifact.version,
            file=page.files[0],
            page=page,
            is_requested=True,
            **words,  # type: ignore[arg-type]
        )

    def plan(self, artifacts: Sequence[Artifact], server: IndexServer) -> Plan:
        """Give the plan that installs these files."""
        actions = tuple(sorted((self.action(one, server) for one in artifacts), key=lambda action: action.name))
        fetched = tuple(Fetched(file=one.file, page=one.page, reason="install") for one in actions)  # type: ignore[arg-type]
        return Plan(actions=actions, fetched=fetched)


class Forecast:
    """What is said of a layer beforehand."""

    def __init__(self, request: GrowthRequest, cache: Path | None = None, client: Client | None = None) -> None:
        kept = Cache(cache)
        client = client or Client()
        wheels = IndexWheelFiles(client, kept)
        compiler = find_compiler(request.target, environment=dict(os.environ), answers=None)
        try:
            self.growth: LayerGrowth = growth(request, wheels=wheels, compiler=compiler, cache=kept)
            self.entries: Mapping[str, int] = layer_entries(request, wheels=wheels, compiler=compiler, cache=kept)
        finally:
            client.close()


def page_of(artifacts: Sequence[Artifact], server: IndexServer) -> ProjectPage:
    """Give a page as an index lists it."""
    files = [
        IndexFile(
            filename=one.filename,
            url=f"{server.root}/files/{one.sha256[:16]}/{one.filename}",
            hashes={"sha256": one.sha256},
            size=len(one.content),
            core_metadata=one.metadata is not None,
        )
        for one in artifacts
    ]
    name = artifacts[0].project
    return ProjectPage(name=name, url=f"{server.url}{name}/", index=Url(server.url), files=files)
