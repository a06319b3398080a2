"""Scripts that pip changes when it installs them, and whose hash in RECORD is that from before, with some pips.

``fix_script`` of pip writes another first line in place of ``#!python``. Before 22.2 it then looked for the script
under its absolute path among relative ones, so that RECORD kept the wheel's own hash (``get_csv_rows_for_installed`` in
``_internal/operations/install/wheel.py``, ``_internal/wheel.py`` before 20.1).
"""

from __future__ import annotations

import hashlib
import posixpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipfreeze_lock.verify.records import RecordRow

__all__ = ["is_script", "was_recorded_before"]

_FIRST_LINES = (
    b"#!python\n",
    b"#!pythonw\n",
    b"#!python\r\n",
    b"#!python3\n",
    b"#!python2\n",
    b"#!python -u\n",
    b"#!python -E\n",
)
"""What builders write (``bdist_wheel``, distlib); pip takes any line that begins with ``#!python``."""


def is_script(path: str) -> bool:
    """Whether it lies where pip puts scripts."""
    return posixpath.basename(posixpath.dirname(path)) in ("bin", "Scripts")


def was_recorded_before(row: RecordRow, content: bytes) -> bool:
    """Whether a script is as recorded, but for the first line that pip wrote."""
    first, newline, rest = content.partition(b"\n")
    if not first.startswith(b"#!") or not newline:
        return False
    originals = (line + rest for line in _FIRST_LINES)
    return any(
        row.size in (None, len(original)) and hashlib.sha256(original).hexdigest() == row.sha256
        for original in originals
    )
