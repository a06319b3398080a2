"""The bytes of a file, from its URL or from this machine, held to the hash that the page gives."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipfreeze_lock.errors import MetadataError, NetworkError
from pipfreeze_lock.model.url import redact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipfreeze_lock.http.interface import HttpClient

__all__ = ["check_hash", "fetch", "local_path", "strongest_hash"]

_ALGORITHMS = ("sha512", "sha384", "sha256", "sha224", "sha1", "md5")
"""Those of pip's ``models/link.py``, strongest first."""


def local_path(url: str) -> Path | None:
    """Give the path that a ``file:`` URL names, or None for any other URL."""
    if not url.startswith("file:"):
        return None
    from urllib.request import url2pathname  # noqa: PLC0415  11 ms, and most runs read no local file

    parts = urlsplit(url)
    return Path(url2pathname(f"//{parts.netloc}{parts.path}" if parts.netloc not in ("", "localhost") else parts.path))


def fetch(client: HttpClient, url: str, hashes: Mapping[str, str]) -> bytes | memoryview:
    """Get a whole file.

    :param hashes: As the page has them; empty if it has none.
    :raises NetworkError: when it cannot be had; also for a local file that is not there, which is an index's lie too.
    :raises MetadataError: when its hash is not the page's.
    """
    path = local_path(url)
    body = _read(path) if path is not None else _get(client, url)
    check_hash(body, hashes, url)
    return body


def check_hash(body: bytes | memoryview, hashes: Mapping[str, str], url: str) -> None:
    """Hold a body to the strongest hash that we know to compute.

    :raises MetadataError: when they differ.
    """
    expected = strongest_hash(hashes)
    if expected is None:
        return
    algorithm, digest = expected
    computed = hashlib.new(algorithm, body, usedforsecurity=False).hexdigest()
    if computed != digest.lower():
        msg = f"the {algorithm} of the file is not the one that the index gives"
        raise MetadataError(
            msg,
            context=f"{redact(url)}\nexpected {digest.lower()}\ngot      {computed}",
            hints=[
                "Try again: a download may have been cut short or changed on the way.",
                "If it stays so, tell whoever runs the index: the file and the page disagree.",
            ],
        )


def strongest_hash(hashes: Mapping[str, str]) -> tuple[str, str] | None:
    """Give (algorithm, hex digest) of the strongest known algorithm, or None."""
    for algorithm in _ALGORITHMS:
        if algorithm in hashes:
            return algorithm, hashes[algorithm]
    return None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        msg = f"`{path}` cannot be read: {error.strerror or error}"
        raise NetworkError(msg, hints=["Check the path given with `--find-links`."]) from error


def _get(client: HttpClient, url: str) -> bytes | memoryview:
    response = client.get(url)
    if response.status != 200:
        msg = f"the index lists a file that its server does not give (status {response.status})"
        raise NetworkError(
            msg,
            context=redact(url),
            hints=["Try again later, or exclude this release: the file may have been deleted."],
        )
    return response.body
