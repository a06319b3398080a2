"""What pip leaves of a wheel in site-packages, and images of it: for images that no pip has to make."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from typing import TYPE_CHECKING, Any

from support.file_trees import merged, python
from support.image_archives import Image, docker_archive, layer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.distribution import Artifact

__all__ = ["LIBC", "SITE", "installed", "write_image"]

SITE = "usr/local/lib/python3.6/site-packages"
LIBC = {"lib/x86_64-linux-gnu/libc.so.6": "GNU C Library (Debian) stable release version 2.24.\n"}


def installed(
    artifact: Artifact, *, site: str = SITE, changes: Mapping[str, bytes] | None = None, **more: str
) -> dict[str, Any]:
    """Give the files of a wheel as pip installs it, with a RECORD of what is there.

    :param changes: Contents of files, by their path in the wheel, that are others than in the wheel; their rows too.
    :param more: Further files of the ``.dist-info``, with ``__`` for ``.``: ``direct_url__json="…"``.
    """
    with zipfile.ZipFile(io.BytesIO(artifact.content)) as wheel:
        files = {name: wheel.read(name) for name in wheel.namelist()} | dict(changes or {})
    folder = next(name.partition("/")[0] for name in files if ".dist-info/" in name)
    files[f"{folder}/INSTALLER"] = b"pip\n"
    files |= {f"{folder}/{name.replace('__', '.')}": text.encode() for name, text in more.items()}
    rows = [_row(name, data) for name, data in files.items() if not name.endswith("/RECORD")]
    files[f"{folder}/RECORD"] = "".join([*rows, f"{folder}/RECORD,,\n"]).encode()
    return {f"{site}/{name}": data for name, data in files.items()}


def _row(name: str, data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(data)}\n"


def write_image(path: Path, *layers: Mapping[str, Any], version: str = "3.6.8") -> Path:
    """Write a docker archive: a layer with a CPython and its C library, then those that are given."""
    below = merged(python("usr/local", version), LIBC)
    made = [layer([(name, None if data == {} else data) for name, data in one.items()]) for one in (below, *layers)]
    config = {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin"], "Cmd": ["python3"]}
    path.write_bytes(docker_archive(Image(made, config=config)))
    return path
