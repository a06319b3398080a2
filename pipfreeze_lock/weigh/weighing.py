"""From an image that was read to its weight: one pass over all files of all layers; pure."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from pipfreeze_lock.image.system_packages import unread_manager
from pipfreeze_lock.model.weight import (
    KINDS,
    DistributionWeight,
    HiddenFile,
    ImageWeight,
    LayerWeight,
    Owner,
    Part,
)
from pipfreeze_lock.report.sizes import readable_size
from pipfreeze_lock.verify.places import true_layer
from pipfreeze_lock.weigh.evidence import Evidence
from pipfreeze_lock.weigh.hidden import Hiding, seen_files
from pipfreeze_lock.weigh.kinds import Kinds, suites_with_tests
from pipfreeze_lock.weigh.owners import Owners
from pipfreeze_lock.weigh.repeated import repeated_contents
from pipfreeze_lock.weigh.savings import savings_of
from pipfreeze_lock.weigh.weighed_file import WeighedFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.image.environments import Environment
    from pipfreeze_lock.image.interface import LayerFile, ScannedImage
    from pipfreeze_lock.image.layers import FileTree
    from pipfreeze_lock.model.weight import FileKindOfWeight

__all__ = ["weigh"]

_LARGEST_FILES = 5
"""Of a distribution that are named."""
_OVERWRITTEN = Owner(category="other", name="(overwritten in the same layer)")


def weigh(
    image: ScannedImage,
    tree: FileTree,
    environments: Sequence[Environment],
    *,
    subject: str,
    with_duplicates: bool = False,
    only: Environment | None = None,
) -> ImageWeight:
    """Give the weight of an image.

    :param image: Read with `with_all_files`; with `with_all_digests` for duplicates.
    :param tree: Its layers laid over each other.
    :param environments: All in it; there may be none.
    :param with_duplicates: Whether to look for contents that are there several times.
    :param only: The environment whose distributions are listed; None for all.
    """
    weighing = _Weighing(image, tree, environments)
    layers = tuple(weighing.layer(index) for index in range(len(image.layers)))
    repeated = repeated_contents(tree) if with_duplicates else None
    return ImageWeight(
        subject=subject,
        digest=image.digest,
        layers=layers,
        distributions=tuple(weighing.distributions(only)),
        hidden=tuple(sorted(weighing.hidden, key=lambda one: (-one.size, one.path))),
        repeated=repeated,
        savings=savings_of(weighing.evidence(layers)),
        unchecked=tuple(weighing.unchecked),
    )


@dataclass(slots=True)
class _Sum:
    """Of the files of one owner."""

    kinds: dict[FileKindOfWeight, int] = field(default_factory=lambda: defaultdict(int))
    files: int = 0
    hidden: int = 0
    largest: list[tuple[int, str]] = field(default_factory=list)

    def add(self, file: WeighedFile) -> None:
        self.kinds[file.kind] += file.size
        self.files += 1
        if file.is_hidden:
            self.hidden += file.size

    def add_named(self, file: WeighedFile) -> None:
        """Add one, and remember it as long as it is among the largest."""
        self.add(file)
        named = (file.size, f"/{file.path}")
        if len(self.largest) < _LARGEST_FILES:
            heapq.heappush(self.largest, named)
        elif named > self.largest[0]:
            heapq.heapreplace(self.largest, named)

    def known_kinds(self) -> dict[FileKindOfWeight, int]:
        """Give bytes by kind, without those of which there are none."""
        return {kind: self.kinds[kind] for kind in KINDS if self.kinds.get(kind)}


class _Weighing:
    """Layers on the balance, the lowest first."""

    def __init__(self, image: ScannedImage, tree: FileTree, environments: Sequence[Environment]) -> None:
        self._layers = image.layers
        self._tree = tree
        self._environments = environments
        self.owners = Owners(image.layers, tree, environments, image.config)
        suites = suites_with_tests(path for layer in image.layers for path in layer.contents.files)
        self._kinds = Kinds(suites)
        self._suites = suites
        self._seen = seen_files(tree)
        self._hiding = Hiding(image.layers)
        self._installed: dict[Owner, _Sum] = defaultdict(_Sum)
        self._config = image.config
        self.hidden: list[HiddenFile] = []
        self._notable: list[WeighedFile] = []
        """What a saving may be made of."""
        self.unchecked = [*_untold(self.owners, tree)]

    def layer(self, index: int) -> LayerWeight:
        """Weigh one."""
        self.owners.enter(index)
        sums: dict[Owner, _Sum] = defaultdict(_Sum)
        weighed = 0
        for file in self._files(index):
            weighed += file.size
            sums[file.owner].add(file)
            if file.is_hidden:
                self._hide(file)
            elif file.owner.category == "distribution":
                self._installed[file.owner].add_named(file)
            if file.is_notable:
                self._notable.append(file)
        self._add_overwritten(index, weighed, sums)
        parts = [
            Part(owner=owner, kinds=one.known_kinds(), files=one.files, hidden=one.hidden)
            for owner, one in sums.items()
        ]
        parts.sort(key=lambda part: (-part.total, part.owner.category, part.owner.name))
        layer = self._layers[index]
        return LayerWeight(info=layer.info, parts=tuple(parts), entries=layer.contents.entries)

    def distributions(self, only: Environment | None) -> list[DistributionWeight]:
        """Give those that are installed in the end, the largest first."""
        found = []
        for owner, recorded in self.owners.distributions.items():
            is_listed = only is None or f"/{recorded.site}" in only.search_path
            if not is_listed or self._tree.find(recorded.path) is None:
                continue
            weighed = self._installed.get(owner) or _Sum()
            found.append(
                DistributionWeight(
                    name=cast("NormalizedName", owner.name),
                    version=owner.version,
                    environment=owner.environment,
                    layer=true_layer(recorded.layer),
                    kinds=weighed.known_kinds(),
                    files=weighed.files,
                    largest=tuple((path, size) for size, path in sorted(weighed.largest, reverse=True)),
                )
            )
        return sorted(found, key=lambda one: (-one.total, one.name, one.environment))

    def evidence(self, layers: tuple[LayerWeight, ...]) -> Evidence:
        """Give what savings are told by."""
        return Evidence(
            layers=layers,
            scanned=self._layers,
            notable=self._notable,
            hidden=self.hidden,
            owners=self.owners,
            suites=self._suites,
            environments=self._environments,
            config=self._config,
        )

    def _files(self, index: int) -> Iterator[WeighedFile]:
        """Give the contents of a layer, each once."""
        files = self._layers[index].contents.files
        # What stands in an image twice was read once, so that identities tell nothing of the lower one.
        is_repeated = any(above.contents.files is files for above in self._layers[index + 1 :])
        others: dict[int, list[str]] = defaultdict(list)
        first: dict[int, str] = {}
        for path, file in files.items():
            if file.kind == "file" and first.setdefault(id(file), path) is not path:
                others[id(file)].append(path)
        for identity, path in first.items():
            paths = (path, *others[identity]) if identity in others else (path,)
            is_hidden = is_repeated or identity not in self._seen
            yield self._weighed(paths, files[path], index, is_hidden=is_hidden)

    def _weighed(self, paths: tuple[str, ...], file: LayerFile, index: int, *, is_hidden: bool) -> WeighedFile:
        """Tell owner and kind by the first name that is not in a cache: to empty that would spare nothing."""
        told = self._told(paths, file, index, is_hidden=is_hidden)
        place = 1
        while told.kind == "caches" and place < len(paths):
            ordered = (*paths[place:], *paths[:place])
            told = self._told(ordered, file, index, is_hidden=is_hidden)
            place += 1
        return told

    def _told(self, paths: tuple[str, ...], file: LayerFile, index: int, *, is_hidden: bool) -> WeighedFile:
        parent, _, name = paths[0].rpartition("/")
        owner = self.owners.of(paths[0], parent, name)
        kind = "caches" if owner.category == "cache" else self._kinds.of(parent, name)
        return WeighedFile(paths, file, index, owner, kind, is_hidden)

    def _hide(self, file: WeighedFile) -> None:
        """Note what hides it: of several names the last that went."""
        if not file.size:
            return
        by = max((self._hiding.of(path, file.layer) for path in file.paths), key=lambda one: one.info.index)
        hidden = HiddenFile(
            path=f"/{file.path}",
            size=file.size,
            layer=self._layers[file.layer].info,
            hidden_by=by.info,
            is_replaced=by.is_replaced,
            owner=file.owner,
            is_equal=_is_equal(file.file, by.replacement),
        )
        self.hidden.append(hidden)

    def _add_overwritten(self, index: int, weighed: int, sums: dict[Owner, _Sum]) -> None:
        """Add what a tar has under a name that comes again in it: the paths of that were not kept."""
        layer = self._layers[index]
        rest = layer.contents.size - weighed
        if rest:
            sums[_OVERWRITTEN] = _Sum(kinds={"data": rest}, hidden=rest)
            self.unchecked.append(
                f"which files {readable_size(rest)} of layer {layer.info.index + 1} are: its tar has something else "
                "under the same names behind them"
            )


def _untold(owners: Owners, tree: FileTree) -> Iterator[str]:
    """Say which files' owners are not known though somebody says them."""
    yield from (f"whose the files are that `/{path}` lists: it cannot be read" for path in owners.unread)
    manager = unread_manager(tree)
    if manager is not None and not owners.sections:
        yield f"which of its packages the system's files belong to: the database of {manager} is not read"


def _is_equal(file: LayerFile, replacement: LayerFile | None) -> bool | None:
    if replacement is None or replacement.kind != "file":
        return None
    if file.size != replacement.size:
        return False
    is_known = file.sha256 is not None and replacement.sha256 is not None
    return file.sha256 == replacement.sha256 if is_known else None
