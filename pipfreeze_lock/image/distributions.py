"""What is installed for one Python of an image, from the metadata that lies there (PEP 376, PEP 610, eggs)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pipfreeze_lock.model.installed import InstalledDistribution, InstalledSet
from pipfreeze_lock.model.names import canonical_name
from pipfreeze_lock.model.url import Url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.image.environments import Environment
    from pipfreeze_lock.image.layers import FileTree

__all__ = ["installed_set"]


def installed_set(tree: FileTree, environment: Environment, *, subject: str, libc: str | None) -> InstalledSet:
    """Give all distributions of an environment, in the order in which its ``sys.path`` finds them."""
    return InstalledSet(
        subject=subject,
        python=environment.python,
        implementation=environment.implementation,
        libc=libc,
        distributions=tuple(_distributions(tree, environment)),
    )


def _distributions(tree: FileTree, environment: Environment) -> Iterator[InstalledDistribution]:
    seen: set[str] = set()
    for folder in environment.search_path:
        for name in tree.children(folder):
            metadata = _metadata_of(tree, folder, name)
            if metadata is not None:
                one = _distribution(tree, f"{folder}/{name}", metadata, is_shadowed=False)
                if one.name in seen:
                    one = _distribution(tree, f"{folder}/{name}", metadata, is_shadowed=True)
                seen.add(one.name)
                yield one


def _metadata_of(tree: FileTree, folder: str, name: str) -> bytes | None:
    """Give the core metadata of an entry of site-packages, empty where it lacks; None where it is no distribution."""
    path = f"{folder}/{name}"
    if name.endswith(".dist-info"):
        return tree.read(f"{path}/METADATA") or b""
    if name.endswith(".egg-info"):
        found = tree.find(path)
        return (tree.read(f"{path}/PKG-INFO") if found and found.entry.is_directory else tree.read(path)) or b""
    if name.endswith(".egg-link"):
        return _linked(tree, path)
    if name.endswith(".egg"):
        return tree.read(f"{path}/EGG-INFO/PKG-INFO")
    return None


def _linked(tree: FileTree, path: str) -> bytes:
    """Give the metadata that ``setup.py develop`` left where the sources are."""
    lines = (tree.read(path) or b"").decode(errors="replace").splitlines()
    folder = lines[0].strip() if lines else ""
    names = [name for name in tree.children(folder) if name.endswith(".egg-info")] if folder else []
    return (tree.read(f"{folder}/{names[0]}/PKG-INFO") or b"") if names else b""


def _distribution(tree: FileTree, path: str, metadata: bytes, *, is_shadowed: bool) -> InstalledDistribution:
    """Read one; what its metadata lacks is taken from its file name, as pip does, and said."""
    fields = _headers(metadata)
    stem = path.rpartition("/")[2].rpartition(".")[0]
    lacking = [name for name in ("Name", "Version") if name.lower() not in fields]
    url, is_editable = _direct_url(tree.read(f"{path}/direct_url.json"))
    installer = tree.read(f"{path}/INSTALLER")
    return InstalledDistribution(
        name=canonical_name(fields.get("name") or stem.partition("-")[0]),
        version=fields.get("version") or stem.partition("-")[2].partition("-")[0],
        path=path,
        installer=installer.decode(errors="replace").strip() if installer else None,
        direct_url=url,
        is_editable=is_editable or path.endswith(".egg-link"),
        is_shadowed=is_shadowed,
        layer=tree.layer_of(f"{path}/METADATA") or tree.layer_of(f"{path}/PKG-INFO") or tree.layer_of(path),
        problem=f"its metadata has no {' and no '.join(lacking)}" if lacking else None,
    )


def _headers(metadata: bytes) -> dict[str, str]:
    """Give Name and Version."""
    fields: dict[str, str] = {}
    for line in metadata.decode(errors="replace").splitlines():
        if not line.strip():
            break
        key, colon, value = line.partition(":")
        if colon and key.lower() in ("name", "version") and value.strip():
            fields.setdefault(key.lower(), value.strip())
    return fields


def _direct_url(content: bytes | None) -> tuple[str | None, bool]:
    if content is None:
        return None, False
    try:
        table = json.loads(content)
        return Url(str(table["url"])).without_credentials, bool((table.get("dir_info") or {}).get("editable"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return "unreadable direct_url.json", False
