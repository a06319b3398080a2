"""What is installed for one Python of an image, from the metadata that lies there (PEP 376, PEP 610, eggs)."""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import TYPE_CHECKING

from pipfreeze_lock.image.found_metadata import (
    FoundMetadata,
    headers_of,
    installed_distributions,
    parse_direct_url,
)
from pipfreeze_lock.model.installed import InstalledSet
from pipfreeze_lock.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.image.environments import Environment
    from pipfreeze_lock.image.layers import FileTree
    from pipfreeze_lock.model.image import LayerInfo

__all__ = ["installed_set"]

_OF_AN_EGG = "EGG-INFO/PKG-INFO"


def installed_set(tree: FileTree, environment: Environment, *, subject: str, libc: str | None) -> InstalledSet:
    """Give all distributions of an environment, in the order in which its ``sys.path`` finds them."""
    found = (one for folder in environment.search_path for one in _found_in(tree, folder))
    is_full = environment.python.count(".") >= 2
    untold = [] if is_full else ["the patch level of its Python"]
    untold += [] if libc else ["its C library"]
    return InstalledSet(
        subject=subject,
        python=environment.python,
        implementation=environment.implementation,
        libc=libc,
        distributions=installed_distributions(found),
        untold=tuple(untold),
    )


def _found_in(tree: FileTree, folder: str) -> Iterator[FoundMetadata]:
    """Give the metadata in a folder of ``sys.path``; an egg may be such a folder itself."""
    if folder.endswith(".egg"):
        yield from _egg(tree, folder)
    for name in tree.children(folder):
        path = f"{folder}/{name}"
        if name.endswith(".dist-info"):
            if _is_folder(tree, path):
                yield _found(tree, path, f"{path}/METADATA")
        elif name.endswith(".egg-info"):
            yield _found(tree, path, f"{path}/PKG-INFO" if _is_folder(tree, path) else path)
        elif name.endswith(".egg-link"):
            yield _linked(tree, folder, name)
        elif name.endswith(".egg"):
            yield from _egg(tree, path)


def _found(tree: FileTree, path: str, metadata: str, source: str | None = None) -> FoundMetadata:
    """Read an entry.

    :param metadata: The file with its core metadata.
    :param source: The folder of that, where the entry only leads there.
    """
    installer = tree.read(f"{path}/INSTALLER")
    name, version = headers_of(tree.read(metadata) or b"")
    return FoundMetadata(
        path=path,
        source=_real(tree, source or path),
        name=name,
        version=version,
        installer=installer.decode(errors="replace").strip() or None if installer else None,
        direct_url=parse_direct_url(tree.read(f"{path}/direct_url.json")),
        layer=_topmost(tree, metadata, f"{path}/INSTALLER", f"{path}/direct_url.json") or _layer(tree, path),
    )


def _topmost(tree: FileTree, *paths: str) -> LayerInfo | None:
    """Give the topmost of the layers that files come from."""
    layers = [layer for path in paths if (layer := _layer(tree, path)) is not None]
    return max(layers, key=lambda layer: layer.index, default=None)


def _egg(tree: FileTree, path: str) -> Iterator[FoundMetadata]:
    """Read an egg: a folder, or a zip file."""
    if _is_folder(tree, path):
        if tree.find(f"{path}/{_OF_AN_EGG}") is not None:
            yield _found(tree, path, f"{path}/{_OF_AN_EGG}")
        return
    try:
        with zipfile.ZipFile(io.BytesIO(tree.read(path) or b"")) as egg:
            metadata = egg.read(_OF_AN_EGG)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError):
        return  # no egg, but a file of such a name: Python would not import from it either
    name, version = headers_of(metadata)
    yield FoundMetadata(path=path, source=_real(tree, path), name=name, version=version, layer=_layer(tree, path))


def _linked(tree: FileTree, folder: str, name: str) -> FoundMetadata:
    """Read the metadata that ``setup.py develop`` left where the sources are."""
    path = f"{folder}/{name}"
    lines = (tree.read(path) or b"").decode(errors="replace").split("\n")
    line = next((text for one in lines if (text := one.strip())), "")
    sources = posixpath.join(folder, line) if line else ""
    entries = [entry for entry in tree.children(sources) if entry.endswith(".egg-info")] if sources else []
    wanted = canonical_name(name.removesuffix(".egg-link"))
    own = [entry for entry in entries if canonical_name(entry.removesuffix(".egg-info").partition("-")[0]) == wanted]
    metadata = f"{sources}/{(own or entries)[0]}" if own or entries else path
    return _found(tree, path, f"{metadata}/PKG-INFO", source=metadata)


def _is_folder(tree: FileTree, path: str) -> bool:
    found = tree.find(path)
    return found is not None and found.entry.is_directory


def _real(tree: FileTree, path: str) -> str:
    found = tree.find(path)
    return f"/{found.path}" if found is not None else path


def _layer(tree: FileTree, path: str) -> LayerInfo | None:
    """Give the layer that a file comes from; None where the files are those of a folder, which has no layers."""
    layer = tree.layer_of(path)
    return layer if layer is not None and (layer.digest or layer.diff_id or layer.instruction) else None
