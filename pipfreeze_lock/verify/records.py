"""What the record of an installed distribution says: RECORD (PEP 376, PEP 627), or setuptools' installed-files.txt."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import posixpath
from typing import NamedTuple

__all__ = ["RecordRow", "parse_installed_files", "parse_record"]


class RecordRow(NamedTuple):
    """One file of a distribution."""

    path: str
    """Absolute, without ``..``; symbolic links on the way are not followed."""
    hash: str = ""
    """``ALGORITHM=DIGEST`` as it stands there, without the padding that some builders add; empty where it has none."""
    size: int | None = None

    @property
    def sha256(self) -> str | None:
        """Give it in hexadecimal digits; empty where it is none; None where there is none, or another algorithm's."""
        algorithm, _, digest = self.hash.partition("=")
        if algorithm.lower() != "sha256":
            return None
        if len(digest) == 64:  # some builders write it so
            return digest.lower()
        try:
            return base64.b64decode(digest + "=" * (-len(digest) % 4), altchars=b"-_", validate=True).hex()
        except (ValueError, binascii.Error):
            return ""


def parse_record(content: bytes, folder: str) -> list[RecordRow]:
    """Read a RECORD; rows without a path are none.

    :param folder: That its paths are relative to: the one that the ``.dist-info`` lies in.
    """
    text = content.decode("utf-8", errors="surrogateescape")
    start = posixpath.join(posixpath.normpath(folder), "") if folder else ""
    rows = []
    for fields in csv.reader(io.StringIO(text.replace("\0", ""), newline="")):
        if not fields or not fields[0]:
            continue
        size = fields[2] if len(fields) > 2 else ""
        rows.append(
            RecordRow(
                _joined(start, fields[0]),
                fields[1].rstrip("=") if len(fields) > 1 else "",
                int(size) if size.isascii() and size.isdigit() else None,
            )
        )
    return rows


def _joined(start: str, path: str) -> str:
    """Give a path of a RECORD behind the folder's, normalised; most of them are."""
    if path[0] in "./" or "/." in path or "//" in path or path[-1] == "/":
        return posixpath.normpath(posixpath.join(start, path))
    return start + path


def parse_installed_files(content: bytes, folder: str) -> list[RecordRow]:
    """Read an installed-files.txt: paths alone.

    :param folder: The ``.egg-info`` that it lies in.
    """
    lines = content.decode("utf-8", errors="surrogateescape").splitlines()
    return [RecordRow(posixpath.normpath(posixpath.join(folder, line))) for line in lines if line.strip()]
