"""File trees of images from nested dicts: what a container would see of one layer, or of several.

    tree({"usr/local/bin": {"python": Link("python3.11"), "python3.11": ""}})

A name may be a whole path, a dict is a folder, text or bytes are a file, a `Link` is a symbolic link. Each layer goes
through a real tar, of which is kept what `environment_interest` asks for, as from any transport.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipfreeze_lock.image.byte_sources import ForwardBytes
from pipfreeze_lock.image.interest import environment_interest
from pipfreeze_lock.image.interface import ScannedLayer
from pipfreeze_lock.image.layer_scan import scan_layer
from pipfreeze_lock.image.layers import FileTree
from pipfreeze_lock.model.image import LayerInfo
from support.image_archives import Link, layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pipfreeze_lock.image.interface import Want

__all__ = ["Link", "distribution", "info", "merged", "python", "scanned", "tree", "venv"]


def tree(*layers: Mapping[str, Any], interest: Callable[[str], Want] = environment_interest) -> FileTree:
    """Lay layers over each other, the lowest first."""
    return FileTree(scanned(files, index, interest) for index, files in enumerate(layers))


def info(index: int) -> LayerInfo:
    """Give what is known of a layer."""
    return LayerInfo(index=index, digest=f"sha256:{index:064x}", diff_id=None, instruction=f"RUN step {index}")


def scanned(
    files: Mapping[str, Any] | Sequence[tuple[str, Any]], index: int, interest: Callable[[str], Want]
) -> ScannedLayer:
    """Read one layer; a sequence of pairs is taken as it is, so that a path may come twice."""
    data = layer(list(_flat(files)) if hasattr(files, "items") else list(files))
    read = scan_layer(lambda: ForwardBytes(iter([data])), interest, place=f"layer {index}", subject="image")
    return ScannedLayer(info=info(index), contents=read)


def _flat(files: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Give each path with its value; None is a folder."""
    for name, value in files.items():
        path = f"{prefix}{name.strip('/')}"
        if isinstance(value, dict):
            yield path, None
            yield from _flat(value, f"{path}/")
        else:
            yield path, value


def merged(*files: Mapping[str, Any]) -> dict[str, Any]:
    """Put trees into each other; all their names become whole paths."""
    return {path: {} if value is None else value for one in files for path, value in _flat(one)}


def python(prefix: str, version: str, *, name: str | None = None, library: str = "lib", headers: bool = True) -> dict:
    """Give what an installed CPython has: ``python("/usr/local", "3.11.7")``.

    :param name: Of its folders, where that is not ``python3.11``.
    """
    series = ".".join(version.split(".")[:2])
    own = name or f"python{series}"
    files: dict[str, Any] = {
        f"{prefix}/bin": {f"python{series[0]}": Link(own), "python": Link(f"python{series[0]}"), own: "\x7fELF"},
        f"{prefix}/{library}/{own}": {"os.py": "", "site-packages": {}},
    }
    if headers:
        files[f"{prefix}/include/{own}/patchlevel.h"] = f'#define PY_VERSION  \t"{version}"\n'
    return files


def venv(prefix: str, home: str, version: str, *, copies: bool = False, **keys: str) -> dict:
    """Give what ``python -m venv`` makes."""
    series = ".".join(version.split(".")[:2])
    told = {"home": home, "include-system-site-packages": "false", "version": version, **keys}
    return {
        f"{prefix}/pyvenv.cfg": "".join(f"{key} = {value}\n" for key, value in told.items() if value),
        f"{prefix}/bin": {
            "python": "\x7fELF" if copies else Link(f"{home}/python{series}"),
            "python3": Link("python"),
            "activate": "",
        },
        f"{prefix}/lib/python{series}/site-packages": {},
        f"{prefix}/lib64": Link("lib"),
    }


def distribution(name: str, version: str, *, installer: str = "pip", **files: str) -> dict:
    """Give the ``.dist-info`` of what is installed, to be put into a ``site-packages``.

    :param files: Further files of it, with ``__`` for ``.``: ``direct_url__json="…"``.
    """
    stem = f"{name.replace('-', '_')}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nwords\n"
    own = {key.replace("__", "."): value for key, value in files.items()}
    return {stem: {"METADATA": metadata, "INSTALLER": f"{installer}\n", "RECORD": "", **own}}
