"""To whom each file of an image belongs: what records say, and where it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.model.weight import Owner
from pipfreeze_lock.weigh.kinds import is_compiled, source_of
from pipfreeze_lock.weigh.places import Places, cache_variables
from pipfreeze_lock.weigh.records import RecordReader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipfreeze_lock.image.environments import Environment
    from pipfreeze_lock.image.interface import ImageConfig, ScannedLayer
    from pipfreeze_lock.image.layers import FileTree
    from pipfreeze_lock.weigh.records import RecordedDistribution

__all__ = ["Owners"]


class Owners:
    """Knows who owns what, in each layer.

    Of several records that name a file, that of the same layer counts, else the nearest below, else the nearest above.
    """

    def __init__(
        self, layers: Sequence[ScannedLayer], tree: FileTree, environments: Sequence[Environment], config: ImageConfig
    ) -> None:
        """Read what all layers say.

        :param tree: All layers laid over each other.
        """
        versions = {(one.prefix, _series(one.python)): one.python for one in environments}
        self._places = Places(versions, {**cache_variables(config), **_conda_caches(layers)})
        reader = RecordReader(tree, environments, self._places)
        self._claims = [reader.read(layer) for layer in layers]
        self.unread: Sequence[str] = reader.unread
        """Lists of packages that could not be read."""
        self.distributions: Mapping[Owner, RecordedDistribution] = {
            one.owner: one for claims in self._claims for one in claims.distributions
        }
        """As the topmost layer that changed its metadata has each."""
        self.sections = {owner: section for claims in self._claims for owner, section in claims.sections.items()}
        """Of system packages, in Debian's archive."""
        self._programs = _programs(tree, environments)
        self._files: dict[str, Owner] = {}
        self._folders: dict[str, Owner] = {}
        self._modules: dict[str, Owner] = {}
        self._system: dict[str, Owner] = {}
        for index in reversed(range(len(layers))):
            self.enter(index)

    def enter(self, index: int) -> None:
        """Look from a layer, after all below it."""
        claims = self._claims[index]
        self._files.update(claims.files)
        self._folders.update(claims.folders)
        self._modules.update(claims.modules)
        self._system.update(claims.system)
        self._of_folders: dict[str, Owner | None] = {}

    def of(self, path: str, parent: str, name: str) -> Owner:
        """Give the owner of a file.

        :param path: From the root: ``PARENT/NAME``.
        """
        owner = self._files.get(path)
        if owner is not None:
            return owner
        source = source_of(parent, name) if is_compiled(name) else path
        if source is not path and (owner := self._files.get(source)) is not None:
            return owner
        place = self._places.of_folder(parent)
        return (
            place.certain
            or self._programs.get(path)
            or self._places.interpreter_file(parent, name)
            or self._of_unlisted(parent, name)
            or self._system.get(path)
            or self._system.get(source)
            or place.fallback
        )

    def _of_unlisted(self, parent: str, name: str) -> Owner | None:
        """Give the distribution that claims a whole folder, or a module by its name."""
        if not self._folders:
            return None
        if self._modules and (owner := self._modules.get(f"{parent}/{name.partition('.')[0]}")) is not None:
            return owner
        return self._of_folder(parent)

    def _of_folder(self, folder: str) -> Owner | None:
        if folder in self._of_folders:
            return self._of_folders[folder]
        owner = self._folders.get(folder) or (self._of_folder(folder.rpartition("/")[0]) if folder else None)
        self._of_folders[folder] = owner
        return owner


def _series(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _conda_caches(layers: Sequence[ScannedLayer]) -> dict[str, str]:
    """Give the folders in which conda keeps what it unpacked."""
    prefixes = {
        path.partition("/conda-meta/")[0] for layer in layers for path in layer.contents.files if "/conda-meta/" in path
    }
    return {f"{prefix}/pkgs": "conda" for prefix in prefixes}


def _programs(tree: FileTree, environments: Sequence[Environment]) -> dict[str, Owner]:
    """Give the interpreters themselves, whatever they are called: virtualenv copies them as ``bin/python``."""
    programs = {}
    for one in environments:
        words = "PyPy" if one.implementation == "pypy" else "Python"
        for executable in one.executables:
            found = tree.find(executable)
            prefix = f"/{found.path.rpartition('/bin/')[0]}" if found is not None else ""
            if found is not None and prefix == one.prefix:
                programs[found.path] = Owner(
                    category="interpreter",
                    name=f"{words} {_series(one.python)}",
                    version=one.python,
                    environment=one.prefix,
                )
    return programs
