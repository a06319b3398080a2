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
    """Files of many projects, found by the project's normalised name (PEP 503)."""

    def __init__(self, files: Iterable[IndexFile]) -> None:
        self._wheels: dict[str, list[tuple[int, IndexFile]]] = {}
        self._others: dict[str, list[tuple[int, str, IndexFile]]] = {}
        for position, file in enumerate(files):
            if file.filename.endswith(".whl"):
                name = _normalised(file.filename.partition("-")[0])
                self._wheels.setdefault(name, []).append((position, file))
            else:
                name = _normalised(file.filename)
                self._others.setdefault(name.partition("-")[0], []).append((position, name, file))

    def of(self, name: str) -> list[IndexFile]:
        """Give the files that may be this project's, in their order.

        A wheel says whose it is; of ``a-b-1.tar.gz`` the project may be ``a`` or ``a-b``.
        """
        others = self._others.get(name.partition("-")[0], ())
        found = [(position, file) for position, other, file in others if other.startswith(f"{name}-")]
        found += self._wheels.get(name, ())
        return [file for _, file in sorted(found, key=lambda entry: entry[0])]


def _normalised(text: str) -> str:
    return _SEPARATORS.sub("-", text).lower()


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
