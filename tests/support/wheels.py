"""Wheels: the same bytes for the same words, thousands a second."""

from __future__ import annotations

import base64
import hashlib
import io
import random
import re
import zipfile
from typing import TYPE_CHECKING

from support.distribution import Artifact, core_metadata

if TYPE_CHECKING:
    from support.distribution import Distribution

__all__ = ["build_wheel", "wheel_filename"]


def wheel_filename(name: str, version: str, tag: str, build: str | None) -> str:
    """Escape and join the parts as PEP 427 has it."""
    parts = [_escape(name), version.replace("-", "_"), *([build] if build else []), tag]
    return "-".join(parts) + ".whl"


def build_wheel(
    distribution: Distribution,
    *,
    tag: str = "py2.py3-none-any",
    build: str | None = None,
    filename: str | None = None,
    without_metadata: bool = False,
    **listed: object,
) -> Artifact:
    """Build an installable wheel.

    :param tag: ``cp36-cp36m-manylinux1_x86_64``; compressed sets (``py2.py3``) as they are.
    :param build: The build number, ``1`` or ``1abc``.
    :param filename: Instead of the one that follows from the rest.
    :param without_metadata: No METADATA in it, so that it cannot be installed.
    :param listed: What the index says of it: fields of `Artifact`.
    """
    stem = f"{_escape(distribution.name)}-{distribution.version.replace('-', '_')}"
    metadata = core_metadata(distribution).encode()
    # The order is that of real wheels: the module first, the dist-info folder last, so that a reader of the file's
    # tail finds metadata and central directory together.
    contents = {f"{distribution.module}.py": f"version = {distribution.version!r}\n".encode()}
    contents.update({path: text.encode() for path, text in distribution.inside.items()})
    if distribution.padding:
        contents[f"{distribution.module}_data.bin"] = random.Random(distribution.padding).randbytes(
            distribution.padding
        )
    if not without_metadata:
        contents[f"{stem}.dist-info/METADATA"] = metadata
    contents[f"{stem}.dist-info/WHEEL"] = _wheel_file(tag, build)
    contents[f"{stem}.dist-info/RECORD"] = _record(contents, f"{stem}.dist-info/RECORD")
    return Artifact.of(
        distribution.name,
        distribution.version,
        filename or wheel_filename(distribution.name, distribution.version, tag, build),
        _archive(contents),
        metadata=None if without_metadata else metadata,
        **listed,
    )


def _escape(name: str) -> str:
    return re.sub(r"[^\w.]+", "_", name)


def _wheel_file(tag: str, build: str | None) -> bytes:
    interpreters, abis, platforms = (part.split(".") for part in tag.rsplit("-", 2))
    tags = [f"{i}-{a}-{p}" for i in interpreters for a in abis for p in platforms]
    lines = ["Wheel-Version: 1.0", "Generator: pipfreeze-lock-tests", "Root-Is-Purelib: true"]
    lines += [f"Tag: {one}" for one in tags] + ([f"Build: {build}"] if build else [])
    return ("\n".join(lines) + "\n").encode()


def _record(contents: dict[str, bytes], own_path: str) -> bytes:
    lines = []
    for path, content in contents.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(content)}")
    return ("\n".join([*lines, f"{own_path},,"]) + "\n").encode()


def _archive(contents: dict[str, bytes]) -> bytes:
    """Zip without time stamps, stored: compressing costs more than all the rest and shows nothing."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path, content in contents.items():
            entry = zipfile.ZipInfo(path)  # 1980-01-01
            entry.external_attr = 0o100644 << 16
            entry.create_system = 3
            archive.writestr(entry, content)
    return buffer.getvalue()
