"""Which files distributions and system packages say are theirs, layer by layer.

A layer speaks for itself: what a lower layer installed and a later one replaced has its record in the lower one.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from pipfreeze_lock.image.found_metadata import headers_of
from pipfreeze_lock.image.interface import LayerContents, ScannedLayer
from pipfreeze_lock.image.layers import FileTree
from pipfreeze_lock.image.system_packages import system_packages
from pipfreeze_lock.model.names import canonical_name
from pipfreeze_lock.model.weight import Owner
from pipfreeze_lock.verify.records import parse_installed_files, parse_record
from pipfreeze_lock.weigh.places import site_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipfreeze_lock.image.environments import Environment
    from pipfreeze_lock.model.image import LayerInfo
    from pipfreeze_lock.weigh.places import Places

__all__ = ["Claims", "RecordReader", "RecordedDistribution"]

_FOLDER_SUFFIXES = (".dist-info", ".egg-info", "/EGG-INFO")
_FILE_SUFFIXES = (".egg-info", ".egg")
_SITE_NAMES = ("site-packages", "dist-packages")


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedDistribution:
    """A distribution, as a layer has its metadata."""

    owner: Owner
    path: str
    """Of its metadata, from the root."""
    site: str
    """The folder that it was put into."""
    installer: str
    """What INSTALLER says; empty where there is none."""
    layer: LayerInfo


@dataclass(slots=True)
class Claims:
    """What one layer's metadata says; all paths from the root, links resolved as far as they are there."""

    files: dict[str, Owner] = field(default_factory=dict)
    """Of distributions."""
    folders: dict[str, Owner] = field(default_factory=dict)
    """Of distributions that list no files: all in them."""
    modules: dict[str, Owner] = field(default_factory=dict)
    """Likewise, ``…/site-packages/six``, whatever the suffix."""
    system: dict[str, Owner] = field(default_factory=dict)
    """Of system packages; folders among them."""
    sections: dict[Owner, str] = field(default_factory=dict)
    """Of those, in Debian's archive."""
    distributions: list[RecordedDistribution] = field(default_factory=list)


class _CondaPackage(msgspec.Struct):
    """A ``conda-meta/*.json``."""

    name: str
    version: str = ""
    files: list[str] = []


