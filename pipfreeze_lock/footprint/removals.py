"""What uninstalling a distribution takes away (pip's ``UninstallPathSet``).

From pip 19.0 a folder of which all files go is moved away as one, and what is above it stays. Older pips move each
file, and each folder that is empty then goes too, up to the first that is not (``os.removedirs``).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pipfreeze_lock.footprint.bytecode import bytecode_path
from pipfreeze_lock.footprint.layer_state import ancestors
from pipfreeze_lock.footprint.scripts import entry_points
from pipfreeze_lock.verify.records import parse_installed_files, parse_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipfreeze_lock.footprint.interface import GrowthRequest
    from pipfreeze_lock.footprint.layer_state import LayerState
    from pipfreeze_lock.footprint.pip_rules import InstallRules
    from pipfreeze_lock.image.layers import FileTree
    from pipfreeze_lock.model.installed import InstalledDistribution

__all__ = ["uninstall"]


def uninstall(old: InstalledDistribution, state: LayerState, request: GrowthRequest, rules: InstallRules) -> None:
    """Take the files of an installed distribution away."""
    if request.tree is None:
        return
    declared = {one.lstrip("/") for one in _declared(old, request.tree, request)}
    files = {one for path in declared for one in _with_bytecode(path, request) if state.is_file(one)}
    folders = {one for one in declared if state.is_folder(one)}
    if rules.removes_folders:
        whole = set(_whole_folders({*files, *(file for one in folders for file in state.files_below(one))}, state))
        for folder in _outermost(whole | folders):
            state.remove_folder(folder)
        for file in files:
            if state.is_file(file):
                state.remove_file(file)
        return
    for folder in _outermost(folders):
        state.remove_folder(folder)
        _prune(folder, state)
    for file in sorted(files):
        if state.is_file(file):
            state.remove_file(file)
            _prune(file, state)


def _declared(old: InstalledDistribution, tree: FileTree, request: GrowthRequest) -> Iterator[str]:
    """Give what the distribution says is its own; files and folders, absolute."""
    library = posixpath.dirname(old.path)
    if old.path.endswith(".dist-info"):
        record = tree.read(f"{old.path}/RECORD")
        yield from (row.path for row in parse_record(record or b"", library))
    elif old.path.endswith((".egg", ".egg-link")) or not tree.children(old.path):
        yield old.path
        return
    else:
        yield old.path
        listed = tree.read(f"{old.path}/installed-files.txt")
        if listed is not None:
            yield from (row.path for row in parse_installed_files(listed, old.path))
        else:
            yield from _top_level(tree.read(f"{old.path}/top_level.txt") or b"", library)
    points = entry_points(tree.read(f"{old.path}/entry_points.txt") or b"")
    yield from (posixpath.join(request.places.scripts, name) for name in (*points.console, *points.gui))


def _top_level(content: bytes, library: str) -> Iterator[str]:
    for name in content.decode("utf-8", errors="replace").split():
        yield from (posixpath.join(library, f"{name}{end}") for end in ("", ".py", ".pyc"))


def _with_bytecode(path: str, request: GrowthRequest) -> Iterator[str]:
    yield path
    if path.endswith(".py"):
        yield f"{path}c"
        yield bytecode_path(path, request.target)


def _whole_folders(files: set[str], state: LayerState) -> Iterator[str]:
    """Give the folders of which all files go (``compress_for_rename``)."""
    taken: list[str] = []
    for folder in sorted({posixpath.dirname(file) for file in files}, key=len):
        if any(folder.startswith(f"{one}/") for one in taken):
            continue
        if all(file in files for file in state.files_below(folder)):
            taken.append(folder)
            yield folder


def _outermost(folders: Iterable[str]) -> list[str]:
    there = set(folders)
    return sorted(one for one in there if not any(above in there for above in ancestors(one)))


def _prune(path: str, state: LayerState) -> None:
    """Take away the folders above that are empty now."""
    for folder in ancestors(path):
        if not state.is_empty(folder):
            return
        state.remove_folder(folder)
