"""The RECORD that pip writes: only its size matters (pip's ``get_csv_rows_for_installed``)."""

from __future__ import annotations

import csv
import io
import posixpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["record_size"]

_DIGEST = f"sha256={'x' * 43}"
"""As long as the digest that pip writes for what it generated: base64 without padding."""


def record_size(
    content: bytes,
    *,
    library: str,
    installed: Mapping[str, str],
    changed: Mapping[str, int],
    generated: Iterable[tuple[str, int]],
    compiled: Iterable[str],
    is_row_whole: bool,
) -> int:
    """Give the size of the RECORD of an installed wheel.

    :param content: The wheel's own RECORD.
    :param library: The folder that its paths start from.
    :param installed: Of all files of the wheel that are installed: their path there to that in the image.
    :param changed: Sizes of those that pip changes and records anew, by their path in the wheel.
    :param generated: Paths and sizes of what pip writes beside them.
    :param compiled: Paths of ``.pyc``.
    :param is_row_whole: Whether what stands behind the third field of a row is kept.
    """
    output = io.StringIO(newline="")
    writer = csv.writer(output)  # CR LF, as pip has it
    unrecorded = dict(installed)
    for row in csv.reader(io.StringIO(content.decode("utf-8", "surrogateescape"), newline="")):
        if not row:
            continue
        place = unrecorded.pop(row[0], None)
        path = row[0] if place is None else posixpath.relpath(place, library)
        rest = row[1:] if is_row_whole else [*row[1:3], "", ""][:2]
        writer.writerow((path, _DIGEST, changed[row[0]]) if row[0] in changed else (path, *rest))
    for place, length in generated:
        writer.writerow((posixpath.relpath(place, library), _DIGEST, length))
    for place in (*unrecorded.values(), *compiled):
        writer.writerow((posixpath.relpath(place, library), "", ""))
    return len(output.getvalue().encode("utf-8", "surrogateescape"))
