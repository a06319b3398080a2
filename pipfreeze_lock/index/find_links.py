"""What find-links places hold of one project: files by their names, since no page says whose they are.

A file that may be a project's is given; whether it is, `pipfreeze_lock.index.evaluate` decides from its name, as pip
does. Local files come in the order in which pip lists them: by URL, backwards.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from pipfreeze_lock.errors import NetworkError
from pipfreeze_lock.index.simple_html import hashes_of
from pipfreeze_lock.model.artifact import IndexFile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["FilesByProject", "folder_listing", "linked_file"]

_SEPARATORS = re.compile(r"[-_.]+")


class FilesByProject:
    """Files of many projects, found by the project's normalised name."""

    def __init__(self, files: Iterable[IndexFile]) -> None:
        self._buckets: dict[str, list[tuple[str, IndexFile]]] = {}
        for file in files:
            key = _matched_part(file.filename)
            self._buckets.setdefault(key.partition("-")[0], []).append((key, file))

    def of(self, name: str) -> list[IndexFile]:
        """Give the files that may be this project's, in their order."""
        prefix = f"{name}-"
        return [file for key, file in self._buckets.get(name.partition("-")[0], ()) if key.startswith(prefix)]


def _matched_part(filename: str) -> str:
    """Give the part of a file's name that a project's name is compared with, normalised (PEP 503).

    Of a wheel what stands before the first dash, and a dash; else all of it, since in ``a-b-1.tar.gz`` the project may
    be ``a`` or ``a-b``.
    """
    if filename.endswith(".whl"):
        return f"{_SEPARATORS.sub('-', filename.partition('-')[0]).lower()}-"
    return _SEPARATORS.sub("-", filename).lower()


def folder_listing(folder: Path) -> tuple[list[IndexFile], list[str]]:
    """Give the files of a folder, by URL and backwards, and the URLs of its HTML files.

    :raises NetworkError: when the folder cannot be read; the word is about an index that does not answer.
    """
    try:
        paths = [path for path in folder.iterdir() if path.is_file()]
        files = [
            IndexFile(filename=path.name, url=path.as_uri(), size=path.stat().st_size)
            for path in paths
            if path.suffix.lower() not in (".html", ".htm")
        ]
    except OSError as error:
        msg = f"the find-links folder `{folder}` cannot be read: {error.strerror}"
        raise NetworkError(msg, hints=["Look at the folder's permissions."]) from error
    pages = sorted(path.as_uri() for path in paths if path.suffix.lower() in (".html", ".htm"))
    return sorted(files, key=lambda file: file.url, reverse=True), pages


def linked_file(url: str) -> list[IndexFile]:
    """Give the one file that a find-links URL names, with the hash in its fragment."""
    bare, _, fragment = url.partition("#")
    filename = unquote(urlsplit(bare).path.rpartition("/")[2])
    return [IndexFile(filename=filename, url=bare, hashes=hashes_of(fragment))]
