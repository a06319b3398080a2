"""Contents that a container sees under several paths, each stored for itself."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pipfreeze_lock.model.weight import RepeatedContents

if TYPE_CHECKING:
    from pipfreeze_lock.image.layers import FileTree

__all__ = ["repeated_contents"]


def repeated_contents(tree: FileTree) -> tuple[RepeatedContents, ...]:
    """Give them, what most could be spared of first; names of the same file (hard links) are one.

    :param tree: Read with the digests of all.
    """
    sizes: dict[str, int] = {}
    paths: dict[str, dict[int, str]] = defaultdict(dict)
    for path, entry in tree.walk():
        file = entry.file
        if file.kind == "file" and file.size and file.sha256 is not None:
            sizes[file.sha256] = file.size
            paths[file.sha256].setdefault(id(file), f"/{path}")
    found = (
        RepeatedContents(sha256=sha256, size=sizes[sha256], paths=tuple(sorted(by_identity.values())))
        for sha256, by_identity in paths.items()
        if len(by_identity) > 1
    )
    return tuple(sorted(found, key=lambda one: (-one.spare, one.paths)))
