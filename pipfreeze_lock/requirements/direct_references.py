"""Requirements that are a place and not a name: URLs of archives, paths of archives, and what no hash can hold.

Follows ``parse_req_from_line`` of pip's ``_internal/req/constructors.py`` and ``Link`` of ``_internal/models/link.py``.
Nothing is looked up on disk: by its looks a path is an archive (which has a hash) or a directory (which has none).
"""

from __future__ import annotations

import os.path
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as PackagingRequirement
from packaging.utils import canonicalize_name

from pipfreeze_lock.model.url import Url
from pipfreeze_lock.requirements.archive_names import archive_suffix, is_version, name_of_file
from pipfreeze_lock.requirements.problems import LineProblem, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from packaging.utils import NormalizedName

__all__ = [
    "DirectReference",
    "direct_reference",
    "extras_of",
    "is_url",
    "is_version_control",
    "looks_like_path",
    "named_url",
    "reference_at",
    "refuse_editable",
    "under_name",
    "with_name",
    "without_extras",
]

_VERSION_CONTROL = ("git", "hg", "svn", "bzr")
_HASH_ALGORITHMS = ("sha512", "sha384", "sha256", "sha224", "sha1", "md5")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=:)")
_FRAGMENT_HASH = re.compile(rf"[#&]({'|'.join(_HASH_ALGORITHMS)})=([^&]*)")
_FRAGMENT_NAME = re.compile(r"[#&]egg=([^&]*)")
_FRAGMENT_SUBDIRECTORY = re.compile(r"[#&]subdirectory=([^&]*)")
_PATH_WITH_EXTRAS = re.compile(r"(.+?)\s*(\[[^\]]+\])", re.DOTALL)
_COMMIT_ON_GITHUB = re.compile(r"git\+\w+://(?:[^/@]*@)?github\.com/([^/]+)/([^/@#]+?)(?:\.git)?@([^@#]+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class DirectReference:
    """An archive at a URL, and what its place says of it."""

    url: Url
    """Of its fragment only ``subdirectory=`` is kept. Local paths are absolute ``file:`` URLs."""
    name: NormalizedName | None
    extras: frozenset[NormalizedName] = frozenset()
    hashes: tuple[tuple[str, str], ...] = ()
    """From the fragment: ``#sha256=…``."""


def is_url(text: str) -> bool:
    """Whether pip takes the whole text for a URL (``is_url`` of its ``_internal/vcs/versioncontrol.py``)."""
    scheme = _SCHEME.match(text) if ":" in text else None
    return scheme is not None and (
        scheme[0].lower() in ("http", "https", "file", "ftp") or is_version_control(scheme[0].lower())
    )


def is_version_control(scheme: str) -> bool:
    """Whether it is ``git+https`` or the like."""
    tool, plus, _ = scheme.partition("+")
    return bool(plus) and tool in _VERSION_CONTROL


def looks_like_path(text: str) -> bool:
    """Whether pip takes a text that is no URL for a path; what stands before an ``@`` may be a name instead."""
    if _has_path_letters(text) or archive_suffix(without_extras(text)[0]):
        name, at, _ = text.partition("@")
        return not at or _has_path_letters(name)
    return False


def _has_path_letters(text: str) -> bool:
    return "/" in text or text.startswith(".") or os.sep in text or (os.altsep is not None and os.altsep in text)


def without_extras(path: str) -> tuple[str, str]:
    """Split ``./x.whl[extra]`` into the path and the extras in their brackets, which may be none."""
    match = _PATH_WITH_EXTRAS.fullmatch(path) if path.endswith("]") else None
    return (match[1], match[2]) if match else (path, "")


def direct_reference(text: str) -> DirectReference:
    """Read a bare URL or path (`is_url` or `looks_like_path`), without its marker.

    :raises LineProblem: for what has no hash, and for an archive whose name its place does not say.
    """
    if is_url(text):
        return with_name(_reference(text, text), text)
    path, extras = without_extras(text)
    if not archive_suffix(path):
        _refuse_directory(text)
    reference = with_name(_reference(_file_url(path), text), text)
    if not extras:
        return reference
    return DirectReference(url=reference.url, name=reference.name, extras=extras_of(extras, text))


def named_url(url: str, name: NormalizedName, text: str) -> DirectReference:
    """Read the URL of a ``name @ URL`` requirement.

    :param text: The whole requirement, for messages.
    :raises LineProblem: for what has no hash, is no URL, or is a wheel of another name.
    """
    return under_name(_reference, url, name, text)


def under_name(
    read: Callable[[str, str], DirectReference], url: str, name: NormalizedName, text: str
) -> DirectReference:
    """Read a URL that has a name before it.

    :param read: Gets the URL and the whole requirement.
    """
    if not _SCHEME.match(url):
        _refuse_no_url(url, name, text)
    reference = read(url, text)
    if reference.name not in (None, name) and _filename(reference.url).lower().endswith(".whl"):
        msg = f"`{shown(text)}` asks for `{name}`, and the wheel is one of `{reference.name}`"
        raise LineProblem(msg, hints=[f"Write `{reference.name} @ …`, or name a wheel of `{name}`."])
    return DirectReference(url=reference.url, name=name, hashes=reference.hashes)


def _refuse_no_url(url: str, name: NormalizedName, text: str) -> None:
    meant = f"{name}=={url}" if is_version(url) else f"{name} @ file:{url}"
    hints = [f"Did you mean `{meant}`?"]
    msg = f"`{shown(text)}` has no URL after its `@`"
    raise LineProblem(msg, hints=hints)


def _reference(url: str, text: str) -> DirectReference:
    """Read a URL; `text` is the requirement as it was written, for messages."""
    try:
        parts = urlsplit(url)
        _refuse_without_hash(url, text, parts.scheme)
        if parts.scheme == "file":
            path = os.path.abspath(unquote(parts.path))  # noqa: PTH100  lexical, as pip's
            parts = urlsplit(_file_url(path))._replace(netloc=parts.netloc, query=parts.query)
    except ValueError as error:
        msg = f"`{shown(text)}` is not a URL: {shown(str(error))}"
        raise LineProblem(msg) from error
    return reference_at(urlunsplit(parts._replace(fragment="")), url, text)


def reference_at(location: str, url: str, text: str) -> DirectReference:
    """Give what a URL says of itself.

    :param location: The URL without its fragment, made absolute where it is to be fetched.
    :param url: As it was written, for its fragment.
    :param text: The requirement as it was written, for messages.
    """
    subdirectory = _FRAGMENT_SUBDIRECTORY.search(url)
    clean = (f"{location}#{subdirectory[0][1:]}" if subdirectory else location).replace(" ", "%20")
    name, extras = _fragment_name(url)
    fragment_hash = _FRAGMENT_HASH.search(url)
    return DirectReference(
        url=Url(clean),
        name=name or name_of_file(_filename(Url(clean)), text),
        extras=extras,
        hashes=((fragment_hash[1], fragment_hash[2].lower()),) if fragment_hash else (),
    )


def with_name(reference: DirectReference, text: str) -> DirectReference:
    """Give the same reference.

    :raises LineProblem: where it has no name.
    """
    if reference.name is not None:
        return reference
    url = shown(text) if is_url(text) else f"file:{shown(text)}"
    msg = f"`{shown(text)}` does not say which distribution it is"
    raise LineProblem(msg, hints=[f"Put its name before it: `NAME @ {url}`."], reference="PEP 508")


def _file_url(path: str) -> str:
    from pathlib import Path  # noqa: PLC0415  paths are rare among requirements

    try:
        return Path(os.path.abspath(path)).as_uri()  # noqa: PTH100  lexical, as pip's
    except ValueError as error:
        msg = f"`{shown(path)}` is not a path"
        raise LineProblem(msg) from error


def _filename(url: Url) -> str:
    return unquote(urlsplit(url.reveal()).path.rstrip("/")).rpartition("/")[2]


def _fragment_name(text: str) -> tuple[NormalizedName | None, frozenset[NormalizedName]]:
    """Read ``#egg=NAME`` or, as pips before 25.0 take it, ``#egg=NAME[EXTRA]``."""
    match = _FRAGMENT_NAME.search(text)
    if not match:
        return None, frozenset()
    try:
        named = PackagingRequirement(unquote(match[1]))
    except InvalidRequirement:
        named = None
    if named is None or named.url or named.specifier or named.marker:
        msg = f"`#egg={shown(match[1])}` is not the name of a distribution"
        raise LineProblem(msg, hints=["Write `NAME @ URL` and drop the fragment."], reference="PEP 508")
    return canonicalize_name(named.name), frozenset(map(canonicalize_name, named.extras))


def extras_of(bracketed: str, text: str) -> frozenset[NormalizedName]:
    """Read ``[first,second]``."""
    try:
        return frozenset(map(canonicalize_name, PackagingRequirement(f"placeholder{bracketed}").extras))
    except InvalidRequirement as error:
        msg = f"`{shown(bracketed)}` in `{shown(text)}` are no extras"
        raise LineProblem(msg, hints=["Write them as `[first,second]`."]) from error


# ---- what no hash can hold ----

_REASON = "pip's hash mode, in which a lock is installed, takes archives alone"


def _refuse_without_hash(url: str, text: str, scheme: str) -> None:
    if is_version_control(scheme) or scheme in ("ssh", *_VERSION_CONTROL):
        msg = f"`{shown(text)}` is a version control URL, which has no hash: {_REASON}"
        raise LineProblem(msg, hints=[_archive_hint(url)])
    if scheme == "file" and not archive_suffix(url.partition("#")[0].partition("?")[0]):
        _refuse_directory(text)
    if scheme not in ("http", "https", "file"):
        msg = f"`{shown(text)}` has a scheme that no pip downloads from"
        raise LineProblem(msg, hints=["Give an `https:` or `file:` URL."])


def _archive_hint(text: str) -> str:
    commit = _COMMIT_ON_GITHUB.match(text)
    if not commit:
        return "Name an archive of that commit, `NAME @ https://…/COMMIT.zip`, or a release of it on an index."
    owner, repository, revision = commit.groups()
    name = _FRAGMENT_NAME.search(text)
    archive = f"{name[1] if name else repository} @ https://github.com/{owner}/{repository}/archive/{revision}.zip"
    return f"Name the archive of that commit: `{archive}`."


def _refuse_directory(text: str) -> None:
    if text.startswith("//"):
        msg = f"`{shown(text)}` is not a requirement"
        raise LineProblem(msg, hints=["A comment begins with `#`."])
    msg = f"`{shown(text)}` is a local directory, which has no hash: {_REASON}"
    hints = [
        "Build a wheel of it (`pip wheel --no-deps PATH`) and name the wheel.",
        "Or give its `pyproject.toml` as an input, and install the project itself after the lock with `--no-deps`.",
    ]
    raise LineProblem(msg, hints=hints)


def refuse_editable(value: str, *, is_constraint: bool) -> LineProblem:
    """Say why ``-e`` cannot be taken, and what can."""
    if is_constraint:
        msg = f"`-e {shown(value)}` is a constraint, and pip takes no editable ones"
        return LineProblem(msg, hints=["Constrain it by name and version, or move it to a requirements file."])
    msg = f"`-e {shown(value)}` is an editable install, which has no hash: {_REASON}"
    if is_url(value):
        return LineProblem(msg, hints=[_archive_hint(value)])
    hint = "Give its `pyproject.toml` as an input, and install the project itself after the lock: "
    return LineProblem(msg, hints=[f"{hint}`pip install --no-deps -e {shown(value)}`."])
