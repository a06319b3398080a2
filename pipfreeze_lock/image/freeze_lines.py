"""What ``pip freeze`` prints, as pips from 9 to 26 do (``_internal/operations/freeze.py``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.model.installed import InstalledDistribution
from pipfreeze_lock.model.names import canonical_name
from pipfreeze_lock.model.url import Url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName

__all__ = ["is_talk", "parse_freeze"]

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_PINNED = re.compile(rf"({_NAME})\s*={{2,3}}\s*(\S+)")
_DIRECT = re.compile(rf"({_NAME})\s*@\s*(\S+)")
_EDITABLE = re.compile(r"(?:-e|--editable)[ =]+(.+)")
_REMARK_OF_EDITABLE = re.compile(rf"#.*\(({_NAME})={{2,3}}([^\s)]+)\)")
"""``# Editable install with no version control (app==1.0)``, which stands above its ``-e``."""
_OPTIONS = ("--", "-f ", "-i ", "-c ", "-r ")
"""Of a requirements file, which ``pip freeze -r`` prints again."""
_TALK = ("DEPRECATION: ", "WARNING: ", "ERROR: ", "[notice] ")
"""How pip's messages begin, which stand before or behind where stderr was written into the same file."""
_CREDENTIALS = re.compile(r"//[^/?#\s]*@")
_LEFT_OUT = ("pip", "setuptools", "wheel", "distribute")
"""Without ``--all`` (``DEV_PKGS`` in pip's ``commands/freeze.py``; from Python 3.12 on it is pip alone)."""


def parse_freeze(
    lines: Sequence[str], *, place: str, hints: Sequence[str]
) -> tuple[tuple[InstalledDistribution, ...], frozenset[NormalizedName]]:
    """Give the distributions, and the names of those that may be there without being said.

    :raises ImageError: for a line that ``pip freeze`` does not print.
    """
    found: list[InstalledDistribution] = []
    seen: set[NormalizedName] = set()
    remark: re.Match[str] | None = None
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text.startswith("#"):
            remark = _REMARK_OF_EDITABLE.match(text) or remark
            continue
        if not text or text.startswith(_OPTIONS) or is_talk(text):
            continue
        one = _distribution(text, remark, f"{place}:{number}")
        remark = None
        if one is None:
            is_editable = _EDITABLE.fullmatch(text) is not None
            what = "does not say which distribution it is" if is_editable else "is no line of `pip freeze`"
            message = f"`{_CREDENTIALS.sub('//****@', text)[:120]}` {what}"
            raise ImageError(message, context=f"{place}:{number}", hints=hints)
        if one.name not in seen:
            seen.add(one.name)
            found.append(one)
    left_out = frozenset(canonical_name(name) for name in _LEFT_OUT)
    return tuple(found), frozenset() if "pip" in seen else left_out - seen


def is_talk(line: str) -> bool:
    """Whether a line is a message of pip's, and not what was asked for."""
    return line.lstrip().startswith(_TALK)


def _distribution(text: str, remark: re.Match[str] | None, path: str) -> InstalledDistribution | None:
    pinned = _PINNED.fullmatch(text)
    if pinned is not None:
        return InstalledDistribution(name=canonical_name(pinned[1]), version=pinned[2], path=path)
    direct = _DIRECT.fullmatch(text)
    if direct is not None:
        url = Url(direct[2]).without_credentials
        name = canonical_name(direct[1])
        return InstalledDistribution(name=name, version=_version_of_file(url, name), path=path, direct_url=url)
    editable = _EDITABLE.fullmatch(text)
    return _editable(editable[1].strip(), remark, path) if editable is not None else None


def _editable(source: str, remark: re.Match[str] | None, path: str) -> InstalledDistribution | None:
    """Read ``-e``: its name stands in the fragment (``#egg=app``), or in the remark above it."""
    url = Url(source).without_credentials if "://" in source else None
    egg = re.search(rf"[#&]egg=({_NAME})", source)
    name = egg[1] if egg is not None else remark[1] if remark is not None else None
    if name is None:
        return None
    version = remark[2] if remark is not None and canonical_name(remark[1]) == canonical_name(name) else ""
    return InstalledDistribution(
        name=canonical_name(name), version=version, path=path, direct_url=url, is_editable=True
    )


def _version_of_file(url: str, name: NormalizedName) -> str:
    """Give the version in the name of a wheel or an sdist; nothing else of a URL says it."""
    file_name = unquote(url.partition("#")[0].rpartition("/")[2])
    try:
        is_wheel = file_name.endswith(".whl")
        parts = parse_wheel_filename(file_name)[:2] if is_wheel else parse_sdist_filename(file_name)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return ""
    return str(parts[1]) if parts[0] == name else ""