class RecordReader:
    """Reads layers, the lowest first.

    :param tree: What a container sees in the end, to resolve links by.
    """

    def __init__(self, tree: FileTree, environments: Sequence[Environment], places: Places) -> None:
        self._tree = tree
        self._environments = environments
        self._places = places
        self._sites = {path.strip("/") for one in environments for path in one.search_path}
        self._real: dict[str, str] = {}
        self._names: dict[str, tuple[str, str]] = {}
        self._of_packages: set[str] = set()
        """Metadata that dpkg or apk brought; conda's packages are distributions like others."""
        self._vendored: set[str] = set()
        """Metadata that is a file of another distribution."""
        self.unread: list[str] = []
        """Lists that could not be read."""

    def read(self, layer: ScannedLayer) -> Claims:
        """Give what a layer says."""
        claims = Claims()
        kept = {path: file for path, file in layer.contents.files.items() if file.content is not None}
        tree = FileTree([ScannedLayer(info=layer.info, contents=LayerContents(files=kept))])
        for package in system_packages(tree):
            owner = Owner(category="system", name=package.name, version=package.version)
            claims.sections[owner] = package.section
            claims.system.update((self._resolved(path[1:]), owner) for path in package.files)
        self._of_packages.update(place for path in claims.system if (place := _metadata_place(path)))
        for path in kept:
            if path.endswith(".json") and posixpath.dirname(path).endswith("conda-meta"):
                self._conda(tree, path, claims)
        metadata = dict.fromkeys(one for path in kept if (one := _metadata_place(path)))
        for path in sorted(metadata, key=lambda one: (posixpath.dirname(one) not in self._sites, one.count("/"))):
            self._distribution(tree, path, claims, layer.info)
        return claims

    def _conda(self, tree: FileTree, path: str, claims: Claims) -> None:
        try:
            package = msgspec.json.decode(tree.read(path) or b"", type=_CondaPackage)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            self.unread.append(path)
            return
        prefix = posixpath.dirname(posixpath.dirname(path))
        owner = Owner(category="system", name=package.name, version=package.version, environment=f"/{prefix}")
        claims.system[path] = owner
        claims.system.update((posixpath.join(prefix, one), owner) for one in package.files)

    def _distribution(self, tree: FileTree, path: str, claims: Claims, layer: LayerInfo) -> None:
        """Take what one distribution claims, unless its metadata is a file of somebody else, or in a cache."""
        site = posixpath.dirname(path)
        is_site = site in self._sites or site.endswith(_SITE_NAMES)
        certain = self._places.of_folder(site).certain
        is_cached = certain is not None and certain.category == "cache"
        if is_cached or path in self._of_packages or (path in self._vendored and not is_site):
            return
        owner = self._owner(tree, path, site)
        listed = self._listed(tree, path, site)
        if listed is not None:
            claims.files.update((one, owner) for one in listed)
            self._vendored.update(place for one in listed if (place := _metadata_place(one)) and place != path)
        elif is_site:
            self._add_unlisted(tree, path, site, owner, claims)
        else:
            return  # metadata beside sources, `setup.py egg_info`'s
        claims.folders[path] = owner
        installer = (tree.read(f"{path}/INSTALLER") or b"").decode(errors="replace").strip()
        claims.distributions.append(
            RecordedDistribution(owner=owner, path=path, site=site, installer=installer, layer=layer)
        )

    def _owner(self, tree: FileTree, path: str, site: str) -> Owner:
        """Name a distribution by its metadata, else by the name of that."""
        places = [f"{path}/METADATA", f"{path}/PKG-INFO", f"{path}/EGG-INFO/PKG-INFO"]
        if path.endswith(".egg-info"):
            places.append(path)
        name, version = headers_of(next((content for one in places if (content := tree.read(one))), b""))
        if name is None:
            name, version = self._names.get(path) or _named(path)
        self._names[path] = (name, version or "")
        environment = site_prefix(site, self._environments)
        return Owner(category="distribution", name=canonical_name(name), version=version or "", environment=environment)

    def _listed(self, tree: FileTree, path: str, site: str) -> list[str] | None:
        """Give the files that a record names; None where there is none."""
        record = tree.read(f"{path}/RECORD") if path.endswith(".dist-info") else None
        listed = tree.read(f"{path}/installed-files.txt") if path.endswith(".egg-info") else None
        if record is not None:
            rows = parse_record(record, site)
        elif listed is not None:
            rows = parse_installed_files(listed, path)
        else:
            return None
        return [self._resolved(row.path.lstrip("/")) for row in rows]

    def _add_unlisted(self, tree: FileTree, path: str, site: str, owner: Owner, claims: Claims) -> None:
        """Take for its own what it says are its top-level modules; else one of its name; of an egg all."""
        if path.endswith(".egg"):
            claims.files[path] = owner
            return
        told = (tree.read(f"{path}/top_level.txt") or b"").decode(errors="replace").split()
        for name in told or (owner.name.replace("-", "_"), owner.name):
            place = self._resolved(f"{site}/{name}")
            claims.folders[place] = claims.modules[place] = owner
        claims.files[path] = owner

    def _resolved(self, path: str) -> str:
        """Follow links on the way to a file, as they are in the end."""
        parent, _, name = path.rpartition("/")
        real = self._real.get(parent)
        if real is None:
            found = self._tree.find(parent)
            real = self._real[parent] = found.path if found is not None and found.entry.is_directory else parent
        return f"{real}/{name}" if real else name


def _named(path: str) -> tuple[str, str]:
    """Give name and version by the name of metadata: ``Foo-1.0-py3.6.egg``, ``foo-1.0.dist-info``."""
    name, _, rest = posixpath.basename(path).rpartition(".")[0].partition("-")
    return name, rest.partition("-")[0]


def _metadata_place(path: str) -> str:
    """Give the folder of metadata that a file is in, or the file itself that is metadata; ``""`` where it is none."""
    if path.endswith(_FILE_SUFFIXES):
        return path
    parent, _, name = path.rpartition("/")
    if name in {"METADATA", "PKG-INFO", "RECORD", "installed-files.txt"} and parent.endswith(_FOLDER_SUFFIXES):
        return parent.removesuffix("/EGG-INFO")
    return ""
