"""Places of what is installed already: read for what an image was made from, and never fetched.

As `pipfreeze_lock.requirements.direct_references`, with two differences: nothing is refused because it has no hash or
no name, and paths stay as they were written, since they are paths of the machine that made the image.
"""

from __future__ import annotations

import os
import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from pipfreeze_lock.requirements.direct_references import (
    DirectReference,
    extras_of,
    is_url,
    is_version_control,
    reference_at,
    under_name,
    without_extras,
)
from pipfreeze_lock.requirements.problems import LineProblem, shown

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

__all__ = ["named_place", "place"]


def place(text: str) -> DirectReference:
    """Read a bare URL or path, without its marker; it may have no name.

    :raises LineProblem: for a scheme that no pip knows, and for a wheel that is not named as one.
    """
    if is_url(text):
        return _of_url(text, text)
    path, extras = without_extras(text)
    location = _file_url(path)
    reference = reference_at(location, location, text)
    return replace(reference, extras=extras_of(extras, text)) if extras else reference


def named_place(url: str, name: NormalizedName, text: str) -> DirectReference:
    """Read the URL of a ``name @ URL`` requirement.

    :param text: The whole requirement, for messages.
    :raises LineProblem: for what is no URL, or is a wheel of another name.
    """
    return under_name(_of_url, url, name, text)


def _of_url(url: str, text: str) -> DirectReference:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        msg = f"`{shown(text)}` is not a URL: {shown(str(error))}"
        raise LineProblem(msg) from error
    if is_version_control(parts.scheme):
        location = url.partition("#")[0]  # `urlunsplit` takes slashes away from `git+file:///x`
    elif parts.scheme == "file":
        location = _file_url(unquote(parts.path))
    elif parts.scheme in ("http", "https"):
        location = urlunsplit(parts._replace(fragment=""))
    else:
        msg = f"`{shown(text)}` has a scheme that no pip installs from"
        raise LineProblem(msg, hints=["Give an `https:`, `file:` or version control URL, such as `git+https:`."])
    return reference_at(location, url, text)


def _file_url(path: str) -> str:
    normal = quote(posixpath.normpath(path.replace(os.sep, "/")))
    return f"file://{normal}" if normal.startswith("/") else f"file:{normal}"
